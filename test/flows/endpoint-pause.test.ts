import { describe, expect, test } from 'vitest';
import { type Answer, until } from '../support/api-client.ts';
import { type OpenEndpoint, receivedAt } from '../support/open-endpoint.ts';
import { watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { openToldShop } from '../support/told-shop.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop();

const pause = ({ id }: OpenEndpoint) => shop.merchant.send('POST', `/webhook-endpoints/${id}/pause`);
const resume = ({ id }: OpenEndpoint, what?: string) =>
  shop.merchant.send('POST', `/webhook-endpoints/${id}/resume`, { body: what === undefined ? {} : { what } });

async function effective({ id }: OpenEndpoint, paymentId?: string): Promise<Answer['body']> {
  const query = paymentId === undefined ? '' : `?paymentId=${paymentId}`;
  const answer = await shop.merchant.send('GET', `/webhook-endpoints/${id}/effective${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

const typeOf = ({ body }: { readonly body: string }) => JSON.parse(body).type as string;

/** Payments that are paid while the endpoint is paused, until all that they lead to waits for it. */
async function paidMeanwhile(one: OpenEndpoint, payments = 1): Promise<void> {
  expect((await pause(one)).body.status).toBe('paused');
  for (let count = 0; count < payments; count++) await shop.merchant.pay();
  await until(async () => (await one.deliveries()).length === 4 * payments);
  expect(one.received()).toEqual([]);
}

describe('an endpoint that is resumed', () => {
  test('gets all that was kept for it, unless told otherwise', async () => {
    const one = await endpoint();
    await paidMeanwhile(one);
    expect((await resume(one)).body.status).toBe('active');
    const types = (await one.untilReceived(4)).map(typeOf);
    expect(types.sort()).toEqual(['capture.succeeded', 'payment.created', 'payment.processing', 'payment.succeeded']);
  });

  test('gets only the newest about each object where that is asked for; the rest is canceled and says why', async () => {
    const one = await endpoint();
    // All in one millisecond, on a clock that stands still: by chance one payment could come out right.
    await paidMeanwhile(one, 6);
    await resume(one, 'newest');
    await one.untilReceived(12);
    await untilQuiet(tollgate.database);
    const newest = Array.from({ length: 6 }, () => ['capture.succeeded', 'payment.succeeded']).flat();
    expect(one.received().map(typeOf).sort()).toEqual(newest.sort());
    const canceled = (await one.deliveries()).filter(({ status }: { status: string }) => status === 'canceled');
    const types = canceled.map(({ eventType }: { eventType: string }) => eventType);
    expect([types.length, new Set(types)]).toEqual([12, new Set(['payment.created', 'payment.processing'])]);
    expect(canceled[0]).toMatchObject({ lastError: expect.stringContaining('resumed'), nextAttemptAt: null });
  });

  test('gets nothing of it where none is asked for, and what comes later as ever', async () => {
    const one = await endpoint({
      eventTypes: ['payment.created', 'payment.succeeded', 'capture.succeeded', 'payment.processing'],
    });
    await paidMeanwhile(one);
    await resume(one, 'none');
    const { id } = await shop.create();
    const [first] = await one.untilReceived(1);
    await untilQuiet(tollgate.database);
    expect([one.received().length, JSON.parse(first?.body ?? '').data.object.id]).toEqual([1, id]);
  });

  test('loses nothing by a second resume, whatever it says', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    sink.answer = () => 500;
    await shop.create();
    const { nextAttemptAt } = await one.untilAttempts(1);
    expect((await resume(one, 'none')).body.status).toBe('active');
    sink.answer = () => 200;
    clock.set(nextAttemptAt);
    await one.untilReceived(2);
  });

  test('was disabled by us: what came meanwhile was kept', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    await tollgate.database.run(`update webhook_endpoints set status = 'disabled' where endpoint_id = $1`, [one.id]);
    await shop.create();
    await until(async () => (await one.deliveries()).length === 1);
    expect(one.received()).toEqual([]);
    expect((await effective(one)).held).toMatchObject({ because: 'endpoint_disabled' });
    await resume(one);
    await one.untilReceived(1);
  });
});

describe('S3.28 what counts for an endpoint', () => {
  const product = async () => (await shop.merchant.send('POST', '/products', { body: { name: 'Tickets' } })).body.id;

  test('is told setting by setting, with the level that won', async () => {
    const schedule = [60, 120];
    const one = await endpoint({ eventTypes: ['payment.created'], schedule });
    const told = await effective(one);
    expect(told).toMatchObject({ isMain: true, productId: null, paymentId: null, held: null });
    expect(told.settings).toEqual({
      url: { value: sink.url + one.path, level: 'tenant' },
      dialect: { value: 'standard', level: 'tenant' },
      ackPolicy: { value: { type: 'retry' }, level: 'tenant' },
      schedule: { value: schedule, level: 'tenant' },
      rateLimit: { value: null, level: 'default' },
      eventTypes: { value: ['payment.created'], level: 'tenant' },
      enabled: { value: true, level: 'tenant' },
      paused: { value: false, level: 'tenant' },
      adminEmail: { value: null, level: 'default' },
      additionalTypesAlsoToMain: { value: false, level: 'tenant' },
    });
  });

  test('follows payment over product over tenant, and agrees with where the notification went', async () => {
    const productId = await product();
    const settings = `/products/${productId}/notification-settings`;
    await shop.merchant.send('PATCH', settings, { body: { adminEmail: 'tickets@shop.example' } });
    const [main, ofProduct] = [await endpoint(), await endpoint({ productId })];
    const payment = await shop.create({ productId, notificationUrl: `${sink.url}/own-effective` });
    await until(async () => receivedAt(sink, '/own-effective').length === 1);
    const told = await effective(ofProduct, payment.id);
    expect(told).toMatchObject({ isMain: true, productId, paymentId: payment.id });
    expect(told.settings).toMatchObject({
      url: { value: `${sink.url}/own-effective`, level: 'payment' },
      dialect: { value: 'standard', level: 'product' },
      adminEmail: { value: 'tickets@shop.example', level: 'product' },
    });
    expect(told.events).toContainEqual({ type: 'payment.created', sent: true, because: null, detail: 'It is sent.' });
    const replaced = await effective(main, payment.id);
    expect(replaced.isMain).toBe(false);
    expect(replaced.events[0]).toMatchObject({ sent: false, because: 'replaced_by_product' });
    expect([main.received(), ofProduct.received()]).toEqual([[], []]);
  });

  test('says of each type why it is not sent', async () => {
    const one = await endpoint({ dialect: 'partner', eventTypes: ['payment.succeeded', 'payment.created'] });
    const because = async () =>
      Object.fromEntries(
        (await effective(one)).events.map((event: { type: string; because: string | null }) => [
          event.type,
          event.because,
        ]),
      );
    expect(await because()).toMatchObject({
      'payment.succeeded': null,
      'payment.created': 'no_word_in_dialect',
      'payment.expired': 'type_not_chosen',
    });
    await shop.merchant.send('PATCH', '/notification-settings', { body: { enabled: false } });
    expect(await because()).toMatchObject({ 'payment.succeeded': 'notifications_disabled' });
    await shop.merchant.send('PATCH', '/notification-settings', { body: { enabled: true } });
  });

  test('says what waits while it is paused, and since when', async () => {
    const one = await endpoint({ eventTypes: ['payment.created'] });
    expect((await effective(one)).waiting).toEqual({ count: 0, oldestAt: null });
    await pause(one);
    await shop.create();
    await until(async () => (await one.deliveries()).length === 1);
    expect(await effective(one)).toMatchObject({
      held: { because: 'endpoint_paused' },
      waiting: { count: 1, oldestAt: expect.any(String) },
    });
  });

  test('of another tenant’s payment is nothing', async () => {
    const one = await endpoint();
    const other = await tollgate.createTenant();
    const foreign = await watchPayments({ ...tollgate, tenant: other }).create();
    const answer = await shop.merchant.send('GET', `/webhook-endpoints/${one.id}/effective?paymentId=${foreign.id}`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('names the partner’s address of no endpoint', async () => {
    const one = await endpoint();
    const key = (await shop.merchant.send('POST', '/partner-keys', { body: {} })).body;
    const payment = await shop.create({ notificationUrl: `${sink.url}/their-own` });
    await tollgate.database.run(
      `insert into partner_orders (tenant_id, payment_id, partner_key_id, order_id) values ($1, $2, $3, 'theirs')`,
      [tollgate.tenant.tenant.tenantId, payment.id, key.id],
    );
    expect((await effective(one, payment.id)).settings.url).toEqual({ value: sink.url + one.path, level: 'tenant' });
  });
});

test('S3.8 the addresses that notifications come from are public', async () => {
  const { body } = await shop.merchant.send('GET', '/egress-addresses');
  expect(body).toEqual({ live: [], test: [] });
  const answer = await fetch(`${tollgate.apiUrl}/api/v1/egress-addresses`);
  expect(answer.status).toBe(200);
});
