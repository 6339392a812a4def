/**
 * Upper bounds in milliseconds of the counts in endpoint_health_hours.latencies; one more count is of all that took longer.
 * Their number and order are stored with every count: a change of them needs a migration. Each is about 1.6 times the one
 * before, so a percentile read between two of them is off by a quarter at most.
 */
export const LATENCY_BOUNDS_MS = [
  5, 10, 16, 25, 40, 63, 100, 160, 250, 400, 630, 1_000, 1_600, 2_500, 4_000, 6_300, 10_000, 16_000,
] as const;

/** Durations as counts by bucket. */
export function countLatencies(durationsMs: readonly number[]): number[] {
  const counts = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, () => 0);
  for (const duration of durationsMs) {
    const found = LATENCY_BOUNDS_MS.findIndex((bound) => duration <= bound);
    const index = found < 0 ? LATENCY_BOUNDS_MS.length : found;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/**
 * The duration in milliseconds below which a share (0 to 1) of the counted ones lies, taken as even within a bucket; the
 * last bound for what took longer; null where nothing was counted.
 */
export function latencyAt(share: number, counts: readonly number[]): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = share * total;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (below + count >= wanted && count > 0) {
      const upper = LATENCY_BOUNDS_MS[index] ?? LATENCY_BOUNDS_MS.at(-1) ?? 0;
      const lower = index === 0 ? 0 : (LATENCY_BOUNDS_MS[index - 1] ?? upper);
      return Math.round(lower + ((upper - lower) * (wanted - below)) / count);
    }
    below += count;
  }
  return LATENCY_BOUNDS_MS.at(-1) ?? null;
}
