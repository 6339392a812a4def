import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database.ts';
import { pause } from '../platform/deadline.ts';
import type { Logger } from '../platform/log.ts';
import { startOf } from './activity.ts';
import { insertPositions, rollUp } from './store.ts';

interface RollUpContext {
  readonly database: Database;
  readonly clock: Clock;
}

const FIRST_LOOK_MS = 10_000;
const LOOK_MS = 60_000;
/**
 * A row's id is made before its transaction commits; no statement runs for longer than fifteen seconds, so that an hour
 * that has been over for ten minutes gets no more rows.
 */
const SETTLED_MINUTES = 10;
/** Bounds one transaction, most of all where an installation of years is summed up for the first time. */
const TENANTS_MAX = 50;
const DAYS_MAX = 7;

/** Sums up hours that are over, until the signal aborts. Any number of workers may. */
export async function rollUpActivity(
  context: RollUpContext & { readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  for (await pause(FIRST_LOOK_MS, signal); !signal.aborted; await pause(LOOK_MS, signal)) {
    try {
      await insertPositions(context.database.query);
      while (!signal.aborted && (await rollUpNext(context)) > 0);
    } catch (error) {
      context.log.warn({ error }, 'Hours could not be summed up');
    }
  }
}

/** One batch of tenants; returns how many were moved on, 0 where all hours that are over were summed up. */
export function rollUpNext({ database, clock }: RollUpContext): Promise<number> {
  const until = startOf(clock.now().subtract({ minutes: SETTLED_MINUTES }), 'hour');
  return rollUp(database.query, { until, tenantsMax: TENANTS_MAX, daysMax: DAYS_MAX });
}
