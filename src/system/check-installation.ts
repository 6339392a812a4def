import { statfs } from 'node:fs/promises';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database.ts';
import { selectLanes } from '../platform/lane-facts.ts';
import { selectServer } from '../platform/server-facts.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { type Check, checkSettings, failed, type InstalledSettings, ok, warning } from './check.ts';
import { selectProcesses } from './store.ts';

export interface SystemContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly settings: InstalledSettings;
  /** Where the embedded database is; null: the database is somewhere else. */
  readonly dataDir: string | null;
  readonly schemaIsCurrent: () => Promise<boolean>;
  /** Rejects where the master key does not open this database, with a sentence that says so. */
  readonly checkKeys: () => Promise<void>;
}

/** Signed stamps are refused five minutes off; a tenth of that is noticed. */
const SKEW_WARNING_MS = 5_000;
const SKEW_FAILED_MS = 60_000;
const DISK_WARNING_SHARE = 0.1;
/** Three heartbeats. */
const SEEN_SECONDS_MAX = 45;
const OVERDUE_SECONDS_MAX = 60;

/** Looks at everything an installation stands on. Never rejects: what cannot be looked at has failed. */
export function checkInstallation(context: SystemContext): Promise<readonly Check[]> {
  return forInstallation('sweep', () => checkAll(context));
}

async function checkAll(context: SystemContext): Promise<readonly Check[]> {
  const database = await guarded('database', 'Check DATABASE_URL and the server.', () => checkDatabase(context));
  const settings = checkSettings(context.settings);
  if (database[0]?.status === 'failed') return [...database, ...settings];
  const looked = await Promise.all([
    guarded('migrations', 'Run `tollgate migrate`.', () => checkMigrations(context)),
    guarded('keys', 'Set TOLLGATE_MASTER_KEY to the key that this database was sealed under.', () =>
      checkKeys(context),
    ),
    guarded('disk', 'Look at the disk.', () => checkDisk(context)),
    guarded('worker', 'Start a process with the role worker.', () => checkWorker(context)),
  ]);
  return [...database, ...looked.flat(), ...settings];
}

async function guarded(name: string, fix: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    // Refusals of ours are sentences for operators; what a driver says may hold an address with a password.
    const isOurs = error instanceof Error && error.name.endsWith('Refused');
    return [failed(name, isOurs ? error.message : 'It could not be looked at.', fix)];
  }
}

async function checkDatabase({ database, clock }: SystemContext): Promise<readonly Check[]> {
  const startedMs = performance.now();
  const before = clock.now();
  const server = await selectServer(database.query);
  const tookMs = Math.round(performance.now() - startedMs);
  const skewMs = Math.abs(server.now.since(before).total('milliseconds')) - tookMs;
  const mebibytes = server.bytes / 1_048_576n;
  const room = server.connections_max - server.connections;
  return [
    room > 5
      ? ok('database', `PostgreSQL ${server.version}, ${mebibytes} MiB, answers in ${tookMs} ms.`)
      : warning(
          'database',
          `Only ${room} connections are left.`,
          'Raise max_connections, or lower TOLLGATE_DATABASE_CONNECTIONS.',
        ),
    skewOf(skewMs),
  ];
}

function skewOf(skewMs: number): Check {
  if (skewMs <= SKEW_WARNING_MS) return ok('clock', 'Our clock and the database agree.');
  const detail = `Our clock and the database are ${Math.round(skewMs / 1_000)} seconds apart.`;
  const fix = 'Keep the clocks of both machines by NTP.';
  return skewMs > SKEW_FAILED_MS ? failed('clock', detail, fix) : warning('clock', detail, fix);
}

async function checkMigrations({ schemaIsCurrent }: SystemContext): Promise<readonly Check[]> {
  return (await schemaIsCurrent())
    ? [ok('migrations', 'The schema is the one of this version.')]
    : [failed('migrations', 'The schema is not the one of this version.', 'Run `tollgate migrate`.')];
}

async function checkKeys(context: SystemContext): Promise<readonly Check[]> {
  await context.checkKeys();
  return [ok('keys', 'The master key opens this database.')];
}

async function checkDisk({ dataDir }: SystemContext): Promise<readonly Check[]> {
  if (dataDir === null) {
    const detail = 'The database is on another machine, whose disk cannot be seen from here.';
    return [{ name: 'disk', status: 'unknown', detail, fix: null }];
  }
  const { bavail, blocks, bsize } = await statfs(dataDir);
  const detail = `${Math.floor((bavail * bsize) / 2 ** 30)} GiB are free where the database is.`;
  if (bavail / blocks > DISK_WARNING_SHARE) return [ok('disk', detail)];
  return [warning('disk', detail, 'Make room, or move the data directory.')];
}

async function checkWorker({ database: { query: db }, clock }: SystemContext): Promise<readonly Check[]> {
  const now = clock.now();
  const [processes, lanes] = await Promise.all([selectProcesses(db), selectLanes(db, now)]);
  const secondsSince = (at: Temporal.Instant) => now.since(at).total('seconds');
  const workers = processes.filter(
    ({ roles, seen_at }) => roles.includes('worker') && secondsSince(seen_at) <= SEEN_SECONDS_MAX,
  );
  if (workers.length === 0) {
    return [
      failed(
        'worker',
        'No worker was seen lately: nothing is sent or settled.',
        'Start a process with the role worker.',
      ),
    ];
  }
  const overdue = lanes.filter(({ oldest_due_at: at }) => at !== null && secondsSince(at) > OVERDUE_SECONDS_MAX);
  if (overdue.length === 0) return [ok('worker', `Workers: ${workers.length}. No work is overdue.`)];
  const kinds = overdue.map(({ kind }) => kind).join(', ');
  return [warning('worker', `Work is over a minute late: ${kinds}.`, 'Start another worker, and read its log.')];
}

/** Whether a process was seen within three heartbeats. */
export function isAlive(seenAt: Temporal.Instant, now: Temporal.Instant): boolean {
  return now.since(seenAt).total('seconds') <= SEEN_SECONDS_MAX;
}
