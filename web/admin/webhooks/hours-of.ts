import type { EndpointHealth } from '../../../sdk/src/api.generated.ts';

const HOUR_S = 3_600;

interface Hours {
  /** Seconds since 1970. */
  readonly xs: readonly number[];
  readonly good: readonly number[];
  readonly bad: readonly number[];
}

/** The hours from the first in which something was sent to the last, those in between in which nothing was with zeros. */
export function hoursOf(hours: EndpointHealth['hours']): Hours {
  const known = new Map(hours.map((hour) => [Date.parse(hour.hour) / 1_000, hour]));
  const seconds = [...known.keys()];
  const first = Math.min(...seconds);
  const count = seconds.length === 0 ? 0 : (Math.max(...seconds) - first) / HOUR_S + 1;
  // A line needs two points.
  const length = count === 1 ? 2 : count;
  const start = count === 1 ? first - HOUR_S : first;
  const xs = Array.from({ length }, (_, index) => start + index * HOUR_S);
  return {
    xs,
    good: xs.map((x) => known.get(x)?.acknowledged ?? 0),
    bad: xs.map((x) => (known.get(x)?.attempts ?? 0) - (known.get(x)?.acknowledged ?? 0)),
  };
}
