import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import { systemClock } from '../kernel/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { startLocalPostgres } from '../platform/embedded-postgres/start-local-postgres.ts';
import { createLogger } from '../platform/log.ts';
import { migrate } from '../platform/migrate.ts';
import { type Gateway, openGateway } from './gateway.ts';

/** Where a running installation notes how its database is reached, for commands beside it. No secret: a socket path. */
function noteFile(config: Config): string {
  return join(config.dataDir, 'database.url');
}

export async function noteDatabase(config: Config, url: string): Promise<void> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  await writeFile(noteFile(config), url, { mode: 0o600 });
}

export async function forgetDatabase(config: Config): Promise<void> {
  await rm(noteFile(config), { force: true });
}

/**
 * The database for a command: the configured one, that of the installation running here, or one started for the
 * command and stopped after it.
 */
export async function withDatabase<T>(config: Config, work: (databaseUrl: string) => Promise<T>): Promise<T> {
  if (config.databaseUrl !== null) return work(config.databaseUrl);
  const running = await runningDatabase(config);
  if (running !== null) return work(running);
  const log = createLogger({ level: 'warn', stream: process.stderr });
  const postgres = await startLocalPostgres({ dataDir: join(config.dataDir, 'postgres'), log });
  try {
    return await work(postgres.url);
  } finally {
    await postgres.stop();
  }
}

/** Runs a command's work with everything the roles have, on a migrated database, without serving anything. */
export async function withGateway<T>(config: Config, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  return withDatabase(config, async (databaseUrl) => {
    await migrate(config.databaseMigrateUrl ?? databaseUrl);
    const log = createLogger({ level: 'warn', stream: process.stderr });
    const gateway = await openGateway({
      config,
      databaseUrl,
      sandboxUrl: 'http://127.0.0.1:9',
      clock: systemClock,
      log,
    });
    try {
      return await work(gateway);
    } finally {
      await gateway.close();
    }
  });
}

async function runningDatabase(config: Config): Promise<string | null> {
  const url = await readFile(noteFile(config), 'utf8').catch(() => null);
  if (url === null) return null;
  const database = openDatabase({ url, connectionsMax: 1, applicationName: 'tollgate command' });
  try {
    await sql`select 1`.execute(database.query);
    return url;
  } catch {
    return null;
  } finally {
    await database.close();
  }
}
