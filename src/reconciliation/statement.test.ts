import { describe, expect, test } from 'vitest';
import { hashOnward, nextPageAt, nextWindow } from './statement.ts';

const OPENED = Temporal.Instant.from('2026-01-01T12:00:00Z');
const windowOf = (listedUntil: Temporal.Instant | null, now: Temporal.Instant, force = false) => {
  const window = nextWindow({ listedUntil, openedAt: OPENED }, now, force);
  return window === null ? null : [window.from.toString(), window.to.toString()];
};

describe('the windows of a listing', () => {
  test('begin with the account, a day after it', () => {
    expect(windowOf(null, OPENED.add({ hours: 23 }))).toBeNull();
    const due = OPENED.add({ hours: 24 });
    expect(windowOf(null, due)).toEqual(['2026-01-01T11:59:00Z', '2026-01-02T12:00:00Z']);
  });

  test('follow on each other every day, each a week into the one before, and never before the account', () => {
    const listed = OPENED.add({ hours: 24 * 30 });
    expect(windowOf(listed, listed.add({ hours: 23 }))).toBeNull();
    expect(windowOf(listed, listed.add({ hours: 24 }))).toEqual(['2026-01-24T12:00:00Z', '2026-02-01T12:00:00Z']);
    const young = OPENED.add({ hours: 24 });
    expect(windowOf(young, young.add({ hours: 24 }))).toEqual(['2026-01-01T11:59:00Z', '2026-01-03T12:00:00Z']);
  });

  test('leave no day out after a long silence, and come at once where a person asks', () => {
    const listed = OPENED.add({ hours: 24 * 30 });
    expect(windowOf(listed, listed.add({ hours: 24 * 90 }))?.[0]).toBe('2026-01-24T12:00:00Z');
    expect(windowOf(listed, listed.add({ seconds: 1 }), true)?.[1]).toBe('2026-01-31T12:00:01Z');
  });
});

test('a page that cannot be had is asked for ever more patiently, and never given up', () => {
  const delays = [1, 2, 3, 4, 5, 6, 100].map((tries) => nextPageAt(tries, OPENED).since(OPENED).total('seconds'));
  expect(delays).toEqual([10, 60, 300, 3_600, 21_600, 21_600, 21_600]);
});

test('the hash of a listing tells lines, their order and its pages apart', () => {
  const hashes = [
    hashOnward('', ['a', 'b']),
    hashOnward('', ['b', 'a']),
    hashOnward('', ['a']),
    hashOnward(hashOnward('', ['a']), ['b']),
  ];
  expect(new Set(hashes).size).toBe(4);
});
