import { createPublicKey, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Problem } from '../kernel/problem.ts';
import { type PartnerSecret, partnerPublicKeyOf, RSA_BITS_MIN } from './sign-partner-message.ts';

const makePair = promisify(generateKeyPair);
const SECRET_BYTES = 32;

/**
 * A fresh secret: one that both sides share, or of a pair of ours the private half with the partner's public key.
 * @throws Problem validation_failed (the partner's public key)
 */
export async function makePartnerSecret(publicKey: string | undefined): Promise<PartnerSecret> {
  if (publicKey === undefined) return { algorithm: 'hmac-sha256', secretKey: newSharedSecret() };
  if (partnerPublicKeyOf(publicKey) === null) {
    throw new Problem('validation_failed', 'The public key has the wrong form.', {
      errors: [{ pointer: '/publicKey', detail: `Must be an RSA public key of ${RSA_BITS_MIN} bits or more, in PEM` }],
    });
  }
  const { privateKey } = await makePair('rsa', { modulusLength: RSA_BITS_MIN });
  return {
    algorithm: 'rsa-sha256',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey,
  };
}

/** A secret for both sides, of 256 random bits. */
export function newSharedSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** The key that verifies what we sign, in PEM; null where both sides share a secret. */
export function gatewayPublicKeyOf(secret: PartnerSecret): string | null {
  if (secret.algorithm === 'hmac-sha256') return null;
  return createPublicKey(secret.privateKey).export({ type: 'spki', format: 'pem' }).toString();
}
