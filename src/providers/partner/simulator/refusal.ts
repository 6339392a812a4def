const STATUSES = {
  malformed: 400,
  validation_failed: 422,
  unknown_merchant: 401,
  invalid_signature: 401,
  stale_timestamp: 401,
  order_not_found: 404,
  order_conflict: 409,
  refund_conflict: 409,
  state_conflict: 409,
  amount_not_available: 422,
  not_supported: 422,
  not_executed: 503,
} as const;

export type RefusalCode = keyof typeof STATUSES;

/** The simulator's no: nothing was done. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly status: number;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
    this.status = STATUSES[code];
  }
}
