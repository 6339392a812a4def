import { unreachable } from '../kernel/assert.ts';
import { Problem } from '../kernel/problem.ts';
import { decideAddress } from './decide-address.ts';
import { decideAttemptReport, decideAttemptStart, endAttempt } from './decide-attempt.ts';
import { captureInDoubt, decideCaptureReport, decideCaptureRequest, failCapture } from './decide-capture.ts';
import {
  decideCompletionNotSent,
  decideCompletionStart,
  forgetCompletion,
  isAnswerToTheFirstStep,
} from './decide-completion.ts';
import { decideDisputeReport } from './decide-dispute.ts';
import { decideFailover, NOT_SENT_CODE } from './decide-failover.ts';
import { released } from './decide-money.ts';
import { decideRefundReport, decideRefundRequest, failRefund, refundInDoubt } from './decide-refund.ts';
import { decideReversalReport, decideReversalRequest, failReversal, reversalInDoubt } from './decide-reversal.ts';
import { type Circumstances, type Decision, type PaymentState, quarantined, unchanged } from './decision.ts';
import { capturableAmount, type Payment } from './payment.ts';
import type { Signal } from './signal.ts';

/**
 * The whole behavior of a payment, as a pure function: no clock, no database, no network.
 * @throws Problem where a tenant or shopper asks for something the state does not allow
 */
export function decideSignal(state: PaymentState, signal: Signal, world: Circumstances): Decision {
  if (isAnswerToTheFirstStep(state, signal, world)) return unchanged('its second step is under way');
  return forgetCompletion(decide(state, signal, world));
}

function decide(state: PaymentState, signal: Signal, world: Circumstances): Decision {
  const { payment, attempt } = state;
  switch (signal.kind) {
    case 'attempt_started':
      return decideAttemptStart(payment, signal, world.now);
    case 'address_given':
      return decideAddress(payment, signal.shippingAddressSealed, world.now);
    case 'completion_started':
      return decideCompletionStart(state, signal.completionSealed, world.now);
    case 'attempt_reported':
      return decideAttemptReport(state, signal, world);
    case 'attempt_failed_over':
      return decideFailover(state, signal, world);
    case 'attempt_not_sent':
      if (signal.step === 'complete') return decideCompletionNotSent(state, signal.reason, world.now);
      return endAttempt(payment, attempt, { state: 'not_sent', code: NOT_SENT_CODE, message: signal.reason }, world);
    case 'attempt_refused':
      return endAttempt(payment, attempt, { state: 'refused', code: signal.code, message: signal.message }, world);
    case 'attempt_unknown':
      return endAttempt(payment, attempt, { state: 'unknown', code: null, message: signal.reason }, world);
    case 'cancel_requested':
      return decideCancel(payment);
    case 'expiry_reached':
      return decideExpiry(payment, signal.early, world.now);
    case 'capture_requested':
      return decideCaptureRequest(payment, signal.capture);
    case 'capture_reported':
      return decideCaptureReport(state, signal.report, world);
    case 'capture_refused':
      return failCapture(state, signal.code);
    case 'capture_unknown':
      return captureInDoubt(state, world);
    case 'release_requested':
      return decideRelease(state, world.now);
    case 'release_refused':
      return decideReleaseRefused(state);
    case 'refund_requested':
      return decideRefundRequest(payment, signal.refund, signal.capability);
    case 'refund_reported':
      return decideRefundReport(state, signal.report, world);
    case 'refund_refused':
      return failRefund(state, signal.code);
    case 'refund_unknown':
      return refundInDoubt(state, world);
    case 'reversal_requested':
      return decideReversalRequest(payment, signal.reversal);
    case 'reversal_reported':
      return decideReversalReport(state, signal.report, world);
    case 'reversal_refused':
      return failReversal(state, signal.code);
    case 'reversal_unknown':
      return reversalInDoubt(state, world);
    case 'dispute_reported':
      return decideDisputeReport(state, signal.report, world);
    default:
      return unreachable(signal);
  }
}

function decideCancel(payment: Payment): Decision {
  if (payment.status === 'canceled') return unchanged('already canceled');
  if (payment.status === 'processing') {
    throw new Problem('attempt_in_progress', 'An attempt is in progress; its outcome comes first.');
  }
  if (payment.status !== 'created') {
    throw new Problem('state_conflict', `A payment that is ${payment.status} cannot be canceled.`);
  }
  return {
    outcome: 'applied',
    payment: { ...payment, status: 'canceled', dueAt: null },
    happenings: [{ type: 'payment.canceled' }],
  };
}

/** @throws Problem state_conflict where there is nothing to release, or a capture is under way */
function decideRelease({ payment, attempt }: PaymentState, now: Temporal.Instant): Decision {
  if (payment.status !== 'authorized' || attempt === null) {
    throw new Problem('state_conflict', `A payment that is ${payment.status} has nothing to release.`);
  }
  if (payment.amountCapturePending > 0n) {
    throw new Problem('state_conflict', 'A capture is under way; its outcome comes first.');
  }
  if (attempt.releaseRequestedAt !== null) return unchanged('already being released');
  if (capturableAmount(payment) === 0n) throw new Problem('state_conflict', 'Nothing is left to release.');
  return {
    outcome: 'applied',
    payment: { ...payment, capturesClosed: true },
    // The one who asks sends it; the sync worker takes over when its answer does not come.
    attempt: { ...released(attempt, now), syncDueAt: now.add({ minutes: 1 }) },
    happenings: [],
  };
}

/** The provider will not release: what is authorized can be captured as before. */
function decideReleaseRefused({ payment, attempt }: PaymentState): Decision {
  if (attempt === null) return quarantined('unknown_attempt');
  if (attempt.state !== 'authorized' || attempt.releaseRequestedAt === null)
    return unchanged(`already ${attempt.state}`);
  const isDuplicate = payment.lastAttemptId !== attempt.attemptId;
  return {
    outcome: 'applied',
    payment: isDuplicate ? payment : { ...payment, capturesClosed: false },
    attempt: { ...attempt, releaseRequestedAt: null, syncDueAt: null, syncTries: 0 },
    happenings: [],
  };
}

function decideExpiry(payment: Payment, early: boolean, now: Temporal.Instant): Decision {
  if (payment.status !== 'created') return unchanged(`does not expire while ${payment.status}`);
  if (!early && Temporal.Instant.compare(now, payment.expiresAt) < 0) return unchanged('not yet due');
  return {
    outcome: 'applied',
    payment: { ...payment, status: 'expired', dueAt: null },
    happenings: [{ type: 'payment.expired' }],
  };
}
