const STATUSES = {
  malformed: 400,
  unknown_merchant: 401,
  bad_signature: 401,
  stale_timestamp: 401,
  not_found: 404,
  charge_not_found: 404,
  capture_not_found: 404,
  refund_not_found: 404,
  reversal_not_found: 404,
  dispute_not_found: 404,
  merchant_exists: 409,
  reference_conflict: 409,
  state_conflict: 409,
  body_too_large: 413,
  validation_failed: 422,
  amount_not_available: 422,
  target_not_allowed: 422,
  not_executed: 503,
} as const;

export type RefusalCode = keyof typeof STATUSES;

/** A request that changed nothing, and why. The message is shown to the caller. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return STATUSES[this.code];
  }
}
