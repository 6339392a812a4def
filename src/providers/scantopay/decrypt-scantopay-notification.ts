import { createDecipheriv } from 'node:crypto';

const BLOCK_BYTES = 16;
/** Far above what a payment with a basket takes. */
const CIPHERTEXT_BYTES_MAX = 64 * 1024;

/**
 * The plaintext of a notification, or null: base64, AES-128-CBC with an initialization vector of zeros, PKCS #5.
 * Nothing in it proves its origin but that it makes sense, so that whoever can tell why a text was refused can forge one
 * (a padding oracle). Hence one answer for every fault, and no way out before all the work is done.
 * Source: https://developer.scantopay.io/docs/signing-and-verifying-webhooks
 */
export function decryptNotification(key: Buffer, ciphertext: Uint8Array): string | null {
  const decipher = createDecipheriv('aes-128-cbc', key, Buffer.alloc(BLOCK_BYTES)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  const padding = paddingOf(plain);
  // The text is decoded in either case: a wrong padding and a wrong text take the same way.
  const text = decode(plain.subarray(0, plain.length - padding.bytes));
  return padding.isValid ? text : null;
}

/** The ciphertext in a body, or null where it cannot be one, which everybody may know. Lines may be broken. */
export function ciphertextOf(body: Uint8Array): Buffer | null {
  if (body.byteLength > CIPHERTEXT_BYTES_MAX * 2) return null;
  const base64 = Buffer.from(body).toString('latin1').replace(/\r?\n/g, '');
  const ciphertext = Buffer.from(base64, 'base64');
  const isWhole = ciphertext.length > 0 && ciphertext.length % BLOCK_BYTES === 0;
  // Node skips what is no base64; encoding it again shows whether anything was skipped.
  const isExact = ciphertext.toString('base64') === base64;
  return isWhole && isExact && ciphertext.length <= CIPHERTEXT_BYTES_MAX ? ciphertext : null;
}

/** Looks at a whole block whatever it holds. */
function paddingOf(plain: Buffer): { readonly isValid: boolean; readonly bytes: number } {
  const bytes = plain[plain.length - 1] ?? 0;
  let faults = bytes === 0 || bytes > BLOCK_BYTES ? 1 : 0;
  for (let i = 1; i <= BLOCK_BYTES; i++) {
    const differs = (plain[plain.length - i] ?? 0) ^ bytes;
    faults |= differs * Number(i <= bytes);
  }
  return { isValid: faults === 0, bytes: faults === 0 ? bytes : 0 };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
