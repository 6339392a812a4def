import { createCipheriv } from 'node:crypto';
import { takeRandomBytes } from '../../kernel/random-bytes.ts';
import type { Dialect, DialectEvent, DialectKey, EncodedMessage } from './dialect.ts';
import { encryptedPlaintextOf, hasEncryptedWord } from './encrypted-notification.ts';
import { oldestOfKind } from './keys-of-kind.ts';
import { DEFAULT_SCHEDULE } from './schedules.ts';
import { dialectSecrets, JWE_KEY, jweKeyOf } from './secret-rules.ts';

/** RFC 7518 section 5.3. Random ones are good for 2³² messages under one key (NIST SP 800-38D), decades of an endpoint's. */
const IV_BYTES = 12;

/**
 * The ends of payments, encrypted and authenticated as a compact JWE. Only 200 acknowledges. docs/dialects/encrypted.md
 */
export const encryptedDialect: Dialect = {
  id: 'encrypted',
  speaks: hasEncryptedWord,
  needsPayment: true,
  encode: (event, _endpoint, keys, clock) =>
    encodeEncrypted(event, keys, { at: clock.now(), iv: takeRandomBytes(IV_BYTES) }),
  acknowledged: ({ status }) => status === 200,
  defaultSchedule: DEFAULT_SCHEDULE,
  ...dialectSecrets({ notification: JWE_KEY }),
};

/** The same with the initialization vector as an argument; no two messages may have the same one. */
export function encodeEncrypted(
  event: DialectEvent,
  keys: readonly DialectKey[],
  { at, iv }: { readonly at: Temporal.Instant; readonly iv: Uint8Array },
): EncodedMessage | null {
  const plaintext = encryptedPlaintextOf(event, at);
  if (plaintext === null) return null;
  const { keyId, text } = oldestOfKind(keys, 'notification');
  const body = compactJwe(plaintext, { kid: keyId, key: jweKeyOf(text), iv });
  return { headers: { 'webhook-id': event.eventId, 'content-type': 'application/jose' }, body };
}

/**
 * RFC 7516 section 7.1 with the key used directly (`dir`), whose second part is therefore empty. Written out because jose
 * encrypts in promises only, and a dialect encodes without waiting for anything; tests have jose open every message.
 */
function compactJwe(
  plaintext: string,
  { kid, key, iv }: { readonly kid: string; readonly key: Uint8Array; readonly iv: Uint8Array },
): string {
  const header = base64url(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, cty: 'json' }));
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(header, 'ascii'));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return [header, '', base64url(iv), base64url(ciphertext), base64url(cipher.getAuthTag())].join('.');
}

function base64url(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64url');
}
