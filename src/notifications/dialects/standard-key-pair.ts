import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Problem } from '../../kernel/problem.ts';

/**
 * Spelled as https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md has them: both
 * base64. What the private half consists of it leaves open; its authors' product writes the 32 bytes of the seed and the
 * 32 of the public key, as NaCl does.
 */
const PRIVATE_PREFIX = 'whsk_';
const PUBLIC_PREFIX = 'whpk_';
const HALF_BYTES = 32;

/** What stands before the key itself in the DER of RFC 8410, which is all that node:crypto reads. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** A new Ed25519 pair, as the text of its private half. */
export function newStandardPrivateKey(): `whsk_${string}` {
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_HEAD.length);
  return `${PRIVATE_PREFIX}${Buffer.concat([seed, publicBytesOf(privateKey)]).toString('base64')}`;
}

/** Whether a text claims to be a private key, in which case it must be one. */
export function isStandardPrivateKey(secret: string): boolean {
  return secret.startsWith(PRIVATE_PREFIX);
}

/**
 * The private key of a `whsk_` text. Its second half must be the public key of the first: whoever typed one of them
 * wrong would have signatures that nobody can verify.
 * @throws Problem validation_failed, without the key in it
 */
export function parseStandardPrivateKey(secret: string): KeyObject {
  const bytes = bytesAfter(PRIVATE_PREFIX, secret);
  if (bytes?.length !== 2 * HALF_BYTES) throw refusal('Must be whsk_ and 64 bytes in base64');
  const der = Buffer.concat([PKCS8_HEAD, bytes.subarray(0, HALF_BYTES)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  if (!publicBytesOf(key).equals(bytes.subarray(HALF_BYTES))) throw refusal('Its two halves must be of one pair');
  return key;
}

/** The public half of a `whsk_` text, which receivers verify with. @throws Problem validation_failed */
export function standardPublicKeyOf(secret: string): `whpk_${string}` {
  return `${PUBLIC_PREFIX}${publicBytesOf(parseStandardPrivateKey(secret)).toString('base64')}`;
}

/** The public key of a `whpk_` text; null where it is none. */
export function parseStandardPublicKey(text: string): KeyObject | null {
  const bytes = bytesAfter(PUBLIC_PREFIX, text);
  if (bytes?.length !== HALF_BYTES) return null;
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, bytes]), format: 'der', type: 'spki' });
}

function publicBytesOf(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length);
}

function bytesAfter(prefix: string, text: string): Buffer | null {
  if (!text.startsWith(prefix)) return null;
  const base64 = text.slice(prefix.length);
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : null;
}

function refusal(detail: string): Problem {
  return new Problem('validation_failed', undefined, { errors: [{ pointer: '/secret', detail }] });
}
