import { Problem } from '../kernel/problem.ts';
import type { RefundReport } from '../providers/provider.ts';
import type { Decision, PaymentState } from './decision.ts';
import { type Payment, refundableAmount } from './payment.ts';
import { nextRefundSyncAt, type Refund } from './refund.ts';

/** @throws Problem state_conflict where nothing was captured, amount_not_available where too little is left */
export function decideRefundRequest(payment: Payment, refund: Refund): Decision {
  if (payment.amountCaptured === 0n || payment.status === 'reversed') {
    throw new Problem('state_conflict', `A payment that is ${payment.status} has nothing to refund.`);
  }
  const available = refundableAmount(payment);
  if (refund.amount > available) {
    throw new Problem('amount_not_available', 'The refund exceeds what is left of the payment.', {
      errors: [{ pointer: '/amount', detail: `At most ${available} minor units can still be refunded.` }],
    });
  }
  return {
    outcome: 'applied',
    payment: { ...payment, amountRefundPending: payment.amountRefundPending + refund.amount },
    refund,
    happenings: [{ type: 'refund.created', refund }],
  };
}

/** What a provider's word about a refund makes of it and of the payment's amounts. */
export function decideRefundReport(state: PaymentState, report: RefundReport, now: Temporal.Instant): Decision {
  const { payment, refund } = state;
  if (refund === null) return { outcome: 'quarantined', note: 'unknown_refund' };
  if (report.amount.amount !== refund.amount || report.amount.currency !== refund.currency) {
    return { outcome: 'quarantined', note: 'amount_mismatch' };
  }
  if (report.state === 'failed') return failRefund(state, report.failureCode ?? 'failed_at_provider');
  const known: Refund = { ...refund, providerRef: refund.providerRef ?? report.providerRef, dispatch: 'acknowledged' };
  if (report.state === 'pending') {
    if (refund.status !== 'pending' || refund.dispatch === 'acknowledged') {
      return { outcome: 'no_change', note: `already ${refund.status}` };
    }
    const waiting = { ...known, syncDueAt: nextRefundSyncAt(3, now), syncTries: 0 };
    return { outcome: 'applied', payment, refund: waiting, happenings: [] };
  }
  if (refund.status === 'failed') return { outcome: 'quarantined', note: 'succeeded_after_failed' };
  if (refund.status === 'succeeded') return { outcome: 'no_change', note: 'already succeeded' };
  const succeeded: Refund = { ...known, status: 'succeeded', syncDueAt: null };
  return {
    outcome: 'applied',
    payment: {
      ...payment,
      amountRefundPending: payment.amountRefundPending - refund.amount,
      amountRefunded: payment.amountRefunded + refund.amount,
    },
    refund: succeeded,
    happenings: [{ type: 'refund.succeeded', refund: succeeded }],
  };
}

/** The refund did not go through: its amount is available again. Also after it had succeeded. */
export function failRefund(state: PaymentState, code: string): Decision {
  const { payment, refund } = state;
  if (refund === null) return { outcome: 'quarantined', note: 'unknown_refund' };
  if (refund.status === 'failed') return { outcome: 'no_change', note: 'already failed' };
  const pending = refund.status === 'pending' ? refund.amount : 0n;
  const failed: Refund = { ...refund, status: 'failed', failureCode: code, syncDueAt: null };
  return {
    outcome: 'applied',
    payment: {
      ...payment,
      amountRefundPending: payment.amountRefundPending - pending,
      amountRefunded: payment.amountRefunded - (refund.amount - pending),
    },
    refund: failed,
    happenings: [{ type: 'refund.failed', refund: failed }],
  };
}

/** Sent, outcome unknown: stays pending, its amount stays promised, and the same request is repeated. */
export function refundInDoubt(state: PaymentState, now: Temporal.Instant): Decision {
  const { payment, refund } = state;
  if (refund === null) return { outcome: 'quarantined', note: 'unknown_refund' };
  if (refund.status !== 'pending' || refund.dispatch !== 'dispatched') {
    return { outcome: 'no_change', note: `already ${refund.status}` };
  }
  const unknown: Refund = { ...refund, dispatch: 'unknown', syncDueAt: nextRefundSyncAt(0, now), syncTries: 0 };
  return { outcome: 'applied', payment, refund: unknown, happenings: [] };
}
