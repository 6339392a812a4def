import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { CrashPointName } from '../../src/platform/crash-point.ts';
import { type Answer, until } from '../support/api-client.ts';
import { type BluesnapTill, openBluesnapTill } from '../support/bluesnap-till.ts';
import { merchantOf } from '../support/merchant.ts';
import { type CrashWorld, type Shop, startCrashWorld } from './crash-world.ts';
import { askPatiently } from './order.ts';

const CASE_LIMIT_MS = 60_000;

let world: CrashWorld;
let shop: Shop;
/** Notifies as BlueSnap does; the other tells nothing by itself. */
let till: BluesnapTill;
let silent: BluesnapTill;
let count = 0;

beforeAll(async () => {
  world = await startCrashWorld(1);
  shop = await world.openShop();
  const { url } = present(world.gateways[0], 'the gateway');
  const merchant = merchantOf(url, shop.tenant.apiKeys.test);
  till = await openBluesnapTill(merchant);
  silent = await openBluesnapTill(merchant, { notifies: false });
}, CASE_LIMIT_MS);
afterAll(async () => {
  await Promise.all([till?.close(), silent?.close()]);
  await world?.close();
});

interface Crash {
  readonly at: CrashPointName;
  /** 1: the first time the point is passed after it was armed. */
  readonly occurrence: number;
}

const CRASHES: readonly Crash[] = [
  { at: 'signal-written', occurrence: 1 },
  { at: 'completion-unsent', occurrence: 1 },
  { at: 'completion-answered', occurrence: 1 },
  { at: 'signal-written', occurrence: 2 },
  { at: 'answer-kept', occurrence: 1 },
];

/** Completes a payment as a good client does, the same request until it has its answer, while the process dies. */
async function survive(desk: BluesnapTill, crash: Crash, card: Parameters<BluesnapTill['simulator']['enterCard']>[1]) {
  const gateway = present(world.gateways[0], 'the gateway');
  const deathsBefore = gateway.deaths.length;
  const begun = await desk.begin({ reference: `order-of-crash-${count++}`, expiresIn: 86_400 });
  const body = { clientData: begun.enter(present(card, 'a card')) };
  const request = { path: `/api/v1/payments/${begun.id}/complete`, idempotencyKey: `complete-${begun.id}`, body };
  await gateway.arm({ name: crash.at, occurrence: crash.occurrence });
  const answer = await askPatiently(world, shop, request);
  await until(async () => gateway.deaths.length > deathsBefore);
  await gateway.whenUp();
  const again = await askPatiently(world, shop, request);
  await settled(begun.id);
  expect(gateway.deaths.slice(deathsBefore)).toEqual(['SIGKILL']);
  return { begun, answer, again };
}

/** Waits until nothing of the payment is open or undelivered. */
async function settled(paymentId: string): Promise<void> {
  await until(async () => {
    const [left] = await world.database.run<{ waiting: number }>(
      `select ((select count(*) from attempts where payment_id = $1
          and state in ('dispatched', 'completing', 'pending', 'unknown'))
        + (select count(*) from inbound_events where tenant_id = $2 and state = 'pending')
        + (select count(*) from outbox where tenant_id = $2))::int as waiting`,
      [paymentId, shop.tenant.tenant.tenantId],
    );
    return left?.waiting === 0;
  }, 20_000);
}

async function told(paymentId: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await world.database.run(
    `select p.status, p.amount_captured::int as captured, p.late, p.attempts_declined as declined,
       (select string_agg(state, ' ') from attempts where payment_id = $1) as attempts,
       (select count(*)::int from attempts where payment_id = $1 and completion_sealed is not null) as kept,
       (select count(*)::int from captures where payment_id = $1) as captures,
       (select count(*)::int from ledger_transfers where payment_id = $1) as transfers,
       (select count(*)::int from signals where payment_id = $1 and outcome = 'quarantined') as quarantined,
       (select count(*)::int from events where payment_id = $1 and type = 'payment.succeeded') as told
     from payments p where payment_id = $1`,
    [paymentId],
  );
  return row;
}

function isAnsweredOnce(answer: Answer, again: Answer): void {
  expect(answer.status, answer.text).toBe(200);
  expect(again.text).toBe(answer.text);
  expect(again.headers['idempotency-replayed']).toBe('true');
}

test.each(CRASHES)(
  'a process that dies at $at (passing $occurrence) during a second step charges once, and the client has one answer',
  async (crash) => {
    const { begun, answer, again } = await survive(silent, crash, 'approve');
    isAnsweredOnce(answer, again);
    expect(await told(begun.id)).toEqual({
      ...{ status: 'succeeded', captured: 1250, late: false, declined: 0, attempts: 'captured', kept: 0 },
      ...{ captures: 1, transfers: 1, quarantined: 0, told: 1 },
    });
    expect(silent.charges(begun.attemptId)).toBe(1);
  },
  CASE_LIMIT_MS,
);

test.each(CRASHES.slice(1, 3))(
  'one that dies at $at where the provider notifies charges once too',
  async (crash) => {
    const { begun } = await survive(till, crash, 'approve');
    expect(await told(begun.id)).toMatchObject({
      status: 'succeeded',
      captures: 1,
      transfers: 1,
      quarantined: 0,
      told: 1,
    });
    expect(till.charges(begun.attemptId)).toBe(1);
  },
  CASE_LIMIT_MS,
);

test.each(CRASHES.slice(1, 3))(
  'one that dies at $at before a decline declines once, and the payment is payable again',
  async (crash) => {
    const { begun, answer, again } = await survive(silent, crash, { decline: 'INSUFFICIENT_FUNDS' });
    isAnsweredOnce(answer, again);
    expect(await told(begun.id)).toMatchObject({
      status: 'created',
      declined: 1,
      attempts: 'declined',
      kept: 0,
      told: 0,
    });
  },
  CASE_LIMIT_MS,
);
