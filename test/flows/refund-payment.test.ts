import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference } from '../support/merchant.ts';
import { notificationsOf, type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { changesNothing, untilQuiet } from '../support/table-fingerprint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

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
  await sink.close();
  await tollgate.close();
});

const paid = async (fields = {}, token = 'tok_approve') => {
  const { id } = await shop.create({ amount: 5000, notificationUrl: sink.url, ...fields });
  return shop.confirm(id, token);
};
let keys = 0;
const refund = (paymentId: string, body: object, key = `refund-${keys++}`) =>
  shop.merchant.refund(paymentId, { reason: 'Sent back', ...body }, key);

/** The types of refund events that reached the tenant, and what their objects said. */
async function toldRefunds(paymentId: string) {
  await untilQuiet(tollgate.database);
  return notificationsOf(sink, paymentId)
    .filter(({ type }) => type.startsWith('refund.'))
    .map(({ type, data }) => `${type} ${data.object.amount} ${data.object.status}`)
    .sort();
}

test('S2.25 a full refund gives everything back and is told as created and succeeded', async () => {
  const { id } = await paid();
  const answer = await refund(id, {});
  expect(answer.status, answer.text).toBe(201);
  expect(answer.body).toMatchObject({ object: 'refund', paymentId: id, amount: 5000, status: 'succeeded' });
  expect(answer.body).toMatchObject({ currency: 'EUR', settlement: null, failureCode: null });
  expect(await shop.read(id)).toMatchObject({ status: 'succeeded', amountCaptured: 5000, amountRefunded: 5000 });
  const read = await shop.merchant.send('GET', `/refunds/${answer.body.id}`);
  expect(read.body).toEqual(answer.body);
  expect(await toldRefunds(id)).toEqual(['refund.created 5000 pending', 'refund.succeeded 5000 succeeded']);
});

test('S2.25 partial refunds add up, and the one without an amount takes what is left', async () => {
  const { id } = await paid();
  expect((await refund(id, { amount: 1000 })).body).toMatchObject({ amount: 1000, status: 'succeeded' });
  expect((await refund(id, { amount: 1500 })).body).toMatchObject({ amount: 1500, status: 'succeeded' });
  expect(await shop.read(id)).toMatchObject({ amountRefunded: 2500 });
  expect((await refund(id, {})).body).toMatchObject({ amount: 2500 });
  expect(await shop.read(id)).toMatchObject({ status: 'succeeded', amountRefunded: 5000 });
  const more = await refund(id, {});
  expect([more.status, more.body.code]).toEqual([409, 'amount_not_available']);
});

test.each([
  ['more than was captured', 5001],
  ['one cent more than is left', 4001],
])('a refund of %s is refused, and nothing changes anywhere', async (_, amount) => {
  const { id } = await paid();
  if (amount < 5000) await refund(id, { amount: 1000 });
  await untilQuiet(tollgate.database);
  const body = { amount, reason: 'Sent back', reference: freshReference() };
  const answer = await changesNothing(tollgate.database, () => shop.merchant.refund(id, body));
  expect([answer.status, answer.body.code]).toEqual([409, 'amount_not_available']);
  expect(answer.body.errors).toEqual([{ pointer: '/amount', detail: expect.stringMatching(/^At most [45]000 /) }]);
});

test('a pending refund keeps its amount from other refunds, and succeeds when the bank says so', async () => {
  const { id } = await paid();
  const pending = await refund(id, { amount: 3003 });
  expect(pending.body).toMatchObject({ status: 'pending', amount: 3003 });
  expect(await shop.read(id)).toMatchObject({ amountRefunded: 0 });
  const second = await refund(id, { amount: 2000 });
  expect([second.status, second.body.code]).toEqual([409, 'amount_not_available']);
  clock.advance({ seconds: 2 });
  await tollgate.sandbox.tick();
  await shop.untilLike(id, { amountRefunded: 3003 });
  expect((await shop.merchant.send('GET', `/refunds/${pending.body.id}`)).body).toMatchObject({ status: 'succeeded' });
  expect(await toldRefunds(id)).toEqual(['refund.created 3003 pending', 'refund.succeeded 3003 succeeded']);
});

test('S2.6 where the bank tells nothing of a pending refund, it is asked', async () => {
  const { id } = await paid({}, 'tok_no_ipn');
  await refund(id, { amount: 3003 });
  clock.advance({ seconds: 2 });
  await tollgate.sandbox.tick();
  await untilQuiet(tollgate.database);
  expect(await shop.read(id)).toMatchObject({ amountRefunded: 0 });
  clock.advance({ minutes: 5 });
  await shop.untilLike(id, { amountRefunded: 3003 });
});

test('a failed refund gives its amount back to the payment, and another takes its place', async () => {
  const { id } = await paid();
  const pending = await refund(id, { amount: 3004 });
  expect(pending.body).toMatchObject({ status: 'pending' });
  clock.advance({ seconds: 2 });
  await tollgate.sandbox.tick();
  await untilQuiet(tollgate.database);
  const failed = await shop.merchant.send('GET', `/refunds/${pending.body.id}`);
  expect(failed.body).toMatchObject({ status: 'failed', failureCode: expect.any(String) });
  expect(await shop.read(id)).toMatchObject({ amountRefunded: 0 });
  expect((await refund(id, {})).body).toMatchObject({ amount: 5000, status: 'succeeded' });
  expect(await toldRefunds(id)).toEqual([
    'refund.created 3004 pending',
    'refund.created 5000 pending',
    'refund.failed 3004 failed',
    'refund.succeeded 5000 succeeded',
  ]);
});

test('S2.9 the same Idempotency-Key refunds once, also when sent twenty times at once', async () => {
  const { id } = await paid();
  const answers = await Promise.all(Array.from({ length: 20 }, () => refund(id, { amount: 2000 }, `storm-${id}`)));
  const done = answers.filter(({ status }) => status === 201);
  expect(new Set(done.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code)).toEqual(
    Array(20 - done.length).fill('idempotency_in_progress'),
  );
  expect((await refund(id, { amount: 2000 }, `storm-${id}`)).body.id).toBe(done[0]?.body.id);
  expect(await shop.read(id)).toMatchObject({ amountRefunded: 2000 });
  const changed = await refund(id, { amount: 2001 }, `storm-${id}`);
  expect([changed.status, changed.body.code]).toEqual([409, 'idempotency_key_reused']);
});

test('S2.9 refunds that arrive at the same instant never give back more than was captured', async () => {
  const { id } = await paid();
  const answers = await Promise.all(Array.from({ length: 8 }, () => refund(id, { amount: 1900 })));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
  for (const { status, body } of answers) if (status !== 201) expect(body.code).toBe('amount_not_available');
  expect(await shop.read(id)).toMatchObject({ amountRefunded: 3800 });
});

test('a refund without a key or a reference is refused; a reference is enough, once', async () => {
  const { id } = await paid();
  const neither = await shop.merchant.refund(id, { reason: 'Sent back', amount: 100 });
  expect([neither.status, neither.body.code]).toEqual([400, 'idempotency_required']);
  const reference = `return-${id}`;
  const first = await shop.merchant.refund(id, { reason: 'Sent back', amount: 100, reference });
  expect([first.status, first.body.reference]).toEqual([201, reference]);
  const again = await shop.merchant.refund(id, { reason: 'Sent back', amount: 100, reference });
  expect([again.status, again.body.code, again.body.refundId]).toEqual([409, 'reference_already_used', first.body.id]);
  expect(await shop.read(id)).toMatchObject({ amountRefunded: 100 });
});

test.each([
  ['is not paid yet', null],
  ['was declined', 'tok_decline_fraud'],
  ['is authorized only', 'tok_authorize_only'],
  ['still waits for the bank', 'tok_pending_forever'],
])('a payment that %s has nothing to refund', async (_, token) => {
  const { id } = await shop.create();
  if (token !== null) await shop.confirm(id, token);
  const answer = await refund(id, { amount: 100 });
  expect([answer.status, answer.body.code]).toEqual([409, 'state_conflict']);
});

test('the second payment of an order that was refunded is a payment like any other', async () => {
  const first = await paid({ orderId: 'order-with-two-tries' });
  await refund(first.id, {});
  const second = await paid({ orderId: 'order-with-two-tries' });
  expect(second).toMatchObject({ status: 'succeeded', amountRefunded: 0 });
});

test("S2.10 another tenant's payment cannot be refunded, nor its refunds be read", async () => {
  const { id } = await paid();
  const { body } = await refund(id, { amount: 100 });
  const other = await tollgate.createTenant();
  const key = other.apiKeys.test;
  const answers = await Promise.all([
    call(`${tollgate.apiUrl}/api/v1/payments/${id}/refunds`, {
      key,
      idempotencyKey: 'foreign',
      body: { reason: 'Mine now', amount: 100 },
    }),
    call(`${tollgate.apiUrl}/api/v1/refunds/${body.id}`, { key }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect(await shop.read(id)).toMatchObject({ amountRefunded: 100 });
});
