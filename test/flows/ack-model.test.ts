import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeadlineGuard } from '../../src/acknowledgments/guard-deliveries.ts';
import { ackLane } from '../../src/acknowledgments/jobs.ts';
import { beat } from '../../src/acknowledgments/keep-epoch.ts';
import { present } from '../../src/kernel/assert.ts';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/id.ts';
import type { Delivery } from '../../src/notifications/delivery.ts';
import type { AttemptOutcome } from '../../src/notifications/delivery-hooks.ts';
import type { WebhookEndpoint } from '../../src/notifications/endpoint.ts';
import { findEndpoint } from '../../src/notifications/find-endpoint.ts';
import { insertDelivery, selectDelivery } from '../../src/notifications/store-deliveries.ts';
import { recordAttempts } from '../../src/notifications/store-waiting.ts';
import { addLaneWork, claimLanesById } from '../../src/platform/lanes.ts';
import { forTenants } from '../../src/platform/tenant-scope.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type MoneyWatch, watchMoney } from '../support/money-watch.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { openReversingEndpoint } from '../support/reversing-endpoint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

/** Nothing works by itself here: the test is the delivery engine, the receiver, the tenant, the operator and the crash. */
const WITHOUT_WORKER = { TOLLGATE_ROLES: 'api,checkout,hooks' };

let clock: ManualClock;
let tollgate: Installation;
let sink: WebhookSink;
let shop: PaymentWatch;
let money: MoneyWatch;
let endpoint: WebhookEndpoint;

const WINDOW_S = 45;
const FUSE = { consecutive: 4, rate: 0 };

beforeAll(async () => {
  clock = stoppedClock();
  [tollgate, sink] = await Promise.all([startInstallation({ clock, environment: WITHOUT_WORKER }), startWebhookSink()]);
  shop = watchPayments(tollgate);
  money = watchMoney(tollgate);
  const open = await openReversingEndpoint(tollgate, shop.merchant, sink, { fuse: FUSE, whenOpen: 'hold' });
  endpoint = await forTenants([owner().tenantId], () => findEndpoint(payments().database.query, owner(), open.id));
});
afterAll(async () => {
  await tollgate.close();
  await sink.close();
});

const payments = () => tollgate.tollgate.gateway.payments;
const owner = () => ({ tenantId: tollgate.tenant.tenant.tenantId, mode: 'test' as const });
const db = () => payments().database.query;

/** The same numbers for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** What a person who has read docs/acknowledgment.md would say a deadline is. */
interface Model {
  state: 'none' | 'armed' | 'withdrawn' | 'acknowledged' | 'suppressed' | 'fired';
  inFlight: boolean;
  deadlineAt: Temporal.Instant;
  heard: boolean;
  epoch: number;
}

interface World {
  switchedOff: boolean;
  epoch: number;
  inRow: number;
  fuseOpen: boolean;
}

type Answer = 'acknowledged' | 'refused' | 'silent' | 'unreachable' | 'not_called' | 'crash';
const ANSWERS: readonly Answer[] = ['acknowledged', 'refused', 'silent', 'unreachable', 'not_called', 'crash'];

function dispatchModel(model: Model, world: World): void {
  const fresh = () => {
    model.deadlineAt = clock.now().add({ seconds: WINDOW_S });
    model.heard = false;
    model.epoch = world.epoch;
  };
  if (model.state === 'none' || model.state === 'withdrawn') {
    // Of an earlier life: it arms nothing any more, and a known one keeps what it was.
    if (world.epoch > 1) return;
    model.state = 'armed';
    fresh();
  } else if (model.state === 'armed' && model.inFlight) {
    const { epoch } = model;
    fresh();
    model.epoch = epoch;
  }
  if (model.state === 'armed') model.inFlight = true;
}

function answerModel(model: Model, world: World, answer: Answer, durationS: number): void {
  if (answer === 'crash') return;
  if (answer === 'acknowledged') {
    if (model.state === 'armed') world.inRow = 0;
    if (model.state !== 'none' && model.state !== 'fired') model.state = 'acknowledged';
    return;
  }
  if (model.state !== 'armed') return;
  model.inFlight = false;
  if (answer === 'not_called') {
    model.state = 'withdrawn';
    return;
  }
  if (answer !== 'refused') {
    const fromBegin = clock.now().subtract({ seconds: durationS }).add({ seconds: WINDOW_S });
    if (!model.heard && Temporal.Instant.compare(fromBegin, model.deadlineAt) > 0) model.deadlineAt = fromBegin;
    model.heard = true;
    if (Temporal.Instant.compare(clock.now(), model.deadlineAt) < 0) return;
  }
  const stopped = world.switchedOff || world.fuseOpen || model.epoch !== world.epoch;
  model.state = stopped ? 'suppressed' : 'fired';
  world.inRow++;
  if (world.inRow >= FUSE.consecutive) world.fuseOpen = true;
}

async function deliveryOf(paymentId: string): Promise<Delivery> {
  const [event] = await tollgate.database.run<{ event_id: string }>(
    `select event_id from events where payment_id = $1 and type = 'payment.succeeded'`,
    [paymentId],
  );
  const now = clock.now();
  const delivery: Delivery = {
    ...{ ...owner(), deliveryId: newId('whd', clock), laneId: endpoint.endpointId, endpointId: endpoint.endpointId },
    ...{ eventId: present(event, 'the success').event_id, eventType: 'payment.succeeded', paymentId },
    ...{ urlOverride: null, partnerKeyId: null, trigger: 'automatic', reason: 'tenant', status: 'pending' },
    ...{ attemptsMade: 0, dueAt: now, lastAttemptAt: null, lastStatusCode: null, lastError: null, createdAt: now },
  };
  await insertDelivery(db(), delivery);
  return delivery;
}

/** One turn of the engine: what it asks before, what it tells after, and what may come between. */
async function turn(deliveryId: string, answer: Answer, durationS: number, model: Model, world: World): Promise<void> {
  const guard = createDeadlineGuard(payments());
  const before = present(await selectDelivery(db(), owner(), deliveryId), 'the delivery');
  if (before.status !== 'pending') return;
  const cleared = present(await guard.beforeSend?.(endpoint, [before]), 'those that may go');
  dispatchModel(model, world);
  if (!cleared.has(deliveryId)) return;
  clock.advance({ seconds: durationS });
  answerModel(model, world, answer, durationS);
  if (answer === 'crash') return;
  const outcome = outcomeOf(before, answer, durationS);
  await payments().database.transaction(async (tx) => {
    await recordAttempts(tx, [{ delivery: outcome.after, attempt: null }]);
    await guard.recorded?.(tx, [outcome]);
  });
}

function outcomeOf(before: Delivery, answer: Exclude<Answer, 'crash'>, durationS: number): AttemptOutcome {
  const isAcknowledged = answer === 'acknowledged';
  const status = isAcknowledged ? 200 : answer === 'refused' ? 500 : null;
  const kinds = { acknowledged: 'acknowledged', refused: 'refused', silent: 'lost' } as const;
  const attemptsMade = before.attemptsMade + 1;
  // A short schedule, so that it is used up within the window.
  const dueAt = isAcknowledged || attemptsMade >= 3 ? null : clock.now().add({ seconds: 5 });
  const after: Delivery = {
    ...{ ...before, attemptsMade, dueAt, lastStatusCode: status, lastAttemptAt: clock.now() },
    status: isAcknowledged ? 'succeeded' : dueAt === null ? 'exhausted' : 'pending',
  };
  return {
    ...{ before, after, endpoint, attemptedAt: clock.now(), durationMs: durationS * 1_000, status },
    kind: answer in kinds ? kinds[answer as keyof typeof kinds] : 'not_sent',
    faultOf: isAcknowledged ? null : answer === 'not_called' ? 'us' : 'receiver',
  };
}

async function runLane(): Promise<void> {
  const { tenantId } = owner();
  await addLaneWork(db(), [{ kind: 'ack', laneId: tenantId, tenantId, dueAt: clock.now() }]);
  const [lane] = await claimLanesById(db(), 'ack', [tenantId], 60_000);
  await ackLane(payments(), present(lane, 'the lane'));
}

const FIRED = ['firing', 'reversed', 'refunded'];

async function stateOf(paymentId: string): Promise<string> {
  const [row] = await tollgate.database.run<{ state: string }>(
    'select state from ack_deadlines where payment_id = $1',
    [paymentId],
  );
  return row?.state ?? 'none';
}

async function expectAgreement(paymentId: string, model: Model, story: readonly string[]): Promise<void> {
  const state = await stateOf(paymentId);
  expect(FIRED.includes(state) ? 'fired' : state, story.join('\n')).toBe(model.state);
}

async function setSwitch(enabled: boolean): Promise<void> {
  await tollgate.database.run(
    `insert into ack_switches values ('system', $1, 'Test', 'test', '2026-01-01')
     on conflict (tenant_id) do update set enabled = excluded.enabled`,
    [enabled],
  );
}

async function reset(): Promise<void> {
  await setSwitch(true);
  await tollgate.database.run('delete from ack_fuses');
  await tollgate.database.run('delete from installation_epochs');
  await beat(payments());
}

/** Reversals of a payment, what of it the bank and the books gave back, and what of that the tenant did by itself. */
async function givenBack(paymentId: string) {
  const [row] = await tollgate.database.run<{ reversals: number; refunds: number; own: number }>(
    `select (select count(*)::int from reversals where payment_id = $1) as reversals,
      (select coalesce(sum(amount), 0)::int from refunds where payment_id = $1 and status = 'succeeded') as refunds,
      (select coalesce(sum(amount), 0)::int from refunds where payment_id = $1 and reason = 'own') as own`,
    [paymentId],
  );
  return present(row, 'the sums');
}

const SEEDS = Array.from({ length: 24 }, (_, index) => index + 1);

test.each(SEEDS)('whatever happens in whatever order, a deadline is what the documentation says (%i)', (seed) =>
  forTenants([owner().tenantId], () => expectDocumented(seed)),
);

async function expectDocumented(seed: number): Promise<void> {
  await reset();
  const roll = dice(seed);
  const world: World = { switchedOff: false, epoch: 1, inRow: 0, fuseOpen: false };
  const story: string[] = [];
  const all: { readonly id: string; readonly deliveryId: string; readonly model: Model }[] = [];
  for (let i = 0; i < 3; i++) {
    const { id } = await shop.merchant.pay();
    const { deliveryId } = await deliveryOf(id);
    const model: Model = { state: 'none', inFlight: false, deadlineAt: clock.now(), heard: false, epoch: 1 };
    all.push({ id, deliveryId, model });
  }
  for (let step = 0; step < 16; step++) {
    const one = present(all[roll(all.length)], 'a payment');
    const act = roll(20);
    if (act < 12) {
      const answer = present(ANSWERS[roll(ANSWERS.length)], 'an answer');
      const durationS = answer === 'silent' ? WINDOW_S : roll(3);
      story.push(`${one.id}: ${answer} after ${durationS} s`);
      await turn(one.deliveryId, answer, durationS, one.model, world);
    } else if (act < 15) {
      const seconds = 1 + roll(60);
      story.push(`${seconds} s pass`);
      clock.advance({ seconds });
      await tollgate.database.run('update installation_epochs set last_seen_at = $1', [clock.now().toString()]);
    } else if (act < 16) {
      world.switchedOff = !world.switchedOff;
      story.push(`switch ${world.switchedOff ? 'off' : 'on'}`);
      await setSwitch(!world.switchedOff);
    } else if (act < 17) {
      story.push(`${one.id}: refunds 300 itself`);
      await shop.merchant.refund(one.id, { amount: 300, reason: 'own' }, `own-${one.id}-${step}`);
    } else if (act < 18 && roll(2) === 0) {
      story.push('the database is another one');
      await tollgate.database.run(`update installation_epochs set fingerprint = 'another'`);
      clock.advance({ seconds: 1 });
      world.epoch++;
    } else if (!world.switchedOff) {
      story.push('the lane runs');
      await runLane();
      for (const { model, id } of all) await expectFollowed(model, id, world, story);
    }
    for (const { id, model } of all) await expectAgreement(id, model, story);
  }
  await expectEnds(all, world, story);
  await money.expectSound();
}

/** What fired in an earlier life, and was not asked for before it ended, is left to a person. */
async function expectFollowed(model: Model, paymentId: string, world: World, story: readonly string[]): Promise<void> {
  if (model.state !== 'fired' || (await stateOf(paymentId)) !== 'suppressed') return;
  expect(model.epoch, story.join('\n')).not.toBe(world.epoch);
  model.state = 'suppressed';
}

/** Heals everything, sends what still waits until it is settled, and looks at the money. */
async function expectEnds(
  all: readonly { readonly id: string; readonly deliveryId: string; readonly model: Model }[],
  world: World,
  story: string[],
): Promise<void> {
  story.push('everything heals');
  world.switchedOff = false;
  await setSwitch(true);
  for (const { id, deliveryId, model } of all) {
    for (let tries = 0; tries < 3 && model.state === 'armed'; tries++) {
      await turn(deliveryId, 'silent', WINDOW_S, model, world);
    }
    for (let looks = 0; looks < 4; looks++) {
      await runLane();
      clock.advance({ seconds: 10 });
    }
    await expectFollowed(model, id, world, story);
    await expectAgreement(id, model, story);
    const end = await stateOf(id);
    expect(['none', 'withdrawn', 'acknowledged', 'suppressed', 'reversed', 'refunded'], story.join('\n')).toContain(
      end,
    );
    const { reversals, refunds, own } = await givenBack(id);
    const { status } = await shop.read(id);
    if (model.state === 'fired') {
      expect([reversals, status === 'reversed' ? 1_250 : refunds], story.join('\n')).toEqual([
        status === 'reversed' ? 1 : reversals,
        1_250,
      ]);
      expect(reversals, story.join('\n')).toBeLessThanOrEqual(1);
    } else {
      expect([status, reversals, refunds], story.join('\n')).toEqual(['succeeded', 0, own]);
    }
  }
}
