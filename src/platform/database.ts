import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { assert } from '../kernel/assert.ts';
import { currentAct, finishTransaction } from './act.ts';
import { bindInOnePiece } from './bind-message.ts';
import { COLUMNS } from './columns.generated.ts';
import { ScopedConnection } from './scoped-connection.ts';
import type { Tables } from './tables.generated.ts';
import { scopeText } from './tenant-scope.ts';

/** The typed query builder, over the pool or inside a transaction; what every store.ts takes. */
export type Queryable = Kysely<Tables>;

/** The connection pool, its query builder, and transactions that survive a lost race. */
export interface Database {
  readonly query: Queryable;
  /**
   * Runs the work in one transaction and commits. A deadlock or serialization failure rolls back and runs the work
   * again (three times at most), so it must not have effects outside the database. The act on whose behalf it runs is
   * entered before the commit, as a part of it.
   */
  transaction<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface DatabaseOptions {
  readonly url: string;
  readonly connectionsMax: number;
  readonly applicationName: string;
  readonly onIdleError?: (error: Error) => void;
  /**
   * `demanded`: a statement about tenants' rows for which nobody has said whose is not sent at all. The database would show
   * it none; that it was forgotten is then found sooner.
   */
  readonly scopes?: 'demanded';
  /** Settings of the server for these connections alone. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * For connections whose statements find rows by their keys: one plan for each statement, which never reads a table whole
 * because it was small when the plan was made. The server makes plans anew when it has looked at a table (ANALYZE).
 */
export const KEYED_PLANS = { enable_seqscan: 'off', plan_cache_mode: 'force_generic_plan' } as const;

const TRANSACTION_TRIES_MAX = 3;
const IDLE_TIMEOUT_MS = 300_000;
/** serialization_failure, deadlock_detected: the server rolled back, nothing happened. Appendix A of the manual. */
const LOST_RACE = new Set(['40001', '40P01']);

/** Opens a pool. Nothing is connected before the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    application_name: options.applicationName,
    types: { getTypeParser },
    // A server that vanished without a word must not hold a request for ever.
    connectionTimeoutMillis: 5_000,
    // A new connection plans each statement anew, six times before it settles; the default gives them up after 10 s.
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    query_timeout: 20_000,
    statement_timeout: 15_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 20_000,
    options: Object.entries({ timezone: 'UTC', ...options.settings })
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    keepAlive: true,
  });
  pool.on('connect', bindInOnePiece);
  let isClosing = false;
  pool.on('error', (error) => {
    // The server may be gone before the last connection has said goodbye.
    if (!isClosing) options.onIdleError?.(error);
  });
  const query = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: new EncodingPool(pool, options.scopes === 'demanded' ? demandScope : () => {}) as unknown as pg.Pool,
    }),
  });
  return {
    query,
    async transaction(work) {
      const act = currentAct();
      for (let tries = 1; ; tries++) {
        let entered = false;
        try {
          const result = await query.transaction().execute(async (tx) => {
            const done = await work(tx);
            entered = await finishTransaction(tx, act);
            return done;
          });
          if (entered) act?.settle(true);
          return result;
        } catch (error) {
          if (entered) act?.settle(false);
          if (tries === TRANSACTION_TRIES_MAX || !LOST_RACE.has(sqlState(error) ?? '')) throw error;
        }
      }
    },
    close() {
      isClosing = true;
      return query.destroy();
    },
  };
}

/** The five-character SQLSTATE of a database error, or undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** The name of the constraint an insert or update broke; names are stable, since refusals are mapped from them. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.constraint : undefined;
}

/**
 * Gives each statement text a name, so that PostgreSQL parses and plans it once a connection, and writes instants as
 * text (pg would write a Temporal.Instant as quoted JSON). Statements are set-based, so there are few texts.
 */
class EncodingPool {
  readonly #pool: pg.Pool;
  readonly #demandScope: (text: string) => void;

  constructor(pool: pg.Pool, demandScope: (text: string) => void) {
    this.#pool = pool;
    this.#demandScope = demandScope;
  }

  async connect(): Promise<unknown> {
    const client = await this.#pool.connect();
    const connection = new ScopedConnection(client);
    return {
      query: (text: string, values: readonly unknown[]) => {
        this.#demandScope(text);
        return connection.query({ name: statementName(text), text, values: values.map(encode) });
      },
      release: () => connection.release(),
    };
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** Tables whose rows belong to tenants. */
const TENANT_TABLES = new Set(
  Object.entries(COLUMNS).flatMap(([table, columns]) => ('tenant_id' in columns ? table : [])),
);
const aboutTenants = new Map<string, boolean>();

function demandScope(text: string): void {
  if (scopeText() !== '') return;
  let isAboutTenants = aboutTenants.get(text);
  if (isAboutTenants === undefined) {
    isAboutTenants = text.match(/\w+/g)?.some((word) => TENANT_TABLES.has(word)) === true;
    if (aboutTenants.size < STATEMENT_NAMES_MAX) aboutTenants.set(text, isAboutTenants);
  }
  assert(!isAboutTenants, `Nobody has said whose rows this statement is about: ${text.slice(0, SHOWN_MAX)}`);
}

/** Of a statement; its values are not in it. */
const SHOWN_MAX = 200;

const STATEMENT_NAMES_MAX = 2_000;
const statementNames = new Map<string, string>();

function statementName(text: string): string {
  const known = statementNames.get(text);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
  // A bound, so that a query built from a list of varying length could not fill memory; such texts go unnamed.
  if (statementNames.size >= STATEMENT_NAMES_MAX) return '';
  statementNames.set(text, name);
  return name;
}

function encode(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return value.toString();
  if (Array.isArray(value)) return value.map(encode);
  return value;
}

const INT8 = 20;
const TIMESTAMPTZ = 1184;
/** Sums of bigint; whole ones, or BigInt refuses them. */
const NUMERIC = 1700;

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8 || oid === NUMERIC) return BigInt;
  if (oid === TIMESTAMPTZ) return parseInstant;
  return pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown;
}

/** Rows that were written together carry the same instants, which never change, so the last one is kept. */
let parsed = { text: '', instant: Temporal.Instant.fromEpochMilliseconds(0) };

function parseInstant(text: string): Temporal.Instant {
  if (text !== parsed.text) parsed = { text, instant: Temporal.Instant.from(text) };
  return parsed.instant;
}
