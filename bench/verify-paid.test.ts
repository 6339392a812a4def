import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../src/kernel/clock.ts';
import { createApplySignal } from '../src/payments/apply-signal.ts';
import { type Database, openDatabase } from '../src/platform/database.ts';
import { createReadTenant } from '../src/tenants/read-tenant.ts';
import { tenantSettings } from '../src/tenants/settings.ts';
import { insertTenant } from '../src/tenants/store.ts';
import { createTenantClocks } from '../src/test-clocks/tenant-clock.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { paymentsNeeded, prepareAttempts, prepareCreated } from './prepared-payments.ts';
import { verifyKeptAnswers, verifyPaid } from './verify-paid.ts';

const TENANT = 'ten_00000000000000000000000001';

describe('what was said to be paid', () => {
  let server: TestDatabase;
  let database: Database;
  let pool: pg.Pool;

  beforeAll(async () => {
    server = await createTestDatabase();
    database = openDatabase({ url: server.url, connectionsMax: 4, applicationName: 'test' });
    pool = new pg.Pool({ connectionString: server.url, max: 1 });
    await insertTenant(database.query, {
      tenantId: TENANT,
      parentTenantId: null,
      name: 'Bench',
      appName: 'bench',
      currency: 'EUR',
      status: 'active',
      mayHaveChildren: false,
      settings: tenantSettings.parse({}),
      settingsVersion: 1,
      logo: null,
      createdAt: systemClock.now(),
    });
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
    await server.drop();
  });

  async function payOne(): Promise<string> {
    const [made] = await prepareAttempts(database.query, systemClock, TENANT, 1);
    if (made === undefined) throw new Error('Nothing was prepared');
    const { paymentId, attemptId } = made;
    const applySignal = createApplySignal({
      database,
      tenantClocks: createTenantClocks(database, systemClock),
      readTenant: createReadTenant(database),
      handOver: () => {},
    });
    const report = { state: 'captured', amount: { amount: 1250n, currency: 'EUR' } } as const;
    const signal = { kind: 'attempt_reported', attemptId, providerRef: `ch_${attemptId}`, report } as const;
    await applySignal({ tenantId: TENANT, paymentId }, 'notification', signal);
    return paymentId;
  }

  it('is looked up with everything that paying writes', async () => {
    await expect(verifyPaid(pool, [await payOne(), await payOne()])).resolves.toBeUndefined();
  });

  it('is refused where one payment still waits', async () => {
    const [waiting = ''] = await prepareCreated(database.query, systemClock, TENANT, 1);
    await expect(verifyPaid(pool, [await payOne(), waiting])).rejects.toThrow('"payments":1');
  });

  it.each([
    ['signals', 'delete from signals where payment_id = $1'],
    ['events', `delete from events where payment_id = $1 and type = 'payment.succeeded'`],
    ['attempts', `update attempts set state = 'authorized' where payment_id = $1`],
  ])('is refused where its %s are not there', async (table, spoil) => {
    const paymentId = await payOne();
    await server.run(spoil, [paymentId]);
    await expect(verifyPaid(pool, [paymentId])).rejects.toThrow(`"${table}":0`);
  });

  it('is refused where an answer is not kept under its key', async () => {
    await expect(verifyKeptAnswers(pool, 'confirmPayment', ['never-used'])).rejects.toThrow('0 are kept');
  });
});

it.each([
  [1, 5, 2_000, 5_000],
  [64, 5, 2_000, 10_000],
])('for %i clients and %i s at most %i a second, %i payments are made', (clients, seconds, perSecondMax, expected) => {
  expect(paymentsNeeded({ clients, seconds }, perSecondMax)).toBe(expected);
});
