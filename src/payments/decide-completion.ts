import { Problem } from '../kernel/problem.ts';
import type { AttemptReport } from '../providers/provider.ts';
import { type Attempt, isCompletionOpen, isOpen, nextSyncAt } from './attempt.ts';
import { type Circumstances, type Decision, type PaymentState, quarantined, unchanged } from './decision.ts';
import type { Payment } from './payment.ts';
import type { Signal } from './signal.ts';

/**
 * The attempt whose second step may begin now.
 * @throws Problem state_conflict, nothing_to_complete, attempt_in_progress
 */
export function completableAttempt(payment: Payment, attempt: Attempt | null, now: Temporal.Instant): Attempt {
  if (payment.status !== 'created' && payment.status !== 'processing') {
    throw new Problem('state_conflict', `A payment that is ${payment.status} cannot be completed.`);
  }
  if (attempt === null || payment.openAttemptId !== attempt.attemptId) {
    throw new Problem('nothing_to_complete', 'No attempt of this payment is open; confirm it first.');
  }
  if (attempt.state !== 'requires_action') {
    throw new Problem('attempt_in_progress', 'The attempt is under way already; its outcome comes first.', {
      members: { attemptId: attempt.attemptId },
    });
  }
  if (Temporal.Instant.compare(now, payment.expiresAt) >= 0) {
    throw new Problem('state_conflict', 'The time to pay is over.');
  }
  return attempt;
}

/** @throws Problem state_conflict, nothing_to_complete, attempt_in_progress */
export function decideCompletionStart(
  state: PaymentState,
  completionSealed: Uint8Array,
  now: Temporal.Instant,
): Decision {
  const { payment } = state;
  return {
    outcome: 'applied',
    payment,
    attempt: {
      ...completableAttempt(payment, state.attempt, now),
      state: 'completing',
      completionSealed,
      failureCode: null,
      failureMessage: null,
      syncDueAt: nextSyncAt('completing', 0, now),
      syncTries: 0,
    },
    happenings: [],
  };
}

/** Nothing reached the provider, where the first step stands as it stood: the shopper may try again, by the same attempt. */
export function decideCompletionNotSent(
  { payment, attempt }: PaymentState,
  reason: string,
  now: Temporal.Instant,
): Decision {
  if (attempt === null) return quarantined('unknown_attempt');
  if (attempt.state !== 'completing') return unchanged(`already ${attempt.state}`);
  return {
    outcome: 'applied',
    payment,
    attempt: {
      ...attempt,
      state: 'requires_action',
      completionSealed: null,
      failureCode: 'provider_unreachable',
      failureMessage: reason,
      syncDueAt: nextSyncAt('requires_action', 0, now),
      syncTries: 0,
    },
    happenings: [],
  };
}

/**
 * Whether a signal tells how things stood before the second step began: the answer to a request of the first step, or
 * to a cancellation that found nothing to cancel. It must not end what is under way; money that moved counts always.
 */
export function isAnswerToTheFirstStep({ attempt }: PaymentState, signal: Signal, { source }: Circumstances): boolean {
  if (attempt === null || !isCompletionOpen(attempt)) return false;
  switch (signal.kind) {
    case 'attempt_reported':
      return signal.step !== 'complete' && isOutrun(signal.report, source);
    case 'attempt_not_sent':
    case 'attempt_refused':
    case 'attempt_unknown':
      return signal.step !== 'complete';
    default:
      return false;
  }
}

function isOutrun({ state }: AttemptReport, source: Circumstances['source']): boolean {
  if (state === 'requires_action') return true;
  return source === 'provider_answer' && state !== 'authorized' && state !== 'captured';
}

/** An attempt that has its outcome sends nothing any more, so that nothing of the shopper's is kept for it. */
export function forgetCompletion(decision: Decision): Decision {
  if (decision.outcome !== 'applied' || decision.attempt === undefined) return decision;
  const { attempt } = decision;
  return isOpen(attempt) ? decision : { ...decision, attempt: { ...attempt, completionSealed: null } };
}
