import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { takeRandomBytes } from '../kernel/random-bytes.ts';

/** The key above all keys: it wraps data keys and never touches data. A KMS implements the same three members. */
export interface MasterKey {
  /** Which key this is, without telling it: shown in errors and stored beside what it wrapped. */
  readonly id: string;
  wrap(dataKey: Uint8Array, context: string): Promise<Buffer>;
  /** @throws Error where the bytes or the context are not what was wrapped */
  unwrap(wrapped: Uint8Array, context: string): Promise<Buffer>;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
/** Always passed: without it Node accepts a tag cut to four bytes. */
const GCM = { authTagLength: 16 } as const;

/**
 * A master key held by this process, from 64 hex digits or base64 of 32 bytes.
 * @throws Error that names the rule and never the value
 */
export function localMasterKey(text: string): MasterKey {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) throw new Error('A master key is 32 bytes, as 64 hex digits or base64');
  return {
    id: createHash('sha256').update('tollgate master key id').update(key).digest('hex').slice(0, 16),
    async wrap(dataKey, context) {
      return encrypt(key, dataKey, Buffer.from(context));
    },
    async unwrap(wrapped, context) {
      return decrypt(key, wrapped, Buffer.from(context));
    },
  };
}

export function newMasterKeyText(): string {
  return randomBytes(KEY_BYTES).toString('hex');
}

/** AES-256-GCM: nonce, ciphertext and tag in one. The random nonce holds for 2^32 messages a key (NIST SP 800-38D). */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, associatedData: Uint8Array): Buffer {
  const nonce = takeRandomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, GCM);
  cipher.setAAD(associatedData);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error where key, bytes or associated data differ from what was encrypted */
export function decrypt(key: Uint8Array, sealed: Uint8Array, associatedData: Uint8Array): Buffer {
  if (sealed.length < NONCE_BYTES + GCM.authTagLength) throw new Error('Sealed bytes are too short');
  const tagStart = sealed.length - GCM.authTagLength;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), GCM);
  decipher.setAAD(associatedData);
  decipher.setAuthTag(sealed.subarray(tagStart));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagStart)), decipher.final()]);
}
