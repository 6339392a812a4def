import { realpath } from 'node:fs/promises';
import pg from 'pg';
import { SUPERUSER } from './make-cluster.ts';

/** How to reach a server on this machine. */
export interface ServerAddress {
  readonly socketDir: string;
  readonly port: number;
}

/** What became of asking: `busy` is starting, recovering or stopping; `silent` is nobody there. */
export type ServerAnswer =
  | { readonly kind: 'ready'; readonly version: string; readonly dataDirectory: string }
  | { readonly kind: 'busy'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'silent' };

/** cannot_connect_now: starting up, in recovery or shutting down. Appendix A of PostgreSQL's manual. */
const CANNOT_CONNECT_NOW = '57P03';
/** admin_shutdown, crash_shutdown: it went while we asked. */
const GOING = new Set(['57P01', '57P02']);
/** too_many_connections: it lives and serves others. */
const FULL = '53300';

/** Asks a server for a row; connecting alone does not show that it answers. */
export async function askServer(address: ServerAddress): Promise<ServerAnswer> {
  const client = openClient(address, 'postgres');
  try {
    await client.connect();
    const { rows } = await client.query<{ number: string; directory: string }>(
      `select current_setting('server_version_num') as number, current_setting('data_directory') as directory`,
    );
    const number = Number(rows[0]?.number);
    return {
      kind: 'ready',
      version: `${Math.floor(number / 10_000)}.${number % 10_000}`,
      dataDirectory: await realpath(rows[0]?.directory ?? ''),
    };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) return { kind: 'silent' };
    const code = error.code ?? '';
    if (code === CANNOT_CONNECT_NOW || code === FULL || GOING.has(code)) return { kind: 'busy', reason: error.message };
    return { kind: 'refused', reason: error.message };
  } finally {
    await client.end();
  }
}

/** Makes the database where it is missing. Nobody else does so meanwhile: the caller holds the supervisor lock. */
export async function createDatabaseIfMissing(address: ServerAddress, name: string): Promise<void> {
  const client = openClient(address, 'postgres');
  try {
    await client.connect();
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** Makes the role that the gateway runs as where it is missing, as in clusters made before there was one. */
export async function createRoleIfMissing(address: ServerAddress, name: string): Promise<void> {
  const client = openClient(address, 'postgres');
  try {
    await client.connect();
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
    if (rowCount === 0) await client.query(`create role ${pg.escapeIdentifier(name)} login`);
  } finally {
    await client.end();
  }
}

/**
 * A URL that `pg`, libpq and the URL class take; the last one is why it names a host, which the socket's folder replaces.
 * `sslmode` is said, because a PGSSLMODE meant for another server would break it.
 */
export function socketUrl(address: ServerAddress, database: string, user = SUPERUSER): string {
  const host = encodeURIComponent(address.socketDir);
  return `postgres://${user}@localhost/${database}?host=${host}&port=${address.port}&sslmode=disable`;
}

function openClient(address: ServerAddress, database: string): pg.Client {
  const client = new pg.Client({
    connectionString: socketUrl(address, database),
    application_name: 'tollgate supervisor',
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  });
  // A connection that breaks between two statements is seen by the next one; unheard, the event would end the process.
  client.on('error', () => {});
  return client;
}
