import type { Overview } from '../../../sdk/src/api.generated.ts';

/** What the home page counts; each has a plot, a table, and a list behind it. */
export const FIGURES = ['volume', 'payments', 'success', 'refunds', 'disputes', 'acknowledged'] as const;
export type Figure = (typeof FIGURES)[number];

type Unit = 'money' | 'count' | 'rate';
type LineName = 'captured' | 'refunded' | 'approved' | 'declined' | 'successRate' | 'disputes' | 'rate';

interface Drawn {
  readonly unit: Unit;
  /** Seconds since 1970. */
  readonly xs: readonly number[];
  /** null: nothing was there to be rated. */
  readonly lines: readonly { readonly name: LineName; readonly values: readonly (number | null)[] }[];
}

type Currency = Overview['currencies'][number];

/** How a figure went over the period, as lines. */
export function linesOf(figure: Figure, overview: Overview, numbers: Currency | undefined): Drawn {
  if (figure === 'acknowledged') {
    const { series } = overview.acknowledgments;
    return {
      unit: 'rate',
      xs: series.map(({ at }) => secondsOf(at)),
      lines: [{ name: 'rate', values: series.map(({ rate }) => rate) }],
    };
  }
  const series = numbers?.series ?? [];
  const line = <Name extends LineName & keyof Currency['series'][number]>(name: Name) => ({
    name,
    values: series.map((bucket): number | null => bucket[name]),
  });
  const xs = series.map(({ at }) => secondsOf(at));
  switch (figure) {
    case 'volume':
      return { unit: 'money', xs, lines: [line('captured'), line('refunded')] };
    case 'payments':
      return { unit: 'count', xs, lines: [line('approved'), line('declined')] };
    case 'success':
      return { unit: 'rate', xs, lines: [line('successRate')] };
    case 'refunds':
      return { unit: 'money', xs, lines: [line('refunded'), line('captured')] };
    case 'disputes':
      return { unit: 'count', xs, lines: [line('disputes')] };
  }
}

function secondsOf(instant: string): number {
  return Date.parse(instant) / 1_000;
}

/** The currency that is shown: the one that was asked for, else the one with most payments. */
export function currencyOf(overview: Overview, wanted: string | undefined): Currency | undefined {
  const byCount = [...overview.currencies].sort((one, other) => other.created - one.created);
  return byCount.find(({ currency }) => currency === wanted) ?? byCount[0];
}
