import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { OWNER_SCOPE } from './owner-scope.ts';
import { grantRights } from './runtime-role/grant-rights.ts';

/** One numbered file of db/migrations. */
interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export interface MigrationResult {
  /** The names of what was run now; empty when the schema was current. */
  readonly applied: readonly string[];
  readonly version: number;
  /** The running role whose rights were changed now; null where they were right already, or nobody was named. */
  readonly grantedTo: string | null;
}

interface MigrateOptions {
  readonly folder?: URL;
  /** The role that the gateway runs as, where that is not the owner: it is given what it needs and no more. */
  readonly grantTo?: string;
}

/** The oldest server we are tested on. */
const SERVER_VERSION_MIN = 15;

/** Any number does; it must only be the same for everybody who migrates. */
const ADVISORY_LOCK = 7_705_301_462;

export const MIGRATIONS_FOLDER = new URL('../../db/migrations/', import.meta.url);

/** Thrown with a sentence for the operator; the database was left as it was. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
}

/**
 * Brings the schema up to the newest migration, forward only. Each file runs in a transaction of its own together with
 * its record, under an advisory lock, so that several processes may start at once and a crash leaves whole files. The
 * running role's rights follow under the same lock; killed before, the next call sets them.
 * @throws MigrationRefused for a server that is too old, a database newer than this program, an edited migration, or a
 *   role that may not change the schema
 * @throws RuntimeRoleRefused where the running role cannot be given exactly its rights
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<MigrationResult> {
  const client = new pg.Client({ connectionString: url, application_name: 'tollgate migrate' });
  await client.connect();
  try {
    await refuseOldServer(client);
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    const { grantTo } = options;
    const applied = await applyPending(client, await readMigrations(options.folder ?? MIGRATIONS_FOLDER));
    await wallTables(client);
    const granted = grantTo !== undefined && (await grantRights(client, grantTo));
    return { ...applied, grantedTo: granted ? grantTo : null };
  } finally {
    await client.end();
  }
}

/** Whether the schema is exactly the one this program was written for. */
export async function schemaIsCurrent(url: string, folder: URL = MIGRATIONS_FOLDER): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(`select to_regclass('migrations') is not null as known`);
    if (rows[0].known !== true) return false;
    const newest = (await readMigrations(folder)).at(-1)?.number ?? 0;
    const {
      rows: [row],
    } = await client.query('select max(number) as number from migrations');
    return row.number === newest;
  } finally {
    await client.end();
  }
}

/**
 * Whether a connection's role may migrate: tables belong to whoever made the first ones, and a second owner's rights
 * would be nobody's care.
 */
export async function mayMigrate(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(`
    select coalesce(
      (select pg_has_role(relowner, 'member') from pg_class
       where relnamespace = 'public'::regnamespace and relname = 'migrations'),
      has_schema_privilege('public', 'CREATE')) as may`);
  return rows[0]?.may === true;
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query(`select current_setting('server_version_num')::int / 10000 as major`);
  const major: number = rows[0].major;
  if (major < SERVER_VERSION_MIN) {
    throw new MigrationRefused(`PostgreSQL ${major} is too old; Tollgate needs ${SERVER_VERSION_MIN} or newer.`);
  }
}

async function applyPending(
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<Pick<MigrationResult, 'applied' | 'version'>> {
  if (!(await mayMigrate(client))) {
    throw new MigrationRefused(
      "This role may not change the schema. Set DATABASE_MIGRATE_URL to the address of the database's owner.",
    );
  }
  await client.query(`
    create table if not exists migrations (
      number integer not null constraint migrations_pkey primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default clock_timestamp()
    )`);
  const { rows: done } = await client.query<{ number: number; name: string; checksum: string }>(
    'select number, name, checksum from migrations order by number',
  );
  for (const row of done) refuseUnknown(row, migrations);
  const applied: string[] = [];
  for (const migration of migrations.slice(done.length)) {
    await apply(client, migration);
    applied.push(migration.name);
  }
  return { applied, version: migrations.at(-1)?.number ?? 0 };
}

function refuseUnknown(
  row: { number: number; name: string; checksum: string },
  migrations: readonly Migration[],
): void {
  const ours = migrations[row.number - 1];
  if (ours === undefined) {
    throw new MigrationRefused(
      `The database is newer than this program: it has migration ${row.name}, and the newest one known here is ` +
        `${migrations.at(-1)?.name ?? 'none'}. Start the newer version of Tollgate.`,
    );
  }
  if (ours.checksum !== row.checksum) {
    throw new MigrationRefused(
      `Migration ${row.name} was changed after it had run on this database. Migrations are never edited: ` +
        'restore the file and write a new one.',
    );
  }
}

/** A table that a migration has added has its wall before anything is granted on it. */
async function wallTables(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(
    `select from pg_proc where proname = 'wall_tenant_tables' and pronamespace = 'public'::regnamespace`,
  );
  if (rowCount !== 0) await client.query('call wall_tenant_tables()');
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    // What moves rows moves those of all tenants; without this an owner who is no superuser would find none.
    await client.query(OWNER_SCOPE);
    await client.query(migration.sql);
    await client.query('insert into migrations (number, name, checksum) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new MigrationRefused(`Migration ${migration.name} failed and was rolled back: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(name.slice(0, 4));
      if (number !== index + 1) throw new MigrationRefused(`Migration files have a gap before ${name}.`);
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { number, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
