import { unreachable } from '../kernel/assert.ts';
import { Problem } from '../kernel/problem.ts';
import { decideAttemptReport, decideAttemptStart, endAttempt } from './decide-attempt.ts';
import { decideRefundReport, decideRefundRequest, failRefund, refundInDoubt } from './decide-refund.ts';
import type { Decision, PaymentState } from './decision.ts';
import type { Payment } from './payment.ts';
import type { Signal } from './signal.ts';

/**
 * The whole behavior of a payment, as a pure function: no clock, no database, no network.
 * @throws Problem where a tenant or shopper asks for something the state does not allow
 */
export function decideSignal(state: PaymentState, signal: Signal, now: Temporal.Instant): Decision {
  switch (signal.kind) {
    case 'attempt_started':
      return decideAttemptStart(state.payment, signal.attempt, now);
    case 'attempt_reported':
      return decideAttemptReport(state, signal, now);
    case 'attempt_not_sent':
      return endAttempt(state, { state: 'not_sent', code: 'provider_unreachable', message: signal.reason }, now);
    case 'attempt_refused':
      return endAttempt(state, { state: 'refused', code: signal.code, message: signal.message }, now);
    case 'attempt_unknown':
      return endAttempt(state, { state: 'unknown', code: null, message: signal.reason }, now);
    case 'cancel_requested':
      return decideCancel(state.payment);
    case 'expiry_reached':
      return decideExpiry(state.payment, signal.early, now);
    case 'refund_requested':
      return decideRefundRequest(state.payment, signal.refund);
    case 'refund_reported':
      return decideRefundReport(state, signal.report, now);
    case 'refund_refused':
      return failRefund(state, signal.code);
    case 'refund_unknown':
      return refundInDoubt(state, now);
    default:
      return unreachable(signal);
  }
}

function decideCancel(payment: Payment): Decision {
  if (payment.status === 'canceled') return { outcome: 'no_change', note: 'already canceled' };
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

function decideExpiry(payment: Payment, early: boolean, now: Temporal.Instant): Decision {
  if (payment.status !== 'created') return { outcome: 'no_change', note: `does not expire while ${payment.status}` };
  if (!early && Temporal.Instant.compare(now, payment.expiresAt) < 0) {
    return { outcome: 'no_change', note: 'not yet due' };
  }
  return {
    outcome: 'applied',
    payment: { ...payment, status: 'expired', dueAt: null },
    happenings: [{ type: 'payment.expired' }],
  };
}
