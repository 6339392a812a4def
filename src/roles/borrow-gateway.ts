import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import { systemClock } from '../kernel/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { startLocalPostgres } from '../platform/embedded-postgres/start-local-postgres.ts';
import { createLogger } from '../platform/log.ts';
import { type DatabaseAddresses, prepareDatabase } from '../platform/prepare-database.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { type Gateway, openGateway } from './gateway.ts';

/** Where a running installation notes how its database is reached, for commands beside it. No secret: socket paths. */
function noteFile(config: Config): string {
  return join(config.dataDir, 'database.json');
}

export async function noteDatabase(config: Config, addresses: DatabaseAddresses): Promise<void> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  await writeFile(noteFile(config), JSON.stringify(addresses), { mode: 0o600 });
}

export async function forgetDatabase(config: Config): Promise<void> {
  await rm(noteFile(config), { force: true });
}

/**
 * The database for a command: the configured one, that of the installation running here, or one started for the
 * command and stopped after it.
 */
export async function withDatabase<T>(config: Config, work: (database: DatabaseAddresses) => Promise<T>): Promise<T> {
  if (config.databaseUrl !== null) return work({ url: config.databaseUrl, ownerUrl: config.databaseMigrateUrl });
  const running = await runningDatabase(config);
  if (running !== null) return work(running);
  const log = createLogger({ level: 'warn', stream: process.stderr });
  const postgres = await startLocalPostgres({ dataDir: join(config.dataDir, 'postgres'), log });
  try {
    return await work({ url: postgres.runtimeUrl, ownerUrl: postgres.url });
  } finally {
    await postgres.stop();
  }
}

/** Runs a command's work with everything the roles have, on a migrated database, without serving anything. */
export async function withGateway<T>(config: Config, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  return withDatabase(config, async (database) => {
    const log = createLogger({ level: 'warn', stream: process.stderr });
    // That it may run as the owner is said by whatever runs for long, not by every command.
    await prepareDatabase(database, { info() {}, warn() {} });
    const gateway = await openGateway({
      config,
      databaseUrl: database.url,
      sandboxUrl: 'http://127.0.0.1:9',
      clock: systemClock,
      log,
    });
    try {
      // Who may start commands here runs the installation.
      return await forInstallation('operator', () => work(gateway));
    } finally {
      await gateway.close();
    }
  });
}

async function runningDatabase(config: Config): Promise<DatabaseAddresses | null> {
  const addresses = await readFile(noteFile(config), 'utf8')
    .then((text) => JSON.parse(text) as DatabaseAddresses)
    .catch(() => null);
  if (addresses === null) return null;
  const database = openDatabase({ url: addresses.url, connectionsMax: 1, applicationName: 'tollgate command' });
  try {
    await sql`select 1`.execute(database.query);
    return addresses;
  } catch {
    return null;
  } finally {
    await database.close();
  }
}
