import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { CrashPointName } from '../../src/platform/crash-point.ts';
import { until } from '../support/api-client.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { openReversingEndpoint, type ReversingEndpoint } from '../support/reversing-endpoint.ts';
import { type CrashWorld, type Shop, startCrashWorld } from './crash-world.ts';

const CASE_LIMIT_MS = 60_000;

let world: CrashWorld;
beforeAll(async () => {
  world = await startCrashWorld(1);
});
afterAll(() => world.close());

interface Killed {
  readonly shop: Shop;
  readonly merchant: Merchant;
  readonly one: ReversingEndpoint;
  readonly paymentId: string;
}

/** Pays while the receiver answers so; the process dies at the point, and comes back after two minutes. */
async function killAt(at: CrashPointName, answer: number, occurrence = 1): Promise<Killed> {
  const gateway = present(world.gateways[0], 'the gateway');
  await gateway.whenUp();
  const deathsBefore = gateway.deaths.length;
  const shop = await world.openShop();
  const merchant = merchantOf(gateway.url, shop.tenant.apiKeys.test);
  // Nothing else is told, so that each point is passed for the success alone.
  const fields = { eventTypes: ['payment.succeeded', 'payment.reversed'] };
  const one = await openReversingEndpoint(world, merchant, world.sink, {}, fields);
  world.sink.answer = ({ body, path }) =>
    path === one.path && JSON.parse(body).type === 'payment.succeeded' ? answer : 200;
  const created = await merchant.create();
  expect(created.status, created.text).toBe(201);
  await gateway.arm({ name: at, occurrence });
  // It may die before it has answered.
  await merchant.confirm(created.body.id, 'tok_no_ipn').catch(() => null);
  await until(async () => gateway.deaths.length > deathsBefore);
  await gateway.whenUp();
  expect(gateway.deaths.slice(deathsBefore)).toEqual(['SIGKILL']);
  return { shop, merchant, one, paymentId: created.body.id };
}

/** The copies of the success that the receiver got; all of them are about one event. */
function copies({ one, paymentId }: Killed): number {
  const got = one.received().filter(({ body }) => {
    const { type, data } = JSON.parse(body);
    return type === 'payment.succeeded' && data.object.id === paymentId;
  });
  expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBeLessThanOrEqual(1);
  return got.length;
}

/** What became of the money: at the bank, in our books, and by how many reversals. */
async function moneyOf({ shop, merchant, paymentId }: Killed) {
  const { body: payment } = await merchant.send('GET', `/payments/${paymentId}`);
  const { body: charge } = await shop.merchant.say('GET', `/v1/charges/${payment.latestAttempt.id}`);
  const [made] = await world.database.run<{ reversals: number; refunds: number }>(
    `select (select count(*)::int from reversals where payment_id = $1) as reversals,
      (select count(*)::int from refunds where payment_id = $1) as refunds`,
    [paymentId],
  );
  return { status: payment.status, reversedAtBank: charge.amountReversed, ...made };
}

const KEPT = { status: 'succeeded', reversedAtBank: 0, reversals: 0, refunds: 0 };
const REVERSED_ONCE = { status: 'reversed', reversedAtBank: 1250, reversals: 1, refunds: 0 };

test(
  'S1.19 the deadline is committed before the first byte, and a death in between is no silence of the receiver’s',
  async () => {
    const killed = await killAt('deadline-armed', 200);
    await killed.one.untilDeadline(killed.paymentId, { status: 'acknowledged', dispatches: 2 });
    expect(copies(killed)).toBe(1);
    expect(await moneyOf(killed)).toEqual(KEPT);
    await world.settle(killed.shop);
  },
  CASE_LIMIT_MS,
);

test(
  'an acknowledgement that died before it was recorded is had by asking once more, though the deadline has passed',
  async () => {
    const killed = await killAt('delivery-unrecorded', 200);
    await killed.one.untilDeadline(killed.paymentId, { status: 'acknowledged', dispatches: 2 });
    expect(copies(killed)).toBe(2);
    expect(await moneyOf(killed)).toEqual(KEPT);
    await world.settle(killed.shop);
  },
  CASE_LIMIT_MS,
);

test.each<{ at: CrashPointName; occurrence: number; sent: number }>([
  { at: 'deadline-armed', occurrence: 1, sent: 1 },
  { at: 'delivery-unrecorded', occurrence: 1, sent: 2 },
  { at: 'delivery-recorded', occurrence: 1, sent: 1 },
  { at: 'deadline-unasked', occurrence: 1, sent: 1 },
  { at: 'signal-written', occurrence: 3, sent: 1 },
  { at: 'operation-unsent', occurrence: 1, sent: 1 },
  { at: 'operation-answered', occurrence: 1, sent: 1 },
  { at: 'signal-written', occurrence: 4, sent: 1 },
  { at: 'deadline-asked', occurrence: 1, sent: 1 },
])(
  'a process that dies at $at (passing $occurrence) loses no reversal and makes no second one',
  async ({ at, occurrence, sent }) => {
    const killed = await killAt(at, 500, occurrence);
    await killed.one.untilDeadline(
      killed.paymentId,
      { status: 'reversed', cause: 'status', operation: 'reversal' },
      20_000,
    );
    expect(copies(killed)).toBe(sent);
    expect(await moneyOf(killed)).toEqual(REVERSED_ONCE);
    // Nothing of it may pass the next one's point.
    await world.settle(killed.shop);
    await until(async () => {
      const { body } = await killed.merchant.send('GET', `/events?paymentId=${killed.paymentId}&limit=100`);
      return body.data.filter(({ type }: { type: string }) => type === 'payment.reversed').length === 1;
    });
  },
  CASE_LIMIT_MS,
);
