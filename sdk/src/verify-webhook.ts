import { bytesOf, bytesOfBase64, joinBytes, textOf } from './bytes.ts';
import { isEd25519, isHmacSha256 } from './web-crypto.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { checkAge, givenKeys, isRecord, type ReceivedWebhook, rawBytes, requiredHeader } from './webhook-request.ts';
import { WebhookVerificationError } from './webhook-verification-error.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Give what you have of them; one that matches is enough, and only keys of its own kind open a signature. */
export interface StandardKeys {
  /** `whsec_…` */
  readonly secret?: string;
  /** Any of several, as during a rotation. */
  readonly secrets?: readonly string[];
  /** `whpk_…`: the gateway signs with Ed25519, and you hold nothing that could sign. */
  readonly publicKey?: string;
  readonly publicKeys?: readonly string[];
}

export type VerifyWebhookInput = ReceivedWebhook & StandardKeys;

const ED25519_KEY_BYTES = 32;
const HMAC_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;
/** Each signature is compared with each key, so a stranger must not choose how many there are. */
const SIGNATURES_MAX = 16;

/**
 * The event of a notification in the dialect `standard`, once its signature and age are proven.
 * Repeated and overtaking notifications verify as well: dedupe by the header `webhook-id`, order by `data.object.version`.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @throws WebhookVerificationError with the reason; RangeError where the tolerance is no number of seconds
 */
export async function verifyWebhook(input: VerifyWebhookInput): Promise<WebhookEvent> {
  const keys = {
    secrets: givenKeys(input.secret, input.secrets).map(hmacKeyOf),
    publicKeys: givenKeys(input.publicKey, input.publicKeys).map(ed25519KeyOf),
  };
  const body = rawBytes(input.body);
  await checkStandardSignature(input, keys, body);
  return parseEvent(body);
}

/** @throws WebhookVerificationError unless one of the keys signed these bytes lately, under their `webhook-id` */
export async function checkStandardSignature(
  input: ReceivedWebhook,
  { secrets, publicKeys }: { readonly secrets: readonly Bytes[]; readonly publicKeys: readonly Bytes[] },
  body: Bytes,
): Promise<void> {
  if (secrets.length + publicKeys.length === 0) throw new WebhookVerificationError('bad_secret');
  const id = requiredHeader(input.headers, 'webhook-id');
  const timestamp = requiredHeader(input.headers, 'webhook-timestamp');
  const signatures = requiredHeader(input.headers, 'webhook-signature').split(' ', SIGNATURES_MAX);
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookVerificationError('bad_timestamp');
  checkAge(Number(timestamp) * 1000, input);

  const signed = joinBytes(bytesOf(`${id}.${timestamp}.`), body);
  const byHmac = signaturesOf(signatures, 'v1,', HMAC_BYTES);
  const byEd25519 = signaturesOf(signatures, 'v1a,', ED25519_SIGNATURE_BYTES);
  const found = await Promise.all([
    ...secrets.flatMap((key) => byHmac.map((signature) => isHmacSha256(key, signature, signed))),
    ...publicKeys.flatMap((key) => byEd25519.map((signature) => isEd25519(key, signature, signed))),
  ]);
  if (found.includes(null)) throw badKey('The public key is none.');
  if (!found.includes(true)) throw new WebhookVerificationError('no_match');
}

/** What stands in front keeps a public key, which everybody may know, from ever being taken for a secret. */
function hmacKeyOf(secret: unknown): Bytes {
  const key =
    typeof secret === 'string' && secret.startsWith('whsec_') ? bytesOfBase64(secret.slice('whsec_'.length)) : null;
  // An empty key would be one that everybody knows.
  if (key === null || key.length === 0) {
    throw badKey('The secret is missing or not base64. Copy the whole of it, from whsec_ to the end.');
  }
  return key;
}

function ed25519KeyOf(publicKey: unknown): Bytes {
  const isSpelled = typeof publicKey === 'string' && publicKey.startsWith('whpk_');
  const key = isSpelled ? bytesOfBase64(publicKey.slice('whpk_'.length)) : null;
  if (key?.length !== ED25519_KEY_BYTES) {
    throw badKey('The public key is missing or not 32 bytes in base64. Copy the whole of it, from whpk_ to the end.');
  }
  return key;
}

function badKey(advice: string): WebhookVerificationError {
  return new WebhookVerificationError('bad_secret', advice);
}

function signaturesOf(signatures: readonly string[], version: string, length: number): readonly Bytes[] {
  return signatures.flatMap((signature) => {
    const bytes = signature.startsWith(version) ? bytesOfBase64(signature.slice(version.length)) : null;
    return bytes?.length === length ? [bytes] : [];
  });
}

function parseEvent(bytes: Bytes): WebhookEvent {
  try {
    const event: unknown = JSON.parse(textOf(bytes) ?? '');
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
