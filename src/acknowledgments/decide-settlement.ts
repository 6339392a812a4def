import { type Payment, refundableAmount } from '../payments/payment.ts';
import type { AckDeadline, AckOperation, AckReason } from './ack-deadline.ts';

/** What a deadline that fires comes to next. */
export type Settlement =
  | { readonly kind: 'ask'; readonly operation: AckOperation }
  /** Something is under way at the provider; who began it does not matter. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'end'; readonly state: 'reversed' | 'refunded' | 'released' }
  | { readonly kind: 'fail'; readonly reason: Extract<AckReason, 'not_supported' | 'refused'> };

type Asker = Pick<AckDeadline, 'asked' | 'askedEarlier' | 'reversalTried'>;

/** Refunds that failed one after the other; then a person has to look. */
const ASKED_MAX = 4;

/**
 * Follows from how the payment stands now, and not from what was asked before: whoever gave the money back, in whatever
 * way, the end is the same, and what stands in doubt is waited for.
 */
export function decideSettlement(payment: Payment, deadline: Asker): Settlement {
  switch (payment.status) {
    case 'reversed':
      return { kind: 'end', state: 'reversed' };
    case 'canceled':
    case 'expired':
    case 'failed':
      return { kind: 'end', state: 'released' };
    case 'created':
    case 'processing':
      return { kind: 'wait' };
    case 'authorized':
      // Closed: the release, or the rest of a capture, is under way.
      if (payment.amountCapturePending > 0n || payment.capturesClosed) return { kind: 'wait' };
      return ask(deadline, 'release');
    case 'succeeded':
      return giveBack(payment, deadline);
  }
}

function giveBack(payment: Payment, deadline: Asker): Settlement {
  if (payment.reversalId !== null || payment.amountCapturePending > 0n) return { kind: 'wait' };
  const isUntouched = payment.amountRefunded === 0n && payment.amountRefundPending === 0n;
  if (isUntouched && !deadline.reversalTried) return ask(deadline, 'reversal');
  if (refundableAmount(payment) > 0n) return ask(deadline, 'refund');
  return payment.amountRefundPending > 0n ? { kind: 'wait' } : { kind: 'end', state: 'refunded' };
}

function ask({ asked, askedEarlier }: Asker, operation: AckOperation): Settlement {
  return asked - askedEarlier >= ASKED_MAX ? { kind: 'fail', reason: 'refused' } : { kind: 'ask', operation };
}
