import { takeRandomBytes } from '../kernel/random-bytes.ts';
import { hashSecret } from './secret-hash.ts';

export const RECOVERY_CODES = 10;

/** Thirty-two characters that do not look alike on paper. */
const ALPHABET = '023456789abcdefghjkmnpqrstuvwxyz';
const GROUPS = 6;
const GROUP_CHARACTERS = 5;

/** A code of 150 random bits, in groups that a person can copy: six of them with five characters each. */
export function newRecoveryCode(): string {
  return Array.from({ length: GROUPS }, () =>
    [...takeRandomBytes(GROUP_CHARACTERS)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join(''),
  ).join('-');
}

/** What is kept of a code, however it was typed. */
export function recoveryCodeHash(code: string): Buffer {
  return hashSecret(code.toLowerCase().replace(/[^a-z0-9]/g, ''));
}
