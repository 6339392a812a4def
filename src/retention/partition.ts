/** Tables whose old rows go together. A delivery's attempts bear its id, and go with it. */
export const FAMILIES = ['events', 'deliveries', 'inbound_events', 'provider_calls', 'request_log'] as const;
export type Family = (typeof FAMILIES)[number];

/** One table that holds the rows of a period. */
export interface Partition {
  readonly name: string;
  /** The table that it is a part of. */
  readonly table: string;
  readonly family: Family;
  /** null: everything that is older than what follows. */
  readonly from: Temporal.Instant | null;
  /** Exclusive; null: the last one, which takes whatever comes. */
  readonly until: Temporal.Instant | null;
  readonly bytes: bigint;
}

/**
 * Months that begin a partition of their own before they have come. With one the worker would have to be there on the last
 * day of each month, and each one more is looked into by every statement that knows no id.
 */
const MONTHS_AHEAD = 2;
/** A resend is refused when its event's time is over; whoever was just allowed to has long finished when the event goes. */
const GRACE_HOURS = 24;
const HOURS_A_DAY = 24;

/** Where a table's last partition must be ended, the earliest first: the next months' beginnings that are in it. */
export function monthsToOpen(partitions: readonly Partition[], table: string, now: Temporal.Instant): string[] {
  const last = partitions.find((one) => one.table === table && one.until === null);
  return monthsAfter(now).filter((month) => {
    const from = last?.from ?? null;
    return from === null || Temporal.Instant.compare(from, startOf(month)) < 0;
  });
}

/**
 * The month before which everything of a family may go, as the latest one for which the days are over; null: nothing may.
 * What lies before the oldest month (dated back by a wrong clock) goes with the next month that does.
 */
export function monthToDrop(
  partitions: readonly Partition[],
  family: Family,
  keptDays: number,
  now: Temporal.Instant,
): string | null {
  const oldest = now.subtract({ hours: keptDays * HOURS_A_DAY + GRACE_HOURS });
  const over = partitions.flatMap(({ name, table, family: of, until }) => {
    const isOver = until !== null && Temporal.Instant.compare(until, oldest) <= 0;
    return of === family && isOver && name !== `${table}_before` ? [until] : [];
  });
  const last = over.sort(Temporal.Instant.compare).at(-1);
  return last === undefined ? null : monthOf(last).toString().slice(0, 10);
}

/** How many of the coming months have a partition already, in the table that has the fewest. */
export function monthsOpened(partitions: readonly Partition[], now: Temporal.Instant): number {
  const tables = new Set(partitions.map(({ table }) => table));
  const missing = [...tables].map((table) => monthsToOpen(partitions, table, now).length);
  return MONTHS_AHEAD - Math.max(0, ...missing);
}

function monthsAfter(now: Temporal.Instant): string[] {
  const month = monthOf(now).with({ day: 1 });
  return Array.from({ length: MONTHS_AHEAD }, (_, index) => month.add({ months: index + 1 }).toString());
}

/** The day in UTC; partitions begin with a month. */
function monthOf(instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO('UTC').toPlainDate();
}

function startOf(day: string): Temporal.Instant {
  return Temporal.Instant.from(`${day}T00:00:00Z`);
}
