import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';
import { openEndpoint, receivedAt } from '../support/open-endpoint.ts';
import { watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { openToldShop } from '../support/told-shop.ts';
import type { Received } from '../support/webhook-sink.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop({
  environment: { TOLLGATE_TRUST_PROXY: 'loopback' },
});

const typeOf = ({ body }: Received) => JSON.parse(body).type;

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
    const received = await one.untilReceived(4);
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
    const [first] = await one.untilReceived(1);
    expect(() => new Webhook(secret).verify(first?.body ?? '', first?.headers as Record<string, string>)).not.toThrow();
  });

  test('gets only the types it asked for, also after it asks for others', async () => {
    const one = await endpoint({ eventTypes: ['payment.succeeded', 'refund.succeeded'] });
    const { id } = await shop.merchant.pay();
    await shop.merchant.refund(id, { reason: 'Sent back' }, `refund-${id}`);
    expect((await one.untilReceived(2)).map(typeOf).sort()).toEqual(['payment.succeeded', 'refund.succeeded']);
    expect((await one.patch({ eventTypes: ['payment.created'] })).body.eventTypes).toEqual(['payment.created']);
    await shop.merchant.pay();
    await one.untilReceived(3);
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
    const received = await one.untilReceived(2);
    const ids = received.map(({ body }) => JSON.parse(body).data.object.id);
    expect(ids.sort()).toEqual(created.map(({ id }) => id).sort());
  });

  test('that moved gets what still waits at its new address', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => 500;
    await shop.create();
    await one.untilAttempts(1);
    sink.answer = () => 200;
    await one.patch({ url: `${sink.url}/moved` });
    clock.advance({ seconds: 6 });
    const [moved] = await until(async () => receivedAt(sink, '/moved').length > 0 && receivedAt(sink, '/moved'));
    expect(moved?.headers['webhook-id']).toBe(one.received()[0]?.headers['webhook-id']);
  });

  test('that is deleted gets nothing more; what waited for it is canceled and its past stays readable', async () => {
    const one = await openEndpoint(shop.merchant, sink, { eventTypes: ['payment.created'] });
    sink.answer = () => 500;
    await shop.create();
    await one.untilAttempts(1);
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

test('S3.4 in live mode an address is https and public, whatever the installation allows in test mode', async () => {
  const live = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.live, { 'x-forwarded-proto': 'https' });
  for (const url of ['http://shop.example/hook', 'https://127.0.0.1/hook', sink.url]) {
    const answer = await live.send('POST', '/webhook-endpoints', { body: { url } });
    expect(answer, answer.text).toMatchObject({ status: 422, body: { code: 'target_not_allowed' } });
    expect(answer.body.errors).toMatchObject([{ pointer: '/url' }]);
  }
  const made = await live.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/hook' } });
  const moved = await live.send('PATCH', `/webhook-endpoints/${made.body.id}`, { body: { url: sink.url } });
  expect(moved).toMatchObject({ status: 422, body: { code: 'target_not_allowed' } });
});

describe("a payment's own address", () => {
  test('replaces the oldest endpoint for that payment and keeps its key; other endpoints are told as ever', async () => {
    const main = await endpoint({ eventTypes: ['payment.created'] });
    clock.advance({ milliseconds: 1 });
    const second = await endpoint({ eventTypes: ['payment.created'] });
    const payment = await shop.create({ notificationUrl: `${sink.url}/own` });
    const [told] = await until(async () => receivedAt(sink, '/own').length > 0 && receivedAt(sink, '/own'));
    await second.untilReceived(1);
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
