/** One broken rule: a JSON pointer to the field (RFC 6901) and the rule in words. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * What became of the request.
 * `refused`: the gateway said no and did nothing. `not_sent`: it never reached the gateway.
 * `unknown`: it may have been carried out. Repeat it with the same idempotency key, or ask; never with a new key.
 */
export type Outcome = 'refused' | 'not_sent' | 'unknown';

export interface TollgateErrorFacts {
  readonly status: number | null;
  readonly code: string;
  readonly detail: string;
  readonly outcome: Outcome;
  readonly errors?: readonly FieldError[];
  readonly correlationId?: string | null;
  readonly retryAfterSeconds?: number | null;
  readonly idempotencyKey?: string | null;
  readonly problem?: Readonly<Record<string, unknown>> | null;
  readonly cause?: unknown;
}

/** A call that did not succeed. Carries nothing secret: neither the API key nor what was sent. */
export class TollgateError extends Error {
  override readonly name = 'TollgateError';
  /** HTTP status of the last answer; null where there was none. */
  readonly status: number | null;
  /** The gateway's code, such as `reference_already_used`; without an answer `not_sent`, `outcome_unknown` or `aborted`. */
  readonly code: string;
  readonly detail: string;
  readonly outcome: Outcome;
  readonly errors: readonly FieldError[];
  /** Quote it when you ask the people who run the gateway. */
  readonly correlationId: string | null;
  readonly retryAfterSeconds: number | null;
  /** The key that was sent; the one to repeat with where the outcome is unknown. */
  readonly idempotencyKey: string | null;
  /** The whole problem document (RFC 9457), with its further members. */
  readonly problem: Readonly<Record<string, unknown>> | null;

  constructor(facts: TollgateErrorFacts) {
    super(messageOf(facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = facts.status;
    this.code = facts.code;
    this.detail = facts.detail;
    this.outcome = facts.outcome;
    this.errors = facts.errors ?? [];
    this.correlationId = facts.correlationId ?? null;
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
    this.idempotencyKey = facts.idempotencyKey ?? null;
    this.problem = facts.problem ?? null;
  }
}

function messageOf({ code, detail, errors = [], correlationId }: TollgateErrorFacts): string {
  const rules = errors.map((error) => `${error.pointer} ${error.detail}`);
  const quote = correlationId ? ` [correlation id ${correlationId}]` : '';
  return `${code}: ${[detail, ...rules].join(' · ')}${quote}`;
}
