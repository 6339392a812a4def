import type { Mode } from '../kernel/caller.ts';

/** running: not over, or just so; open: over, and to be closed; closed: takes no posting any more. */
export const PERIOD_STATES = ['running', 'open', 'closed'] as const;
export type PeriodState = (typeof PERIOD_STATES)[number];

/** Opened again, a month is as it was before. */
export const PERIOD_TRANSITIONS: Readonly<Record<PeriodState, readonly PeriodState[]>> = {
  running: ['open'],
  open: ['closed'],
  closed: ['open'],
};

/** How long after its end a month is kept open: longer than anything that was dated in it takes to be written. */
const CLOSES_AFTER = { hours: 1 } as const;

/** That a month was closed, by whom, and perhaps that it was opened again. */
export interface Closing {
  readonly tenantId: string;
  readonly closingId: string;
  readonly mode: Mode;
  readonly month: string;
  readonly startsAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  readonly note: string | null;
  readonly closedBy: string;
  readonly closedAt: Temporal.Instant;
  readonly reopenedBy: string | null;
  readonly reopenedAt: Temporal.Instant | null;
  readonly reopenReason: string | null;
}

/** A month of a tenant's ledger in one mode, in UTC. */
export interface Period {
  /** Such as 2026-11. */
  readonly month: string;
  readonly startsAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  readonly closableAt: Temporal.Instant;
  readonly state: PeriodState;
  /** The latest, also where the month was opened again since. */
  readonly closing: Closing | null;
}

/** What is not done yet and would be left behind by closing a month. */
export interface LooseEnds {
  readonly openExceptions: number;
  readonly unreadStatements: number;
  readonly pendingOperations: number;
}

/**
 * Every month from the first entry to now, the oldest first; none where nothing was ever booked. of `closings` the last of a month
 * counts.
 */
export function periodsOf(
  firstEntryAt: Temporal.Instant | null,
  closings: readonly Closing[],
  now: Temporal.Instant,
): readonly Period[] {
  if (firstEntryAt === null) return [];
  const latest = new Map(closings.map((closing) => [closing.month, closing]));
  const last = monthOf(now);
  const periods: Period[] = [];
  for (let month = monthOf(firstEntryAt); month.toString() <= last.toString(); month = month.add({ months: 1 })) {
    periods.push(periodOf(month, latest.get(month.toString()) ?? null, now));
  }
  return periods;
}

function periodOf(month: Temporal.PlainYearMonth, closing: Closing | null, now: Temporal.Instant): Period {
  const endsAt = startOf(month.add({ months: 1 }));
  const closableAt = endsAt.add(CLOSES_AFTER);
  const isClosed = closing !== null && closing.reopenedAt === null;
  const isOver = Temporal.Instant.compare(closableAt, now) <= 0;
  const state = isClosed ? 'closed' : isOver ? 'open' : 'running';
  return { month: month.toString(), startsAt: startOf(month), endsAt, closableAt, state, closing };
}

function monthOf(instant: Temporal.Instant): Temporal.PlainYearMonth {
  return instant.toZonedDateTimeISO('UTC').toPlainDate().toPlainYearMonth();
}

function startOf(month: Temporal.PlainYearMonth): Temporal.Instant {
  return month.toPlainDate({ day: 1 }).toZonedDateTime('UTC').toInstant();
}

/** Why a month cannot be closed, whatever is said about it; null where it can. They are closed one after the other. */
export function whyNotClosable(periods: readonly Period[], period: Period): string | null {
  if (period.state === 'closed') return `${period.month} is closed already.`;
  if (period.state === 'running') return `${period.month} can be closed from ${period.closableAt} on.`;
  const before = periods.find(({ month, state }) => month < period.month && state !== 'closed');
  return before === undefined ? null : `Close ${before.month} first: months are closed one after the other.`;
}

/** Why a month cannot be opened again; null where it can. Only the last one: what follows begins where it ended. */
export function whyNotReopenable(periods: readonly Period[], period: Period): string | null {
  if (period.state !== 'closed') return `${period.month} is not closed.`;
  const after = periods.find(({ month, state }) => month > period.month && state === 'closed');
  return after === undefined ? null : `Open ${after.month} again first: it begins with what this month ended with.`;
}

/** Whether anything would be left behind. */
export function hasLooseEnds({ openExceptions, unreadStatements, pendingOperations }: LooseEnds): boolean {
  return openExceptions + unreadStatements + pendingOperations > 0;
}
