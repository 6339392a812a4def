export const RANGES = { '24h': 24, '7d': 24 * 7, '30d': 24 * 30 } as const;
export type Range = keyof typeof RANGES;

/** What the home page shows, as its address has it. */
export interface HomeSearch {
  readonly range?: Range;
  readonly currency?: string;
  /** Of the installation; a tenant's stands before. */
  readonly mode?: 'test';
}

export function homeSearch(search: Readonly<Record<string, unknown>>): HomeSearch {
  const { range, currency, mode } = search;
  return {
    ...(range === '7d' || range === '30d' ? { range } : {}),
    ...(typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? { currency } : {}),
    ...(mode === 'test' ? { mode } : {}),
  };
}

/** The period up to now, in hours for a day and in days for longer. */
export function periodOf(range: Range = '24h', nowMs = Date.now()) {
  // Whole minutes, so that the addresses of links rest between two looks.
  const endMs = Math.floor(nowMs / 60_000) * 60_000;
  const since = new Date(endMs - RANGES[range] * 3_600_000).toISOString();
  return { since, bucket: range === '24h' ? ('hour' as const) : ('day' as const) };
}
