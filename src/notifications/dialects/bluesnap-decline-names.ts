/**
 * Why a bank said no, by the names of https://developers.bluesnap.com/v8976-JSON/reference/card-transaction-errors.
 * Reasons that are not here came from no bank.
 */
export const BLUESNAP_DECLINE_NAMES: Readonly<Record<string, string>> = {
  insufficient_funds: 'INSUFFICIENT_FUNDS',
  expired_card: 'EXPIRED_CARD',
  incorrect_cvc: 'CVV_ERROR',
  lost_or_stolen: 'CARD_LOST_OR_STOLEN',
  fraud: 'HIGH_RISK_ERROR',
  authentication_failed: 'THREE_D_SECURE_FAILURE',
  do_not_honor: 'DO_NOT_HONOR',
  limit_exceeded: 'LIMIT_EXCEEDED',
};

const ANY_OTHER = 'GENERAL_PAYMENT_PROCESSING_ERROR';

/** BlueSnap's name for a failure of ours; null where there was none. */
export function declineNameOf(failureCode: string | null): string | null {
  if (failureCode === null) return null;
  return Object.hasOwn(BLUESNAP_DECLINE_NAMES, failureCode) ? (BLUESNAP_DECLINE_NAMES[failureCode] ?? null) : ANY_OTHER;
}
