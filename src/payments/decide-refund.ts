import { Problem } from '../kernel/problem.ts';
import type { RefundReport } from '../providers/provider.ts';
import type { Capabilities } from '../providers/provider-capabilities.ts';
import type { Attempt } from './attempt.ts';
import {
  type Applied,
  type Circumstances,
  type Decision,
  type Making,
  type PaymentState,
  quarantined,
  unchanged,
  unfit,
} from './decision.ts';
import {
  acknowledged,
  awaited,
  failed,
  inDoubt,
  mismatch,
  newStanding,
  SUCCEEDED_AFTER_FAILED,
  succeeded,
} from './operation.ts';
import { type Payment, refundableAmount } from './payment.ts';
import type { Refund } from './refund.ts';

/** Why money of an ended payment goes back. */
export const LATE = 'Paid after the payment had ended';

/**
 * @throws Problem state_conflict where nothing was captured, amount_not_available where too little is left,
 * not_supported_by_provider where the provider account makes no such refund
 */
export function decideRefundRequest(payment: Payment, refund: Refund, capability: Capabilities['refund']): Decision {
  if (payment.status === 'reversed' || payment.reversalId !== null) {
    throw new Problem('state_conflict', 'A payment that is reversed, or about to be, is not refunded.');
  }
  if (payment.amountCaptured === 0n) {
    throw new Problem('state_conflict', `A payment that is ${payment.status} has nothing to refund.`);
  }
  const available = refundableAmount(payment);
  if (refund.amount > available) {
    throw new Problem('amount_not_available', 'The refund exceeds what is left of the payment.', {
      errors: [{ pointer: '/amount', detail: `At most ${available} minor units can still be refunded.` }],
    });
  }
  refuseUnsupported(payment, refund, capability);
  return {
    outcome: 'applied',
    payment: { ...payment, amountRefundPending: payment.amountRefundPending + refund.amount },
    refunds: [refund],
    happenings: [{ type: 'refund.created', refund }],
  };
}

/** Whoever cannot do it would refuse it later, or do it otherwise: then nothing is promised and nothing is sent. */
function refuseUnsupported(
  { amountCaptured, amountRefunded, amountRefundPending }: Payment,
  { amount }: Refund,
  capability: Capabilities['refund'],
): void {
  if (capability === false) throw new Problem('not_supported_by_provider', 'This provider account makes no refunds.');
  if (!capability.multiple && amountRefunded + amountRefundPending > 0n) {
    throw new Problem(
      'not_supported_by_provider',
      'This provider refunds a payment once; one refund is there already.',
    );
  }
  if (!capability.partial && amount !== amountCaptured) {
    throw new Problem('not_supported_by_provider', 'This provider refunds the whole payment only.', {
      errors: [{ pointer: '/amount', detail: `Must be ${amountCaptured} minor units, or left out` }],
    });
  }
}

/** What a provider's word about a refund makes of it and of the payment's amounts. */
export function decideRefundReport(state: PaymentState, report: RefundReport, world: Circumstances): Decision {
  const { payment, refund } = state;
  if (refund === null) {
    return report.refundId === null ? foundAtProvider(state, report, world) : unfit(world, 'unknown_refund');
  }
  const wrong = mismatch(refund, report, state.attempt);
  if (wrong !== null) return quarantined(wrong);
  const known = acknowledged(refund, report);
  if (report.state === 'failed')
    return failRefund({ ...state, refund: known }, report.failureCode ?? 'failed_at_provider');
  if (report.state === 'pending') {
    if (refund.status !== 'pending' || refund.dispatch === 'acknowledged') return unchanged(`already ${refund.status}`);
    return { outcome: 'applied', payment, refunds: [awaited(known, world.now)], happenings: [] };
  }
  if (refund.status === 'failed') return unfit(world, SUCCEEDED_AFTER_FAILED);
  if (refund.status === 'succeeded') return unchanged('already succeeded');
  const done = succeeded(known);
  const own = ownAmount(refund);
  return {
    outcome: 'applied',
    payment: {
      ...payment,
      amountRefundPending: payment.amountRefundPending - own,
      amountRefunded: payment.amountRefunded + own,
    },
    refunds: [done],
    happenings: [{ type: 'refund.succeeded', refund: done }],
  };
}

/** A refund that nobody asked us for: the merchant made it at the provider's console. */
function foundAtProvider({ payment, attempt }: PaymentState, report: RefundReport, world: Circumstances): Decision {
  if (attempt === null) return quarantined('unknown_attempt');
  const { amount, currency } = report.amount;
  if (currency !== payment.currency || amount <= 0n) return quarantined('amount_mismatch');
  const duplicate = payment.lastAttemptId !== attempt.attemptId;
  const refund: Refund = {
    ...newRefund(payment, attempt, world, {
      amount,
      madeBy: 'provider',
      reason: 'Made at the provider',
      reference: null,
      duplicate,
    }),
    providerRef: report.providerRef,
  };
  const created = { type: 'refund.created', refund } as const;
  if (report.state === 'failed') {
    // Kept, so that an older message of its success finds that it has failed.
    const gone = failed(refund, report.failureCode ?? 'failed_at_provider');
    const happenings = [created, { type: 'refund.failed', refund: gone } as const];
    return { outcome: 'applied', payment, refunds: [gone], happenings };
  }
  // Double money goes back by itself; whether a second refund of it is one too many is for a person to see.
  if (duplicate && (attempt.state !== 'captured' || world.policy.duplicatePayment === 'refund')) {
    return unfit(world, 'refund_of_duplicate');
  }
  if (!duplicate && payment.reversalId !== null) return unfit(world, 'refund_after_reversal');
  if (!duplicate && amount > refundableAmount(payment)) return unfit(world, 'refund_exceeds_captured');
  if (report.state === 'pending') {
    const amountRefundPending = payment.amountRefundPending + ownAmount(refund);
    const waiting = awaited(refund, world.now);
    return {
      outcome: 'applied',
      payment: { ...payment, amountRefundPending },
      refunds: [waiting],
      happenings: [created],
    };
  }
  const done = succeeded(refund);
  return {
    outcome: 'applied',
    payment: { ...payment, amountRefunded: payment.amountRefunded + ownAmount(refund) },
    refunds: [done],
    happenings: [created, { type: 'refund.succeeded', refund: done }],
  };
}

/** A refund's row before anything is known of it. */
export function newRefund(
  payment: Payment,
  attempt: Pick<Attempt, 'attemptId' | 'providerAccountId'>,
  { now, newId }: Making,
  its: Pick<Refund, 'amount' | 'madeBy' | 'reason' | 'reference'> & { readonly duplicate?: boolean },
): Refund {
  return {
    tenantId: payment.tenantId,
    refundId: newId('re'),
    paymentId: payment.paymentId,
    attemptId: attempt.attemptId,
    providerAccountId: attempt.providerAccountId,
    mode: payment.mode,
    currency: payment.currency,
    ...newStanding(its.madeBy, now),
    ...its,
    duplicate: its.duplicate ?? false,
  };
}

/**
 * Money that a provider took by itself although the payment had ended goes back where the tenant wants none so late.
 * It may come as an authorization first, which then was not released in time.
 */
export function refundLate(decision: Decision, attempt: Attempt, amount: bigint, world: Circumstances): Decision {
  if (decision.outcome !== 'applied') return decision;
  const { late, captureMethod } = decision.payment;
  if (!late || captureMethod !== 'automatic' || world.policy.lateSuccess !== 'refund') return decision;
  return refundUnwanted(decision, attempt, { amount, reason: LATE, duplicate: false }, world);
}

/** Adds a refund of ours to a decision; the sync worker sends it. */
export function refundUnwanted(
  decision: Applied,
  attempt: Attempt,
  its: { readonly amount: bigint; readonly reason: string; readonly duplicate: boolean },
  world: Circumstances,
): Decision {
  const { payment } = decision;
  const refund = newRefund(payment, attempt, world, { ...its, madeBy: 'gateway', reference: null });
  const promised = its.duplicate ? 0n : its.amount;
  return {
    ...decision,
    payment: { ...payment, amountRefundPending: payment.amountRefundPending + promised },
    refunds: [refund],
    happenings: [...decision.happenings, { type: 'refund.created', refund }],
  };
}

/** The refund did not go through: its amount is available again. Also after it had succeeded. */
export function failRefund(state: PaymentState, code: string): Decision {
  const { payment, refund } = state;
  if (refund === null) return quarantined('unknown_refund');
  if (refund.status === 'failed') return unchanged('already failed');
  const own = ownAmount(refund);
  const pending = refund.status === 'pending' ? own : 0n;
  const gone = failed(refund, code);
  return {
    outcome: 'applied',
    payment: {
      ...payment,
      amountRefundPending: payment.amountRefundPending - pending,
      amountRefunded: payment.amountRefunded - (own - pending),
    },
    refunds: [gone],
    happenings: [{ type: 'refund.failed', refund: gone }],
  };
}

/** Sent, outcome unknown: stays pending, its amount stays promised, and the same request is repeated. */
export function refundInDoubt({ payment, refund }: PaymentState, world: Circumstances): Decision {
  if (refund === null) return quarantined('unknown_refund');
  const unknown = inDoubt(refund, world.now);
  if (unknown === null) return unchanged(`already ${refund.status}`);
  return { outcome: 'applied', payment, refunds: [unknown], happenings: [] };
}

/** What of a refund is the payment's money. */
function ownAmount(refund: Refund): bigint {
  return refund.duplicate ? 0n : refund.amount;
}
