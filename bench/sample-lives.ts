import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { completeKey } from '../src/idempotency/complete-key.ts';
import { keyRow } from '../src/idempotency/store.ts';
import { ManualClock } from '../src/kernel/clock.ts';
import { newId } from '../src/kernel/id.ts';
import { fanOutEvents } from '../src/notifications/fan-out-events.ts';
import { insertEndpoint } from '../src/notifications/store.ts';
import { recordAttempts, selectWaitingDeliveries } from '../src/notifications/store-waiting.ts';
import { type ApplySignal, createApplySignal } from '../src/payments/apply-signal.ts';
import { sampleAttempt, sampleRefund } from '../src/payments/payment-fixture.ts';
import { insertPayments } from '../src/payments/store-new-payments.ts';
import type { Database, Queryable } from '../src/platform/database.ts';
import type { WholeRow } from '../src/platform/recordset.ts';
import { insertProviderCalls } from '../src/provider-accounts/store.ts';
import type { AttemptReport } from '../src/providers/provider.ts';
import { createReadTenant } from '../src/tenants/read-tenant.ts';
import { createTenantClocks } from '../src/test-clocks/tenant-clock.ts';
import { benchEndpoint, idOfTenant, insertBenchTenants } from './bench-tenant.ts';
import { newPayment } from './new-payment.ts';

/** A row as the program wrote it; jsonb as parsed, everything else as to_jsonb gives it. */
export interface SampleRow {
  readonly table: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Everything that the program wrote for one payment from its creation to its end. */
export interface Life {
  readonly name: LifeName;
  readonly tenantId: string;
  readonly rows: readonly SampleRow[];
}

export type LifeName = keyof typeof LIVES;

/** What a life is lived with. */
interface Stage {
  readonly tx: Queryable;
  readonly clock: ManualClock;
  readonly tenantId: string;
  readonly applySignal: ApplySignal;
}

/** A payment of the stage's tenant. */
interface Target {
  readonly tenantId: string;
  readonly paymentId: string;
}

/** Long past, so that nothing of it is ever due. */
const BIRTH = '2026-01-01T00:00:00Z';
const BETWEEN_STEPS = { milliseconds: 40 } as const;
/** Longer than a payment may be paid. */
const TIME_OUT = { minutes: 16 } as const;
/** What the sealed request and the kept answer of a small payment take. */
const REQUEST_BYTES = 450;
const ANSWER_BYTES = 1_300;
const DELIVERIES_MAX = 100;

const LIVES = {
  async abandoned(stage: Stage) {
    await expire(stage, await create(stage));
  },
  async declined(stage: Stage) {
    const target = await create(stage);
    await confirm(stage, target, { state: 'declined', decline: { reason: 'insufficient_funds' } });
    await expire(stage, target);
  },
  async paid(stage: Stage) {
    await pay(stage);
  },
  /** Paid, and the tenant's endpoint acknowledged every event. */
  async told(stage: Stage) {
    await pay(stage);
    await tell(stage);
  },
  async refunded(stage: Stage) {
    const { target, attemptId } = await pay(stage);
    await refund(stage, target, attemptId);
  },
} as const;

/**
 * Has the program live every life once, in a transaction that is rolled back, and returns the rows that it wrote. What
 * is multiplied from them is whole by the program's own word, also when its tables have changed.
 */
export async function sampleLives(database: Database): Promise<readonly Life[]> {
  const tx = await database.query.startTransaction().execute();
  try {
    const lives: Life[] = [];
    for (const name of Object.keys(LIVES) as LifeName[]) {
      const stage = await openStage({ ...database, query: tx });
      await LIVES[name](stage);
      lives.push({ name, tenantId: stage.tenantId, rows: await rowsOf(tx, stage.tenantId) });
    }
    return lives;
  } finally {
    await tx.rollback().execute();
  }
}

/** A tenant for each life, so that its rows are those of the tenant. */
async function openStage(database: Database): Promise<Stage> {
  const clock = new ManualClock(BIRTH);
  const tenantId = newId('ten', clock);
  await insertBenchTenants(database.query, clock, [tenantId]);
  const tenantClocks = createTenantClocks(database, clock);
  const readTenant = createReadTenant(database);
  const applySignal = createApplySignal({ database, tenantClocks, readTenant, handOver: () => {} });
  return { tx: database.query, clock, tenantId, applySignal };
}

async function create({ tx, clock, tenantId }: Stage): Promise<Target> {
  const item = newPayment(clock, tenantId);
  await insertPayments(tx, [item]);
  clock.advance(BETWEEN_STEPS);
  return { tenantId, paymentId: item.payment.payment_id };
}

async function confirm(stage: Stage, target: Target, report: AttemptReport): Promise<string> {
  const { clock, tenantId, applySignal } = stage;
  const attemptId = newId('att', clock);
  const now = clock.now();
  const attempt = sampleAttempt({
    ...target,
    attemptId,
    providerAccountId: idOfTenant('pa', tenantId),
    requestSealed: randomBytes(REQUEST_BYTES),
    syncDueAt: now.add({ seconds: 35 }),
    createdAt: now,
    updatedAt: now,
  });
  const key = claim(stage, 'confirmPayment', attemptId);
  await applySignal(target, 'tenant', { kind: 'attempt_started', attempt }, { key });
  clock.advance(BETWEEN_STEPS);
  const providerRef = `ch_${attemptId}`;
  await recordCall(stage, attemptId, 'create', { kind: 'answered', providerRef, report: { state: report.state } });
  await applySignal(target, 'provider_answer', { kind: 'attempt_reported', attemptId, providerRef, report });
  await keepAnswer(stage, key);
  return attemptId;
}

async function pay(stage: Stage): Promise<{ readonly target: Target; readonly attemptId: string }> {
  const target = await create(stage);
  const report = { state: 'captured', amount: { amount: 1250n, currency: 'EUR' } } as const;
  return { target, attemptId: await confirm(stage, target, report) };
}

async function refund(stage: Stage, target: Target, attemptId: string): Promise<void> {
  const { clock, tenantId, applySignal } = stage;
  const refundId = newId('re', clock);
  const now = clock.now();
  const times = { syncDueAt: now.add({ minutes: 1 }), createdAt: now, updatedAt: now };
  const asked = sampleRefund({
    ...target,
    ...times,
    refundId,
    attemptId,
    providerAccountId: idOfTenant('pa', tenantId),
  });
  const key = claim(stage, 'refundPayment', refundId);
  await applySignal(
    target,
    'tenant',
    { kind: 'refund_requested', refund: asked, capability: { partial: true, multiple: true } },
    { key },
  );
  clock.advance(BETWEEN_STEPS);
  const { amount, currency } = asked;
  const report = { refundId, providerRef: `rf_${refundId}`, amount: { amount, currency }, state: 'succeeded' } as const;
  await recordCall(stage, attemptId, 'refund', { kind: 'answered', refund: { refundId, state: report.state } });
  await applySignal(target, 'provider_answer', { kind: 'refund_reported', attemptId, report });
  await keepAnswer(stage, key);
}

async function expire({ clock, applySignal }: Stage, target: Target): Promise<void> {
  clock.advance(TIME_OUT);
  await applySignal(target, 'timer', { kind: 'expiry_reached', early: false });
}

async function tell({ tx, clock, tenantId }: Stage): Promise<void> {
  const now = clock.now();
  await insertEndpoint(tx, benchEndpoint(tenantId, now));
  const events = await tx.selectFrom('events').selectAll().where('tenant_id', '=', tenantId).execute();
  const { insert } = await fanOutEvents(tx, clock, events);
  await sql`
    with taken as (select tenant_id, event_id as subject_id from events where tenant_id = ${tenantId}) ${insert}`.execute(
    tx,
  );
  const lane = { tenantId, laneId: idOfTenant('we', tenantId), rowsMax: DELIVERIES_MAX, after: null, rowsKnown: 0 };
  const waiting = await selectWaitingDeliveries(tx, [lane]);
  const done = { status: 'succeeded', attemptsMade: 1, dueAt: null, lastAttemptAt: now, lastStatusCode: 200 } as const;
  await recordAttempts(
    tx,
    waiting.map(({ delivery }) => ({
      delivery: { ...delivery, ...done },
      attempt: {
        tenant_id: tenantId,
        delivery_id: delivery.deliveryId,
        attempt_number: 1,
        attempted_at: now,
        duration_ms: 35,
        url: 'https://shop.example/hooks',
        outcome: 'acknowledged',
        status_code: 200,
        error: null,
        remote_address: '203.0.113.7',
        response_headers: { 'content-length': '2' },
        response_body: Buffer.from('ok'),
        request_headers: null,
        timings: null,
      },
    })),
  );
}

function claim({ tenantId, clock }: Stage, route: string, resourceId: string): WholeRow<'idempotency_keys'> {
  const fingerprint = randomBytes(32).toString('hex');
  const key = { key: randomUUID(), fingerprint, resourceId, answer: null, createdAt: clock.now() };
  return keyRow({ tenantId, mode: 'test', route }, key);
}

async function keepAnswer({ tx, tenantId, clock }: Stage, key: WholeRow<'idempotency_keys'>): Promise<void> {
  const scope = { tenantId, mode: 'test', route: key.route } as const;
  await completeKey(tx, { ...scope, key: key.idempotency_key, status: 200, sealed: randomBytes(ANSWER_BYTES) });
  clock.advance(BETWEEN_STEPS);
}

function recordCall(
  { tx, clock, tenantId }: Stage,
  attemptId: string,
  operation: string,
  answer: unknown,
): Promise<void> {
  const call = { tenant_id: tenantId, call_id: newId('pc', clock), provider_account_id: idOfTenant('pa', tenantId) };
  const request = { attemptId, amount: { amount: '1250', currency: 'EUR' }, captureMethod: 'automatic' };
  const rest = { operation, request, outcome: 'answered', answer, duration_ms: 40, created_at: clock.now() };
  return insertProviderCalls(tx, [{ ...call, attempt_id: attemptId, ...rest }]);
}

/**
 * What is not a payment's: written once a tenant, kept by a trigger, or gone when the relay has passed it on.
 */
const NOT_OF_A_PAYMENT = ['tenants', 'webhook_endpoints', 'ledger_balances', 'outbox', 'lanes'];

/** Looks into every table that has tenants, so that what the program comes to write into another one is not left out. */
async function rowsOf(tx: Queryable, tenantId: string): Promise<readonly SampleRow[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> all(${NOT_OF_A_PAYMENT})
    order by 1`.execute(tx);
  const rows: SampleRow[] = [];
  for (const { name: table } of tables) {
    const found = await sql<{ values: SampleRow['values'] }>`
      select to_jsonb(t) as values from ${sql.table(table)} t where tenant_id = ${tenantId}`.execute(tx);
    rows.push(...found.rows.map(({ values }) => ({ table, values })));
  }
  return rows;
}
