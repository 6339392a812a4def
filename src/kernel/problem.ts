interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/**
 * Every refusal a program can meet, by code. Status meanings follow RFC 9110; the body is RFC 9457.
 * docs/errors.md is generated from this table.
 */
export const PROBLEMS = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  malformed_json: { status: 400, title: 'The body is not acceptable JSON' },
  idempotency_required: { status: 400, title: 'This operation needs an Idempotency-Key or a reference' },
  unauthenticated: { status: 401, title: 'Credentials are missing or not valid' },
  bad_signature: { status: 401, title: 'The signature does not verify' },
  stale_timestamp: { status: 401, title: 'The signed timestamp is too old or too new' },
  forbidden: { status: 403, title: 'These credentials may not do this' },
  https_required: { status: 403, title: 'Use HTTPS' },
  proof_refused: { status: 403, title: 'This does not prove who you are' },
  step_up_required: { status: 403, title: 'Prove your second factor first' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'This address does not take this method' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  reference_already_used: { status: 409, title: 'This reference has been used before' },
  idempotency_key_reused: { status: 409, title: 'This Idempotency-Key was used with another request' },
  idempotency_in_progress: { status: 409, title: 'The first request with this Idempotency-Key is still running' },
  attempt_in_progress: { status: 409, title: 'Another attempt is in progress' },
  nothing_to_complete: { status: 409, title: 'No attempt waits for its second step' },
  ack_policy_not_ready: { status: 409, title: 'The endpoint is not ready for this policy' },
  too_many_endpoints: { status: 409, title: 'There are as many endpoints as there may be' },
  state_conflict: { status: 409, title: 'The object is not in a state that allows this' },
  amount_not_available: { status: 409, title: 'The amount exceeds what is available' },
  reversal_too_late: { status: 409, title: 'The time to reverse this is over' },
  app_name_taken: { status: 409, title: 'This app name is taken' },
  merchant_code_taken: { status: 409, title: 'This merchant code is taken' },
  gone: { status: 410, title: 'This was removed for ever' },
  event_expired: { status: 410, title: 'This is not kept any more' },
  body_too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'This content type is not accepted' },
  misdirected_request: { status: 421, title: 'This host does not serve this address' },
  validation_failed: { status: 422, title: 'Some fields break a rule' },
  card_number_not_allowed: { status: 422, title: 'Card numbers do not belong in this field' },
  target_not_allowed: { status: 422, title: 'This address may not be called' },
  not_supported_by_provider: { status: 422, title: 'The provider does not do this' },
  limit_exceeded: { status: 422, title: 'A limit leaves no room for this' },
  shipping_required: { status: 422, title: 'The payment needs a shipping address first' },
  no_provider_account: { status: 422, title: 'No active provider account can take this payment' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  endpoint_unhealthy: { status: 503, title: 'Your endpoint does not acknowledge what it is told' },
  unavailable: { status: 503, title: 'Not available right now' },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One broken rule: a JSON pointer to the field (RFC 6901) and the rule in words. Never the value itself. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  /** Further members of the body, for example the id of the first payment with a reference. */
  readonly members?: Readonly<Record<string, string | number>>;
  readonly retryAfterSeconds?: number;
  /** A kept refusal that is given again; sent with Idempotency-Replayed. */
  readonly replayed?: boolean;
  readonly cause?: unknown;
}

/** A refusal meant for the caller. Everything in it is shown, so nothing secret goes in. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
  readonly members: Readonly<Record<string, string | number>>;
  readonly retryAfterSeconds: number | undefined;
  readonly replayed: boolean;

  constructor(code: ProblemCode, detail?: string, options: ProblemOptions = {}) {
    super(detail ?? PROBLEMS[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.members = options.members ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.replayed = options.replayed ?? false;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

/** The body of RFC 9457 for a problem. `type` is a reference relative to the API's own address. */
export function problemBody(problem: Problem, correlationId: string): Record<string, unknown> {
  return {
    // First, so that no member can pass for one of the standard ones.
    ...problem.members,
    type: `/docs/errors#${problem.code}`,
    title: PROBLEMS[problem.code].title,
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    errors: problem.errors,
    correlationId,
  };
}
