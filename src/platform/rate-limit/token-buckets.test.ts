import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const FIVE_IN_TEN = { count: 5, seconds: 10 };

/** How many of so many takes succeed at one instant. */
function taken(buckets: TokenBuckets, name: string, times: number, nowMs: number): number {
  return Array.from({ length: times }, () => buckets.take(name, nowMs)).filter((waitMs) => waitMs === 0).length;
}

test('a bucket gives out what it holds, and then says when there will be one more', () => {
  const buckets = new TokenBuckets(FIVE_IN_TEN);
  expect(taken(buckets, 'a', 9, START)).toBe(5);
  expect(buckets.take('a', START)).toBe(2_000);
  expect(buckets.take('a', START + 1_999)).toBe(1);
  expect(buckets.take('a', START + 2_000)).toBe(0);
  expect(buckets.take('a', START + 2_000)).toBe(2_000);
});

test('a bucket fills up evenly and holds no more than it did at first', () => {
  const buckets = new TokenBuckets(FIVE_IN_TEN);
  taken(buckets, 'a', 5, START);
  expect(taken(buckets, 'a', 9, START + 6_000)).toBe(3);
  expect(taken(buckets, 'a', 9, START + 3_600_000)).toBe(5);
});

test('an empty bucket is nobody else’s', () => {
  const buckets = new TokenBuckets(FIVE_IN_TEN);
  taken(buckets, 'a', 100, START);
  expect(taken(buckets, 'b', 9, START)).toBe(5);
});

test('asking how long to wait takes nothing', () => {
  const buckets = new TokenBuckets(FIVE_IN_TEN);
  for (let index = 0; index < 9; index++) expect(buckets.wait('a', START)).toBe(0);
  expect(taken(buckets, 'a', 5, START)).toBe(5);
  expect(buckets.wait('a', START)).toBe(2_000);
});

test('who goes on asking is let in as soon as one who waited', () => {
  const buckets = new TokenBuckets(FIVE_IN_TEN);
  taken(buckets, 'a', 1_000, START);
  expect(buckets.take('a', START + 2_000)).toBe(0);
});

test('a clock that is set back by a day refuses nobody for longer than the bucket takes to fill', () => {
  const buckets = new TokenBuckets(FIVE_IN_TEN);
  taken(buckets, 'a', 5, START);
  const yesterday = START - 86_400_000;
  expect(buckets.take('a', yesterday)).toBe(2_000);
  expect(buckets.take('a', yesterday + 2_000)).toBe(0);
});

test('a million addresses take no more room than the most buckets there may be, and the one at work keeps its own', () => {
  const buckets = new TokenBuckets(FIVE_IN_TEN, 1_000);
  taken(buckets, 'busy', 5, START);
  for (let index = 0; index < 1_000_000; index++) {
    buckets.take(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, START);
    if (index % 400 === 0) expect(buckets.take('busy', START)).toBeGreaterThan(0);
  }
  expect(buckets.size).toBeLessThanOrEqual(1_000);
});

describe('for any rate and any times', () => {
  test('no more are let in within a window than the bucket holds and fills up with', () => {
    const rates = fc.record({ count: fc.integer({ min: 1, max: 50 }), seconds: fc.integer({ min: 1, max: 60 }) });
    const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(rates, gaps, (rate, waits) => {
        const buckets = new TokenBuckets(rate);
        const admitted: number[] = [];
        let nowMs = START;
        for (const wait of waits) {
          nowMs += wait;
          if (buckets.take('a', nowMs) === 0) admitted.push(nowMs);
        }
        admitted.forEach((from, first) => {
          admitted.slice(first).forEach((to, further) => {
            const most = rate.count + ((to - from) * rate.count) / (rate.seconds * 1_000);
            expect(further + 1).toBeLessThanOrEqual(Math.floor(most + 1e-6));
          });
        });
      }),
    );
  });

  test('who comes back when they were told to is let in, and a millisecond earlier is not', () => {
    const rates = fc.record({ count: fc.integer({ min: 1, max: 1_000 }), seconds: fc.integer({ min: 1, max: 3_600 }) });
    fc.assert(
      fc.property(rates, (rate) => {
        const buckets = new TokenBuckets(rate);
        expect(taken(buckets, 'a', rate.count + 1, START)).toBe(rate.count);
        const waitMs = buckets.wait('a', START);
        if (waitMs > 1) expect(buckets.wait('a', START + waitMs - 1)).toBeGreaterThan(0);
        expect(buckets.take('a', START + waitMs)).toBe(0);
      }),
    );
  });
});
