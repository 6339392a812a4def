import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../src/kernel/clock.ts';
import { insertPayments } from '../src/payments/store-new-payments.ts';
import { openDatabase } from '../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { type BaselineKind, type BaselineTool, chooseBaseline, runBaseline } from './baseline.ts';
import { type BaselineRows, baselineRows, readSample } from './baseline-rows.ts';
import { newPayment } from './new-payment.ts';

const TABLES = ['payments', 'checkout_tokens', 'events', 'outbox', 'idempotency_keys'];
const CLIENTS = 2;
/** Sealed bytes and JSON take the same room; a key may be a byte or two longer or shorter. */
const BYTES_APART_MAX = 8;

interface Size {
  readonly rows: number;
  readonly bytes: number;
}

describe('the baseline', () => {
  let database: TestDatabase;
  let rows: BaselineRows;
  let sampleSizes: readonly Size[];
  let windows = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const program = openDatabase({ url: database.url, connectionsMax: 1, applicationName: 'test' });
    const item = newPayment(systemClock, 'ten_00000000000000000000000001');
    await insertPayments(program.query, [item]);
    await program.close();
    sampleSizes = await sizes();
    const pool = new pg.Pool({ connectionString: database.url, max: 1 });
    rows = baselineRows(await readSample(pool, item.payment.payment_id));
    await pool.end();
    await clear();
  });

  afterAll(() => database.drop());

  /** Row by row: captures, which hang on payments, refuse to be truncated. */
  async function clear(): Promise<void> {
    for (const table of TABLES) await database.run(`delete from ${table}`);
  }

  async function sizes(): Promise<readonly Size[]> {
    return Promise.all(
      TABLES.map(async (table) => {
        const [size] = await database.run<{ rows: number; bytes: number }>(
          `select count(*)::int as rows, avg(pg_column_size(t))::float as bytes from ${table} t`,
        );
        return size ?? { rows: 0, bytes: 0 };
      }),
    );
  }

  it.for<[BaselineKind, BaselineTool]>([
    ['five statements', 'own driver'],
    ['one statement', 'own driver'],
    ['five statements', 'pgbench'],
    ['one statement', 'pgbench'],
  ])('writes the rows of the gateway in %s by %s', async ([kind, tool], { skip }) => {
    if (tool !== (await chooseBaseline(tool === 'pgbench' ? 'pgbench' : 'own'))) skip('pgbench is not here');
    await clear();
    const window = { kind, rows, databaseUrl: database.url, clients: CLIENTS, seconds: 1 };
    const result = await runBaseline(tool, { ...window, firstKey: ++windows * 1_000_000_000 });
    const count = result.latenciesMs.length;
    const written = await sizes();
    expect(count).toBeGreaterThan(CLIENTS);
    expect(result.perSecond).toBeGreaterThan(0);
    expect(written.map((size) => size.rows)).toEqual(TABLES.map(() => count));
    written.forEach((size, at) => {
      expect(Math.abs(size.bytes - (sampleSizes[at]?.bytes ?? 0)), TABLES[at]).toBeLessThan(BYTES_APART_MAX);
    });
  });

  it('fails where a transaction fails', async () => {
    const window = { kind: 'one statement', rows, databaseUrl: database.url, clients: 1, seconds: 1 } as const;
    await runBaseline('own driver', { ...window, firstKey: 1 });
    await expect(runBaseline('own driver', { ...window, firstKey: 1 })).rejects.toThrow('failed');
  });
});
