/** What is counted of payments, by hour and currency. Amounts in minor units. */
export const COUNTED = ['created', 'approved', 'declined', 'captures', 'refunds', 'disputes'] as const;
export const SUMMED = ['captured', 'refunded', 'reversed', 'disputed'] as const;
type Counted = (typeof COUNTED)[number] | (typeof SUMMED)[number];

/** What happened, in one stretch of time and one currency. */
export type Activity = Readonly<Record<Counted, bigint>>;

export interface ActivityRow extends Activity {
  readonly hour: Temporal.Instant;
  readonly currency: string;
}

export type Bucket = 'hour' | 'day';

/** A stretch of time that begins and ends with an hour, or with a day in UTC. */
export interface Period {
  readonly since: Temporal.Instant;
  /** Exclusive. */
  readonly until: Temporal.Instant;
  readonly bucket: Bucket;
}

/** More hours than a plot shows apart. */
const HOURS_SHOWN_MAX = 72;
const DAYS_MAX = 400;
const DEFAULT_DAYS = 7;
const BUCKET_HOURS = { hour: 1, day: 24 } as const;

/** The period that is asked for, widened to whole hours or days; null where it is longer than 400 days or none. Pure. */
export function periodOf(
  asked: {
    readonly since?: string | undefined;
    readonly until?: string | undefined;
    readonly bucket?: Bucket | undefined;
  },
  now: Temporal.Instant,
): Period | null {
  const until = asked.until === undefined ? now : Temporal.Instant.from(asked.until);
  const since =
    asked.since === undefined ? until.subtract({ hours: DEFAULT_DAYS * 24 }) : Temporal.Instant.from(asked.since);
  const hours = until.since(since).total('hours');
  if (hours <= 0 || hours > DAYS_MAX * 24) return null;
  const bucket = asked.bucket ?? (hours > HOURS_SHOWN_MAX ? 'day' : 'hour');
  const first = startOf(since, bucket);
  const last = startOf(until, bucket);
  const end = Temporal.Instant.compare(last, until) < 0 ? last.add({ hours: BUCKET_HOURS[bucket] }) : last;
  return { since: first, until: end, bucket };
}

/** One currency's numbers over a period: all of them, and bucket by bucket without gaps. */
export interface CurrencyActivity {
  readonly currency: string;
  readonly total: Activity;
  readonly series: readonly { readonly at: Temporal.Instant; readonly activity: Activity }[];
}

/** Puts hours together, currency by currency in alphabetical order; a bucket in which nothing happened is one of noughts. Pure. */
export function sumActivity(
  rows: readonly ActivityRow[],
  { since, until, bucket }: Period,
): readonly CurrencyActivity[] {
  const starts = bucketStarts({ since, until, bucket });
  const byCurrency = Map.groupBy(rows, ({ currency }) => currency);
  return [...byCurrency.keys()].sort().map((currency) => {
    const own = byCurrency.get(currency) ?? [];
    const byStart = Map.groupBy(own, ({ hour }) => startOf(hour, bucket).epochMilliseconds);
    const series = starts.map((at) => ({ at, activity: addAll(byStart.get(at.epochMilliseconds) ?? []) }));
    return { currency, total: addAll(own), series };
  });
}

/** The beginnings of a period's buckets, in order. */
export function bucketStarts({ since, until, bucket }: Period): readonly Temporal.Instant[] {
  const starts: Temporal.Instant[] = [];
  for (let at = since; Temporal.Instant.compare(at, until) < 0; at = at.add({ hours: BUCKET_HOURS[bucket] }))
    starts.push(at);
  return starts;
}

/** Where the hour or the day in UTC begins that an instant is in. */
export function startOf(at: Temporal.Instant, bucket: Bucket): Temporal.Instant {
  const unitMs = BUCKET_HOURS[bucket] * 3_600_000;
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at.epochMilliseconds / unitMs) * unitMs);
}

/** The share of something of a whole, with four digits; null of nothing. */
export function rateOf(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Math.round((Number(part) / Number(whole)) * 10_000) / 10_000;
}

const NOTHING = Object.fromEntries([...COUNTED, ...SUMMED].map((name) => [name, 0n])) as unknown as Activity;

function addAll(rows: readonly Activity[]): Activity {
  const sum: Record<Counted, bigint> = { ...NOTHING };
  for (const row of rows) for (const name of [...COUNTED, ...SUMMED]) sum[name] += row[name];
  return sum;
}
