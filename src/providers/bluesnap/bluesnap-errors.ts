import type { DeclineReason } from '../provider.ts';

/**
 * What BlueSnap calls a payer's bank's no, by `errorName`.
 * https://developers.bluesnap.com/v8976-JSON/reference/card-transaction-errors
 * https://developers.bluesnap.com/v8976-JSON/docs/fraud-errors
 */
const DECLINE_REASONS: Readonly<Record<string, DeclineReason>> = {
  INSUFFICIENT_FUNDS: 'insufficient_funds',
  EXPIRED_CARD: 'expired_card',
  CVV_ERROR: 'incorrect_cvc',
  CARD_LOST_OR_STOLEN: 'lost_or_stolen',
  PICKUP_CARD: 'lost_or_stolen',
  HIGH_RISK_ERROR: 'fraud',
  FRAUD_DETECTED: 'fraud',
  FRAUD_ERROR: 'fraud',
  THREE_D_SECURE_FAILURE: 'authentication_failed',
  THREE_D_SECURITY_AUTHENTICATION_REQUIRED: 'authentication_failed',
  STRONG_CUSTOMER_AUTHENTICATION_REQUIRED: 'authentication_failed',
  INVALID_PIN_OR_PW_OR_ID_ERROR: 'authentication_failed',
  DO_NOT_HONOR: 'do_not_honor',
  CALL_ISSUER: 'do_not_honor',
  PROCESSING_GENERAL_DECLINE: 'do_not_honor',
  LIMIT_EXCEEDED: 'limit_exceeded',
  ACCOUNT_CLOSED: 'other',
  AUTHORIZATION_REVOKED: 'other',
  GENERAL_PAYMENT_PROCESSING_ERROR: 'other',
  INCORRECT_INFORMATION: 'other',
  INVALID_CARD_NUMBER: 'other',
  INVALID_CARD_TYPE: 'other',
  INVALID_TRANSACTION: 'other',
  RESTRICTED_CARD: 'other',
  TRANSACTION_CARD_NOT_VALID: 'other',
  TRANSACTION_NOT_AUTHORIZED: 'other',
};

/** The code of every failure while a bank was being asked; its names above say more. */
const PROCESSING_FAILURE = '14002';

/** Settings of the merchant, not a word of the bank, although they carry its code. */
const NO_DECLINES: ReadonlySet<string> = new Set([
  'AUTHORIZATION_AMOUNT_ALREADY_REVERSED',
  'AUTHORIZATION_AMOUNT_NOT_VALID',
  'AUTHORIZATION_EXPIRED',
  'AUTHORIZATION_NOT_FOUND',
  'INCORRECT_SETUP',
  'INVALID_AMOUNT',
  'PROCESSING_AMOUNT_ERROR',
  'REFUND_FAILED',
]);

/**
 * Names that leave open what was done: something broke on the way, the same is being done or was done already.
 * https://developers.bluesnap.com/v8976-JSON/reference/idempotency-errors
 * https://developers.bluesnap.com/v8976-JSON/docs/refund-errors
 */
const DOUBTS: ReadonlySet<string> = new Set([
  'BLS_CONNECTION_PROBLEM',
  'IDEMPOTENCY_SERVICE_TIMEOUT',
  'MULTIPLE_TRANSACTIONS_FOUND',
  'NO_AVAILABLE_PROCESSORS',
  'PAYMENT_GENERAL_FAILURE',
  'PROCESSING_DUPLICATE',
  'PROCESSING_TIMEOUT',
  'REFUND_GENERAL_FAILURE',
  'REFUND_IN_PROCESS',
  'REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS',
  'SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST',
  'SERVER_GENERAL_FAILURE',
  'SYSTEM_TECHNICAL_ERROR',
  'THE_ISSUER_IS_UNAVAILABLE_OR_OFFLINE',
  'TRANSACTION_ALREADY_EXISTS',
  'TRANSACTION_LOCKED',
]);

/**
 * How BlueSnap says that it knows no such transaction. Its reference lists the first (20009) and leaves open which one a
 * question by merchantTransactionId gets, so that its 404 in its own words counts as well.
 */
const NOT_FOUND: ReadonlySet<string> = new Set([
  'INVALID_TRANSACTION_ID',
  'NO_TRANSACTIONS_FOUND',
  'ORDER_NOT_FOUND',
  'TRANSACTION_NOT_FOUND',
]);

/**
 * Thresholds of https://developers.bluesnap.com/v8976-JSON/docs/error-handling-overview under which a request is turned
 * away before it is looked at. Its fifth sentence, `Service is temporarily unavailable`, is left out: proxies say the
 * same of a service that broke in the middle.
 */
const NOT_EXECUTED = [
  'Client request rate is too high',
  'Client request concurrency is too high',
  'Request rate for service is too high',
  'Request concurrency to specific service is too high',
] as const;

/** One error of an answer: `name` is `errorName`, `code` the number beside it. */
export interface BluesnapError {
  readonly name: string;
  readonly code: string;
}

/** Our word for a decline, or null where the error is none. */
export function declineReasonOf({ name, code }: BluesnapError): DeclineReason | null {
  const known = DECLINE_REASONS[name];
  if (known !== undefined) return known;
  // A reason that was added since is still the bank's no.
  return code === PROCESSING_FAILURE && !NO_DECLINES.has(name) && !DOUBTS.has(name) ? 'other' : null;
}

/** Whether the error leaves open what was done. */
export function isDoubt({ name }: BluesnapError): boolean {
  return DOUBTS.has(name);
}

/** Whether the answer to a question says that there is no such transaction. */
export function isNotFound({ name }: BluesnapError, status: number): boolean {
  return status === 404 || NOT_FOUND.has(name);
}

/** Whether a body, in whatever form, has BlueSnap's own sentence that the request was turned away unread. */
export function saysNotExecuted(body: string): boolean {
  return NOT_EXECUTED.some((sentence) => body.includes(sentence));
}
