import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../../src/events/event.ts';
import { isPartnerSignature } from '../../src/partners/sign-partner-message.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { readDelivery, receivedAt } from '../support/open-endpoint.ts';
import { openToldShop } from '../support/told-shop.ts';
import { startWebhookSink } from '../support/webhook-sink.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop();
afterEach(async () => {
  // The next minute, with a budget of its own.
  clock.advance({ minutes: 1 });
  clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  await tollgate.database.run('delete from simulation_budgets');
});

const tryIt = (id: string, what: 'test' | 'simulate', body?: unknown) =>
  shop.merchant.send('POST', `/webhook-endpoints/${id}/${what}`, { ...(body === undefined ? {} : { body }) });

const testPassedAt = async (id: string) =>
  (await shop.merchant.send('GET', `/webhook-endpoints/${id}`)).body.testPassedAt;

describe('S3.14 a test of an endpoint', () => {
  test('sends a signed endpoint.test at once, shows its bytes and what was signed, and notes that it passed', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => ({ status: 202, body: 'thanks', headers: { 'x-shop': 'here' } });
    const { status, body: trial } = await tryIt(one.id, 'test');
    expect(status).toBe(200);
    expect(trial).toMatchObject({
      passed: true,
      problem: null,
      eventType: 'endpoint.test',
      probe: null,
      request: { method: 'POST', url: sink.url + one.path, signatureVerifies: true },
      response: { status: 202, body: 'thanks', headers: { 'x-shop': 'here' }, remoteAddress: '127.0.0.1' },
    });
    const [received, ...others] = one.received();
    expect(others).toEqual([]);
    expect(received?.body).toBe(trial.request.body);
    expect(received?.headers).toMatchObject({ ...trial.request.headers, 'tollgate-simulated': '1' });
    const { 'webhook-id': id, 'webhook-timestamp': stamp } = trial.request.headers;
    expect(trial.request.signedText).toBe(`${id}.${stamp}.${received?.body}`);
    new Webhook(one.secret).verify(received?.body ?? '', received?.headers as Record<string, string>);
    expect(JSON.parse(received?.body ?? '').data.object).toMatchObject({ id: one.id, object: 'webhook_endpoint' });
    expect(await testPassedAt(one.id)).toBe(clock.now().toString());
    expect(await readDelivery(shop.merchant, trial.deliveryId)).toMatchObject({
      trigger: 'test',
      status: 'succeeded',
      attemptsMade: 1,
      nextAttemptAt: null,
      whyNotSent: null,
      attempts: [{ outcome: 'acknowledged', requestHeaders: { 'webhook-signature': '(not kept)', 'webhook-id': id } }],
    });
    expect(JSON.stringify(trial)).not.toContain(one.secret.slice('whsec_'.length));
  });

  test('that is not acknowledged says why, is never repeated, cannot be sent again and passes nothing', async () => {
    const one = await endpoint();
    sink.answer = () => ({ status: 500, body: 'out of order' });
    const { body: trial } = await tryIt(one.id, 'test');
    expect(trial).toMatchObject({ passed: false, problem: expect.stringContaining('500'), response: { status: 500 } });
    clock.advance({ hours: 100 });
    const delivery = await readDelivery(shop.merchant, trial.deliveryId);
    expect(delivery).toMatchObject({
      status: 'exhausted',
      attemptsMade: 1,
      whyNotSent: expect.stringContaining('once'),
    });
    expect(one.received()).toHaveLength(1);
    expect(await testPassedAt(one.id)).toBeNull();
    const again = await shop.merchant.send('POST', `/deliveries/${trial.deliveryId}/resend`);
    expect([again.status, again.body.code]).toEqual([409, 'state_conflict']);
    expect((await shop.merchant.send('GET', `/events/${trial.eventId}`)).status).toBe(404);
  });

  test('of a port where nobody listens tells that, with no answer to show', async () => {
    const one = await endpoint();
    const gone = await startWebhookSink();
    await gone.close();
    await one.patch({ url: gone.url });
    const { body: trial } = await tryIt(one.id, 'test');
    expect(trial).toMatchObject({
      passed: false,
      response: null,
      problem: expect.stringContaining('connection_refused'),
    });
  });

  test('of a paused endpoint is made all the same', async () => {
    const one = await endpoint();
    await one.patch({ status: 'paused' });
    expect((await tryIt(one.id, 'test')).body.passed).toBe(true);
  });

  test('in a dialect without a word for it sends a payment that never was, signed as that dialect signs', async () => {
    const one = await endpoint({ dialect: 'partner', secret: 'a partner secret of ours' });
    const { body: trial } = await tryIt(one.id, 'test');
    expect(trial).toMatchObject({ passed: true, eventType: 'payment.succeeded', request: { signatureVerifies: true } });
    const said = JSON.parse(one.received()[0]?.body ?? '');
    expect(said).toMatchObject({ eventType: 'PAYMENT', status: 'SUCCESS', amount: 1250, orderId: 'order-10045' });
    const secret = { algorithm: 'hmac-sha256', secretKey: 'a partner secret of ours' } as const;
    expect(isPartnerSignature(secret, trial.request.signedText, said.signature)).toBe(true);
  });

  test('does not pass what the endpoint has become while it ran', async () => {
    const one = await endpoint();
    const server = createServer((_request, response) => {
      // The clock stands still: only what was changed tells.
      void one.patch({ url: `${sink.url}/elsewhere` }).then(() => response.end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await one.patch({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    const { body: trial } = await tryIt(one.id, 'test');
    expect([trial.passed, await testPassedAt(one.id)]).toEqual([true, null]);
    server.closeAllConnections();
    server.close();
  });

  test('of a foreign endpoint finds nothing', async () => {
    const one = await endpoint();
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    expect((await stranger.send('POST', `/webhook-endpoints/${one.id}/test`)).status).toBe(404);
    expect(one.received()).toEqual([]);
  });
});

/** The names of all members, however deep. */
function namesOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.length === 0 ? [path] : namesOf(value[0], `${path}[]`);
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => namesOf(member, `${path}.${name}`));
}

describe('S3.29 a simulation', () => {
  test('carries values of the developer’s own, and a sample shows which there are', async () => {
    const one = await endpoint();
    const { body: sample } = await shop.merchant.send('GET', '/event-samples?type=refund.succeeded');
    expect(sample).toMatchObject({ type: 'refund.succeeded', data: { object: { object: 'refund', amount: 1250 } } });
    const body = { eventType: 'refund.succeeded', object: { amount: 420 } };
    const { body: trial } = await tryIt(one.id, 'simulate', body);
    expect(trial).toMatchObject({ passed: true, request: { signatureVerifies: true } });
    expect(JSON.parse(one.received()[0]?.body ?? '').data.object).toMatchObject({
      ...sample.data.object,
      ...{
        id: expect.any(String),
        paymentId: expect.any(String),
        amount: 420,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    });
    const refused = await tryIt(one.id, 'simulate', { ...body, object: { amount: 'much' } });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/object/amount']);
  });

  test('has the parameters of the real notification, and is marked by a header alone', async () => {
    const one = await endpoint({ eventTypes: ['payment.succeeded'] });
    const { id } = await shop.create({
      cartItems: [{ description: 'Tea', quantity: 1, value: 1250 }],
      requestShipping: true,
      metadata: { basket: '1' },
    });
    const phone = '+44 20 7946 0000';
    const shippingAddress = { name: 'Ada', line1: '1 Tea Lane', city: 'London', postalCode: 'SW1A 1AA', country: 'GB' };
    const confirmed = await shop.merchant.send('POST', `/payments/${id}/confirm`, {
      body: { method: { type: 'sandbox', token: 'tok_no_ipn' }, shippingAddress: { ...shippingAddress, phone } },
    });
    expect(confirmed.body.status, confirmed.text).toBe('succeeded');
    const [real] = await one.untilReceived(1);
    const { body: trial } = await tryIt(one.id, 'simulate', { eventType: 'payment.succeeded' });
    const [, simulated] = one.received();
    // Members of cart items come back from the database in an order of its own.
    const namesIn = (received: typeof real) => namesOf(JSON.parse(received?.body ?? '')).toSorted();
    expect(namesIn(simulated)).toEqual(namesIn(real));
    const headersOf = (received: typeof real) => Object.keys(received?.headers ?? {}).sort();
    expect(headersOf(simulated)).toEqual([...headersOf(real), 'tollgate-simulated'].sort());
    expect(JSON.parse(simulated?.body ?? '')).toMatchObject({
      mode: 'test',
      data: { object: { status: 'succeeded' } },
    });
    expect(await readDelivery(shop.merchant, trial.deliveryId)).toMatchObject({
      trigger: 'simulation',
      paymentId: null,
    });
    expect(await testPassedAt(one.id)).toBeNull();
  });

  test('can be of any type, whatever the endpoint asks for, and none of them becomes an event', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    const before = (await shop.merchant.send('GET', '/events?limit=100')).body.data.length;
    for (const eventType of EVENT_TYPES) {
      expect((await tryIt(one.id, 'simulate', { eventType })).body).toMatchObject({ passed: true, eventType });
    }
    expect(one.received().map(({ body }) => JSON.parse(body).type)).toEqual(EVENT_TYPES);
    expect((await shop.merchant.send('GET', '/events?limit=100')).body.data).toHaveLength(before);
  });

  test('of what the dialect has no word for is refused, and nothing is sent', async () => {
    const one = await endpoint({ dialect: 'partner' });
    const refused = await tryIt(one.id, 'simulate', { eventType: 'payment.created' });
    expect([refused.status, refused.body.code, one.received()]).toEqual([409, 'state_conflict', []]);
  });

  test('goes to any address under a secret that is given or made, and that address becomes no endpoint', async () => {
    const body = { url: `${sink.url}/anywhere`, eventType: 'refund.succeeded' };
    const made = await shop.merchant.send('POST', '/simulations', { body });
    expect(made.body).toMatchObject({ passed: true, secret: expect.stringMatching(/^whsec_/) });
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const given = await shop.merchant.send('POST', '/simulations', { body: { ...body, secret } });
    expect(given.body).toMatchObject({ passed: true, secret: null });
    const received = receivedAt(sink, '/anywhere');
    for (const [index, key] of [made.body.secret, secret].entries()) {
      const { body: bytes = '', headers = {} } = received[index] ?? {};
      new Webhook(key).verify(bytes, headers as Record<string, string>);
    }
    expect(await readDelivery(shop.merchant, given.body.deliveryId)).toMatchObject({
      endpointId: null,
      url: `${sink.url}/anywhere`,
    });
  });

  test('to an address that may not be called is refused by the rule that endpoints have', async () => {
    const body = { url: 'https://169.254.169.254/latest', eventType: 'payment.succeeded' };
    const refused = await shop.merchant.send('POST', '/simulations', { body });
    expect([refused.status, refused.body.code, refused.body.errors[0].pointer]).toEqual([
      422,
      'target_not_allowed',
      '/url',
    ]);
  });
});

test('a tenant may try sixty times a minute over all of its endpoints, and is then told when to come again', async () => {
  const created = await tollgate.createTenant();
  const busy: Merchant = merchantOf(tollgate.apiUrl, created.apiKeys.test);
  const body = { url: `${sink.url}/busy`, eventType: 'payment.succeeded' };
  const answers = await Promise.all(Array.from({ length: 62 }, () => busy.send('POST', '/simulations', { body })));
  const refused = answers.filter(({ status }) => status === 429);
  expect([refused.length, receivedAt(sink, '/busy').length]).toEqual([2, 60]);
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  clock.advance({ minutes: 1 });
  expect((await busy.send('POST', '/simulations', { body })).status).toBe(200);
});
