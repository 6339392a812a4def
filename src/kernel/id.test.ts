import { expect, test } from 'vitest';
import { ManualClock } from './clock.ts';
import { ID_PREFIXES, isId, lowestId, newId, newSecret } from './id.ts';

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
