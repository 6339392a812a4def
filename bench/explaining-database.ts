import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Database, KEYED_PLANS } from '../src/platform/database.ts';
import type { Tables } from '../src/platform/tables.generated.ts';

/** One statement as PostgreSQL ran it. */
export interface Explained {
  readonly text: string;
  /** Made once for all parameters, or anew for these. */
  readonly plans: 'generic' | 'custom';
  readonly plan: readonly string[];
}

const TIMESTAMPTZ = 1184;
const INT8 = 20;

/**
 * A database for the program's own functions that explains every statement before it is run, and rolls back what the
 * explaining did. So it is the statements of the program that are looked at, and not copies of them. Each is prepared
 * and executed first as often as PostgreSQL wants before it chooses between generic and custom plans: the plan is the
 * one of a warm connection. https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
 */
export function openExplainingDatabase(url: string, onStatement: (explained: Explained) => void): Database {
  const options = Object.entries(KEYED_PLANS).map(([name, value]) => `-c ${name}=${value}`);
  const pool = new pg.Pool({ connectionString: url, max: 4, types: { getTypeParser }, options: options.join(' ') });
  pool.on('error', () => {});
  const explaining = {
    async connect() {
      const client = await pool.connect();
      return {
        async query(text: string, values: readonly unknown[]) {
          const plain = values.map(encode);
          if (/^(?:begin|start|commit|rollback)/i.test(text)) return client.query(text);
          onStatement(await explain(client, text, await inText(client, text, plain)));
          return client.query(text, plain);
        },
        release: () => client.release(),
      };
    },
    end: () => pool.end(),
  };
  const query = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: explaining as unknown as pg.Pool }) });
  return {
    query,
    transaction: (work) => query.transaction().execute(work),
    close: () => query.destroy(),
  };
}

/** Executions with a custom plan before the choice. */
const TRIALS = 5;
/** A custom plan repeats its parameters. */
const LINE_LENGTH_MAX = 200;

/** Arrays that are sent in binary, as the texts that EXECUTE takes; the server itself reads the one and writes the other. */
async function inText(client: pg.PoolClient, text: string, values: readonly unknown[]): Promise<readonly unknown[]> {
  const binary = values.flatMap((value, index) => {
    const type = new RegExp(`\\$${index + 1}::([a-z ]+\\[\\])`).exec(text)?.[1];
    return value instanceof Buffer && type !== undefined ? [{ index, type, value }] : [];
  });
  if (binary.length === 0) return values;
  const { rows } = await client.query<string[]>({
    text: `select ${binary.map(({ type }, at) => `$${at + 1}::${type}::text`).join(', ')}`,
    values: binary.map(({ value }) => value),
    rowMode: 'array',
  });
  const texts = new Map(binary.map(({ index }, at) => [index, rows[0]?.[at]]));
  return values.map((value, index) => texts.get(index) ?? value);
}

/** Leaves the database as it was, also in the middle of a transaction. */
async function explain(client: pg.PoolClient, text: string, values: readonly unknown[]): Promise<Explained> {
  await client.query(`prepare explained as ${text}`);
  const execute = `execute explained${values.length === 0 ? '' : `(${values.map(literal).join(', ')})`}`;
  try {
    for (let trial = 0; trial < TRIALS; trial++) await undone(client, execute);
    const { rows } = await undone<Record<'QUERY PLAN', string>>(client, `explain (analyze, buffers, wal) ${execute}`);
    const { rows: made } = await client.query<{ generic: boolean }>(
      `select generic_plans > 0 as generic from pg_prepared_statements where name = 'explained'`,
    );
    const plan = rows.map((row) => row['QUERY PLAN'].slice(0, LINE_LENGTH_MAX));
    return { text, plans: made[0]?.generic === true ? 'generic' : 'custom', plan };
  } finally {
    await client.query('deallocate explained');
  }
}

/** A savepoint outside a transaction is refused by the server, so one is begun there. */
async function undone<Row extends pg.QueryResultRow>(
  client: pg.PoolClient,
  text: string,
): Promise<pg.QueryResult<Row>> {
  const open = client.getTransactionStatus() === 'T';
  await client.query(open ? 'savepoint explained' : 'begin');
  try {
    return await client.query<Row>(text);
  } finally {
    await client.query(open ? 'rollback to savepoint explained' : 'rollback');
  }
}

function encode(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return value.toString();
  return Array.isArray(value) ? value.map(encode) : value;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (!Array.isArray(value)) return pg.escapeLiteral(textOf(value));
  const items = value.map((item) => (item === null ? 'null' : JSON.stringify(textOf(item))));
  return pg.escapeLiteral(`{${items.join(',')}}`);
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : String(value);
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8) return BigInt;
  if (oid === TIMESTAMPTZ) return (text) => Temporal.Instant.from(text.replace(' ', 'T'));
  return pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown;
}
