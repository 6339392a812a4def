import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookEvent } from './webhook-event.ts';

/** Names as sent in any case: Node's `request.headers`, a Fetch `Headers`, or a plain object. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

interface SignedRequest {
  /** The bytes as they came, before any JSON parser. */
  readonly body: string | Uint8Array;
  readonly headers: WebhookHeaders;
  /** How far the sender's clock and yours, and the way between them, may lie apart. */
  readonly toleranceSeconds?: number;
  /** The time to compare with, where it is not now: when your queue took the request in, say. */
  readonly now?: Date;
}

/** `secrets`: any of several, as during a rotation. */
export type VerifyWebhookInput = SignedRequest &
  (
    | { readonly secret: string; readonly secrets?: never }
    | { readonly secrets: readonly string[]; readonly secret?: never }
  );

/** Why a request is not believed. The error's message says what to do about it. */
export type WebhookRejection =
  | 'bad_secret'
  | 'not_raw'
  | 'missing_header'
  | 'bad_timestamp'
  | 'too_old'
  | 'too_new'
  | 'no_match'
  | 'not_json';

const ADVICE: Readonly<Record<WebhookRejection, string>> = {
  bad_secret: 'The secret is empty or not base64. Copy the whole of it, from whsec_ to the end.',
  not_raw: 'The body was parsed before it was verified. Pass the raw bytes, as they came.',
  missing_header:
    'One of webhook-id, webhook-timestamp and webhook-signature is missing or there twice. Did a proxy drop it, or is ' +
    'the sender not Tollgate?',
  bad_timestamp: 'webhook-timestamp is not a number of seconds since 1970.',
  too_old: 'The notification was signed too long ago. Is it a replay, or is your clock fast?',
  too_new: 'The notification was signed in the future. Is your clock slow?',
  no_match:
    'No signature matches. Either the secret is not this endpoint’s (test and live have their own), or the body was ' +
    'changed on its way: parsed and re-serialized, or decoded and encoded. Verify the raw bytes.',
  not_json: 'The signature is right, but the body is not an event in JSON. Is the endpoint’s dialect “standard”?',
};

/** A request that must not be acted upon. Answer 400: the gateway then tries again, with a new signature. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly reason: WebhookRejection;

  constructor(reason: WebhookRejection) {
    super(ADVICE[reason]);
    this.reason = reason;
  }
}

/**
 * The event of a notification, once its signature and age are proven.
 * Repeated and overtaking notifications verify as well: dedupe by the header `webhook-id`, order by `data.object.version`.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @throws WebhookVerificationError with the reason; RangeError where the tolerance is no number of seconds
 */
export function verifyWebhook(input: VerifyWebhookInput): WebhookEvent {
  const { body, headers, toleranceSeconds = 300, now = new Date() } = input;
  const keys = keysOf(input.secrets ?? [input.secret]);
  const bytes = rawBytes(body);
  const id = requiredHeader(headers, 'webhook-id');
  const timestamp = requiredHeader(headers, 'webhook-timestamp');
  const signatures = requiredHeader(headers, 'webhook-signature').split(' ');
  checkAge(timestamp, toleranceSeconds, now);

  const expected = keys.map((key) =>
    createHmac('sha256', key).update(`${id}.${timestamp}.`).update(bytes).digest('base64'),
  );
  const isGenuine = signatures
    .filter((signature) => signature.startsWith('v1,'))
    .some((signature) => expected.some((each) => equalsInConstantTime(signature.slice('v1,'.length), each)));
  if (!isGenuine) throw new WebhookVerificationError('no_match');
  return parseEvent(bytes);
}

/** An empty key would be one that everybody knows. */
function keysOf(secrets: readonly unknown[]): Buffer[] {
  const keys = secrets.map((secret) => {
    const text = typeof secret === 'string' ? secret.replace(/^whsec_/, '') : '';
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new WebhookVerificationError('bad_secret');
    const key = Buffer.from(text, 'base64');
    if (key.length === 0) throw new WebhookVerificationError('bad_secret');
    return key;
  });
  if (keys.length === 0) throw new WebhookVerificationError('bad_secret');
  return keys;
}

function rawBytes(body: unknown): Buffer {
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new WebhookVerificationError('not_raw');
}

function requiredHeader(headers: WebhookHeaders, name: string): string {
  const found = isFetchHeaders(headers) ? [headers.get(name)] : valuesOf(headers, name);
  const [value] = found;
  if (found.length !== 1 || typeof value !== 'string' || value === '') {
    throw new WebhookVerificationError('missing_header');
  }
  return value;
}

function isFetchHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}

function valuesOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>, name: string) {
  return Object.entries(headers)
    .filter(([each]) => each.toLowerCase() === name)
    .flatMap(([, value]) => value ?? []);
}

function checkAge(timestamp: string, toleranceSeconds: number, now: Date): void {
  if (!(Number.isFinite(toleranceSeconds) && toleranceSeconds >= 0)) {
    throw new RangeError('toleranceSeconds must be a number of seconds');
  }
  const nowSeconds = Math.floor(now.getTime() / 1000);
  if (Number.isNaN(nowSeconds)) throw new RangeError('now is not a valid date');
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookVerificationError('bad_timestamp');
  const ageSeconds = nowSeconds - Number(timestamp);
  if (ageSeconds > toleranceSeconds) throw new WebhookVerificationError('too_old');
  if (-ageSeconds > toleranceSeconds) throw new WebhookVerificationError('too_new');
}

/** The length is no secret; the content takes the same time wherever it differs. */
function equalsInConstantTime(given: string, expected: string): boolean {
  const [givenBytes, expectedBytes] = [Buffer.from(given), Buffer.from(expected)];
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}

function parseEvent(bytes: Buffer): WebhookEvent {
  try {
    const event: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isEvent(event)) return event;
  } catch {
    // Said below: not JSON, or not UTF-8.
  }
  throw new WebhookVerificationError('not_json');
}

/** The frame only. What stands in the object is the word of whoever holds the secret: the gateway. */
function isEvent(value: unknown): value is WebhookEvent {
  if (!isRecord(value) || typeof value.id !== 'string' || typeof value.type !== 'string') return false;
  return isRecord(value.data) && isRecord(value.data.object);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
