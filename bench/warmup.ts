import type { Contender, Window } from './measure.ts';

/**
 * Code is compiled after some thousand requests, which one client alone would take half a minute for: so many warm the
 * subject up once before the first level, whatever the levels are.
 */
const WARMUP_CLIENTS = 64;
/** The baselines are programs that are compiled already. */
const BASELINE_SECONDS_MAX = 2;

/** A number of clients, and whether nothing was measured before it. */
interface Level {
  readonly clients: number;
  readonly isFirst: boolean;
}

/** The windows of at most so many seconds that run before a level and are thrown away. */
export function warmupsBefore(
  { clients, isFirst }: Level,
  seconds: number,
  contenders: readonly Contender[],
): readonly Omit<Window, 'number'>[] {
  if (seconds === 0) return [];
  const start = isFirst ? [{ contender: 'gateway', clients: WARMUP_CLIENTS, seconds } as const] : [];
  const own = contenders.map((contender) => ({
    contender,
    clients,
    seconds: contender === 'gateway' ? seconds : Math.min(seconds, BASELINE_SECONDS_MAX),
  }));
  return [...start, ...own];
}
