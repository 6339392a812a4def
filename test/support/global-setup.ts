import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startTemporaryPostgres } from '../../src/platform/embedded-postgres/start-temporary-postgres.ts';
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
  const postgres = await startTemporaryPostgres('test');
  // A run that is told to end takes its server along; it is a process of its own and would live on.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, () => void postgres.stop().finally(() => process.exit(1)));
  }
  try {
    await makeTemplate(postgres.url);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  project.provide('databaseServer', postgres.url);
  return () => postgres.stop();
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
