import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { openEndpoint, receivedAt } from '../support/open-endpoint.ts';
import { stoppedClock } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { type Received, startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

const SIGNED = 'merchantCode orderId providerRef refundId eventType status amount currency paidAt timestamp nonce';

let clock: ManualClock;
let tollgate: Installation;
let sink: WebhookSink;

beforeAll(async () => {
  clock = stoppedClock();
  [tollgate, sink] = await Promise.all([startInstallation({ clock }), startWebhookSink()]);
});
afterAll(async () => {
  await tollgate.close();
  await sink.close();
});
beforeEach(() => {
  sink.answer = () => 200;
});

async function newShop(): Promise<{ readonly shop: Merchant; readonly tenantId: string }> {
  const { tenant, apiKeys } = await tollgate.createTenant();
  return { shop: merchantOf(tollgate.apiUrl, apiKeys.test), tenantId: tenant.tenantId };
}

/** The members of a message, its signature checked as a receiver would. */
function verified({ body, headers }: Received, secret: string) {
  const { signature, ...members } = JSON.parse(body);
  const text = SIGNED.split(' ').map((name) => members[name] ?? '');
  expect(createHmac('sha256', secret).update(text.join('|')).digest('hex')).toBe(signature);
  expect(headers['content-type']).toBe('application/json');
  expect(Object.keys(headers).filter((name) => name.startsWith('webhook-'))).toEqual([]);
  return members;
}

describe('an endpoint of the dialect partner', () => {
  test('S0.31 is told what the wire has words for, signed with the secret it was made with', async () => {
    const { shop } = await newShop();
    const secret = 'any text';
    const endpoint = await openEndpoint(shop, sink, { dialect: 'partner', secret, merchantCode: 'SHOP_7' });
    expect(endpoint.secret).toBe(secret);
    const { id, reference } = await shop.pay();
    const refund = await shop.refund(id, { amount: 250, reason: 'broken' }, 'refund');
    const received = await endpoint.untilReceived(2);
    await untilQuiet(tollgate.database);
    const [payment, back] = received
      .map((one) => verified(one, secret))
      .sort((a, b) => (a.eventType < b.eventType ? -1 : 1));
    const common = { merchantCode: 'SHOP_7', orderId: reference, providerRef: id, currency: 'EUR' };
    expect(payment).toMatchObject({ ...common, eventType: 'PAYMENT', status: 'SUCCESS', amount: 1250 });
    const refundId = `gateway:${refund.body.id}`;
    expect(back).toMatchObject({ ...common, eventType: 'REFUND', status: 'REFUNDED', amount: 250, refundId });
    expect((await endpoint.deliveries()).map(({ eventType }: { eventType: string }) => eventType).sort()).toEqual([
      'payment.succeeded',
      'refund.succeeded',
    ]);
  });

  test('names the tenant, and makes a secret, where it was given neither', async () => {
    const { shop, tenantId } = await newShop();
    const endpoint = await openEndpoint(shop, sink, { dialect: 'partner' });
    const read = await shop.send('GET', `/webhook-endpoints/${endpoint.id}`);
    expect(read.body).toMatchObject({ dialect: 'partner', merchantCode: tenantId });
    await shop.pay();
    const [one] = await endpoint.untilReceived(1);
    expect(verified(one as Received, endpoint.secret).merchantCode).toBe(tenantId);
  });

  test('is acknowledged by 200 and by nothing else', async () => {
    const { shop } = await newShop();
    const endpoint = await openEndpoint(shop, sink, { dialect: 'partner' });
    sink.answer = () => 204;
    await shop.pay();
    expect((await endpoint.untilAttempts(1)).status).toBe('pending');
    sink.answer = () => 200;
    clock.advance({ seconds: 6 });
    const delivery = await endpoint.untilAttempts(2);
    expect(delivery).toMatchObject({
      status: 'succeeded',
      attempts: [{ outcome: 'refused' }, { outcome: 'acknowledged' }],
    });
    const [first, second] = endpoint.received().map((one) => verified(one, endpoint.secret));
    expect(second.nonce).not.toBe(first.nonce);
    expect(Temporal.Instant.from(second.timestamp).since(Temporal.Instant.from(first.timestamp)).total('seconds')).toBe(
      6,
    );
    expect({ ...second, nonce: '', timestamp: '' }).toEqual({ ...first, nonce: '', timestamp: '' });
  });

  test('keeps dialect and key where a payment has an address of its own', async () => {
    const { shop } = await newShop();
    const endpoint = await openEndpoint(shop, sink, { dialect: 'partner' });
    const own = `${endpoint.path}-of-one-payment`;
    await shop.pay({ notificationUrl: sink.url + own });
    const [one] = await until(async () => receivedAt(sink, own).length > 0 && receivedAt(sink, own));
    expect(verified(one as Received, endpoint.secret)).toMatchObject({ eventType: 'PAYMENT' });
    await untilQuiet(tollgate.database);
    expect([receivedAt(sink, own).length, endpoint.received().length]).toEqual([1, 0]);
  });

  test('stands beside one of the dialect standard', async () => {
    const { shop } = await newShop();
    const standard = await openEndpoint(shop, sink);
    const partner = await openEndpoint(shop, sink, { dialect: 'partner' });
    await shop.pay();
    await untilQuiet(tollgate.database);
    expect(standard.received().map(({ body }) => JSON.parse(body).type)).toContain('payment.created');
    expect(standard.received().every(({ headers }) => headers['webhook-signature'] !== undefined)).toBe(true);
    expect(partner.received()).toHaveLength(1);
  });

  test('is not told of the refund of money that came twice', async () => {
    const { shop } = await newShop();
    const endpoint = await openEndpoint(shop, sink, { dialect: 'partner' });
    const { id } = await shop.pay();
    await endpoint.untilReceived(1);
    const refund = await shop.refund(id, { amount: 100, reason: 'broken' }, 'refund');
    await endpoint.untilReceived(2);
    const again = (await endpoint.deliveries()).find(
      ({ eventType }: { eventType: string }) => eventType === 'refund.succeeded',
    );
    // As if that refund had given a second success back.
    await tollgate.database.run(
      `update events set object = (object::jsonb || '{"duplicate":true}')::json where event_id = $1`,
      [again.eventId],
    );
    const resent = await shop.send('POST', `/deliveries/${again.id}/resend`);
    const ended = await until(async () => {
      const { body } = await shop.send('GET', `/deliveries/${resent.body.id}`);
      return body.status !== 'pending' && body;
    });
    expect(refund.body.status).toBe('succeeded');
    expect(ended).toMatchObject({
      status: 'canceled',
      attempts: [],
      lastError: expect.stringContaining('has no word'),
    });
    expect(endpoint.received()).toHaveLength(2);
  });

  test('goes on with the others where one event cannot be written, which is shown and tried again', async () => {
    const { shop } = await newShop();
    const endpoint = await openEndpoint(shop, sink, { dialect: 'partner' });
    await shop.pay();
    await endpoint.untilReceived(1);
    const [{ id, eventId }] = await endpoint.deliveries();
    const setObject = (object: string) =>
      tollgate.database.run('update events set object = $2 where event_id = $1', [eventId, object]);
    const [event] = await tollgate.database.run<{ object: object }>('select object from events where event_id = $1', [
      eventId,
    ]);
    await setObject('{"id":7}');
    const broken = (await shop.send('POST', `/deliveries/${id}/resend`)).body.id;
    const read = async () => (await shop.send('GET', `/deliveries/${broken}`)).body;
    await until(async () => (await read()).attemptsMade === 1);
    expect(await read()).toMatchObject({ status: 'pending', attempts: [{ outcome: 'not_sent', statusCode: null }] });
    await shop.pay();
    await endpoint.untilReceived(2);
    await setObject(JSON.stringify(event?.object));
    clock.advance({ seconds: 6 });
    await until(async () => (await read()).status === 'succeeded');
    expect(endpoint.received()).toHaveLength(3);
  });
});
