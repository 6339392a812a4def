import { createHmac, type KeyObject, randomBytes, sign, timingSafeEqual, verify } from 'node:crypto';
import { assert } from '../../kernel/assert.ts';
import { Problem } from '../../kernel/problem.ts';
import { isStandardPrivateKey, parseStandardPrivateKey, parseStandardPublicKey } from './standard-key-pair.ts';

const SECRET_PREFIX = 'whsec_';
/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, "Signature scheme". */
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;
const NEW_SECRET_BYTES = 32;

/** What the verifiers of the specification's authors allow, in both directions. */
const TOLERANCE_SECONDS = 300;
/** A receiver compares every signature with every secret, so a stranger must not choose how many there are. */
const SIGNATURES_MAX = 16;

export interface StandardHeaders extends Readonly<Record<string, string>> {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

export interface StandardMessage {
  /** Stays the same on every attempt: receivers drop duplicates by it. */
  readonly id: string;
  /** When this attempt is made; sent in whole seconds. */
  readonly at: Temporal.Instant;
  /** The exact bytes that are sent; a string stands for its UTF-8. */
  readonly body: Uint8Array | string;
}

/** What signs: the bytes of a shared secret (`v1`), or a private key (`v1a`). */
export type StandardKey = Uint8Array | KeyObject;

export type StandardVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'malformed_headers' | 'stale_timestamp' | 'bad_signature' };

/** A new signing secret of 256 random bits, in the spelling of the specification. */
export function newStandardSecret(): `whsec_${string}` {
  return `${SECRET_PREFIX}${randomBytes(NEW_SECRET_BYTES).toString('base64')}`;
}

/**
 * The key bytes of a secret, 24 to 64 of them. Only the canonical spelling is taken: libraries differ in how they read
 * any other, and two that read different bytes do not agree on a signature.
 * @throws Problem validation_failed, without the secret in it
 */
export function parseStandardSecret(secret: string): Uint8Array {
  if (!secret.startsWith(SECRET_PREFIX)) throw refusal('Must begin with whsec_');
  const text = secret.slice(SECRET_PREFIX.length);
  const key = Buffer.from(text, 'base64');
  if (key.toString('base64') !== text) throw refusal('Must be base64 with padding after whsec_');
  if (key.length < SECRET_BYTES_MIN || key.length > SECRET_BYTES_MAX) {
    throw refusal(`Must be ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes, base64-encoded, after whsec_`);
  }
  return key;
}

/**
 * The headers that stamp and sign one attempt: one `v1` signature for each `whsec_` secret and one `v1a` for each `whsk_`
 * key that is valid now, so that a receiver may change over at any moment of a rotation.
 * @throws Problem validation_failed for a secret that is none; AssertionFailed without secrets or with an id that a
 * header or the signed text cannot carry
 */
export function signStandard({
  secrets,
  ...message
}: StandardMessage & { readonly secrets: readonly string[] }): StandardHeaders {
  return signStandardWith(
    secrets.map((secret) =>
      isStandardPrivateKey(secret) ? parseStandardPrivateKey(secret) : parseStandardSecret(secret),
    ),
    message,
  );
}

/** The same for keys whatever text they were given as. @throws AssertionFailed as signStandard does */
export function signStandardWith(keys: readonly StandardKey[], { id, at, body }: StandardMessage): StandardHeaders {
  assert(keys.length > 0, 'A message is signed with at least one secret');
  assert(isMessageId(id), 'The id of a message is letters, digits, _ and -');
  const timestamp = String(Math.floor(at.epochMilliseconds / 1000));
  const signatures = keys.map((key) =>
    key instanceof Uint8Array
      ? `v1,${digest(key, id, timestamp, body).toString('base64')}`
      : `v1a,${sign(null, signedBytes(id, timestamp, body), key).toString('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/**
 * Whether the headers of a received message, names in lower case, sign this body under one of the secrets (`whsec_`) or
 * public keys (`whpk_`), and were stamped within five minutes of `now`.
 * @throws Problem validation_failed for a secret that is none
 */
export function verifyStandard(received: {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array | string;
  readonly secrets: readonly string[];
  readonly now: Temporal.Instant;
}): StandardVerdict {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = received.headers;
  if (id === undefined || timestamp === undefined || signature === undefined) return refused('malformed_headers');
  const signatures = signature.split(' ', SIGNATURES_MAX).flatMap(signatureOf);
  if (!isMessageId(id) || !/^\d{1,12}$/.test(timestamp) || signatures.length === 0) return refused('malformed_headers');
  const matches = received.secrets.map((secret) => {
    const publicKey = parseStandardPublicKey(secret);
    if (publicKey !== null) {
      const signed = signedBytes(id, timestamp, received.body);
      const given = signatures.filter(({ version }) => version === 'v1a');
      return given.some(({ bytes }) => verify(null, signed, publicKey, bytes));
    }
    const expected = digest(parseStandardSecret(secret), id, timestamp, received.body);
    const given = signatures.filter(({ version }) => version === 'v1');
    return given.filter(({ bytes }) => timingSafeEqual(bytes, expected)).length > 0;
  });
  if (!matches.includes(true)) return refused('bad_signature');
  const ageSeconds = received.now.epochMilliseconds / 1000 - Number(timestamp);
  return Math.abs(ageSeconds) <= TOLERANCE_SECONDS ? { ok: true } : refused('stale_timestamp');
}

/** The dot separates the signed parts, so that an id with one could move bytes between id and body. */
function isMessageId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(id);
}

function digest(key: Uint8Array, id: string, timestamp: string, body: Uint8Array | string): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

function signedBytes(id: string, timestamp: string, body: Uint8Array | string): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), typeof body === 'string' ? Buffer.from(body) : body]);
}

interface GivenSignature {
  readonly version: 'v1' | 'v1a';
  readonly bytes: Buffer;
}

/** The 32 bytes of a `v1` signature or the 64 of a `v1a`; nothing for other versions, which a receiver passes over. */
function signatureOf(text: string): readonly GivenSignature[] {
  const [, version, base64 = ''] = /^(v1|v1a),([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  if (version === 'v1' && bytes.length === 32) return [{ version, bytes }];
  return version === 'v1a' && bytes.length === 64 ? [{ version, bytes }] : [];
}

function refusal(detail: string): Problem {
  return new Problem('validation_failed', undefined, { errors: [{ pointer: '/secret', detail }] });
}

function refused(reason: 'malformed_headers' | 'stale_timestamp' | 'bad_signature'): StandardVerdict {
  return { ok: false, reason };
}
