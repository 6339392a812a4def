import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { until } from '../support/api-client.ts';
import { readDelivery, receivedAt } from '../support/open-endpoint.ts';
import { openToldShop } from '../support/told-shop.ts';
import { startWebhookSink } from '../support/webhook-sink.ts';

const { clock, sink, shop, endpoint } = await openToldShop();

/** Seconds before each resend, as docs and contract name them. */
const DEFAULT_SCHEDULE = [5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 108_000];

describe('S2.6 a delivery that is not acknowledged', () => {
  test('is tried twelve times over 76 hours, each stamped and signed anew under one webhook-id, and is then exhausted', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => ({ status: 500, body: 'out of order' });
    const started = clock.now();
    await shop.create({ expiresIn: 31 * 86_400 });
    for (const [index, seconds] of DEFAULT_SCHEDULE.entries()) {
      const delivery = await one.untilAttempts(index + 1);
      expect(delivery.status).toBe('pending');
      const wait = Temporal.Instant.from(delivery.nextAttemptAt).since(clock.now()).total('seconds');
      expect(wait).toBeGreaterThanOrEqual(seconds);
      expect(wait).toBeLessThanOrEqual(seconds * 1.1);
      clock.set(delivery.nextAttemptAt);
    }
    const ended = await one.untilAttempts(12);
    expect(ended).toMatchObject({ status: 'exhausted', attemptsMade: 12, nextAttemptAt: null, lastStatusCode: 500 });
    expect(clock.now().since(started).total('hours')).toBeGreaterThan(76);
    const received = one.received();
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(12);
    for (const each of received) {
      const stamp = new Date(Number(each.headers['webhook-timestamp']) * 1_000);
      const signature = new Webhook(one.secret).sign(String(each.headers['webhook-id']), stamp, each.body);
      expect(each.headers['webhook-signature']).toBe(signature);
    }
    expect(ended.attempts).toHaveLength(12);
    expect(ended.attempts[0]).toMatchObject({
      number: 1,
      outcome: 'refused',
      statusCode: 500,
      responseBody: 'out of order',
    });
    clock.advance({ hours: 100 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(one.received()).toHaveLength(12);
    clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  });

  test('ends with the first 2xx, and the attempts say how each was answered', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    let answers = 0;
    sink.answer = () => [503, 404, 204][answers++] ?? 500;
    await shop.create();
    for (const tries of [1, 2]) {
      const { nextAttemptAt } = await one.untilAttempts(tries);
      clock.set(nextAttemptAt);
    }
    const ended = await one.untilAttempts(3);
    expect(ended).toMatchObject({ status: 'succeeded', lastStatusCode: 204, lastError: null });
    expect(
      ended.attempts.map((attempt: { outcome: string; statusCode: number }) => [attempt.outcome, attempt.statusCode]),
    ).toEqual([
      ['refused', 503],
      ['refused', 404],
      ['acknowledged', 204],
    ]);
  });

  test('is not sent a moment before it is due', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => 500;
    await shop.create();
    const { nextAttemptAt } = await one.untilAttempts(1);
    clock.set(Temporal.Instant.from(nextAttemptAt).subtract({ milliseconds: 1 }));
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(one.received()).toHaveLength(1);
    clock.advance({ milliseconds: 1 });
    await one.untilReceived(2);
  });

  test.each([
    ['more patience', '100', 100],
    ['less', '1', 5],
    ['a year', '31536000', 86_400],
    ['nonsense', 'soon', 5],
  ])('follows Retry-After where it asks for %s within reason', async (_, value, seconds) => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => ({ status: 429, headers: { 'retry-after': value } });
    await shop.create();
    const { nextAttemptAt } = await one.untilAttempts(1);
    const wait = Temporal.Instant.from(nextAttemptAt).since(clock.now()).total('seconds');
    expect(wait).toBeGreaterThanOrEqual(seconds);
    expect(wait).toBeLessThanOrEqual(seconds * 1.1);
  });

  test('S2.23 is not carried on by a redirect: the answer stands, and nothing arrives elsewhere', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => ({ status: 302, headers: { location: `${sink.url}/elsewhere` } });
    await shop.create();
    const { attempts, status } = await one.untilAttempts(1);
    expect([status, attempts[0].outcome, attempts[0].statusCode]).toEqual(['pending', 'refused', 302]);
    expect(receivedAt(sink, '/elsewhere')).toEqual([]);
  });

  test('to a port where nobody listens is recorded as not sent, and comes when somebody does', async () => {
    const gone = await startWebhookSink();
    await gone.close();
    const one = await endpoint({ eventTypes: ['payment.created'] });
    await one.patch({ url: `${gone.url}/hook` });
    await shop.create();
    const first = await one.untilAttempts(1);
    expect(first.attempts[0]).toMatchObject({ outcome: 'not_sent', statusCode: null, responseBody: null });
    await one.patch({ url: sink.url + one.path });
    clock.set(first.nextAttemptAt);
    expect(await one.untilAttempts(2)).toMatchObject({ status: 'succeeded' });
  });

  test('is sent again on demand under the same webhook-id, as a delivery of its own', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    await shop.create();
    const [first] = await one.untilReceived(1);
    const [delivery] = await one.deliveries();
    const resent = await shop.merchant.send('POST', `/deliveries/${delivery.id}/resend`, { body: {} });
    expect(resent.status, resent.text).toBe(201);
    expect(resent.body).toMatchObject({ trigger: 'resend', status: 'pending', eventId: delivery.eventId });
    const [, second] = await one.untilReceived(2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    await until(async () => (await readDelivery(shop.merchant, resent.body.id)).status === 'succeeded');
    expect(await readDelivery(shop.merchant, delivery.id)).toMatchObject({ attemptsMade: 1 });
  });
});

test('S2.6 an endpoint that never answers delays no other, and its attempt is lost after its deadline', async () => {
  const [hanging, other] = [await endpoint({ eventTypes: ['payment.created'] }), await endpoint()];
  sink.answer = ({ path }) => (path === hanging.path ? 'never' : 200);
  const started = performance.now();
  await shop.create();
  await hanging.untilReceived(1);
  for (let i = 0; i < 3; i++) await shop.merchant.pay();
  await other.untilReceived(13);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect((await hanging.deliveries()).every(({ attemptsMade }: { attemptsMade: number }) => attemptsMade === 0)).toBe(
    true,
  );
  const delivery = await until(
    async () => (await hanging.deliveries()).find(({ attemptsMade }: { attemptsMade: number }) => attemptsMade === 1),
    20_000,
  );
  const { attempts, status, nextAttemptAt } = await readDelivery(shop.merchant, delivery.id);
  expect([status, nextAttemptAt]).toEqual(['pending', expect.any(String)]);
  expect(attempts).toMatchObject([{ outcome: 'lost', statusCode: null, error: expect.stringMatching(/^timeout/) }]);
});
