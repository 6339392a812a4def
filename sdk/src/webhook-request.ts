import { bytesOf } from './bytes.ts';
import { WebhookVerificationError } from './webhook-verification-error.ts';

/** Names as sent in any case: Node's `request.headers`, a Fetch `Headers`, or a plain object. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ReceivedWebhook {
  /** The bytes as they came, before any parser. */
  readonly body: string | Uint8Array | ArrayBuffer;
  readonly headers: WebhookHeaders;
  /** How far the sender's clock and yours, and the way between them, may lie apart; 300 unless given. */
  readonly toleranceSeconds?: number;
  /** The time to compare with, where it is not now: when your queue took the request in, say. */
  readonly now?: Date;
}

/** Several times what the gateway sends; what is larger was not sent by it. */
const BODY_BYTES_MAX = 1024 * 1024;

/**
 * A copy of the bytes: nobody can change between the check and the reading what was checked.
 * @throws WebhookVerificationError not_raw, too_large
 */
export function rawBytes(body: unknown): Uint8Array<ArrayBuffer> {
  const length = lengthOf(body);
  if (length === null) throw new WebhookVerificationError('not_raw');
  if (length > BODY_BYTES_MAX) throw new WebhookVerificationError('too_large');
  if (typeof body === 'string') return bytesOf(body);
  const view = ArrayBuffer.isView(body) ? body : new Uint8Array(body as ArrayBuffer);
  return Uint8Array.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}

function lengthOf(body: unknown): number | null {
  if (typeof body === 'string') return body.length;
  return ArrayBuffer.isView(body) || body instanceof ArrayBuffer ? body.byteLength : null;
}

/** @throws WebhookVerificationError missing_header, also where it is there twice */
export function requiredHeader(headers: WebhookHeaders, name: string): string {
  const value = optionalHeader(headers, name);
  if (value !== null) return value;
  throw new WebhookVerificationError(
    'missing_header',
    `The header ${name} is missing or there twice. Did a proxy drop it, or is the sender not Tollgate?`,
  );
}

/** null where it is missing, and where it is there twice. */
export function optionalHeader(headers: unknown, name: string): string | null {
  const found = valuesOf(headers, name);
  const [value] = found;
  return found.length === 1 && typeof value === 'string' && value !== '' ? value : null;
}

function valuesOf(headers: unknown, name: string): readonly unknown[] {
  if (typeof headers !== 'object' || headers === null) return [];
  if ('get' in headers && typeof headers.get === 'function') return [headers.get(name)];
  return Object.entries(headers)
    .filter(([each]) => each.toLowerCase() === name)
    .flatMap(([, value]: [string, unknown]) => value ?? []);
}

/** @throws WebhookVerificationError too_old, too_new; RangeError where the tolerance or the time compared with is none */
export function checkAge(signedAtMs: number, { toleranceSeconds = 300, now = new Date() }: ReceivedWebhook): void {
  if (!(Number.isFinite(toleranceSeconds) && toleranceSeconds >= 0)) {
    throw new RangeError('toleranceSeconds must be a number of seconds');
  }
  const nowSeconds = Math.floor(now.getTime() / 1000);
  if (Number.isNaN(nowSeconds)) throw new RangeError('now is not a valid date');
  if (!Number.isFinite(signedAtMs)) throw new WebhookVerificationError('bad_timestamp');
  const ageSeconds = nowSeconds - Math.floor(signedAtMs / 1000);
  if (ageSeconds > toleranceSeconds) throw new WebhookVerificationError('too_old');
  if (-ageSeconds > toleranceSeconds) throw new WebhookVerificationError('too_new');
}

/** NaN for anything but RFC 3339: what else `Date.parse` understands differs between runtimes. */
export function epochMsOfRfc3339(timestamp: unknown): number {
  const isRfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(String(timestamp));
  return isRfc3339 ? Date.parse(String(timestamp)) : Number.NaN;
}

/** Every key that was given, under the singular name or the plural one; where there is none, the caller refuses. */
export function givenKeys(one: unknown, several: unknown): readonly unknown[] {
  return [...(one === undefined ? [] : [one]), ...(Array.isArray(several) ? several : [])];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
