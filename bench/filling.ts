import { setTimeout as pause } from 'node:timers/promises';
import type { BenchDatabase, BenchServer } from './database-server.ts';
import { type Filled, fillRows } from './million-rows.ts';
import { peakMemoryMib, serverMemoryMib } from './process-cost.ts';

/** What filling the databases of a run took. */
export interface Filling {
  /** Of each database, in the order they were filled. */
  readonly databases: readonly Filled[];
  /** The most that PostgreSQL held meanwhile, as far as a look every two seconds saw it. */
  readonly postgresMemoryMib: number | null;
  /** The most that this process ever held until then. */
  readonly ownMemoryMib: number | null;
}

/** Adding up what the processes of a server hold takes some hundredths of a second. */
const LOOK_EVERY_MS = 2_000;

/**
 * Fills databases with so many payments each, one after the other, so that each has the whole machine; does nothing
 * and returns null for none.
 */
export async function fillDatabases(
  { postmaster }: BenchServer,
  databases: readonly BenchDatabase[],
  payments: number,
  tenantId: string,
): Promise<Filling | null> {
  if (payments === 0) return null;
  process.stderr.write(`Filling each of ${databases.length} databases with ${payments} payments.\n`);
  const watch = watchMemory(postmaster);
  try {
    const filled: Filled[] = [];
    for (const database of databases) filled.push(await fillRows(database, payments, tenantId));
    return { databases: filled, postgresMemoryMib: await watch.stop(), ownMemoryMib: peakMemoryMib(process.pid) };
  } finally {
    await watch.stop();
  }
}

/** One sentence for people. */
export function describeFilling({ databases, postgresMemoryMib, ownMemoryMib }: Filling): string {
  const each = databases.map(({ seconds, databaseMib }) => `${databaseMib.toFixed(0)} MiB in ${seconds.toFixed(0)} s`);
  const mib = (size: number | null) => (size === null ? 'unknown' : `${size.toFixed(0)} MiB`);
  return (
    `${databases[0]?.payments ?? 0} payments behind, filled in before: ${each.join(' and ')}; ` +
    `most memory meanwhile: PostgreSQL ${mib(postgresMemoryMib)}, bench ${mib(ownMemoryMib)}`
  );
}

function watchMemory(postmaster: number | null): { stop(): Promise<number | null> } {
  let most: number | null = null;
  const stopping = new AbortController();
  const watching = look();
  return {
    async stop() {
      stopping.abort();
      await watching;
      return most;
    },
  };

  async function look(): Promise<void> {
    while (postmaster !== null && !stopping.signal.aborted) {
      const now = serverMemoryMib(postmaster);
      if (now !== null) most = Math.max(most ?? 0, now);
      await pause(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
}
