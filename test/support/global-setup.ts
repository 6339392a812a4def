import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startLocalPostgres } from '../../src/platform/embedded-postgres/start-local-postgres.ts';
import { createLogger } from '../../src/platform/log.ts';
import { migrate } from '../../src/platform/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's address of the run's PostgreSQL; its database `tollgate_template` is migrated. */
    databaseServer: string;
  }
}

export const TEMPLATE = 'tollgate_template';

/**
 * One PostgreSQL for the whole run: an embedded one in a folder of its own, or the server of
 * TOLLGATE_TEST_DATABASE_URL. Every test clones the migrated template.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TOLLGATE_TEST_DATABASE_URL;
  if (given !== undefined) {
    await makeTemplate(given);
    project.provide('databaseServer', given);
    return async () => {};
  }
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-test-'));
  // Open to the server's own user, so that as root the data stays in the folder that is removed afterwards.
  await chmod(folder, 0o755);
  const postgres = await startLocalPostgres({ dataDir: folder, log: createLogger({ level: 'error' }) });
  const stop = async (): Promise<void> => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  // A run that is told to end takes its server along; it is a process of its own and would live on.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(1)));
  }
  try {
    await makeTemplate(postgres.url);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('databaseServer', postgres.url);
  return stop;
}

async function makeTemplate(server: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`drop database if exists ${TEMPLATE} with (force)`);
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  await migrate(databaseUrl(server, TEMPLATE));
}

/** The address of another database on the same server. */
export function databaseUrl(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
