import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import { databaseUrl, TEMPLATE } from './global-setup.ts';

export interface TestDatabase {
  /** As the superuser, who owns it. */
  readonly url: string;
  /** As the role that gateways run as; in a clone of the template it has its rights. */
  readonly runtimeUrl: string;
  /** Runs a statement as the superuser, beside whatever is under test. */
  run<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** The same under a name: planned once, for a large statement that is run again and again. */
  runPlanned<Row extends pg.QueryResultRow>(name: string, text: string): Promise<readonly Row[]>;
  drop(): Promise<void>;
}

/** A database of its own for one test or file, cloned from the migrated template in a few hundredths of a second. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(TEMPLATE);
}

/** A database without any table, for tests of migrating. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0');
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const server = inject('databaseServer');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, `create database ${name} template ${template}`);
  // Rights on a database as a whole are not cloned.
  await onServer(server, `revoke create, temporary on database ${name} from public`);
  const url = databaseUrl(server, name);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => {});
  return {
    url,
    runtimeUrl: databaseUrl(inject('runtimeServer'), name),
    async run<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      return (await pool.query<Row>(text, [...values])).rows;
    },
    async runPlanned<Row extends pg.QueryResultRow>(name: string, text: string) {
      return (await pool.query<Row>({ name, text })).rows;
    },
    async drop() {
      await pool.end();
      await withServer(server, async (client) => {
        await connectionsClosed(client, name);
        await client.query(`drop database if exists ${name} with (force)`);
      });
    },
  };
}

/** What a test has left open is cut off after this long. */
const CLOSING_LIMIT_MS = 250;

/**
 * Waits for connections that are being closed: a pool that has ended no longer listens to them, and one that is cut off on
 * its last way would fail the whole run.
 */
async function connectionsClosed(client: pg.Client, name: string): Promise<void> {
  for (const end = performance.now() + CLOSING_LIMIT_MS; performance.now() < end; ) {
    const { rowCount } = await client.query('select 1 from pg_stat_activity where datname = $1', [name]);
    if (rowCount === 0) return;
    await pause(5);
  }
}

async function onServer(server: string, text: string): Promise<void> {
  await withServer(server, (client) => client.query(text));
}

async function withServer(server: string, act: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}
