import { afterEach, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { type Answer, until } from '../support/api-client.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { receivedAt } from '../support/open-endpoint.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { openToldShop } from '../support/told-shop.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop({ fields: { eventTypes: ['payment.created'] } });
const operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
afterEach(async () => {
  await asOperator({ paused: false, enabled: true, adminEmail: null, additionalTypesAlsoToMain: false });
});

const SETTINGS = '/notification-settings';
const change = (body: unknown, path = SETTINGS) => shop.merchant.send('PATCH', path, { body });

function asOperator(body: unknown): Promise<Answer> {
  return operator.send('PATCH', operatorPath(), { body });
}

/** A key that was given the right to pause by name. */
async function administrator(): Promise<Merchant> {
  const { tenantId } = tollgate.tenant.tenant;
  const scopes = ['*', 'notification-settings:pause'] as const;
  const db = tollgate.tollgate.gateway.payments.database.query;
  return merchantOf(tollgate.apiUrl, await createApiKey(db, clock, { tenantId, mode: 'test', name: 'Admin', scopes }));
}

async function product(settings: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { id } = (await shop.merchant.send('POST', '/products', { body: { name: 'Tickets' } })).body;
  const answer = await change(settings, `/products/${id}${SETTINGS}`);
  expect(answer.status, answer.text).toBe(200);
  return id;
}

const deliveriesOf = async (paymentId: string) =>
  (await shop.merchant.send('GET', `/deliveries?paymentId=${paymentId}`)).body.data as Answer['body'][];

async function untilHeld(paymentId: string): Promise<void> {
  await until(async () => {
    const all = await deliveriesOf(paymentId);
    return all.length > 0 && all.every(({ status }) => status === 'held');
  });
}

/** A pause holds within a second, by which processes believe what they read; from then on nothing goes out. */
async function untilPaused(merchant: Merchant, path: string, fields: Readonly<Record<string, unknown>> = {}) {
  const answer = await merchant.send('PATCH', path, { body: { paused: true } });
  expect(answer.status, answer.text).toBe(200);
  await until(async () => {
    const { id } = await shop.create(fields);
    const settled = async () => {
      const all = await deliveriesOf(id);
      return all.length > 0 && all.every(({ status }) => status !== 'pending') && all;
    };
    return (await until(settled)).every(({ status }) => status === 'held');
  });
}

const operatorPath = () => `/operator${SETTINGS}?tenantId=${tollgate.tenant.tenant.tenantId}&mode=test`;

describe('the settings of all notifications', () => {
  test('are as by default until somebody changes them, and then member by member', async () => {
    const other = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    const plain = { enabled: true, paused: false, adminEmail: null, additionalTypesAlsoToMain: false };
    expect((await other.send('GET', SETTINGS)).body).toMatchObject({ ...plain, mode: 'test', updatedAt: null });
    const adminEmail = 'payments@shop.example';
    const changed = await other.send('PATCH', SETTINGS, { body: { adminEmail } });
    expect(changed.body).toMatchObject({ ...plain, adminEmail, updatedAt: expect.any(String) });
    await other.send('PATCH', SETTINGS, { body: { enabled: false } });
    expect((await other.send('GET', SETTINGS)).body).toMatchObject({ ...plain, enabled: false, adminEmail });
    const rows = await tollgate.database.run('select * from notification_settings');
    expect(JSON.stringify(rows, (_, value) => (Buffer.isBuffer(value) ? value.toString() : value))).not.toContain(
      'payments@',
    );
  });

  test('of a product are its tenant’s until it has some of its own', async () => {
    const id = await product({ enabled: false, adminEmail: 'tickets@shop.example' });
    const own = { enabled: false, paused: null, adminEmail: 'tickets@shop.example', additionalTypesAlsoToMain: null };
    expect((await shop.merchant.send('GET', `/products/${id}${SETTINGS}`)).body).toMatchObject(own);
    const taken = await change({ enabled: null }, `/products/${id}${SETTINGS}`);
    expect(taken.body).toMatchObject({ ...own, enabled: null, productId: id });
  });
});

describe('S3.10 the switch', () => {
  test('turned off, events become no deliveries and stay listed; turned on, they flow again', async () => {
    const one = await endpoint();
    await change({ enabled: false });
    const silent = await shop.create({ notificationUrl: `${sink.url}/own` });
    await untilQuiet(tollgate.database);
    expect(await deliveriesOf(silent.id)).toEqual([]);
    expect(await shop.eventTypes(silent.id)).toEqual(['payment.created']);
    await change({ enabled: true });
    await shop.create();
    await one.untilReceived(1);
    expect(receivedAt(sink, '/own')).toEqual([]);
  });

  test('S3.26 of a product turns off its payments alone', async () => {
    const one = await endpoint();
    const [silent, loud] = [await product({ enabled: false }), await product({ enabled: true })];
    await shop.create({ productId: silent });
    const told = await shop.create({ productId: loud });
    const [received] = await one.untilReceived(1);
    await untilQuiet(tollgate.database);
    expect(one.received()).toHaveLength(1);
    expect(JSON.parse(received?.body ?? '').data.object.id).toBe(told.id);
  });
});

describe('S3.11 the pause', () => {
  test('holds everything, drops nothing, and what was held is sent when it ends', async () => {
    const [one, other] = [await endpoint(), await endpoint()];
    await untilPaused(operator, operatorPath());
    const before = sink.received.length;
    const payments = [await shop.create(), await shop.create({ notificationUrl: `${sink.url}/own-paused` })];
    for (const { id } of payments) await untilHeld(id);
    expect(sink.received.length).toBe(before);
    const [held] = await deliveriesOf(payments[0].id);
    expect(held).toMatchObject({ status: 'held', attemptsMade: 0, nextAttemptAt: null });
    expect((await shop.merchant.send('GET', '/deliveries?status=held')).body.data.length).toBeGreaterThanOrEqual(4);
    await asOperator({ paused: false });
    await until(async () => (await shop.merchant.send('GET', '/deliveries?status=held')).body.data.length === 0);
    await untilQuiet(tollgate.database);
    for (const { received, deliveries } of [one, other]) {
      const ids = received().map(({ headers }) => headers['webhook-id']);
      expect(new Set(ids).size).toBe(ids.length);
      expect((await deliveries()).every(({ status }: { status: string }) => status === 'succeeded')).toBe(true);
    }
    expect(receivedAt(sink, '/own-paused')).toHaveLength(1);
  });

  test('of a product holds its payments, while others go out through the same endpoint', async () => {
    const one = await endpoint();
    const productId = await product();
    const admin = await administrator();
    const path = `/products/${productId}${SETTINGS}`;
    await untilPaused(admin, path, { productId });
    const before = one.received().length;
    const held = await Promise.all(Array.from({ length: 20 }, () => shop.create({ productId })));
    for (const { id } of held) await untilHeld(id);
    const free = await shop.create();
    await one.untilReceived(before + 1);
    expect(JSON.parse(one.received().at(-1)?.body ?? '').data.object.id).toBe(free.id);
    await untilPaused(operator, operatorPath());
    const beforeRelease = one.received().length;
    await admin.send('PATCH', path, { body: { paused: null } });
    for (const { id } of held) expect((await deliveriesOf(id)).map(({ status }) => status)).toEqual(['held']);
    expect(one.received()).toHaveLength(beforeRelease);
    await asOperator({ paused: false });
    await until(async () => {
      const ids = one.received().map(({ body }) => JSON.parse(body).data.object.id);
      return held.every(({ id }) => ids.includes(id));
    });
  });

  test('begun and ended again and again while payments are made leaves nothing behind', async () => {
    const one = await endpoint();
    const productId = await product();
    const admin = await administrator();
    const toggled = (async () => {
      for (let round = 0; round < 12; round++) {
        const paused = round % 2 === 0;
        await asOperator({ paused });
        await admin.send('PATCH', `/products/${productId}${SETTINGS}`, { body: { paused: !paused } });
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    })();
    const payments: Answer['body'][] = [];
    let isToggling = true;
    void toggled.finally(() => {
      isToggling = false;
    });
    while (isToggling) {
      payments.push(...(await Promise.all([shop.create(), shop.create({ productId })])));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await toggled;
    await asOperator({ paused: false });
    await admin.send('PATCH', `/products/${productId}${SETTINGS}`, { body: { paused: false } });
    const open = () =>
      tollgate.database.run<{ status: string }>(
        `select status from deliveries where endpoint_id = $1 and status in ('pending', 'held')`,
        [one.id],
      );
    await until(async () => {
      // What was sent at the very moment of a pause waits a second by the clock that stands still.
      clock.advance({ seconds: 1 });
      return (await open()).length === 0;
    }, 20_000);
    const told = one.received().map(({ body }) => JSON.parse(body).data.object.id);
    expect(payments.filter(({ id }) => !told.includes(id))).toEqual([]);
    expect(payments.length).toBeGreaterThan(20);
  });

  test('is for administrators: no wildcard covers it, neither of a key nor of the app’s own secret', async () => {
    const { appName } = tollgate.tenant.tenant;
    const login = { body: { appName, appSecret: tollgate.tenant.appSecret } };
    const { accessToken } = (await shop.merchant.send('POST', '/tenants/login', login)).body;
    const productPath = `/products/${await product()}${SETTINGS}`;
    for (const merchant of [shop.merchant, merchantOf(tollgate.apiUrl, accessToken)]) {
      for (const path of [SETTINGS, productPath]) {
        for (const paused of [true, false]) {
          const answer = await merchant.send('PATCH', path, { body: { paused, enabled: false } });
          expect(answer, answer.text).toMatchObject({ status: 403, body: { code: 'forbidden' } });
          expect(answer.body.errors).toMatchObject([{ pointer: '/paused' }]);
        }
      }
    }
    expect((await shop.merchant.send('GET', SETTINGS)).body).toMatchObject({ enabled: true, paused: false });
    const admin = await administrator();
    expect((await admin.send('PATCH', SETTINGS, { body: { paused: true } })).body.paused).toBe(true);
  });

  test('does not hold what a partner is told of its own payments', async () => {
    const key = (await shop.merchant.send('POST', '/partner-keys', { body: {} })).body;
    const one = await endpoint();
    await untilPaused(operator, operatorPath());
    const before = one.received().length;
    const payment = await shop.create({ notificationUrl: `${sink.url}/partners` });
    await tollgate.database.run(
      `insert into partner_orders (tenant_id, payment_id, partner_key_id, order_id) values ($1, $2, $3, 'their-order')`,
      [tollgate.tenant.tenant.tenantId, payment.id, key.id],
    );
    await shop.confirm(payment.id, 'tok_no_ipn');
    await until(async () => receivedAt(sink, '/partners').length > 0);
    expect(one.received()).toHaveLength(before);
  });
});

describe('who gets what by them', () => {
  test('S3.13 an endpoint of the product replaces the main one; each delivery says which setting sent it there', async () => {
    const productId = await product();
    const main = await endpoint();
    const ofProduct = await endpoint({ productId });
    const extra = await endpoint({ additional: true });
    const payment = await shop.create({ productId });
    await Promise.all([ofProduct.untilReceived(1), extra.untilReceived(1)]);
    await untilQuiet(tollgate.database);
    expect(main.received()).toEqual([]);
    const reasons = (await deliveriesOf(payment.id)).map(({ endpointId, reason }) => [endpointId, reason]);
    expect(Object.fromEntries(reasons)).toEqual({ [ofProduct.id]: 'product', [extra.id]: 'additional' });
    await shop.create();
    await main.untilReceived(1);
  });

  test('S3.19 types chosen for an additional endpoint go to the main one too where it is set so', async () => {
    const main = await endpoint({ eventTypes: ['payment.succeeded'] });
    const extra = await endpoint({ additional: true });
    await shop.create();
    await extra.untilReceived(1);
    await change({ additionalTypesAlsoToMain: true });
    await shop.create();
    await Promise.all([extra.untilReceived(2), main.untilReceived(1)]);
  });

  test('a payment without an address of its own, of a tenant without endpoints, is told to nobody', async () => {
    const other = await tollgate.createTenant();
    const merchant = merchantOf(tollgate.apiUrl, other.apiKeys.test);
    const { body } = await merchant.create();
    await untilQuiet(tollgate.database);
    expect((await merchant.send('GET', `/deliveries?paymentId=${body.id}`)).body.data).toEqual([]);
    expect((await merchant.send('GET', `/events?paymentId=${body.id}`)).body.data).toHaveLength(1);
  });
});
