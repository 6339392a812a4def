import { hash } from 'node:crypto';
import { newSecret } from '../kernel/id.ts';

/** 256 random bits, 43 characters. Opens one payment; only its hash is stored. */
export function newCheckoutToken(): string {
  return newSecret(256);
}

/** What is stored of a token, and what it is looked up by. */
export function hashCheckoutToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
