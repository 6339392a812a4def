import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startTemporaryPostgres } from '../src/platform/embedded-postgres/start-temporary-postgres.ts';
import { migrate } from '../src/platform/migrate.ts';
import { postmasterOf } from './process-cost.ts';

/** A PostgreSQL server with databases of this run, which are dropped at its end. */
export interface BenchServer {
  readonly version: string;
  readonly embedded: boolean;
  /** Null where the server is on another machine. */
  readonly postmaster: number | null;
  /** A new, migrated database. */
  createDatabase(name: string): Promise<BenchDatabase>;
  /** Every window begins with the same debt of full-page writes. Does nothing where we may not. */
  checkpoint(): Promise<void>;
  /** Looks at every table, as the server does by itself within a minute; till then plans are those of empty tables. */
  analyze(): Promise<void>;
  close(): Promise<void>;
}

export interface BenchDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
}

/**
 * Starts an embedded server in a folder that is removed afterwards, or goes to the one of `url`, where databases of a
 * name nobody else has are made and dropped and nothing else is touched.
 */
export async function openBenchServer(url: string | undefined): Promise<BenchServer> {
  if (url !== undefined) return describeServer(url, false, async () => {});
  const postgres = await startTemporaryPostgres('bench', { durable: true });
  return describeServer(postgres.url, true, () => postgres.stop());
}

async function describeServer(url: string, embedded: boolean, stop: () => Promise<void>): Promise<BenchServer> {
  const admin = new pg.Pool({ connectionString: url, max: 1 });
  admin.on('error', () => {});
  const suffix = randomBytes(4).toString('hex');
  const made: { readonly name: string; readonly pool: pg.Pool }[] = [];
  const { rows } = await admin.query<{ version: string; pid: number }>(
    `select current_setting('server_version') as version, pg_backend_pid() as pid`,
  );
  return {
    version: rows[0]?.version ?? 'unknown',
    embedded,
    postmaster: postmasterOf(rows[0]?.pid ?? 0),
    async createDatabase(name) {
      const full = `tollgate_bench_${name}_${suffix}`;
      await admin.query(`create database ${full}`);
      const own = new URL(url);
      own.pathname = `/${full}`;
      const pool = new pg.Pool({ connectionString: own.href, max: 2 });
      pool.on('error', () => {});
      made.push({ name: full, pool });
      await migrate(own.href);
      return { url: own.href, pool };
    },
    async checkpoint() {
      await admin.query('checkpoint').catch(() => undefined);
    },
    async analyze() {
      for (const { pool } of made) await pool.query('analyze');
    },
    async close() {
      for (const { name, pool } of made) {
        await pool.end();
        await admin.query(`drop database if exists ${name} with (force)`).catch(() => undefined);
      }
      await admin.end();
      await stop();
    },
  };
}
