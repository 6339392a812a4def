import type { LimitChange } from '../limits/release-limits.ts';
import type { Payment } from './payment.ts';

/** What a payment's limits are told when it moves: something only where it holds any, and counts otherwise than before. */
export function limitChanges(before: Payment, after: Payment): readonly LimitChange[] {
  if (!after.holdsLimits) return [];
  const [was, is] = [limitShare(before), limitShare(after)];
  if (was.kept === is.kept && was.settled === is.settled) return [];
  const { tenantId, paymentId, updatedAt } = after;
  return [{ tenantId, paymentId, total: after.amount, ...is, at: updatedAt }];
}

interface LimitShare {
  /** Minor units of the payment's amount. */
  readonly kept: bigint;
  readonly settled: boolean;
}

/**
 * How much of a payment counts against limits. All of it until it has come to an end; then what was captured. Refunds are
 * taken off once they have succeeded: one under way may still fail.
 */
function limitShare({ status, amount, amountCaptured, amountRefunded }: Payment): LimitShare {
  switch (status) {
    case 'created':
    case 'processing':
    case 'authorized':
      return { kept: amount - amountRefunded, settled: false };
    case 'succeeded':
      return { kept: amountCaptured - amountRefunded, settled: true };
    case 'failed':
    case 'canceled':
    case 'expired':
    case 'reversed':
      return { kept: 0n, settled: true };
  }
}
