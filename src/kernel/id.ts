import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** What each prefix stands for is in the contract's word list; a new noun adds its prefix here. */
export const ID_PREFIXES = [
  'pay',
  'att',
  'cap',
  're',
  'rev',
  'dp',
  'evt',
  'we',
  'whd',
  'ten',
  'prd',
  'pa',
  'key',
  'cus',
  'inv',
  'cn',
  'dom',
  'chk',
  'qr',
  'st',
  'in',
  'sig',
  'tr',
  'clk',
  'ev',
  'pc',
  'ob',
  'op',
] as const;
export type IdPrefix = (typeof ID_PREFIXES)[number];

/** Crockford's base 32 without i, l, o, u; in ASCII order, so that ids sort by time as text. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id such as `pay_01kaj2m3n4p5q6r7s8t9v0w1x2`: 48 bits of milliseconds, then 80 random bits.
 * At most 30 characters of [a-z0-9_], which every provider accepts as a reference.
 */
export function newId<P extends IdPrefix>(prefix: P, clock: Clock): `${P}_${string}` {
  const bytes = timeBytes(clock.now());
  bytes.set(randomBytes(10), 6);
  return `${prefix}_${encodeBase32(bytes)}`;
}

/** The lowest id that can be made at an instant: ids from it on are of that millisecond or later. */
export function lowestId<P extends IdPrefix>(prefix: P, at: Temporal.Instant): `${P}_${string}` {
  return `${prefix}_${encodeBase32(timeBytes(at))}`;
}

/** Whether the text has the shape of an id with this prefix; says nothing about its existence. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text.slice(prefix.length + 1));
}

/** A secret of `bits` random bits (128 or more), base64url, for tokens and keys. */
export function newSecret(bits: 128 | 192 | 256 = 256): string {
  return randomBytes(bits / 8).toString('base64url');
}

/** 48 bits of milliseconds, big-endian, then zeros. */
function timeBytes(at: Temporal.Instant): Uint8Array {
  const bytes = new Uint8Array(16);
  let milliseconds = at.epochMilliseconds;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = milliseconds % 256;
    milliseconds = Math.floor(milliseconds / 256);
  }
  return bytes;
}

function encodeBase32(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = ALPHABET[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}
