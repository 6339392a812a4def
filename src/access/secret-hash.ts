import { hash } from 'node:crypto';

/** What is kept of a generated secret. Plain SHA-256 is enough: the secrets have 128 random bits and more. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
