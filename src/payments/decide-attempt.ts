import { assert } from '../kernel/assert.ts';
import type { Money } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import type { AttemptReport } from '../providers/provider.ts';
import { ATTEMPT_TRANSITIONS, type Attempt, type AttemptState, isOpen, nextSyncAt } from './attempt.ts';
import type { Decision, Happening, PaymentState } from './decision.ts';
import { mayMove, type Payment } from './payment.ts';

/** @throws Problem state_conflict, attempt_in_progress */
export function decideAttemptStart(payment: Payment, attempt: Attempt, now: Temporal.Instant): Decision {
  if (payment.status === 'processing') {
    throw new Problem('attempt_in_progress', 'Another attempt is in progress; its outcome comes first.', {
      members: { attemptId: payment.openAttemptId ?? '' },
    });
  }
  if (payment.status !== 'created') {
    throw new Problem('state_conflict', `A payment that is ${payment.status} cannot be paid.`);
  }
  if (Temporal.Instant.compare(now, payment.expiresAt) >= 0) {
    throw new Problem('state_conflict', 'The time to pay is over.');
  }
  return {
    outcome: 'applied',
    payment: { ...payment, status: 'processing', openAttemptId: attempt.attemptId, lastAttemptId: attempt.attemptId },
    attempt,
    happenings: [{ type: 'payment.processing' }],
  };
}

interface Reported {
  readonly providerRef: string | null;
  readonly report: AttemptReport;
}

/** What a provider's word about an attempt makes of the payment. Reports carry totals, so repeats change nothing. */
export function decideAttemptReport(
  state: PaymentState,
  { providerRef, report }: Reported,
  now: Temporal.Instant,
): Decision {
  const { payment, attempt } = state;
  if (attempt === null) return { outcome: 'quarantined', note: 'unknown_attempt' };
  if (providerRef !== null && attempt.providerRef !== null && providerRef !== attempt.providerRef) {
    return { outcome: 'quarantined', note: 'provider_ref_mismatch' };
  }
  const known = { ...attempt, providerRef: attempt.providerRef ?? providerRef };
  switch (report.state) {
    case 'requires_action':
    case 'pending':
      return keepWaiting(payment, attempt, known, report, now);
    case 'authorized':
    case 'captured':
      return receiveMoney(payment, known, report, now);
    case 'declined':
      return endAttempt(
        { ...state, attempt: known },
        { state: 'declined', code: report.decline.reason, message: report.decline.message ?? null },
        now,
      );
    case 'canceled':
      return endAttempt(
        { ...state, attempt: known },
        { state: 'canceled', code: 'canceled_at_provider', message: null },
        now,
      );
    case 'expired':
      return endAttempt(
        { ...state, attempt: known },
        { state: 'expired', code: 'expired_at_provider', message: null },
        now,
      );
  }
}

function keepWaiting(
  payment: Payment,
  before: Attempt,
  attempt: Attempt,
  report: AttemptReport & { state: 'requires_action' | 'pending' },
  now: Temporal.Instant,
): Decision {
  const nextAction = report.state === 'requires_action' ? report.nextAction : attempt.nextAction;
  const same = before.state === report.state && before.providerRef === attempt.providerRef;
  // What a shopper already did (pending) is not undone by an older message that still asks for it.
  const older = before.state === 'pending' && report.state === 'requires_action';
  if (same || older || !isOpen(before)) return { outcome: 'no_change', note: `already ${before.state}` };
  return {
    outcome: 'applied',
    payment,
    attempt: {
      ...attempt,
      state: report.state,
      nextAction,
      providerExpiresAt: (report.state === 'requires_action' ? report.expiresAt : null) ?? attempt.providerExpiresAt,
      syncDueAt: nextSyncAt(report.state, 0, now),
      syncTries: 0,
    },
    happenings: [],
  };
}

/**
 * The money side. Amount and currency must be ours to the last unit. A closed payment may still receive money (late);
 * a payment that has its money already does not receive it twice.
 */
function receiveMoney(
  payment: Payment,
  attempt: Attempt,
  report: AttemptReport & { state: 'authorized' | 'captured' },
  now: Temporal.Instant,
): Decision {
  if (!sameMoney(report.amount, payment)) return { outcome: 'quarantined', note: 'amount_mismatch' };
  if (attempt.state === report.state || (attempt.state === 'captured' && report.state === 'authorized')) {
    return { outcome: 'no_change', note: `already ${attempt.state}` };
  }
  const paidByAnother = payment.amountAuthorized > 0n && attempt.state !== 'authorized';
  if (paidByAnother) return { outcome: 'quarantined', note: 'duplicate_payment' };
  const status = report.state === 'captured' ? 'succeeded' : 'authorized';
  if (!mayMove(payment.status, status)) return { outcome: 'quarantined', note: `not_possible_while_${payment.status}` };
  const late = payment.late || ['failed', 'canceled', 'expired'].includes(payment.status);
  const captured = report.state === 'captured';
  const capture = { attemptId: attempt.attemptId, amount: payment.amount, currency: payment.currency };
  const happenings: Happening[] = captured
    ? [{ type: 'capture.succeeded', capture }, { type: 'payment.succeeded' }]
    : [{ type: 'payment.authorized' }];
  return {
    outcome: 'applied',
    payment: {
      ...payment,
      status,
      late,
      amountAuthorized: payment.amount,
      amountCaptured: captured ? payment.amount : payment.amountCaptured,
      authorizationExpiresAt:
        report.state === 'authorized' ? (report.authorizationExpiresAt ?? null) : payment.authorizationExpiresAt,
      openAttemptId: null,
      lastAttemptId: attempt.attemptId,
      dueAt: null,
    },
    attempt: endedAs(attempt, report.state, now),
    ...(captured ? { captures: [capture] } : {}),
    happenings,
  };
}

function sameMoney(reported: Money, payment: Payment): boolean {
  return reported.amount === payment.amount && reported.currency === payment.currency;
}

interface AttemptEnd {
  readonly state: 'declined' | 'refused' | 'not_sent' | 'canceled' | 'expired' | 'unknown';
  readonly code: string | null;
  readonly message: string | null;
}

/**
 * Ends an attempt without money, or marks it `unknown`. A no of the bank or a refusal counts as a try; what never
 * reached the bank does not. While tries remain the payment is payable again.
 */
export function endAttempt(state: PaymentState, end: AttemptEnd, now: Temporal.Instant): Decision {
  const { payment, attempt } = state;
  if (attempt === null) return { outcome: 'quarantined', note: 'unknown_attempt' };
  if (attempt.state === end.state) return { outcome: 'no_change', note: `already ${attempt.state}` };
  if (!ATTEMPT_TRANSITIONS[attempt.state].includes(end.state)) {
    const contradiction = attempt.state === 'authorized' || attempt.state === 'captured';
    const proof = end.state === 'declined' || end.state === 'canceled' || end.state === 'expired';
    return contradiction && proof
      ? { outcome: 'quarantined', note: `${end.state}_after_${attempt.state}` }
      : { outcome: 'no_change', note: `already ${attempt.state}` };
  }
  const ended = { ...endedAs(attempt, end.state, now), failureCode: end.code, failureMessage: end.message };
  if (end.state === 'unknown') return { outcome: 'applied', payment, attempt: ended, happenings: [] };
  // The payment moved on without this attempt (money arrived by an earlier one): only the attempt is closed.
  if (payment.openAttemptId !== attempt.attemptId)
    return { outcome: 'applied', payment, attempt: ended, happenings: [] };
  const counts = end.state === 'declined' || end.state === 'refused';
  const attemptsDeclined = payment.attemptsDeclined + (counts ? 1 : 0);
  const failed = attemptsDeclined >= payment.attemptsMax;
  return {
    outcome: 'applied',
    payment: {
      ...payment,
      status: failed ? 'failed' : 'created',
      attemptsDeclined,
      openAttemptId: null,
      dueAt: failed ? null : payment.expiresAt,
    },
    attempt: ended,
    happenings: failed
      ? [{ type: 'payment.attempt_failed' }, { type: 'payment.failed' }]
      : [{ type: 'payment.attempt_failed' }],
  };
}

function endedAs(attempt: Attempt, state: AttemptState, now: Temporal.Instant): Attempt {
  assert(ATTEMPT_TRANSITIONS[attempt.state].includes(state), `attempt ${attempt.state} → ${state}`);
  return { ...attempt, state, nextAction: null, syncDueAt: nextSyncAt(state, 0, now), syncTries: 0 };
}
