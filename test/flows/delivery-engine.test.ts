import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { findForgottenLanes } from '../../src/notifications/sending/find-forgotten-lanes.ts';
import { until } from '../support/api-client.ts';
import { type OpenEndpoint, readDelivery, receivedAt } from '../support/open-endpoint.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { openToldShop } from '../support/told-shop.ts';
import type { Received } from '../support/webhook-sink.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop({ fields: { eventTypes: ['payment.created'] } });

const idOf = ({ headers }: Received) => String(headers['webhook-id']);
const read = (one: OpenEndpoint) => shop.merchant.send('GET', `/webhook-endpoints/${one.id}`);

async function laneOf(one: Pick<OpenEndpoint, 'id'>) {
  const [lane] = await tollgate.database.run<{ seconds: number | null; held: Date | null; due: Date | null }>(
    `select extract(epoch from leased_until - clock_timestamp())::float as seconds, held_until as held,
       next_due_at as due from lanes where kind = 'delivery' and lane_id = $1`,
    [one.id],
  );
  return lane;
}

/** Keeps the sink's answers back until it is told to give them. */
function holdAnswers(one: OpenEndpoint) {
  const held: (() => void)[] = [];
  sink.answer = ({ path }) =>
    path !== one.path ? 200 : new Promise<number>((resolve) => held.push(() => resolve(200)));
  return () => {
    sink.answer = () => 200;
    for (const give of held.splice(0)) give();
  };
}

test('every event arrives once where nothing goes wrong, however many wait for one endpoint', async () => {
  const one = await endpoint();
  await one.patch({ status: 'paused' });
  for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 15 }, () => shop.create()));
  await one.patch({ status: 'active' });
  await one.untilReceived(300);
  await untilQuiet(tollgate.database);
  const ids = one.received().map(idOf);
  expect([ids.length, new Set(ids).size]).toEqual([300, 300]);
});

describe('S2.6 the lease of a lane', () => {
  test('is half a minute at most, so that another process goes on soon after a crash', async () => {
    const one = await endpoint();
    const give = holdAnswers(one);
    await shop.create();
    await one.untilReceived(1);
    const lane = await laneOf(one);
    expect(lane?.seconds).toBeGreaterThan(5);
    expect(lane?.seconds).toBeLessThanOrEqual(30);
    give();
    await untilQuiet(tollgate.database);
    expect((await laneOf(one))?.seconds).toBeNull();
  });

  test('fences what is recorded: an answer that comes after it was lost is no state, and the event is sent again', async () => {
    const one = await endpoint();
    const give = holdAnswers(one);
    await shop.create();
    await one.untilReceived(1);
    const steal = (lease: string, until: string) =>
      tollgate.database.run('update lanes set lease = $2, leased_until = $3 where lane_id = $1', [
        one.id,
        lease,
        until,
      ]);
    await steal('another', 'infinity');
    give();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [delivery] = await one.deliveries();
    expect(delivery).toMatchObject({ status: 'pending', attemptsMade: 0 });
    expect((await readDelivery(shop.merchant, delivery.id)).attempts).toEqual([]);
    await steal('another', '-infinity');
    const [first, second] = await one.untilReceived(2);
    expect(second && idOf(second)).toBe(first && idOf(first));
    expect(await one.untilAttempts(1)).toMatchObject({ status: 'succeeded', attemptsMade: 1 });
  });
});

test('a lane is claimed also while the rows of another are on their way', async () => {
  const both = [await endpoint(), await endpoint()];
  const reader = new pg.Client(tollgate.database.url);
  await reader.connect();
  try {
    await reader.query('begin; lock table deliveries in access exclusive mode');
    for (const { id } of both) {
      await tollgate.database.run(
        `insert into lanes (kind, lane_id, tenant_id, next_due_at)
         select 'delivery', endpoint_id, tenant_id, '2020-01-01' from webhook_endpoints where endpoint_id = $1`,
        [id],
      );
      await until(async () => (await laneOf({ id }))?.seconds != null);
    }
  } finally {
    await reader.end();
  }
  for (const one of both) await untilReleased(one);
});

test('a lane that was forgotten is found, and one that sleeps for a reason is not', async () => {
  const one = await endpoint();
  const forgotten = async () => {
    const found = await findForgottenLanes(tollgate.tollgate.gateway.payments);
    return found.map(({ laneId }) => laneId).includes(one.id);
  };
  sink.answer = () => 500;
  await shop.create();
  await one.untilAttempts(1);
  await untilReleased(one);
  clock.advance({ minutes: -1 });
  await tollgate.database.run('update lanes set next_due_at = null where lane_id = $1', [one.id]);
  expect(await forgotten()).toBe(false);
  clock.advance({ minutes: 2 });
  expect(await forgotten()).toBe(true);
  await one.patch({ status: 'paused' });
  expect(await forgotten()).toBe(false);
});

async function untilReleased(one: Pick<OpenEndpoint, 'id'>): Promise<void> {
  await until(async () => (await laneOf(one))?.seconds === null);
}

describe('an endpoint', () => {
  test('has a schedule of its own, after which a delivery is exhausted with its reason and can be sent again', async () => {
    const one = await endpoint({ schedule: [7, 40] });
    sink.answer = () => 404;
    await shop.create();
    for (const [index, seconds] of [7, 40].entries()) {
      const { nextAttemptAt } = await one.untilAttempts(index + 1);
      const wait = Temporal.Instant.from(nextAttemptAt).since(clock.now()).total('seconds');
      expect(wait).toBeGreaterThanOrEqual(seconds);
      expect(wait).toBeLessThanOrEqual(seconds * 1.1);
      clock.set(nextAttemptAt);
    }
    const dead = await one.untilAttempts(3);
    expect(dead).toMatchObject({ status: 'exhausted', lastError: 'HTTP 404', nextAttemptAt: null });
    sink.answer = () => 200;
    const resent = await shop.merchant.send('POST', `/deliveries/${dead.id}/resend`);
    await until(async () => (await readDelivery(shop.merchant, resent.body.id)).status === 'succeeded');
  });

  test('gets no retry while it is paused', async () => {
    const one = await endpoint();
    sink.answer = () => 500;
    await shop.create();
    const { nextAttemptAt } = await one.untilAttempts(1);
    await one.patch({ status: 'paused' });
    sink.answer = () => 200;
    clock.set(nextAttemptAt);
    clock.advance({ minutes: 1 });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(one.received()).toHaveLength(1);
    await one.patch({ status: 'active' });
    await one.untilReceived(2);
  });

  test('that is paused gets no more of what had been read for it before', async () => {
    const one = await endpoint({ rateLimit: 1 });
    for (let i = 0; i < 8; i++) await shop.create();
    await one.untilReceived(1);
    await one.patch({ status: 'paused' });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const met = one.received().length;
    expect(met).toBeLessThanOrEqual(4);
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(one.received()).toHaveLength(met);
  });

  test('that answers 410 is disabled; what comes is kept, and goes out when it is active again', async () => {
    const one = await endpoint();
    sink.answer = () => 410;
    await shop.create();
    const dead = await one.untilAttempts(1);
    expect(dead).toMatchObject({ status: 'pending', lastStatusCode: 410, lastError: 'HTTP 410' });
    expect((await read(one)).body.status).toBe('disabled');
    sink.answer = () => 200;
    await shop.create();
    await until(async () => (await one.deliveries()).length === 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(one.received()).toHaveLength(1);
    await one.patch({ status: 'active' });
    await one.untilReceived(2);
  });

  test('meets no more requests in a second than its rate', async () => {
    const one = await endpoint({ rateLimit: 10 });
    await Promise.all(Array.from({ length: 25 }, () => shop.create()));
    const received = await one.untilReceived(25);
    for (const { at } of received) {
      expect(received.filter((other) => other.at >= at && other.at < at + 950).length).toBeLessThanOrEqual(11);
    }
  });

  test('that asks for patience with 503 gets nothing of anything until then', async () => {
    const one = await endpoint();
    const until60 = clock.now().add({ seconds: 60 });
    const date = new Date(until60.epochMilliseconds + 999).toUTCString();
    sink.answer = () => ({
      status: 503,
      headers: { 'retry-after': date, date: new Date(clock.now().epochMilliseconds).toUTCString() },
    });
    await shop.create();
    await one.untilAttempts(1);
    sink.answer = () => 200;
    await shop.create();
    await until(async () => (await one.deliveries()).length === 2);
    clock.advance({ seconds: 50 });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(one.received()).toHaveLength(1);
    clock.advance({ seconds: 20 });
    await one.untilReceived(3);
  });

  test('that keeps failing gets one request after a pause, not one for each event', async () => {
    const one = await endpoint();
    sink.answer = () => 500;
    for (let i = 0; i < 3; i++) {
      await shop.create();
      await one.untilReceived(i + 1);
    }
    await until(async () => (await laneOf(one))?.held !== null);
    for (let i = 0; i < 5; i++) await shop.create();
    await until(async () => (await one.deliveries()).length === 8);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(one.received()).toHaveLength(3);
    clock.advance({ seconds: 1 });
    await one.untilReceived(4);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(one.received()).toHaveLength(4);
  });

  test('has up to 64 KiB of its answer kept', async () => {
    const one = await endpoint();
    sink.answer = () => ({ status: 500, body: 'x'.repeat(100_000) });
    await shop.create();
    const { attempts } = await one.untilAttempts(1);
    expect(attempts[0].responseBody).toHaveLength(65_536);
  });
});

describe('S2.6 an endpoint that keeps order', () => {
  test.each([1, 2, 3])(
    'gets a payment’s events one after the other, whatever fails, and others meanwhile (%i)',
    async (seed) => {
      const random = randomFrom(seed);
      // Not of expired: other tests' payments end as the clock goes on.
      const eventTypes = ['payment.created', 'payment.processing', 'capture.succeeded', 'payment.succeeded'];
      const one = await endpoint({ ordered: true, eventTypes });
      const acknowledged: { id: string; payment: string }[] = [];
      sink.answer = (received) => {
        if (received.path !== one.path) return 200;
        if (random() < 0.4) return 500;
        const payment = JSON.parse(received.body).data.object;
        acknowledged.push({ id: idOf(received), payment: payment.paymentId ?? payment.id });
        return 200;
      };
      const payments = await Promise.all(Array.from({ length: 6 }, () => shop.merchant.pay()));
      await until(async () => {
        clock.advance({ hours: 7 });
        const deliveries: { readonly status: string }[] = await one.deliveries();
        // Some may not have left the outbox yet.
        return deliveries.length === 4 * payments.length && deliveries.every(({ status }) => status === 'succeeded');
      }, 30_000);
      for (const { id } of payments) {
        const ids = acknowledged.filter(({ payment }) => payment === id).map((each) => each.id);
        expect(new Set(ids).size).toBe(4);
        expect(ids).toEqual([...ids].sort());
      }
    },
  );

  test('sends other payments’ events while one is not taken', async () => {
    const one = await endpoint({ ordered: true, eventTypes: ['*'] });
    const stuck = await shop.create();
    await one.untilReceived(1);
    sink.answer = ({ body }) => (body.includes(stuck.id) ? 500 : 200);
    await shop.confirm(stuck.id, 'tok_no_ipn');
    await until(async () => receivedAt(sink, one.path).length === 2);
    const other = await shop.merchant.pay();
    await until(async () => one.received().filter(({ body }) => body.includes(other.id)).length === 4);
    expect(one.received().filter(({ body }) => body.includes(stuck.id))).toHaveLength(2);
    sink.answer = () => 200;
    clock.advance({ minutes: 1 });
    await until(async () => one.received().filter(({ body }) => body.includes(stuck.id)).length === 5);
  });
});

/** Numbers from 0 to 1, the same for the same seed. A linear congruence with the constants of Numerical Recipes. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
