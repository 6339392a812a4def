import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/id.ts';
import { type ApplySignal, createApplySignal } from '../../src/payments/apply-signal.ts';
import { sampleAttempt, samplePayment, sampleRefund } from '../../src/payments/payment-fixture.ts';
import { paymentToRow } from '../../src/payments/rows.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { recordset } from '../../src/platform/recordset.ts';
import type { RefundReport } from '../../src/providers/provider.ts';
import { createReadTenant } from '../../src/tenants/read-tenant.ts';
import { tenantSettings } from '../../src/tenants/settings.ts';
import { insertTenant } from '../../src/tenants/store.ts';
import { createTenantClocks } from '../../src/test-clocks/tenant-clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const TENANT = 'ten_00000000000000000000000001';
const clock = new ManualClock('2026-01-01T12:00:00Z');
let server: TestDatabase;
let database: Database;
let applySignal: ApplySignal;

beforeAll(async () => {
  server = await createTestDatabase();
  database = openDatabase({ url: server.url, connectionsMax: 4, applicationName: 'test' });
  const names = { name: 'Slow Morning', appName: 'slow-morning', parentTenantId: null, currency: 'EUR' };
  const settings = tenantSettings.parse({});
  await insertTenant(database.query, {
    ...names,
    tenantId: TENANT,
    status: 'active',
    mayHaveChildren: false,
    settings,
    settingsVersion: 1,
    logo: null,
    createdAt: clock.now(),
  });
  const tenantClocks = createTenantClocks(database, clock);
  const readTenant = createReadTenant(database);
  applySignal = createApplySignal({ database, tenantClocks, readTenant, handOver: () => {} });
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

/** A payment of 12.50 EUR that is paid, and of which 5.00 are being given back: the provider's answer is not here yet. */
async function refundOnItsWay() {
  const [paymentId, attemptId, refundId] = [newId('pay', clock), newId('att', clock), newId('re', clock)];
  const ids = { tenantId: TENANT, paymentId };
  const payment = samplePayment({ ...ids, reference: paymentId });
  await sql`insert into payments select r.* from ${recordset('payments', [paymentToRow(payment)])} r`.execute(
    database.query,
  );
  await applySignal(ids, 'tenant', { kind: 'attempt_started', attempt: sampleAttempt({ ...ids, attemptId }) });
  const amount = { amount: 1250n, currency: 'EUR' };
  await applySignal(ids, 'provider_answer', {
    ...{ kind: 'attempt_reported', attemptId, providerRef: `ch_${attemptId}` },
    report: { state: 'captured', amount },
  });
  const refund = sampleRefund({ ...ids, attemptId, refundId, amount: 500n });
  const capability = { partial: true, multiple: true };
  await applySignal(ids, 'tenant', { kind: 'refund_requested', refund, capability });
  const tell = (source: 'notification' | 'provider_answer' | 'poll', its: Partial<RefundReport>) =>
    applySignal(ids, source, {
      ...{ kind: 'refund_reported', attemptId },
      report: {
        ...{ refundId: null, providerRef: `rf_${refundId}`, state: 'succeeded' },
        amount: { amount: 500n, currency: 'EUR' },
        ...its,
      },
    });
  const refunds = () =>
    server.run<{ id: string; amount: number; status: string }>(
      'select refund_id as id, amount::int, status from refunds where payment_id = $1 order by status',
      [paymentId],
    );
  return { refundId, tell, refunds };
}

describe('a report of a refund from a provider that keeps no ids of ours', () => {
  test.each(['notification', 'poll'] as const)(
    'is of the one that is on its way, and the answer that follows changes nothing (%s)',
    async (source) => {
      const { refundId, tell, refunds } = await refundOnItsWay();
      const told = await tell(source, { mayBeOurs: true });
      expect(told.payment).toMatchObject({ amountRefunded: 500n, amountRefundPending: 0n });
      expect((await tell('provider_answer', { refundId })).outcome).toBe('no_change');
      expect((await tell(source, { mayBeOurs: true })).outcome).toBe('no_change');
      expect(await refunds()).toEqual([{ id: refundId, amount: 500, status: 'succeeded' }]);
    },
  );

  test('is of no other amount: that one was made at the provider', async () => {
    const { refundId, tell, refunds } = await refundOnItsWay();
    await tell('notification', { mayBeOurs: true, amount: { amount: 499n, currency: 'EUR' } });
    expect(await refunds()).toEqual([
      { id: refundId, amount: 500, status: 'pending' },
      { id: expect.any(String), amount: 499, status: 'succeeded' },
    ]);
  });

  test('is of none that has its name already', async () => {
    const { refundId, tell, refunds } = await refundOnItsWay();
    await tell('provider_answer', { refundId, state: 'pending' });
    await tell('notification', { mayBeOurs: true, providerRef: 'rf_another' });
    expect(await refunds()).toEqual([
      { id: refundId, amount: 500, status: 'pending' },
      { id: expect.any(String), amount: 500, status: 'succeeded' },
    ]);
  });
});

test('where the provider keeps our ids, a refund without one was made at its console', async () => {
  const { refundId, tell, refunds } = await refundOnItsWay();
  await tell('notification', {});
  expect(await refunds()).toEqual([
    { id: refundId, amount: 500, status: 'pending' },
    { id: expect.any(String), amount: 500, status: 'succeeded' },
  ]);
});
