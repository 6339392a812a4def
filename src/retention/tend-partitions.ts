import type { Clock } from '../kernel/clock.ts';
import { type Database, sqlState } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { FAMILIES, type Family, monthsToOpen, monthToDrop, type Partition } from './partition.ts';
import { keptDays, type RetentionRule } from './retention.ts';
import {
  detachPartitions,
  dropDetached,
  selectHoldsWork,
  selectLongestWishes,
  selectPartitions,
  splitPartition,
} from './store.ts';

export interface RetentionContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly retention: RetentionRule;
}

/** A family of which old rows stay, because some of them still have work. */
export interface HeldFamily {
  readonly family: Family;
  /** What is older than this could go. */
  readonly month: string;
}

/** What a turn did. */
export interface Tended {
  /** How many times a partition was opened for a coming month. */
  readonly opened: number;
  /** Tables that are gone. */
  readonly dropped: readonly string[];
  readonly held: readonly HeldFamily[];
  /** Whether something could not be done, because a lock was not to be had in a moment. */
  readonly isBusy: boolean;
}

/** Appendix A of the manual: lock_not_available. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Opens partitions for the coming months and takes away those whose time is over. Phases, each a transaction of its own, so
 * that a crash leaves what the next turn goes on with: end the last partition at each coming month · take a family's old
 * partitions out of their tables · drop what was taken out. Any number of workers may do it at once: the database lets one
 * of them. Waits for no lock longer than a fifth of a second.
 */
export function tendPartitions(context: RetentionContext): Promise<Tended> {
  return forInstallation('retention', () => tend(context));
}

async function tend(context: RetentionContext): Promise<Tended> {
  const { database, clock, retention } = context;
  const now = clock.now();
  const partitions = await selectPartitions(database.query);
  const kept = keptDays(retention, await selectLongestWishes(database.query));
  let isBusy = false;
  const attempt = async <T>(otherwise: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
      isBusy = true;
      return otherwise;
    }
  };
  let opened = 0;
  const passedOver = new Set<string>();
  for (const { table, month } of wantedSplits(partitions, now)) {
    // A month that somebody else is at comes before the next one of its table: else one partition would hold both.
    if (passedOver.has(table)) continue;
    if (await attempt(false, () => splitPartition(database.query, table, month))) opened++;
    else passedOver.add(table);
  }
  const held: HeldFamily[] = [];
  for (const family of FAMILIES) {
    const month = monthToDrop(partitions, family, kept[family], now);
    if (month === null) continue;
    // Asked before, because taking them out locks the table; and asked again there.
    if (await selectHoldsWork(database.query, family, month)) held.push({ family, month });
    else await attempt(0, () => detachPartitions(database.query, family, month));
  }
  const dropped: string[] = [];
  for (let name = await dropNext(); name !== null; name = await dropNext()) dropped.push(name);
  tell(context, { opened, dropped, held });
  return { opened, dropped, held, isBusy };

  function dropNext(): Promise<string | null> {
    return attempt(null, () => dropDetached(database.query));
  }
}

function wantedSplits(partitions: readonly Partition[], now: Temporal.Instant) {
  const tables = [...new Set(partitions.map(({ table }) => table))];
  return tables.flatMap((table) => monthsToOpen(partitions, table, now).map((month) => ({ table, month })));
}

function tell({ log }: RetentionContext, { opened, dropped, held }: Omit<Tended, 'isBusy'>): void {
  if (opened > 0) log.info({ opened }, 'Partitions were opened for the coming months');
  if (dropped.length > 0) log.info({ dropped }, 'Partitions were dropped whose time was over');
  for (const one of held) log.warn({ ...one }, 'Old rows are kept because some of them still have work');
}
