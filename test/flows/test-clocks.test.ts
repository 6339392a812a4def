import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';
import { openEndpoint } from '../support/open-endpoint.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let tollgate: Installation;
let sink: WebhookSink;
let shop: PaymentWatch;
let clockId: string;

beforeAll(async () => {
  [tollgate, sink] = await Promise.all([startInstallation(), startWebhookSink()]);
  shop = watchPayments(tollgate);
});
afterEach(async () => {
  await shop.merchant.send('POST', `/test-clocks/${clockId}/release`);
});
afterAll(async () => {
  await sink.close();
  await tollgate.close();
});

async function hold(body: object = {}) {
  const answer = await shop.merchant.send('POST', '/test-clocks', { body });
  expect(answer.status, answer.text).toBe(201);
  clockId = answer.body.id;
  return answer.body;
}

async function advance(seconds: number) {
  const answer = await shop.merchant.send('POST', `/test-clocks/${clockId}/advance`, { body: { seconds } });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

describe('a held test clock', () => {
  test('stands still, dates what happens, and moves by what it is told', async () => {
    const held = await hold({ name: 'Expiry', now: '2027-03-01T10:00:00Z' });
    expect(held).toMatchObject({ object: 'test_clock', name: 'Expiry', status: 'held', now: '2027-03-01T10:00:00Z' });
    const { id, createdAt, expiresAt } = await shop.create({ expiresIn: 900 });
    expect([createdAt, expiresAt]).toEqual(['2027-03-01T10:00:00Z', '2027-03-01T10:15:00Z']);
    expect(await advance(899)).toMatchObject({ now: '2027-03-01T10:14:59Z' });
    expect((await shop.confirm(id, 'tok_no_ipn')).updatedAt).toBe('2027-03-01T10:14:59Z');
  });

  test('expires payments when it is advanced, and not before', async () => {
    await hold();
    const { id } = await shop.create({ expiresIn: 3_600 });
    await advance(3_599);
    expect(await shop.read(id)).toMatchObject({ status: 'created' });
    await advance(1);
    await shop.untilLike(id, { status: 'expired' });
  });

  test('closes the window of reversals', async () => {
    await hold();
    const { id } = await shop.merchant.pay();
    await advance(86_399);
    const early = await shop.merchant.pay();
    expect((await shop.merchant.send('POST', `/payments/${early.id}/reversals`, { body: {} })).status).toBe(201);
    await advance(1);
    const late = await shop.merchant.send('POST', `/payments/${id}/reversals`, { body: {} });
    expect([late.status, late.body.code]).toEqual([409, 'reversal_too_late']);
  });

  test('lets a refund in doubt be asked about when its time comes', async () => {
    await hold();
    const { id } = await shop.create({ amount: 5_000 });
    await shop.confirm(id, 'tok_no_ipn');
    const refund = await shop.merchant.refund(id, { amount: 2_009, reason: 'broken' }, `${id}-1`);
    expect(refund.body).toMatchObject({ status: 'pending' });
    await advance(60);
    await shop.untilLike(id, { amountRefunded: 2_009 });
  });

  test('has deliveries tried again when their time comes, stamped with the real time', async () => {
    await hold();
    sink.answer = () => 500;
    const { id } = await shop.create({ notificationUrl: `${sink.url}/clocked` });
    const attempts = () => sink.received.filter(({ body }) => body.includes(id)).length;
    await until(async () => attempts() === 1);
    await advance(20);
    await until(async () => attempts() === 2);
    const stamp = Number(sink.received.findLast(({ body }) => body.includes(id))?.headers['webhook-timestamp']);
    expect(Math.abs(stamp - Date.now() / 1_000)).toBeLessThan(60);
    sink.answer = () => 200;
  });

  test('says for how long an endpoint has been failing, until it is disabled', async () => {
    await hold({ now: '2027-03-01T10:00:00Z' });
    const fields = { eventTypes: ['payment.created'], disableAfterSeconds: 3_600 };
    const one = await openEndpoint(shop.merchant, sink, fields);
    sink.answer = () => 500;
    const health = async () => (await shop.merchant.send('GET', `/webhook-endpoints/${one.id}/health`)).body;
    const untilFailures = (count: number) => until(async () => (await health()).consecutiveFailures >= count);
    for (let i = 0; i < 5; i++) await shop.create();
    await untilFailures(5);
    expect(await health()).toMatchObject({ state: 'healthy', failingSince: '2027-03-01T10:00:00Z' });
    await advance(300);
    await until(async () => (await health()).state === 'failing');
    expect(await health()).toMatchObject({ noticedAt: '2027-03-01T10:05:00Z', disableAt: '2027-03-01T11:00:00Z' });
    // A receiver that fails is left alone for longer and longer, until somebody moves the time.
    for (let count = 6; count <= 10; count++) {
      await advance(60);
      await untilFailures(count);
    }
    await advance(3_000);
    await until(async () => (await health()).state === 'disabled');
    const events = (await shop.merchant.send('GET', '/events?type=endpoint.disabled')).body.data;
    expect(events).toMatchObject([{ createdAt: '2027-03-01T11:00:00Z', data: { object: { id: one.id } } }]);
    sink.answer = () => 200;
    await one.remove();
  });

  test('moves one tenant and nobody else', async () => {
    const other = await tollgate.createTenant();
    await hold({ now: '2027-03-01T10:00:00Z' });
    const { body } = await merchantOf(tollgate.apiUrl, other.apiKeys.test).create();
    expect(Temporal.Instant.compare(body.createdAt, '2027-01-01T00:00:00Z')).toBe(-1);
  });

  test('lets time run again once it is released', async () => {
    await hold({ now: '2027-03-01T10:00:00Z' });
    const answer = await shop.merchant.send('POST', `/test-clocks/${clockId}/release`);
    expect(answer.body).toMatchObject({ status: 'released' });
    const { createdAt } = await shop.create();
    expect(Temporal.Instant.compare(createdAt, '2027-01-01T00:00:00Z')).toBe(-1);
    const again = await shop.merchant.send('POST', `/test-clocks/${clockId}/advance`, { body: { seconds: 1 } });
    expect([again.status, again.body.code]).toEqual([409, 'state_conflict']);
  });

  test('is one at a time', async () => {
    await hold();
    const second = await shop.merchant.send('POST', '/test-clocks', { body: {} });
    expect([second.status, second.body.code]).toEqual([409, 'state_conflict']);
    const list = await shop.merchant.send('GET', '/test-clocks?limit=1');
    expect(list.body.data).toMatchObject([{ id: clockId, status: 'held' }]);
  });

  test.each([
    ['back in time', { to: '2026-01-01T00:00:00Z' }, '/to'],
    ['further than five years', { seconds: 157_680_000 }, '/seconds'],
    ['nowhere', {}, '/to'],
    ['to two places', { to: '2027-03-02T00:00:00Z', seconds: 1 }, '/to'],
  ])('does not move %s', async (_, body, pointer) => {
    await hold({ now: '2027-03-01T10:00:00Z' });
    const answer = await shop.merchant.send('POST', `/test-clocks/${clockId}/advance`, { body });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});
