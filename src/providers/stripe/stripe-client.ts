import { findCardNumber } from '../../kernel/card-number.ts';
import type { NotSent, Refused, Unknown } from '../provider.ts';
import { jsonOf, refused, unknown, type WholeAnswer, wholeAnswer } from '../read-answer.ts';
import { credentialsFault, type StripeCall } from './stripe-credentials.ts';
import { type WireError, wireError } from './stripe-wire.ts';

/** Every request and every event is read in the words of this version. https://docs.stripe.com/api/versioning */
export const STRIPE_VERSION = '2026-10-28.endive';
/** One host for both modes: the key tells which. */
const API_URL = 'https://api.stripe.com';
const RESPONSE_BYTES_MAX = 256 * 1024;
const SENTENCE_LENGTH_MAX = 300;

export interface StripeAddress {
  /** Milliseconds for one exchange. */
  readonly timeoutMs: number;
}

/** Form fields as Stripe names them (`metadata[attempt_id]`); what is undefined is not sent. */
export type StripeForm = Readonly<Record<string, string | undefined>>;

export interface StripeRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The query of a GET, the body of a POST. */
  readonly form?: StripeForm;
  /** Our id of what is moved; Stripe does nothing twice under one. Left out where a state is asked for, not a movement. */
  readonly idempotencyKey?: string;
}

/**
 * What became of a request. `declined`: read, and the payer's bank said no. `at`: Stripe's time of the answer, or a
 * little before it.
 */
export type StripeReply =
  | { readonly kind: 'ok'; readonly body: unknown; readonly at: Temporal.Instant }
  | { readonly kind: 'declined'; readonly error: WireError }
  | Refused
  | NotSent
  | Unknown;

/** The path of an object, whatever its name holds. */
export function stripePath(collection: string, id: string, action = ''): string {
  return `/v1/${collection}/${encodeURIComponent(id)}${action}`;
}

/** Sends one request with the account's key; never follows, never repeats. */
export async function askStripe(
  { timeoutMs }: StripeAddress,
  call: StripeCall,
  { method, path, form = {}, idempotencyKey }: StripeRequest,
): Promise<StripeReply> {
  const fault = credentialsFault(call);
  if (fault !== null) return refused('invalid_credentials', fault);
  const fields = formOf(form);
  const url = new URL(path, call.credentials.apiUrl ?? API_URL);
  if (method === 'GET') url.search = fields;
  const outcome = await call.http.send({
    method,
    url: url.href,
    headers: {
      authorization: `Bearer ${call.credentials.secretKey}`,
      'stripe-version': STRIPE_VERSION,
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(method === 'POST' ? { body: fields } : {}),
    timeoutMs,
    responseBytesMax: RESPONSE_BYTES_MAX,
  });
  const answer = wholeAnswer(outcome);
  return answer.kind === 'whole' ? replyOf(call, answer) : answer;
}

/** Keys, signing secrets and client secrets, wherever they stand; Stripe itself masks some of a key by asterisks. */
const KEY_SHAPES = /(?:[srp]k_(?:test|live)|whsec|(?:pi|cs|seti)_[a-zA-Z0-9_]*secret)_[\w*+/=-]*/g;

/** A stranger's sentence without anything that has the shape of a key, and without digits where they are a card's; cut. */
export function safeSentence(text: string): string {
  const sentence = text.replace(/\p{Cc}/gu, ' ').replace(KEY_SHAPES, '[key]');
  // Before it is cut: the first digits of a card's number are no number any more.
  const masked = findCardNumber(sentence) ? sentence.replace(/\p{Nd}/gu, '#') : sentence;
  return masked.slice(0, SENTENCE_LENGTH_MAX);
}

/** Whether a refusal is about the key: it says nothing of what an earlier request with a better one has done. */
export function isAboutKey({ code }: Refused): boolean {
  return code === 'invalid_credentials' || code === 'insufficient_permissions';
}

function formOf(form: StripeForm): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) if (value !== undefined) fields.append(name, value);
  return fields.toString();
}

/**
 * Certain is only what Stripe said in its own words. https://docs.stripe.com/error-low-level: a 429 comes before
 * anything is executed; a 409 is another request with the same key at work; a 5xx leaves the outcome open; an
 * idempotency error is a key that something else was sent with, which a mere refusal would leave out of sight.
 */
function replyOf(call: StripeCall, answer: WholeAnswer): StripeReply {
  const { status, body } = answer;
  const json = jsonOf(body);
  if (status === 200) {
    if (typeof json !== 'object' || json === null) return unknown('the answer is not readable');
    return { kind: 'ok', body: json, at: timeOf(call, answer) };
  }
  const parsed = wireError.safeParse(json);
  if (!parsed.success) return unknown(`unreadable answer with status ${status}`);
  const { error } = parsed.data;
  const code = safeSentence(error.code ?? error.type);
  if (status === 429) return { kind: 'not_sent', reason: code };
  if (![400, 401, 402, 403, 404].includes(status) || error.type === 'idempotency_error' || error.type === 'api_error') {
    return unknown(`status ${status}: ${code}`);
  }
  // Stripe's own sentence repeats part of the key.
  if (status === 401) return refused('invalid_credentials', 'Stripe does not accept the secret key');
  if (status === 403) return refused('insufficient_permissions', 'The secret key may not do this');
  if (status === 402 && error.type === 'card_error') return { kind: 'declined', error };
  return refused(code, safeSentence(error.message ?? 'Stripe refused the request'));
}

/** So far the moment of an answer may lie before that of reading, which is what counts for what it tells. */
const READING_SECONDS = 1;

function timeOf({ clock }: StripeCall, { headers }: WholeAnswer): Temporal.Instant {
  const milliseconds = Date.parse(headers.date?.[0] ?? '');
  if (!Number.isSafeInteger(milliseconds)) return clock.now();
  return Temporal.Instant.fromEpochMilliseconds(milliseconds).subtract({ seconds: READING_SECONDS });
}
