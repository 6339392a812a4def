import type { Money } from '../../kernel/money.ts';
import type { AttemptReport, Decline, OperationReport } from '../provider.ts';
import type { Instrument } from '../provider-instrument.ts';
import { bankCodeOf, declineReasonOf, type PaymentMeaning } from './scantopay-states.ts';
import type { WireTransaction } from './scantopay-wire.ts';

interface ReportedPayment {
  readonly paymentId: string;
  readonly amount: Money;
  readonly wire: WireTransaction;
}

/** The state of a payment in the gateway's words; what only may have been captured is still on its way. */
export function paymentReportOf(
  meaning: PaymentMeaning | null,
  { paymentId, amount, wire }: ReportedPayment,
): AttemptReport {
  switch (meaning?.state) {
    case 'captured':
      // Refunds and reversals go by this number, which exists only once the payment is made.
      return { state: 'captured', amount, chargeRef: paymentId, ...paidWith(wire) };
    case 'canceled':
    case 'expired':
      return { state: meaning.state };
    case 'declined':
      return { state: 'declined', decline: declineOf(meaning.reason, wire.bankResponse) };
    default:
      return { state: 'pending' };
  }
}

function paidWith({ cardInfo, authCode }: WireTransaction): {
  readonly instrument?: Instrument;
  readonly authCode?: string;
} {
  return {
    ...(cardInfo == null ? {} : { instrument: instrumentOf(cardInfo) }),
    ...(authCode == null ? {} : { authCode }),
  };
}

function instrumentOf({ cardType, binLast4, accountType }: NonNullable<WireTransaction['cardInfo']>): Instrument {
  return {
    type: 'card',
    last4: binLast4.slice(-4),
    ...(binLast4.length > 4 ? { bin: binLast4.slice(0, 6) } : {}),
    ...(cardType == null ? {} : { brand: cardType }),
    ...(accountType == null ? {} : { accountType }),
  };
}

function declineOf(reason: Decline['reason'] | null, bankResponse: string | null | undefined): Decline {
  const providerCode = bankCodeOf(bankResponse);
  return {
    reason: reason ?? declineReasonOf(providerCode),
    ...(providerCode === null ? {} : { providerCode }),
  };
}

/** A payment is reversed whole and at most once, and the reversal has no number of its own. */
export function reversalOf(paymentId: string, amount: Money, state: OperationReport['state']): OperationReport {
  return { providerRef: `reversal-${paymentId}`, amount, ...standing(state, 'reversal_failed') };
}

/** A refund is named before its number is told, so that the request's answer and the notification name the same. */
export function refundOf(paymentId: string, amount: Money, state: OperationReport['state']): OperationReport {
  return { providerRef: `refund-${paymentId}-${amount.amount}`, amount, ...standing(state, 'refund_failed') };
}

function standing(
  state: OperationReport['state'],
  failureCode: string,
): Pick<OperationReport, 'state' | 'failureCode'> {
  return state === 'failed' ? { state, failureCode } : { state };
}
