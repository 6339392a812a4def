import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startTemporaryPostgres } from '../../src/platform/embedded-postgres/start-temporary-postgres.ts';
import { migrate } from '../../src/platform/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's address of the run's PostgreSQL; its database `tollgate_template` is migrated. */
    databaseServer: string;
    /** The same server's address as the role that gateways under test run as. */
    runtimeServer: string;
  }
}

export const TEMPLATE = 'tollgate_template';
const RUNTIME_ROLE = 'tollgate_test_gateway';

/**
 * One PostgreSQL for the whole run: an embedded one in a folder of its own, or the server of
 * TOLLGATE_TEST_DATABASE_URL. Every test clones the migrated template.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TOLLGATE_TEST_DATABASE_URL;
  if (given !== undefined) {
    await provideServer(project, given);
    return async () => {};
  }
  const postgres = await startTemporaryPostgres('test');
  // A run that is told to end takes its server along; it is a process of its own and would live on.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, () => void postgres.stop().finally(() => process.exit(1)));
  }
  try {
    await provideServer(project, postgres.url);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return () => postgres.stop();
}

async function provideServer(project: TestProject, server: string): Promise<void> {
  const runtimeServer = await makeRuntimeRole(server);
  await makeTemplate(server);
  project.provide('databaseServer', server);
  project.provide('runtimeServer', runtimeServer);
}

/** Roles belong to the server and outlive a run, so the password is set anew. A server that trusts us ignores it. */
async function makeRuntimeRole(server: string): Promise<string> {
  const password = randomBytes(16).toString('hex');
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [RUNTIME_ROLE]);
  await client.query(`${rowCount === 0 ? 'create' : 'alter'} role ${RUNTIME_ROLE} login password '${password}'`);
  await client.end();
  const url = new URL(server);
  url.username = RUNTIME_ROLE;
  url.password = password;
  return url.href;
}

/** Clones have the rights that are granted here, since those on tables are kept in the database. */
async function makeTemplate(server: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`drop database if exists ${TEMPLATE} with (force)`);
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  await migrate(databaseUrl(server, TEMPLATE), { grantTo: RUNTIME_ROLE });
}

/** The address of another database on the same server. */
export function databaseUrl(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
