import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { type Received, startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let sink: WebhookSink;
let shop: PaymentWatch;

beforeAll(async () => {
  clock = stoppedClock();
  [tollgate, sink] = await Promise.all([startInstallation({ clock }), startWebhookSink()]);
  shop = watchPayments(tollgate);
});
afterAll(async () => {
  // First, so that nobody waits for the endpoint that never answers.
  await sink.close();
  await tollgate.close();
});

let paths = 0;

/** An endpoint with a path of its own, and what arrives there. */
async function openEndpoint(fields = {}) {
  const path = `/hook-${paths++}`;
  const answer = await shop.merchant.send('POST', '/webhook-endpoints', { body: { url: sink.url + path, ...fields } });
  expect(answer.status, answer.text).toBe(201);
  const { id, secret } = answer.body;
  return {
    id: String(id),
    secret: String(secret),
    path,
    received: () => sink.received.filter((one) => one.path === path),
    patch: (body: object) => shop.merchant.send('PATCH', `/webhook-endpoints/${id}`, { body }),
    remove: () => shop.merchant.send('DELETE', `/webhook-endpoints/${id}`),
    deliveries: async () => (await shop.merchant.send('GET', `/deliveries?endpointId=${id}&limit=100`)).body.data,
  };
}
type Endpoint = Awaited<ReturnType<typeof openEndpoint>>;

const endpoints: Endpoint[] = [];
async function endpoint(fields = {}): Promise<Endpoint> {
  const one = await openEndpoint(fields);
  endpoints.push(one);
  return one;
}
afterEach(async () => {
  sink.answer = () => 200;
  for (const { remove } of endpoints.splice(0)) await remove();
});

const typeOf = ({ body }: Received) => JSON.parse(body).type;
const headersOf = ({ headers }: Received) => headers as Record<string, string>;
const readDelivery = async (id: string) => (await shop.merchant.send('GET', `/deliveries/${id}`)).body;

async function untilReceived({ received }: Pick<Endpoint, 'received'>, count: number): Promise<readonly Received[]> {
  return until(async () => received().length >= count && received());
}

/** The one delivery of an endpoint once this many attempts are on record. */
async function untilAttempts({ deliveries }: Endpoint, count: number) {
  const id = await until(async () => {
    const [delivery] = await deliveries();
    return delivery?.attemptsMade >= count && delivery.id;
  });
  return readDelivery(id);
}

describe('an endpoint', () => {
  test('S2.21 gets every event from its creation on, signed with the secret that is shown once', async () => {
    const one = await endpoint({ description: 'Orders' });
    expect(one.secret).toMatch(/^whsec_/);
    const read = await shop.merchant.send('GET', `/webhook-endpoints/${one.id}`);
    expect(read.body).toMatchObject({
      status: 'active',
      eventTypes: ['*'],
      dialect: 'standard',
      description: 'Orders',
    });
    expect(read.text).not.toContain(one.secret);
    await shop.merchant.pay();
    const received = await untilReceived(one, 4);
    expect(received.map(typeOf).sort()).toEqual([
      'capture.succeeded',
      'payment.created',
      'payment.processing',
      'payment.succeeded',
    ]);
    for (const verifier of [new Webhook(one.secret), new SvixWebhook(one.secret)]) {
      for (const { body, headers } of received) {
        expect(() => verifier.verify(body, headers as Record<string, string>)).not.toThrow();
        expect(() => verifier.verify(body.replace('EUR', 'USD'), headers as Record<string, string>)).toThrow();
      }
    }
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
  });

  test('may bring its own secret', async () => {
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
    const one = await endpoint({ secret });
    expect(one.secret).toBe(secret);
    await shop.create();
    const [first] = await untilReceived(one, 1);
    expect(() => new Webhook(secret).verify(first?.body ?? '', first?.headers as Record<string, string>)).not.toThrow();
  });

  test('gets only the types it asked for, also after it asks for others', async () => {
    const one = await endpoint({ eventTypes: ['payment.succeeded', 'refund.succeeded'] });
    const { id } = await shop.merchant.pay();
    await shop.merchant.refund(id, { reason: 'Sent back' }, `refund-${id}`);
    expect((await untilReceived(one, 2)).map(typeOf).sort()).toEqual(['payment.succeeded', 'refund.succeeded']);
    expect((await one.patch({ eventTypes: ['payment.created'] })).body.eventTypes).toEqual(['payment.created']);
    await shop.merchant.pay();
    await untilReceived(one, 3);
    await untilQuiet(tollgate.database);
    expect(one.received().map(typeOf).sort()).toEqual(['payment.created', 'payment.succeeded', 'refund.succeeded']);
  });

  test('that is paused misses nothing: what happens meanwhile comes when it resumes', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    expect((await one.patch({ status: 'paused' })).body.status).toBe('paused');
    const created = [await shop.create(), await shop.create()];
    await until(async () => (await one.deliveries()).length === 2);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(one.received()).toEqual([]);
    await one.patch({ status: 'active' });
    const received = await untilReceived(one, 2);
    const ids = received.map(({ body }) => JSON.parse(body).data.object.id);
    expect(ids.sort()).toEqual(created.map(({ id }) => id).sort());
  });

  test('that moved gets what still waits at its new address', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => 500;
    await shop.create();
    await untilAttempts(one, 1);
    sink.answer = () => 200;
    await one.patch({ url: `${sink.url}/moved` });
    clock.advance({ seconds: 6 });
    const [moved] = await untilReceived({ received: () => sink.received.filter(({ path }) => path === '/moved') }, 1);
    expect(moved?.headers['webhook-id']).toBe(one.received()[0]?.headers['webhook-id']);
  });

  test('that is deleted gets nothing more; what waited for it is canceled and its past stays readable', async () => {
    const one = await openEndpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => 500;
    await shop.create();
    await untilAttempts(one, 1);
    expect((await one.remove()).status).toBe(200);
    await shop.create();
    clock.advance({ minutes: 1 });
    await untilQuiet(tollgate.database);
    expect(one.received()).toHaveLength(1);
    const [delivery, ...others] = await one.deliveries();
    expect([delivery.status, others]).toEqual(['canceled', []]);
    expect((await shop.merchant.send('GET', `/webhook-endpoints/${one.id}`)).status).toBe(404);
  });

  test('S2.10 belongs to its tenant and its mode: nobody else sees, changes or deletes it, nor gets its events', async () => {
    const one = await endpoint();
    const key = (await tollgate.createTenant()).apiKeys.test;
    const url = `${tollgate.apiUrl}/api/v1/webhook-endpoints/${one.id}`;
    const answers = await Promise.all([
      call(url, { key }),
      call(url, { key, method: 'PATCH', body: { status: 'paused' } }),
      call(url, { key, method: 'DELETE' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    const foreign = await call(`${tollgate.apiUrl}/api/v1/payments`, { key, body: { reference: 'theirs', amount: 1 } });
    expect(foreign.status).toBe(201);
    await untilQuiet(tollgate.database);
    expect(one.received()).toEqual([]);
  });
});

describe('where private targets are not allowed, which is the default', () => {
  let strict: Installation;
  beforeAll(async () => {
    const environment = { TOLLGATE_ALLOW_PRIVATE_TARGETS: 'false', TOLLGATE_ROLES: 'api' };
    strict = await startInstallation({ environment });
  });
  afterAll(() => strict.close());

  test.each([
    ['ftp://shop.example/', 422],
    ['http://shop.example/', 422],
    ['https://user:secret@shop.example/', 422],
    ['https://127.0.0.1/', 422],
    ['https://169.254.169.254/latest/meta-data', 422],
    ['https://intranet/', 422],
    ['not an address', 422],
    ['https://shop.example/hook', 201],
  ])('S2.23 the address %s is answered with %i, for an endpoint as for one payment', async (url, status) => {
    const { merchant } = watchPayments(strict);
    const answers = [
      await merchant.send('POST', '/webhook-endpoints', { body: { url } }),
      await merchant.create({ notificationUrl: url }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
    if (status === 422) expect(answers.map(({ body }) => body.code)).toEqual(Array(2).fill('target_not_allowed'));
  });
});

describe("a payment's own address", () => {
  test('replaces the oldest endpoint for that payment and keeps its key; other endpoints are told as ever', async () => {
    const main = await endpoint({ eventTypes: ['payment.created'] });
    clock.advance({ milliseconds: 1 });
    const second = await endpoint({ eventTypes: ['payment.created'] });
    const own = { received: () => sink.received.filter(({ path }) => path === '/own') };
    const payment = await shop.create({ notificationUrl: `${sink.url}/own` });
    const [told] = await untilReceived(own, 1);
    await untilReceived(second, 1);
    await untilQuiet(tollgate.database);
    expect(main.received()).toEqual([]);
    expect(JSON.parse(told?.body ?? '').data.object.id).toBe(payment.id);
    expect(() =>
      new Webhook(main.secret).verify(told?.body ?? '', told?.headers as Record<string, string>),
    ).not.toThrow();
    const deliveries = await shop.merchant.send('GET', `/deliveries?paymentId=${payment.id}`);
    expect(deliveries.body.data.map(({ url }: { url: string }) => url).sort()).toEqual(
      [`${sink.url}/own`, null].sort(),
    );
  });
});

/** Seconds before each resend, as docs and contract name them. */
const DEFAULT_SCHEDULE = [5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 108_000];

describe('S2.6 a delivery that is not acknowledged', () => {
  test('is tried twelve times over 76 hours, each stamped and signed anew under one webhook-id, and is then exhausted', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => ({ status: 500, body: 'out of order' });
    const started = clock.now();
    await shop.create({ expiresIn: 31 * 86_400 });
    for (const [index, seconds] of DEFAULT_SCHEDULE.entries()) {
      const delivery = await untilAttempts(one, index + 1);
      expect(delivery.status).toBe('pending');
      const wait = Temporal.Instant.from(delivery.nextAttemptAt).since(clock.now()).total('seconds');
      expect(wait).toBeGreaterThanOrEqual(seconds);
      expect(wait).toBeLessThanOrEqual(seconds * 1.1);
      clock.set(delivery.nextAttemptAt);
    }
    const ended = await untilAttempts(one, 12);
    expect(ended).toMatchObject({ status: 'exhausted', attemptsMade: 12, nextAttemptAt: null, lastStatusCode: 500 });
    expect(clock.now().since(started).total('hours')).toBeGreaterThan(76);
    const received = one.received();
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(12);
    for (const each of received) {
      const stamp = new Date(Number(each.headers['webhook-timestamp']) * 1_000);
      const signature = new Webhook(one.secret).sign(headersOf(each)['webhook-id'] ?? '', stamp, each.body);
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
      const { nextAttemptAt } = await untilAttempts(one, tries);
      clock.set(nextAttemptAt);
    }
    const ended = await untilAttempts(one, 3);
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
    const { nextAttemptAt } = await untilAttempts(one, 1);
    clock.set(Temporal.Instant.from(nextAttemptAt).subtract({ milliseconds: 1 }));
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(one.received()).toHaveLength(1);
    clock.advance({ milliseconds: 1 });
    await untilReceived(one, 2);
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
    const { nextAttemptAt } = await untilAttempts(one, 1);
    const wait = Temporal.Instant.from(nextAttemptAt).since(clock.now()).total('seconds');
    expect(wait).toBeGreaterThanOrEqual(seconds);
    expect(wait).toBeLessThanOrEqual(seconds * 1.1);
  });

  test('S2.23 is not carried on by a redirect: the answer stands, and nothing arrives elsewhere', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => ({ status: 302, headers: { location: `${sink.url}/elsewhere` } });
    await shop.create();
    const { attempts, status } = await untilAttempts(one, 1);
    expect([status, attempts[0].outcome, attempts[0].statusCode]).toEqual(['pending', 'refused', 302]);
    expect(sink.received.filter(({ path }) => path === '/elsewhere')).toEqual([]);
  });

  test('to a port where nobody listens is recorded as not sent, and comes when somebody does', async () => {
    const gone = await startWebhookSink();
    await gone.close();
    const one = await endpoint({ eventTypes: ['payment.created'] });
    await one.patch({ url: `${gone.url}/hook` });
    await shop.create();
    const first = await untilAttempts(one, 1);
    expect(first.attempts[0]).toMatchObject({ outcome: 'not_sent', statusCode: null, responseBody: null });
    await one.patch({ url: sink.url + one.path });
    clock.set(first.nextAttemptAt);
    expect(await untilAttempts(one, 2)).toMatchObject({ status: 'succeeded' });
  });

  test('is sent again on demand under the same webhook-id, as a delivery of its own', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    await shop.create();
    const [first] = await untilReceived(one, 1);
    const [delivery] = await one.deliveries();
    const resent = await shop.merchant.send('POST', `/deliveries/${delivery.id}/resend`, { body: {} });
    expect(resent.status, resent.text).toBe(201);
    expect(resent.body).toMatchObject({ trigger: 'resend', status: 'pending', eventId: delivery.eventId });
    const [, second] = await untilReceived(one, 2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    await until(async () => (await readDelivery(resent.body.id)).status === 'succeeded');
    expect(await readDelivery(delivery.id)).toMatchObject({ attemptsMade: 1 });
  });
});

test('S2.6 an endpoint that never answers delays no other, and its attempt is lost after its deadline', async () => {
  const [hanging, other] = [await endpoint({ eventTypes: ['payment.created'] }), await endpoint()];
  sink.answer = ({ path }) => (path === hanging.path ? 'never' : 200);
  const started = performance.now();
  await shop.create();
  await untilReceived(hanging, 1);
  for (let i = 0; i < 3; i++) await shop.merchant.pay();
  await untilReceived(other, 13);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect((await hanging.deliveries()).every(({ attemptsMade }: { attemptsMade: number }) => attemptsMade === 0)).toBe(
    true,
  );
  const delivery = await until(
    async () => (await hanging.deliveries()).find(({ attemptsMade }: { attemptsMade: number }) => attemptsMade === 1),
    20_000,
  );
  const { attempts } = await readDelivery(delivery.id);
  expect(attempts).toMatchObject([{ outcome: 'lost', statusCode: null, error: expect.stringMatching(/^timeout/) }]);
});
