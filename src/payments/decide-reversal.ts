import { Problem } from '../kernel/problem.ts';
import type { ReversalReport } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';
import {
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
import type { Payment } from './payment.ts';
import type { Reversal } from './reversal.ts';

/** @throws Problem state_conflict where nothing stands to be reversed, or some of it was refunded */
export function decideReversalRequest(payment: Payment, reversal: Reversal): Decision {
  const refusal = whyNotReversible(payment);
  if (refusal !== null) throw new Problem('state_conflict', refusal);
  if (reversal.amount !== payment.amountCaptured) {
    throw new Problem('state_conflict', 'A reversal undoes the whole capture, and that has changed.');
  }
  return {
    outcome: 'applied',
    payment: { ...payment, reversalId: reversal.reversalId },
    reversal,
    happenings: [],
  };
}

/** The rule that keeps a payment from being reversed, as a sentence; null where none does. The cut-off is extra. */
export function whyNotReversible(payment: Payment): string | null {
  if (payment.reversalId !== null) return 'This payment is reversed already, or about to be.';
  if (payment.status !== 'succeeded') return `A payment that is ${payment.status} cannot be reversed.`;
  if (payment.amountRefunded > 0n || payment.amountRefundPending > 0n) {
    return 'A payment that is refunded, even in part, is not reversed.';
  }
  return null;
}

/** What a provider's word about a reversal makes of it and of the payment. */
export function decideReversalReport(state: PaymentState, report: ReversalReport, world: Circumstances): Decision {
  const { payment, reversal } = state;
  if (reversal === null) {
    return report.reversalId === null ? foundAtProvider(state, report, world) : unfit(world, 'unknown_reversal');
  }
  const wrong = mismatch(reversal, report, state.attempt);
  if (wrong !== null) return quarantined(wrong);
  const known = acknowledged(reversal, report);
  if (report.state === 'failed')
    return failReversal({ ...state, reversal: known }, report.failureCode ?? 'failed_at_provider');
  if (report.state === 'pending') {
    if (reversal.status !== 'pending' || reversal.dispatch === 'acknowledged') {
      return unchanged(`already ${reversal.status}`);
    }
    return { outcome: 'applied', payment, reversal: awaited(known, world.now), happenings: [] };
  }
  if (reversal.status === 'failed') return unfit(world, SUCCEEDED_AFTER_FAILED);
  if (reversal.status === 'succeeded') return unchanged('already succeeded');
  return reversed(payment, succeeded(known));
}

/** A reversal that nobody asked us for: the merchant made it at the provider's console. */
function foundAtProvider({ payment, attempt }: PaymentState, report: ReversalReport, world: Circumstances): Decision {
  if (attempt === null) return quarantined('unknown_attempt');
  const { amount, currency } = report.amount;
  if (currency !== payment.currency || amount <= 0n) return quarantined('amount_mismatch');
  const made = { madeBy: 'provider', reason: 'Made at the provider' } as const;
  const reversal: Reversal = {
    ...newReversal(payment, attempt, world, made),
    amount,
    providerRef: report.providerRef,
  };
  if (report.state === 'failed') {
    // Kept, so that an older message of its success finds that it has failed.
    const gone = failed(reversal, report.failureCode ?? 'failed_at_provider');
    return {
      outcome: 'applied',
      payment,
      reversal: gone,
      happenings: [{ type: 'reversal.failed', reversal: gone }],
    };
  }
  // Double money is not the payment's, so undoing it undoes no payment: a person has to look.
  if (payment.lastAttemptId !== attempt.attemptId) return quarantined('reversal_of_duplicate');
  if (payment.reversalId !== null) return unfit(world, 'second_reversal');
  if (whyNotReversible(payment) !== null) return unfit(world, `reversal_while_${payment.status}`);
  if (amount !== payment.amountCaptured) return quarantined('amount_mismatch');
  const { reversalId } = reversal;
  if (report.state === 'pending') {
    return {
      outcome: 'applied',
      payment: { ...payment, reversalId },
      reversal: awaited(reversal, world.now),
      happenings: [],
    };
  }
  return reversed({ ...payment, reversalId }, succeeded(reversal));
}

function reversed(payment: Payment, reversal: Reversal): Decision {
  return {
    outcome: 'applied',
    payment: { ...payment, status: 'reversed', amountCaptured: 0n },
    reversal,
    happenings: [{ type: 'reversal.succeeded', reversal }, { type: 'payment.reversed' }],
  };
}

/** A reversal's row before anything is known of it: all that is captured. */
export function newReversal(
  payment: Payment,
  attempt: Pick<Attempt, 'attemptId' | 'providerAccountId'>,
  { now, newId }: Making,
  its: Pick<Reversal, 'madeBy' | 'reason'>,
): Reversal {
  return {
    tenantId: payment.tenantId,
    reversalId: newId('rev'),
    paymentId: payment.paymentId,
    attemptId: attempt.attemptId,
    providerAccountId: attempt.providerAccountId,
    mode: payment.mode,
    amount: payment.amountCaptured,
    currency: payment.currency,
    ...newStanding(its.madeBy, now),
    ...its,
  };
}

/** The reversal did not go through: the payment stands as it was, and may be refunded. */
export function failReversal({ payment, reversal }: PaymentState, code: string): Decision {
  if (reversal === null) return quarantined('unknown_reversal');
  if (reversal.status === 'failed') return unchanged('already failed');
  // Nothing leads out of `reversed`: a person has to look where the money stands.
  if (reversal.status === 'succeeded') return quarantined('failed_after_reversed');
  const gone = failed(reversal, code);
  return {
    outcome: 'applied',
    payment: { ...payment, reversalId: null },
    reversal: gone,
    happenings: [{ type: 'reversal.failed', reversal: gone }],
  };
}

/** Sent, outcome unknown: stays pending, and the same request is repeated. */
export function reversalInDoubt({ payment, reversal }: PaymentState, world: Circumstances): Decision {
  if (reversal === null) return quarantined('unknown_reversal');
  const unknown = inDoubt(reversal, world.now);
  if (unknown === null) return unchanged(`already ${reversal.status}`);
  return { outcome: 'applied', payment, reversal: unknown, happenings: [] };
}
