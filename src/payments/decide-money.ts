import { assert } from '../kernel/assert.ts';
import type { Money } from '../kernel/money.ts';
import type { AttemptReport } from '../providers/provider.ts';
import { ATTEMPT_TRANSITIONS, type Attempt, isOpen, nextReleaseAt } from './attempt.ts';
import type { Capture } from './capture.ts';
import { closeWhereDone, newCapture } from './decide-capture.ts';
import { LATE, refundLate, refundUnwanted } from './decide-refund.ts';
import {
  type Applied,
  type Circumstances,
  type Decision,
  hasWholePicture,
  quarantined,
  unchanged,
  unfit,
} from './decision.ts';
import { succeeded } from './operation.ts';
import { mayMove, type Payment } from './payment.ts';

type Authorized = AttemptReport & { readonly state: 'authorized' };
type Captured = AttemptReport & { readonly state: 'captured' };

/**
 * The provider has the payer's authorization. The amount must be ours to the last unit. A closed payment may still
 * receive it (late); a payment that has its money already gives a second one back.
 */
export function decideAuthorized(
  payment: Payment,
  attempt: Attempt,
  report: Authorized,
  world: Circumstances,
): Decision {
  if (!sameMoney(report.amount, payment)) return quarantined('amount_mismatch');
  if (hasMoney(attempt)) return unchanged(`already ${attempt.state}`);
  if (isEndedUnasked(attempt, world)) return unfit(world, `authorized_after_${attempt.state}`);
  if (payment.amountAuthorized > 0n) {
    const attemptAfter = released(moneyIn(attempt, 'authorized'), world.now);
    return {
      outcome: 'applied',
      payment: { ...payment, duplicatePayment: true },
      attempt: attemptAfter,
      happenings: [],
    };
  }
  const late = isLate(payment);
  const unwanted = late && world.policy.lateSuccess === 'refund';
  const authorizationExpiresAt = report.authorizationExpiresAt ?? null;
  const after: Payment = {
    ...withMoney(payment, attempt, late),
    status: 'authorized',
    authorizationExpiresAt,
    dueAt: authorizationExpiresAt,
    capturesClosed: unwanted,
  };
  if (!mayMove(payment.status, 'authorized')) return quarantined(`not_possible_while_${payment.status}`);
  const authorized = moneyIn(attempt, 'authorized');
  return {
    outcome: 'applied',
    payment: after,
    attempt: unwanted ? released(authorized, world.now) : authorized,
    happenings: [{ type: 'payment.authorized' }],
  };
}

/**
 * The provider has taken the money, and will take no more: the report's amount is all that was captured. Captures that
 * we know of explain it, or it is a capture that came with the authorization or was made at the provider.
 */
export function decideCaptured(payment: Payment, attempt: Attempt, report: Captured, world: Circumstances): Decision {
  const { amount, currency } = report.amount;
  if (currency !== payment.currency || amount > payment.amount) return quarantined('amount_mismatch');
  if (attempt.state === 'captured') return unchanged('already captured');
  if (amount <= 0n) return quarantined('amount_mismatch');
  if (attempt.state === 'authorized') return completeCaptures(payment, attempt, amount, world);
  if (amount !== payment.amount && payment.captureMethod === 'automatic') return quarantined('amount_mismatch');
  if (isEndedUnasked(attempt, world)) return unfit(world, `captured_after_${attempt.state}`);
  if (payment.amountAuthorized > 0n) return receiveDuplicate(payment, attempt, amount, world);
  if (payment.captureMethod === 'manual' && !hasWholePicture(world)) return AHEAD;
  if (!mayMove(payment.status, 'succeeded')) return quarantined(`not_possible_while_${payment.status}`);
  const late = isLate(payment);
  const capture = succeeded(
    newCapture(payment, attempt, world, {
      amount,
      madeBy: payment.captureMethod === 'automatic' ? 'gateway' : 'provider',
      final: true,
    }),
  );
  const taken: Payment = {
    ...withMoney(payment, attempt, late),
    amountCaptured: amount,
    capturesClosed: true,
  };
  const decision = closeWhereDone(taken, moneyIn(attempt, 'captured'), [known(capture)]);
  assert(decision.outcome === 'applied', 'captured money closes a payment');
  if (!late || world.policy.lateSuccess === 'accept') return decision;
  return refundUnwanted(decision, attempt, { amount, reason: LATE, duplicate: false }, world);
}

/** An authorization that we know of has been captured to its end. */
function completeCaptures(payment: Payment, attempt: Attempt, total: bigint, world: Circumstances): Decision {
  const isDuplicate = payment.lastAttemptId !== attempt.attemptId;
  if (isDuplicate) return receiveDuplicate(payment, attempt, total, world);
  if (total !== payment.amountCaptured && !hasWholePicture(world)) return AHEAD;
  if (total < payment.amountCaptured) return unchanged('an older total');
  if (payment.amountCapturePending > 0n) return unfit(world, 'captured_while_capturing');
  const rest = total - payment.amountCaptured;
  const closed: Payment = { ...payment, amountCaptured: total, capturesClosed: true };
  if (rest === 0n) return closeWhereDone(closed, { ...attempt, releaseRequestedAt: null }, []);
  const madeBy = payment.captureMethod === 'automatic' ? 'gateway' : 'provider';
  const capture = succeeded(newCapture(payment, attempt, world, { amount: rest, madeBy, final: true }));
  return refundLate(closeWhereDone(closed, attempt, [known(capture)]), attempt, rest, world);
}

/** Money of a second success: never the payment's. Kept in suspense, or sent back at once. */
function receiveDuplicate(payment: Payment, attempt: Attempt, amount: bigint, world: Circumstances): Decision {
  const capture = succeeded(
    newCapture(payment, attempt, world, { amount, madeBy: 'gateway', final: true, duplicate: true }),
  );
  const decision: Applied = {
    outcome: 'applied',
    payment: { ...payment, duplicatePayment: true },
    attempt: moneyIn(attempt, 'captured'),
    captures: [known(capture)],
    happenings: [{ type: 'capture.succeeded', capture: known(capture) }],
  };
  if (world.policy.duplicatePayment === 'keep') return decision;
  return refundUnwanted(decision, attempt, { amount, reason: 'Paid a second time', duplicate: true }, world);
}

/** The attempt while its authorization is being given back. */
export function released(attempt: Attempt, now: Temporal.Instant): Attempt {
  return { ...attempt, releaseRequestedAt: now, syncDueAt: nextReleaseAt(0, now), syncTries: 0 };
}

function known(capture: Capture): Capture {
  return { ...capture, dispatch: 'acknowledged' };
}

function withMoney(payment: Payment, attempt: Attempt, late: boolean): Payment {
  return {
    ...payment,
    late: payment.late || late,
    amountAuthorized: payment.amount,
    openAttemptId: null,
    lastAttemptId: attempt.attemptId,
    dueAt: null,
  };
}

function moneyIn(attempt: Attempt, state: 'authorized' | 'captured'): Attempt {
  assert(ATTEMPT_TRANSITIONS[attempt.state].includes(state), `attempt ${attempt.state} → ${state}`);
  return { ...attempt, state, nextAction: null, releaseRequestedAt: null, syncDueAt: null, syncTries: 0 };
}

function hasMoney(attempt: Attempt): boolean {
  return attempt.state === 'authorized' || attempt.state === 'captured';
}

/**
 * An attempt that had ended seems to come back. A notification may only be older than the end, so the provider is asked;
 * its answer counts.
 */
function isEndedUnasked(attempt: Attempt, { source }: Circumstances): boolean {
  return source === 'notification' && !isOpen(attempt);
}

/**
 * The total of an authorization is explained by its captures. Told without them, it would make one capture of several,
 * and theirs would then be found nowhere, or taken for it; and a smaller one may be older, or tell of one taken back.
 */
const AHEAD: Decision = { outcome: 'deferred', note: 'captured_before_its_captures' };

function isLate({ status }: Payment): boolean {
  return status === 'failed' || status === 'canceled' || status === 'expired';
}

function sameMoney(reported: Money, payment: Payment): boolean {
  return reported.amount === payment.amount && reported.currency === payment.currency;
}
