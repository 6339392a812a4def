import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { takeRandomBytes } from '../kernel/random-bytes.ts';

/** The key above all keys: it wraps data keys and never touches data. */
export interface MasterKey {
  /** Which key this is, without telling it: shown in errors and stored beside what it wrapped. */
  readonly id: string;
  /** Where it is used: in this process, or by a service that is asked over the network. */
  readonly kind: 'local' | 'remote';
  /** @throws MasterKeyUnavailable where it cannot be asked now, MasterKeyDenied where it will not */
  wrap(dataKey: Uint8Array, context: string): Promise<Buffer>;
  /**
   * @throws MasterKeyUnavailable where it cannot be asked now, MasterKeyDenied where it will not, or where the bytes or
   * the context are not what was wrapped
   */
  unwrap(wrapped: Uint8Array, context: string): Promise<Buffer>;
}

/** Nobody can say yes or no now: what is unwrapped already goes on being used, what is not has to wait. */
export class MasterKeyUnavailable extends Error {
  override readonly name = 'MasterKeyUnavailable';
}

/** The key or its keeper said no, or the bytes are not what was wrapped. Repeating the question changes nothing. */
export class MasterKeyDenied extends Error {
  override readonly name = 'MasterKeyDenied';
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
  const id = createHash('sha256').update('tollgate master key id').update(key).digest('hex').slice(0, 16);
  return {
    id,
    kind: 'local',
    async wrap(dataKey, context) {
      return encrypt(key, dataKey, Buffer.from(context));
    },
    async unwrap(wrapped, context) {
      try {
        return decrypt(key, wrapped, Buffer.from(context));
      } catch {
        throw new MasterKeyDenied(`Master key ${id} did not wrap these bytes for this place`);
      }
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
