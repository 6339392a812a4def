import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countLatencies, LATENCY_BOUNDS_MS, latencyAt } from './latency-buckets.ts';

test('every duration is counted once, in the bucket whose bound it does not pass', () => {
  expect(countLatencies([0, 5, 6, 1_000, 16_000, 16_001, 90_000])).toEqual(
    [...LATENCY_BOUNDS_MS, Number.POSITIVE_INFINITY].map(
      (bound) => ({ 5: 2, 10: 1, 1000: 1, 16000: 1 })[bound] ?? (bound === Number.POSITIVE_INFINITY ? 2 : 0),
    ),
  );
});

test('a percentile of the counts lies in the same bucket as the true one', () => {
  const durations = fc.array(fc.integer({ min: 0, max: 16_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(durations, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
      const sorted = all.toSorted((one, other) => one - other);
      const truth = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      const index = LATENCY_BOUNDS_MS.findIndex((bound) => truth <= bound);
      const read = latencyAt(share, countLatencies(all)) ?? -1;
      expect(read).toBeGreaterThanOrEqual(index === 0 ? 0 : (LATENCY_BOUNDS_MS[index - 1] ?? 0));
      expect(read).toBeLessThanOrEqual(LATENCY_BOUNDS_MS[index] ?? 0);
    }),
  );
});

test('of nothing there is none', () => {
  expect(latencyAt(0.5, countLatencies([]))).toBeNull();
});
