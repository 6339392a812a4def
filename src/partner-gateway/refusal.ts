import { type FieldError, Problem, type ProblemCode } from '../kernel/problem.ts';

/** What partners are refused with, in the words of their wire. */
export const REFUSALS = {
  malformed: { status: 400, title: 'The body cannot be read in one way' },
  invalid_signature: { status: 401, title: 'The signature does not verify' },
  stale_timestamp: { status: 401, title: 'The signed timestamp is too old or too new' },
  https_required: { status: 403, title: 'Use HTTPS' },
  order_not_found: { status: 404, title: 'There is no such order' },
  order_conflict: { status: 409, title: 'The order has other content' },
  refund_conflict: { status: 409, title: 'The refund has other content' },
  state_conflict: { status: 409, title: 'The order is not in a state that allows this' },
  amount_not_available: { status: 409, title: 'The amount exceeds what is available' },
  validation_failed: { status: 422, title: 'Some fields break a rule' },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A no that is certain: nothing was done. Its message is signed, so it has neither bars nor control characters. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly errors: readonly FieldError[];

  constructor(code: RefusalCode, message: string, errors: readonly FieldError[] = []) {
    super(message);
    this.code = code;
    this.errors = errors;
  }

  get status(): number {
    return REFUSALS[this.code].status;
  }
}

/** The members of a refusal: those of the partner's wire beside those of RFC 9457, with which everybody else is refused. */
export function refusalBody(refusal: Refusal, correlationId: string): Record<string, unknown> {
  const { code, message, status, errors } = refusal;
  return {
    ...{ type: `urn:tollgate:partner:${code}`, title: REFUSALS[code].title, status, code, detail: message, errors },
    ...{ correlationId, message },
  };
}

/** What our own verbs refuse, in the partner's words; what is not here is no certain no. */
const CODES: Readonly<Partial<Record<ProblemCode, RefusalCode>>> = {
  validation_failed: 'validation_failed',
  target_not_allowed: 'validation_failed',
  card_number_not_allowed: 'validation_failed',
  reference_already_used: 'order_conflict',
  idempotency_key_reused: 'order_conflict',
  not_found: 'order_not_found',
  state_conflict: 'state_conflict',
  amount_not_available: 'amount_not_available',
  limit_exceeded: 'amount_not_available',
};

/** How our fields are called on this wire. */
const POINTERS: Readonly<Record<string, string>> = { '/reference': '/orderId', '/notificationUrl': '/ipnUrl' };

/** Names our problem in the partner's words. @throws the error itself where it says nothing certain */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = error instanceof Problem ? CODES[error.code] : undefined;
  if (!(error instanceof Problem) || code === undefined) throw error;
  const errors = error.errors.map(({ pointer, detail }) => ({ pointer: POINTERS[pointer] ?? pointer, detail }));
  const message = code === 'order_conflict' ? 'Another payment has this orderId' : error.message;
  return new Refusal(code, message.replace(/[|\p{Cc}]/gu, ' '), errors);
}
