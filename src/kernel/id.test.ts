import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from './clock.ts';
import { ID_PREFIXES, instantOfId, isId, lowestId, newId, newOrderedId, newSecret } from './id.ts';

test('an id carries its prefix and at most 36 characters that every provider takes', () => {
  const clock = new ManualClock();
  for (const prefix of ID_PREFIXES) {
    const id = newId(prefix, clock);
    expect(id).toMatch(/^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(id.length).toBeLessThanOrEqual(36);
    expect(isId(prefix, id)).toBe(true);
  }
});

test('ids sort by the time they were made', () => {
  const clock = new ManualClock('1999-12-31T23:59:59.999Z');
  const ids = Array.from({ length: 200 }, () => {
    clock.advance({ milliseconds: 1 });
    return newId('pay', clock);
  });
  expect([...ids].sort()).toEqual(ids);
});

test('ordered ids sort by their making also where no time passes, and are ids like any other', () => {
  const clock = new ManualClock();
  const ids = Array.from({ length: 200 }, () => newOrderedId('evt', clock));
  expect([...ids].sort()).toEqual(ids);
  expect(ids.every((id) => isId('evt', id))).toBe(true);
  clock.advance({ milliseconds: 1 });
  expect(newId('evt', clock) > (ids.at(-1) ?? '')).toBe(true);
});

test('an id says when it was made', () => {
  const clock = new ManualClock('2026-11-21T22:15:16.789Z');
  expect(instantOfId(newId('ob', clock)).equals(clock.now())).toBe(true);
  expect(instantOfId(newOrderedId('evt', clock)).equals(clock.now())).toBe(true);
  expect(() => instantOfId('ob_short')).toThrow('begins with its time');
});

test('the lowest id of an instant is below every id of it and above every id before', () => {
  const clock = new ManualClock();
  const before = newId('pay', clock);
  clock.advance({ milliseconds: 1 });
  const lowest = lowestId('pay', clock.now());
  expect(lowest > before).toBe(true);
  expect(lowest <= newId('pay', clock)).toBe(true);
});

test('ids of one millisecond differ', () => {
  const clock = new ManualClock();
  expect(new Set(Array.from({ length: 10_000 }, () => newId('evt', clock))).size).toBe(10_000);
});

/** 128 bits in base 32, written down as the definition has it. */
function base32Of(bits: bigint): string {
  const digits = bits.toString(32).padStart(26, '0');
  return [...digits].map((digit) => '0123456789abcdefghjkmnpqrstvwxyz'.charAt(Number.parseInt(digit, 32))).join('');
}

test('an id is its milliseconds and 80 bits more, as one number in base 32', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (milliseconds) => {
      const at = Temporal.Instant.fromEpochMilliseconds(milliseconds);
      const first = BigInt(milliseconds) << 80n;
      expect(lowestId('pay', at)).toBe(`pay_${base32Of(first)}`);
      const id = newId('pay', new ManualClock(at));
      expect(id >= `pay_${base32Of(first)}` && id <= `pay_${base32Of(first + 2n ** 80n - 1n)}`).toBe(true);
    }),
  );
});

test('every random character of an id takes every one of its values', () => {
  const clock = new ManualClock();
  const seen = Array.from({ length: 16 }, () => new Set<string>());
  for (let n = 0; n < 2_000; n++) {
    const tail = newId('pay', clock).slice(-16);
    for (const [at, characters] of seen.entries()) characters.add(tail.charAt(at));
  }
  expect(seen.map((characters) => characters.size)).toEqual(Array.from({ length: 16 }, () => 32));
});

test('the lowest id of an instant before 1970 is the lowest of all, and that of the last year above every other', () => {
  const id = newId('pay', new ManualClock());
  expect(lowestId('pay', Temporal.Instant.from('1960-01-01T00:00:00Z'))).toBe(`pay_${'0'.repeat(26)}`);
  expect(lowestId('pay', Temporal.Instant.fromEpochMilliseconds(8.64e15)) > id).toBe(true);
  expect(isId('pay', lowestId('pay', Temporal.Instant.fromEpochMilliseconds(8.64e15)))).toBe(true);
});

test.each([
  '',
  'pay_',
  'pay_short',
  'att_01kaj2m3n4p5q6r7s8t9v0w1x2',
  'pay_01KAJ2M3N4P5Q6R7S8T9V0W1X2',
  'pay_81kaj2m3n4p5q6r7s8t9v0w1x2',
])('%j is no payment id', (text) => expect(isId('pay', text)).toBe(false));

test('a secret has the bits it was asked for', () => {
  expect(Buffer.from(newSecret(128), 'base64url')).toHaveLength(16);
  expect(Buffer.from(newSecret(), 'base64url')).toHaveLength(32);
});
