import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeyAnswer } from '../../src/idempotency/complete-key.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { type ApplySignal, createApplySignal } from '../../src/payments/apply-signal.ts';
import type { PaymentState } from '../../src/payments/decision.ts';
import { samplePayment } from '../../src/payments/payment-fixture.ts';
import { paymentToRow } from '../../src/payments/rows.ts';
import { selectStates } from '../../src/payments/store-states.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { recordset } from '../../src/platform/recordset.ts';
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
  await insertTenant(database.query, {
    tenantId: TENANT,
    parentTenantId: null,
    name: 'Slow Morning',
    appName: 'slow-morning',
    currency: 'EUR',
    status: 'active',
    mayHaveChildren: false,
    settings: tenantSettings.parse({}),
    settingsVersion: 1,
    logo: null,
    createdAt: clock.now(),
  });
  applySignal = createApplySignal({
    database,
    tenantClocks: createTenantClocks(database, clock),
    readTenant: createReadTenant(database),
    handOver: () => {},
  });
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

let made = 0;

/** A payment that nobody has tried to pay, as it stands in the database. */
async function newPayment(): Promise<PaymentState> {
  const number = String(++made).padStart(26, '0');
  const payment = samplePayment({ tenantId: TENANT, paymentId: `pay_${number}`, reference: `order-${number}` });
  await sql`insert into payments select r.* from ${recordset('payments', [paymentToRow(payment)])} r`.execute(
    database.query,
  );
  return stateOf(payment.paymentId);
}

async function stateOf(paymentId: string): Promise<PaymentState> {
  const wanted = { tenantId: TENANT, paymentId, subject: { attemptId: null, operation: null } };
  const [state] = await selectStates(database.query, [wanted]);
  if (state === null || state === undefined) throw new Error('There is no such payment');
  return state;
}

const CANCEL = { kind: 'cancel_requested' } as const;

describe('a state that the caller has seen', () => {
  test('is decided on without reading it again', async () => {
    const known = await newPayment();
    const { outcome, payment } = await applySignal(known.payment, 'tenant', CANCEL, { known });
    expect([outcome, payment.status]).toEqual(['applied', 'canceled']);
    expect((await stateOf(known.payment.paymentId)).payment).toEqual(payment);
  });

  test('is not believed where the payment has moved meanwhile', async () => {
    const known = await newPayment();
    await applySignal(known.payment, 'tenant', CANCEL);
    const { outcome, payment } = await applySignal(known.payment, 'tenant', CANCEL, { known });
    expect([outcome, payment.version]).toEqual(['no_change', 2]);
  });

  test('never lets anything be refused or ignored by itself', async () => {
    const fresh = await newPayment();
    const ended: PaymentState = { ...fresh, payment: { ...fresh.payment, status: 'canceled', dueAt: null } };
    const { outcome } = await applySignal(fresh.payment, 'tenant', CANCEL, { known: ended });
    expect(outcome).toBe('applied');
    const other = await newPayment();
    const paid: PaymentState = { ...other, payment: { ...other.payment, status: 'succeeded', dueAt: null } };
    const canceled = await applySignal(other.payment, 'tenant', CANCEL, { known: paid });
    expect(canceled.payment.status).toBe('canceled');
  });
});

describe('an answer that comes with the outcome', () => {
  async function claimKey(key: string): Promise<Omit<KeyAnswer, 'status' | 'sealed'>> {
    await server.run(
      `insert into idempotency_keys (tenant_id, mode, route, idempotency_key, fingerprint, state, created_at)
       values ($1, 'test', 'cancelPayment', $2, repeat('0', 64), 'running', now())`,
      [TENANT, key],
    );
    return { tenantId: TENANT, mode: 'test', route: 'cancelPayment', key };
  }

  async function keptUnder(key: string): Promise<unknown> {
    const [row] = await server.run<{ state: string; answer: string | null }>(
      `select state, convert_from(answer_sealed, 'UTF8') as answer from idempotency_keys where idempotency_key = $1`,
      [key],
    );
    return row;
  }

  test('is kept in the same statement', async () => {
    const { payment } = await newPayment();
    const scope = await claimKey('with-outcome');
    await applySignal(payment, 'tenant', CANCEL, {
      answer: async (result) => ({ ...scope, status: 200, sealed: Buffer.from(result.payment.status) }),
    });
    expect(await keptUnder('with-outcome')).toEqual({ state: 'done', answer: 'canceled' });
  });

  test('is that of the decision which was written, not of one that lost the race', async () => {
    const known = await newPayment();
    const scope = await claimKey('after-a-race');
    // Moves the payment's version as a racer would, between what the caller saw and what it writes.
    await server.run('update payments set version = version + 1 where payment_id = $1', [known.payment.paymentId]);
    await applySignal(known.payment, 'tenant', CANCEL, {
      known,
      answer: async (result) => ({ ...scope, status: 200, sealed: Buffer.from(`version ${result.payment.version}`) }),
    });
    expect(await keptUnder('after-a-race')).toEqual({ state: 'done', answer: 'version 3' });
  });

  test('is not kept where nothing is applied', async () => {
    const { payment } = await newPayment();
    await applySignal(payment, 'tenant', CANCEL);
    const scope = await claimKey('without-outcome');
    await applySignal(payment, 'tenant', CANCEL, {
      answer: async () => ({ ...scope, status: 200, sealed: Buffer.from('never') }),
    });
    expect(await keptUnder('without-outcome')).toEqual({ state: 'running', answer: null });
  });
});
