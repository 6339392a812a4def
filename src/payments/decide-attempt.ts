import { assert } from '../kernel/assert.ts';
import { Problem } from '../kernel/problem.ts';
import type { AttemptReport } from '../providers/provider.ts';
import {
  ATTEMPT_TRANSITIONS,
  type Attempt,
  type AttemptState,
  isCompletionOpen,
  isOpen,
  nextSyncAt,
} from './attempt.ts';
import { closeWhereDone } from './decide-capture.ts';
import { decideAuthorized, decideCaptured } from './decide-money.ts';
import { type Circumstances, type Decision, type PaymentState, quarantined, unchanged, unfit } from './decision.ts';
import { lacksAddress, mayMove, type Payment } from './payment.ts';
import type { Signal } from './signal.ts';

/** Refuses where no attempt may start now. @throws Problem state_conflict, attempt_in_progress */
export function checkPayable(payment: Payment, now: Temporal.Instant): void {
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
}

type AttemptStart = Extract<Signal, { readonly kind: 'attempt_started' }>;

/** @throws Problem state_conflict, attempt_in_progress, shipping_required */
export function decideAttemptStart(
  before: Payment,
  { attempt, shippingAddressSealed }: AttemptStart,
  now: Temporal.Instant,
): Decision {
  checkPayable(before, now);
  const payment = shippingAddressSealed === undefined ? before : { ...before, shippingAddressSealed };
  if (lacksAddress(payment)) throw new Problem('shipping_required', 'Give the address that the order goes to first.');
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
  { payment, attempt }: PaymentState,
  { providerRef, report }: Reported,
  world: Circumstances,
): Decision {
  if (attempt === null) return quarantined('unknown_attempt');
  if (providerRef !== null && attempt.providerRef !== null && providerRef !== attempt.providerRef) {
    return quarantined('provider_ref_mismatch');
  }
  const chargeRef = 'chargeRef' in report ? (report.chargeRef ?? null) : null;
  if (chargeRef !== null && attempt.chargeRef !== null && chargeRef !== attempt.chargeRef) {
    return quarantined('charge_ref_mismatch');
  }
  const known = {
    ...attempt,
    providerRef: attempt.providerRef ?? providerRef,
    chargeRef: attempt.chargeRef ?? chargeRef,
    ...paidWith(attempt, report),
  };
  return withNewWords(decideKnown(payment, attempt, known, report, world), payment, attempt, known);
}

/** What is told of how it was paid decides nothing: the first word stands, and another is no contradiction. */
function paidWith({ instrument, authCode }: Attempt, report: AttemptReport): Pick<Attempt, 'instrument' | 'authCode'> {
  if (report.state !== 'authorized' && report.state !== 'captured') return { instrument, authCode };
  return { instrument: instrument ?? report.instrument ?? null, authCode: authCode ?? report.authCode ?? null };
}

/** The name of money that we knew of before is news by itself, and so is what it was paid with. */
function withNewWords(decision: Decision, payment: Payment, before: Attempt, known: Attempt): Decision {
  const hasMoney = before.state === 'authorized' || before.state === 'captured';
  const { chargeRef, instrument, authCode } = known;
  const isNew = chargeRef !== before.chargeRef || instrument !== before.instrument || authCode !== before.authCode;
  if (decision.outcome !== 'no_change' || !hasMoney || !isNew) return decision;
  return { outcome: 'applied', payment, attempt: { ...before, chargeRef, instrument, authCode }, happenings: [] };
}

function decideKnown(
  payment: Payment,
  attempt: Attempt,
  known: Attempt,
  report: AttemptReport,
  world: Circumstances,
): Decision {
  switch (report.state) {
    case 'requires_action':
    case 'pending':
      return keepWaiting(payment, attempt, known, report, world.now);
    case 'authorized':
      return decideAuthorized(payment, known, report, world);
    case 'captured':
      return decideCaptured(payment, known, report, world);
    case 'declined': {
      const { reason, message } = report.decline;
      return endAttempt(payment, known, { state: 'declined', code: reason, message: message ?? null }, world);
    }
    case 'canceled':
    case 'expired': {
      if (attempt.state === 'authorized') return endAuthorization(payment, known, report.state, world);
      const end = { state: report.state, code: `${report.state}_at_provider`, message: null } as const;
      return endAttempt(payment, known, { ...end, paymentToo: report.afterAuthorization === true }, world);
    }
  }
}

function keepWaiting(
  payment: Payment,
  before: Attempt,
  attempt: Attempt,
  report: AttemptReport & { state: 'requires_action' | 'pending' },
  now: Temporal.Instant,
): Decision {
  const asks = report.state === 'requires_action';
  // What the shopper did has been taken by the provider, and nothing more is awaited of them.
  const nextAction = asks ? report.nextAction : isCompletionOpen(before) ? null : attempt.nextAction;
  const same = before.state === report.state && before.providerRef === attempt.providerRef;
  // What a shopper already did (pending) is not undone by an older message that still asks for it.
  const older = before.state === 'pending' && report.state === 'requires_action';
  if (same || older || !isOpen(before)) return unchanged(`already ${before.state}`);
  return {
    outcome: 'applied',
    payment,
    attempt: {
      ...attempt,
      state: report.state,
      nextAction,
      // An attempt that asks again takes other data, or the same again.
      completionSealed: asks ? null : attempt.completionSealed,
      providerExpiresAt: (report.state === 'requires_action' ? report.expiresAt : null) ?? attempt.providerExpiresAt,
      syncDueAt: nextSyncAt(report.state, 0, now),
      syncTries: 0,
    },
    happenings: [],
  };
}

/** What was authorized and not captured is gone: released as asked, voided at the provider, or lapsed. */
function endAuthorization(
  payment: Payment,
  attempt: Attempt,
  state: 'canceled' | 'expired',
  world: Circumstances,
): Decision {
  if (payment.lastAttemptId !== attempt.attemptId) {
    return { outcome: 'applied', payment, attempt: endedAs(attempt, state, world.now), happenings: [] };
  }
  if (payment.amountCapturePending > 0n) return unfit(world, `${state}_while_capturing`);
  if (payment.amountCaptured > 0n) {
    return closeWhereDone({ ...payment, capturesClosed: true }, { ...attempt, releaseRequestedAt: null }, []);
  }
  return {
    outcome: 'applied',
    payment: { ...payment, status: state, amountAuthorized: 0n, capturesClosed: true, dueAt: null },
    attempt: endedAs(attempt, state, world.now),
    happenings: [{ type: `payment.${state}` }],
  };
}

interface AttemptEnd {
  readonly state: 'declined' | 'refused' | 'not_sent' | 'canceled' | 'expired' | 'unknown';
  readonly code: string | null;
  readonly message: string | null;
  /** It had been authorized meanwhile: the payment ends with it, as it would have in the other order of messages. */
  readonly paymentToo?: boolean;
}

/**
 * Ends an attempt without money, or marks it `unknown`. A no of the bank or a refusal counts as a try; what never
 * reached the bank does not. While tries remain the payment is payable again.
 */
export function endAttempt(
  payment: Payment,
  attempt: Attempt | null,
  end: AttemptEnd,
  { now }: Pick<Circumstances, 'now'>,
): Decision {
  if (attempt === null) return quarantined('unknown_attempt');
  if (attempt.state === end.state) return unchanged(`already ${attempt.state}`);
  if (!ATTEMPT_TRANSITIONS[attempt.state].includes(end.state) || attempt.state === 'authorized') {
    const contradiction = attempt.state === 'authorized' || attempt.state === 'captured';
    const proof = end.state === 'declined' || end.state === 'canceled' || end.state === 'expired';
    return contradiction && proof
      ? quarantined(`${end.state}_after_${attempt.state}`)
      : unchanged(`already ${attempt.state}`);
  }
  const ended = { ...endedAs(attempt, end.state, now), failureCode: end.code, failureMessage: end.message };
  if (end.state === 'unknown') return { outcome: 'applied', payment, attempt: ended, happenings: [] };
  // The payment moved on without this attempt (money arrived by an earlier one): only the attempt is closed.
  if (payment.openAttemptId !== attempt.attemptId) {
    return { outcome: 'applied', payment, attempt: ended, happenings: [] };
  }
  if (end.paymentToo === true && (end.state === 'canceled' || end.state === 'expired')) {
    return {
      outcome: 'applied',
      payment: { ...payment, status: end.state, openAttemptId: null, capturesClosed: true, dueAt: null },
      attempt: ended,
      happenings: [{ type: `payment.${end.state}` }],
    };
  }
  const counts = end.state === 'declined' || end.state === 'refused';
  const attemptsDeclined = payment.attemptsDeclined + (counts ? 1 : 0);
  const failed = attemptsDeclined >= payment.attemptsMax;
  const status = failed ? 'failed' : 'created';
  assert(mayMove(payment.status, status), `payment ${payment.status} → ${status}`);
  return {
    outcome: 'applied',
    payment: { ...payment, status, attemptsDeclined, openAttemptId: null, dueAt: failed ? null : payment.expiresAt },
    attempt: ended,
    happenings: failed
      ? [{ type: 'payment.attempt_failed' }, { type: 'payment.failed' }]
      : [{ type: 'payment.attempt_failed' }],
  };
}

function endedAs(attempt: Attempt, state: AttemptState, now: Temporal.Instant): Attempt {
  assert(ATTEMPT_TRANSITIONS[attempt.state].includes(state), `attempt ${attempt.state} → ${state}`);
  return {
    ...attempt,
    state,
    nextAction: null,
    releaseRequestedAt: null,
    syncDueAt: nextSyncAt(state, 0, now),
    syncTries: 0,
  };
}
