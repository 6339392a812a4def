/** Errors by name: the HTTP status and the number that go with each. */
const ERRORS: Readonly<Record<string, readonly [status: number, code: number]>> = {
  USER_NOT_AUTHORIZED: [403, 24_012],
  MISSING_SHOPPER_OR_CARD_HOLDER: [400, 30],
  INVALID_HTTP_METHOD: [400, 85],
  VALIDATION_GENERAL_FAILURE: [400, 10_001],
  INVALID_MERCHANT_TRANSACTION_ID: [400, 10_001],
  CURRENCY_CODE_NOT_FOUND: [400, 24_011],
  AMOUNT_EXCEEDED_MAXIMUM_ALLOWED_FRACTION_DIGITS: [400, 14_021],
  PF_TOKEN_NOT_FOUND: [400, 14_040],
  PF_TOKEN_HAS_NO_CARD: [400, 14_041],
  PF_TOKEN_EXPIRED: [400, 14_042],
  FRAUD_DETECTED: [403, 15_011],
  TRANSACTION_NOT_FOUND: [404, 20_001],
  MULTIPLE_TRANSACTIONS_FOUND: [400, 20_002],
  TRANSACTION_ALREADY_CAPTURED: [400, 20_010],
  REFUND_MIN_AMOUNT_FAILURE: [400, 14_005],
  REFUND_MAX_AMOUNT_FAILURE: [400, 14_006],
  INVOICE_ALREADY_FULLY_REFUNDED: [400, 14_022],
  SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST: [422, 60_101],
  REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS: [409, 60_102],
  IDEMPOTENCY_KEY_MAX_LENGTH_LIMIT_EXCEEDED: [400, 60_103],
  INVALID_IDEMPOTENCY_KEY: [400, 60_104],
};

/** What this side says of a failure at a bank. */
const PROCESSING_FAILURE: readonly [status: number, code: number] = [402, 14_002];

/** A request that is turned down; thrown by whoever finds the reason. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly errorName: string;
  readonly status: number;
  readonly code: number;
  readonly property: string | null;

  constructor(errorName: string, property: string | null = null) {
    super(`Refused as ${errorName}`);
    this.errorName = errorName;
    this.property = property;
    [this.status, this.code] = ERRORS[errorName] ?? PROCESSING_FAILURE;
  }

  /** The error as the wire has it. */
  get body(): Record<string, unknown> {
    const property = this.property === null ? {} : { invalidProperty: { name: this.property } };
    const { errorName, code, message: description } = this;
    return { message: [{ errorName, code: String(code), description, ...property }] };
  }
}
