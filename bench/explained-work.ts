import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { relayOutbox } from '../src/events/relay-outbox.ts';
import { inboundLane } from '../src/inbound/process-inbound.ts';
import { receiveNotification } from '../src/inbound/receive-notification.ts';
import { fanOutEvents } from '../src/notifications/fan-out-events.ts';
import { keepForListeners } from '../src/notifications/follow-events.ts';
import { selectNextDue, selectWaitingDeliveries } from '../src/notifications/store-waiting.ts';
import { confirmPayment } from '../src/payments/confirm-payment.ts';
import { insertPayments } from '../src/payments/store-new-payments.ts';
import type { Queryable } from '../src/platform/database.ts';
import { claimLanes } from '../src/platform/lanes.ts';
import { createLogger } from '../src/platform/log.ts';
import { findProviderAccount } from '../src/provider-accounts/open-provider-account.ts';
import type { SandboxCredentials } from '../src/providers/sandbox/sandbox-credentials.ts';
import { idOfTenant } from './bench-tenant.ts';
import type { ExplainedGateway } from './explained-gateway.ts';
import { explainedPanel } from './explained-panel.ts';
import { tenantNumber } from './million-rows.ts';
import { newPayment } from './new-payment.ts';
import { notificationOf } from './notification.ts';
import { capturedReport } from './payment-report.ts';
import { type OpenAttempt, prepareAttempts, prepareCreated } from './prepared-payments.ts';

/** The benchmark whose statements are explained, with the relay's after them; or all of them. */
export type ExplainedWork =
  | 'create-payment'
  | 'confirm-payment'
  | 'apply-signals'
  | 'ingest-notifications'
  | 'panel'
  | 'all';

type Work = readonly (readonly [title: string, work: () => Promise<unknown>])[];

/** As many as wait for an answer at once. */
const BATCH = 64;
const LANES_CLAIMED = 32;
const DELIVERIES_READ = 16;
const DUE_IN_A_LANE = 100;
const LEASE_MS = 30_000;

/** What to run, in this order; makes what it needs first. */
export async function workOf(what: ExplainedWork, gateway: ExplainedGateway): Promise<Work> {
  const parts: Work[] = [];
  if (what === 'create-payment' || what === 'all') parts.push(creating(gateway), await delivering(gateway));
  if (what === 'confirm-payment' || what === 'all') parts.push(await confirming(gateway));
  if (what === 'apply-signals' || what === 'all') parts.push(await applying(gateway));
  if (what === 'ingest-notifications' || what === 'all') parts.push(await taking(gateway));
  if (what === 'panel' || what === 'all') parts.push(await explainedPanel(gateway));
  return parts.flat();
}

function creating(gateway: ExplainedGateway): Work {
  const { context, tenantId } = gateway;
  const { clock, database } = context;
  const create = (tenantIds: readonly string[]) =>
    insertPayments(
      database.query,
      tenantIds.map((id) => newPayment(clock, id)),
    );
  return [
    ['Create one payment', () => create([tenantId])],
    [`Create ${BATCH} payments`, () => create(Array.from({ length: BATCH }, (_, n) => tenantNumber(n)))],
    ['Relay what creating left', () => relay(gateway)],
  ];
}

async function delivering({ context, plain }: ExplainedGateway): Promise<Work> {
  const { clock, database } = context;
  await addDueDeliveries(plain.query, clock.now());
  const lanes = Array.from({ length: LANES_CLAIMED }, (_, n) => {
    const owner = tenantNumber(n + 1);
    return { tenantId: owner, laneId: idOfTenant('we', owner), rowsMax: DELIVERIES_READ, after: null, rowsKnown: 0 };
  });
  return [
    ['Claim lanes', () => claimLanes(database.query, 'delivery', clock.now(), LANES_CLAIMED, LEASE_MS)],
    [`Read due deliveries of ${LANES_CLAIMED} lanes`, () => selectWaitingDeliveries(database.query, lanes)],
    [`When ${LANES_CLAIMED} lanes are due next`, () => selectNextDue(database.query, lanes)],
  ];
}

async function confirming(gateway: ExplainedGateway): Promise<Work> {
  const { context, plain, tenantId } = gateway;
  const paymentIds = await prepareCreated(plain.query, context.clock, tenantId, 1 + BATCH);
  const confirm = (paymentId: string) =>
    confirmPayment(
      context,
      { tenantId, mode: 'test', paymentId, method: { type: 'sandbox', token: 'tok_no_ipn' }, source: 'tenant' },
      { key: randomUUID(), fingerprint: randomBytes(32).toString('hex') },
    );
  const confirmAll = async (some: readonly string[]) => {
    await Promise.all(some.map(confirm));
    await context.callRecorder.settled();
  };
  return [
    ['Confirm one payment', () => confirmAll(paymentIds.slice(0, 1))],
    [`Confirm ${BATCH} payments`, () => confirmAll(paymentIds.slice(1))],
    ['Relay what confirming left', () => relay(gateway)],
  ];
}

async function applying(gateway: ExplainedGateway): Promise<Work> {
  const { context, plain, tenantId } = gateway;
  const attempts = await prepareAttempts(plain.query, context.clock, tenantId, 1 + BATCH);
  const apply = ({ paymentId, attemptId }: OpenAttempt) =>
    context.applySignal({ tenantId, paymentId }, 'notification', capturedReport(attemptId));
  const applyAll = (some: readonly OpenAttempt[]) => Promise.all(some.map(apply));
  return [
    ['Apply one report', () => applyAll(attempts.slice(0, 1))],
    [`Apply ${BATCH} reports`, () => applyAll(attempts.slice(1))],
    [`Hear ${BATCH} reports again`, () => applyAll(attempts.slice(1))],
    ['Relay what applying left', () => relay(gateway)],
  ];
}

async function taking(gateway: ExplainedGateway): Promise<Work> {
  const { context, plain, tenantId } = gateway;
  const { clock } = context;
  const { provider_account_id: providerAccountId } = await plain.query
    .selectFrom('provider_accounts')
    .select('provider_account_id')
    .where('tenant_id', '=', tenantId)
    .where('mode', '=', 'test')
    .executeTakeFirstOrThrow();
  const target = { provider: 'sandbox', providerAccountId };
  const found = await findProviderAccount(context, target.provider, providerAccountId);
  if (found === null) throw new Error('The tenant has no account at the sandbox');
  const attempts = await prepareAttempts(plain.query, clock, tenantId, 1 + BATCH, { providerAccountId });
  const take = async ({ attemptId }: OpenAttempt) => {
    const account = { providerAccountId, ...(found.call.credentials as SandboxCredentials) };
    const { body, headers } = notificationOf(account, attemptId);
    const named = { [String(headers[0])]: [String(headers[1])] };
    const request = { method: 'POST', query: {}, headers: named, body: Buffer.from(body), remoteAddress: '127.0.0.1' };
    await receiveNotification(context, target, { ...request, receivedAt: clock.now() }, log);
  };
  const log = createLogger({ level: 'error' });
  const takeAll = (some: readonly OpenAttempt[]) => Promise.all(some.map(take));
  const lane = { kind: 'inbound', laneId: providerAccountId, tenantId, lease: 'bench', generation: 0n } as const;
  return [
    ['Take one notification', () => takeAll(attempts.slice(0, 1))],
    [`Take ${BATCH} notifications`, () => takeAll(attempts.slice(1))],
    [`Apply what ${BATCH} notifications say`, () => inboundLane(context, log, lane)],
    ['Relay what taking left', () => relay(gateway)],
  ];
}

function relay({ context: { database, clock } }: ExplainedGateway): Promise<number> {
  return relayOutbox(
    {
      database,
      clock,
      fanOut: (db, events) => fanOutEvents(db, clock, events),
      keep: keepForListeners,
      wake: () => {},
    },
    { holds: () => false },
  );
}

/** Resends that wait for the endpoints of all made tenants, whose lanes are due. */
async function addDueDeliveries(db: Queryable, now: Temporal.Instant): Promise<void> {
  await sql`
    insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, payment_id, mode, endpoint_id, trigger,
      status, due_at, created_at)
    select tenant_id, 'whd_due_' || lane_id || n, lane_id, 'evt_due_' || n, 'payment.succeeded', 'pay_due_' || n, 'test',
      lane_id, 'resend', 'pending', ${now}::timestamptz - n * interval '1 second', ${now}
    from lanes, generate_series(1, ${DUE_IN_A_LANE}::int) n where kind = 'delivery'`.execute(db);
  await sql`update lanes set next_due_at = ${now} where kind = 'delivery'`.execute(db);
  for (const table of ['deliveries', 'lanes'] as const) await sql`analyze ${sql.table(table)}`.execute(db);
}
