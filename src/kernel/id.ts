import { assert } from './assert.ts';
import type { Clock } from './clock.ts';
import { takeRandomBytes } from './random-bytes.ts';

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
  'sl',
  'po',
  'rx',
  'rr',
  'mail',
  'ack',
  'rp',
  'lis',
  'lb',
  'role',
  'apr',
  'rq',
  'usr',
  'ses',
  'ivt',
  'pky',
  'pcl',
] as const;
export type IdPrefix = (typeof ID_PREFIXES)[number];

/** Crockford's base 32 without i, l, o, u; in ASCII order, so that ids sort by time as text. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 48 bits of milliseconds take exactly ten characters (the first of which is one of 0 to 7), 80 random bits sixteen. */
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;
const MILLISECONDS_MAX = 2 ** 48 - 1;

/**
 * A new id such as `pay_01kaj2m3n4p5q6r7s8t9v0w1x2`: 48 bits of milliseconds, then 80 random bits.
 * At most 30 characters of [a-z0-9_], which every provider accepts as a reference.
 */
export function newId<P extends IdPrefix>(prefix: P, clock: Clock): `${P}_${string}` {
  return `${prefix}_${encodeTime(clock.now())}${randomText()}`;
}

/**
 * A new id that also sorts by the order in which this process made those of one millisecond, or of a clock that stands
 * still: 48 bits of milliseconds, 30 bits of a count, 50 random bits.
 */
export function newOrderedId<P extends IdPrefix>(prefix: P, clock: Clock): `${P}_${string}` {
  count = (count + 1) % 32 ** COUNT_CHARACTERS;
  return `${prefix}_${encodeTime(clock.now())}${encode(count, COUNT_CHARACTERS)}${randomText().slice(COUNT_CHARACTERS)}`;
}

/** It begins anew with each process and wraps around after a thousand million: order is for what lies close together. */
let count = 0;
const COUNT_CHARACTERS = 6;

/** The lowest id that can be made at an instant: ids from it on are of that millisecond or later. */
export function lowestId<P extends IdPrefix>(prefix: P, at: Temporal.Instant): `${P}_${string}` {
  return `${prefix}_${encodeTime(at)}${'0'.repeat(RANDOM_CHARACTERS)}`;
}

/** When an id was made, by the clock that it was made with. @throws AssertionFailed for what is none */
export function instantOfId(id: string): Temporal.Instant {
  const text = id.slice(id.indexOf('_') + 1, id.indexOf('_') + 1 + TIME_CHARACTERS);
  const digits = [...text].map((character) => ALPHABET.indexOf(character));
  assert(digits.length === TIME_CHARACTERS && !digits.includes(-1), 'An id begins with its time');
  return Temporal.Instant.fromEpochMilliseconds(digits.reduce((sum, digit) => sum * 32 + digit, 0));
}

/**
 * The first and the last of some ids of one kind. A statement that is told them looks into no other partition of a table
 * than those of their time. Where there are none, nothing lies between the two.
 */
export function idRange(ids: readonly string[]): { readonly first: string; readonly last: string } {
  let [first = '', last = ''] = [ids[0], ids[0]];
  for (const id of ids) {
    if (id < first) first = id;
    if (id > last) last = id;
  }
  return { first, last };
}

/** Whether the text has the shape of an id with this prefix; says nothing about its existence. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text.slice(prefix.length + 1));
}

/** A secret of `bits` random bits (128 or more), base64url, for tokens and keys. */
export function newSecret(bits: 128 | 192 | 256 = 256): string {
  return takeRandomBytes(bits / 8).toString('base64url');
}

/** An instant that no id can carry (somebody may ask for what was made after 1960) counts as the nearest that one can. */
function encodeTime(at: Temporal.Instant): string {
  const ms = Math.min(Math.max(at.epochMilliseconds, 0), MILLISECONDS_MAX);
  if (ms !== lastTime.ms) lastTime = { ms, text: encode(ms, TIME_CHARACTERS) };
  return lastTime.text;
}

/** Ids are made by the dozen within a millisecond. */
let lastTime = { ms: 0, text: '0'.repeat(TIME_CHARACTERS) };

function encode(number: number, characters: number): string {
  let text = '';
  for (let rest = number; text.length < characters; rest = Math.floor(rest / 32))
    text = ALPHABET.charAt(rest % 32) + text;
  return text;
}

/** Five of each byte's bits, so that every character is as likely as any other; two characters at a time. */
function randomText(): string {
  const bytes = takeRandomBytes(RANDOM_CHARACTERS);
  let text = '';
  for (let i = 0; i < RANDOM_CHARACTERS; i += 2) {
    text += PAIRS[((bytes[i] ?? 0) % 32) * 32 + ((bytes[i + 1] ?? 0) % 32)] ?? '';
  }
  return text;
}

const PAIRS = [...ALPHABET].flatMap((first) => [...ALPHABET].map((second) => first + second));
