import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { PartnerProfile, SigningMethod } from './profile.ts';

/** What one side holds: the secret of both, or the other side's public key and its own private one (both PEM). */
export interface SigningKeys {
  readonly secretKey?: string | undefined;
  readonly publicKey?: string | undefined;
  readonly privateKey?: string | undefined;
}

/** Shorter ones are refused by both sides; an empty one would verify whatever is signed with nothing. */
export const SECRET_CHARACTERS_MIN = 16;
const RSA_BITS_MIN = 2_048;

/** Whether a secret may be used to sign or verify at all, wherever it came from. */
function isUsableSecret(secretKey: string | undefined): secretKey is string {
  return secretKey !== undefined && secretKey.trim().length >= SECRET_CHARACTERS_MIN;
}

/** The RSA key in a PEM text, or null where there is none that is long enough. */
export function rsaKeyOf(kind: 'public' | 'private', pem: string | undefined): KeyObject | null {
  if (pem === undefined) return null;
  try {
    // createPublicKey would derive the public half from a private key, which has no business in that place.
    if (kind === 'public' && pem.includes('PRIVATE')) return null;
    const key = kind === 'public' ? createPublicKey(pem) : createPrivateKey(pem);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && bits >= RSA_BITS_MIN ? key : null;
  } catch {
    return null;
  }
}

/** The profile's method that these keys are made for; null where they fit none, so that nothing is signed or verified. */
export function methodFor({ signing: { methods } }: PartnerProfile, keys: SigningKeys): SigningMethod | null {
  const isPair = keys.secretKey === undefined;
  if (!isPair && !isUsableSecret(keys.secretKey)) return null;
  return methods.find(({ algorithm }) => (algorithm === 'rsa-sha256') === isPair) ?? null;
}
