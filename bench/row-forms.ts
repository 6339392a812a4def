/**
 * What it costs to send the rows of new payments and to read them on the other side, in the form that the gateway uses
 * and as JSON: processor time for a payment, of PostgreSQL and of the program. Nothing is written.
 * docs/decisions/0039-rows-travel-as-binary-columns.md
 */
import { type RawBuilder, sql } from 'kysely';
import { systemClock } from '../src/kernel/clock.ts';
import { KEYED_PLANS, openDatabase, type Queryable } from '../src/platform/database.ts';
import { recordset } from '../src/platform/recordset.ts';
import { openBenchServer } from './database-server.ts';
import { newPayment } from './new-payment.ts';
import { cpuSeconds } from './process-cost.ts';

const PAYMENTS = 64;
const STATEMENTS = 400;
const WARMUP = 50;
const ROUNDS = 3;
const TENANT = 'ten_01000000000000000000000001';
const TABLES = { payment: 'payments', token: 'checkout_tokens', event: 'events', outbox: 'outbox', key: 'idempotency_keys' } as const; // biome-ignore format: one list

type Form = (part: keyof typeof TABLES) => RawBuilder<unknown>;

/** Runs both forms in turns and prints the best round of each. */
export async function benchRowForms(): Promise<void> {
  const server = await openBenchServer(process.env.DATABASE_URL);
  try {
    const { url } = await server.createDatabase('rows');
    const program = openDatabase({ url, connectionsMax: 1, applicationName: 'bench', settings: KEYED_PLANS });
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [form, of] of Object.entries(formsOf()))
        rounds.push({ form, ...(await measureForm(program.query, of)) });
    }
    for (const form of Object.keys(formsOf())) {
      const of = rounds.filter((round) => round.form === form);
      const best = (part: 'postgres' | 'own') => Math.min(...of.map((round) => round[part])).toFixed(0);
      console.log(`${form.padEnd(16)} PostgreSQL ${best('postgres')} µs, program ${best('own')} µs a payment`);
    }
    await program.close();
  } finally {
    await server.close();
  }
}

function formsOf(): Readonly<Record<string, Form>> {
  const items = Array.from({ length: PAYMENTS }, () => newPayment(systemClock, TENANT));
  const rowsOf = (part: keyof typeof TABLES) => items.flatMap((item) => item[part] ?? []);
  return {
    'binary columns': (part) => recordset(TABLES[part], rowsOf(part) as never),
    JSON: (part) => sql`json_populate_recordset(null::${sql.table(TABLES[part])}, ${jsonOf(rowsOf(part))}::json)`,
  };
}

/** As rows were sent before: nulls left out, bytes as hexadecimal text. */
function jsonOf(rows: readonly object[]): string {
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [[name, plain(value)]])),
      ),
    ),
  );
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value;
}

/** Microseconds of processor time for a payment. */
async function measureForm(db: Queryable, form: Form): Promise<{ readonly postgres: number; readonly own: number }> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  const pid = rows[0]?.pid ?? 0;
  let postgres = 0;
  let own = 0;
  for (const part of Object.keys(TABLES) as (keyof typeof TABLES)[]) {
    const send = () => sql`select count(r) from ${form(part)} r`.execute(db);
    for (let i = 0; i < WARMUP; i++) await send();
    const [before, ownBefore] = [cpuSeconds(pid) ?? Number.NaN, process.cpuUsage()];
    for (let i = 0; i < STATEMENTS; i++) await send();
    const { user, system } = process.cpuUsage(ownBefore);
    postgres += (((cpuSeconds(pid) ?? Number.NaN) - before) * 1e6) / STATEMENTS / PAYMENTS;
    own += (user + system) / STATEMENTS / PAYMENTS;
  }
  return { postgres, own };
}
