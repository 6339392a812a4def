import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../src/kernel/clock.ts';
import { newId } from '../src/kernel/id.ts';
import { paymentToRow } from '../src/payments/rows.ts';
import { writeSignals } from '../src/payments/store-signals.ts';
import { selectStates } from '../src/payments/store-states.ts';
import { type Database, openDatabase } from '../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { prepareCreated } from './prepared-payments.ts';

/** Several pages of them, so that one page that happens to have room proves nothing. */
const PAYMENTS = 40;
/** A row grows by the ids of its attempt, so that the last one of a page may find no room. */
const HEAP_ONLY_MIN = 0.75 * PAYMENTS;

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase({ url: testDatabase.url, connectionsMax: 1, applicationName: 'test' });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

test('beginning an attempt writes the payment anew and touches none of its indexes', async () => {
  const tenantId = newId('ten', systemClock);
  const paymentIds = await prepareCreated(database.query, systemClock, tenantId, PAYMENTS);
  const subject = { attemptId: null, operation: null };
  const states = await selectStates(
    database.query,
    paymentIds.map((paymentId) => ({ tenantId, paymentId, subject })),
  );
  const attempt = { openAttemptId: newId('att', systemClock), lastAttemptId: newId('att', systemClock) };
  const payments = states.flatMap((state) => {
    if (state === null) return [];
    const { version } = state.payment;
    return paymentToRow({ ...state.payment, ...attempt, status: 'processing', version: version + 1 });
  });
  const nothing = {
    ...{ attempts: [], captures: [], refunds: [], reversals: [], disputes: [], transfers: [], events: [], outbox: [] },
    ...{ work: [], signals: [], limits: [], keys: [], answers: [], unapplied: [] },
  };
  const written = await database.transaction(async (tx) => {
    await writeSignals(tx, { ...nothing, payments });
    // Of this transaction alone. https://www.postgresql.org/docs/18/monitoring-stats.html#MONITORING-STATS-FUNCTIONS
    const { rows } = await sql<{ all: bigint; heapOnly: bigint }>`
      select pg_stat_get_xact_tuples_updated('payments'::regclass) as all,
        pg_stat_get_xact_tuples_hot_updated('payments'::regclass) as "heapOnly"`.execute(tx);
    return rows[0];
  });
  expect(Number(written?.all)).toBe(PAYMENTS);
  expect(Number(written?.heapOnly)).toBeGreaterThanOrEqual(HEAP_ONLY_MIN);
});
