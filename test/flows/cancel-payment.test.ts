import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { notificationsOf, type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
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

const create = (fields = {}) => shop.create({ notificationUrl: sink.url, ...fields });
const cancel = (id: string, idempotencyKey?: string) =>
  shop.merchant.send('POST', `/payments/${id}/cancel`, {
    body: {},
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });

function decide(bankPage: string, decision: string) {
  return call(bankPage, {
    rawBody: `decision=${decision}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
}

test('a payment that nobody has begun to pay is canceled, told once however often it is asked for', async () => {
  const { id } = await create();
  const answers = [await cancel(id), await cancel(id), ...(await Promise.all([cancel(id), cancel(id)]))];
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.status} ${body.version}`))).toEqual(
    new Set(['200 canceled 2']),
  );
  await untilQuiet(tollgate.database);
  expect(
    notificationsOf(sink, id)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['payment.canceled', 'payment.created']);
});

test('ten cancels at the same instant are one', async () => {
  const { id } = await create();
  const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(id)));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(await shop.eventTypes(id)).toEqual(['payment.canceled', 'payment.created']);
});

test('S2.9 the same Idempotency-Key gets the first answer again', async () => {
  const { id } = await create();
  const first = await cancel(id, 'cancel-once');
  const again = await cancel(id, 'cancel-once');
  expect(again.text).toBe(first.text);
  expect(again.headers['idempotency-replayed']).toBe('true');
});

test.each(['tok_redirect', 'tok_qr', 'tok_pending_forever', 'tok_pending_then_approve'])(
  'an attempt that waits (%s) is canceled at the bank first, and money can no longer come',
  async (token) => {
    const { id } = await create();
    await shop.confirm(id, token);
    const canceled = await cancel(id);
    expect([canceled.status, canceled.body.status]).toEqual([200, 'canceled']);
    expect((await shop.attempts(id)).map(({ state }) => state)).toEqual(['canceled']);
    clock.advance({ seconds: 30 });
    await tollgate.sandbox.tick();
    await untilQuiet(tollgate.database);
    expect(await shop.read(id)).toMatchObject({ status: 'canceled', amountCaptured: 0 });
    expect(await shop.eventTypes(id)).toEqual(
      ['payment.attempt_failed', 'payment.canceled', 'payment.created', 'payment.processing'].sort(),
    );
  },
);

test('the bank page of a canceled payment approves nothing', async () => {
  const { id } = await create();
  const { nextAction } = await shop.confirm(id, 'tok_redirect');
  await cancel(id);
  await decide(nextAction.url, 'approve');
  expect((await call(nextAction.url)).text).toContain('Payment canceled');
  await untilQuiet(tollgate.database);
  expect(await shop.read(id)).toMatchObject({ status: 'canceled', amountCaptured: 0 });
});

test('a cancel that comes after the payer has approved is refused, and the payment is paid', async () => {
  const { id } = await create();
  const { nextAction } = await shop.confirm(id, 'tok_redirect');
  await decide(nextAction.url, 'approve');
  const refused = await cancel(id);
  expect([refused.status, refused.body.code]).toEqual([409, 'state_conflict']);
  await shop.untilLike(id, { status: 'succeeded', amountCaptured: 1250 });
});

test('after the money has come a cancel is refused and the payment stays succeeded', async () => {
  const { id } = await create();
  await shop.confirm(id, 'tok_approve');
  const refused = await cancel(id);
  expect([refused.status, refused.body.code]).toEqual([409, 'state_conflict']);
  expect(await shop.read(id)).toMatchObject({ status: 'succeeded' });
});

test('a canceled payment cannot be paid', async () => {
  const { id } = await create();
  await cancel(id);
  const refused = await shop.merchant.confirm(id, 'tok_approve');
  expect([refused.status, refused.body.code]).toEqual([409, 'state_conflict']);
  expect(await shop.attempts(id)).toEqual([]);
});

test('cancel and confirm at the same instant: one of them wins, and a canceled payment holds no money', async () => {
  for (let round = 0; round < 8; round++) {
    const { id } = await create();
    const [confirmed, canceled] = await Promise.all([shop.merchant.confirm(id, 'tok_no_ipn'), cancel(id)]);
    const { status, amountCaptured } = await shop.read(id);
    expect([confirmed.status, canceled.status].filter((code) => code === 200)).toHaveLength(1);
    expect([status, amountCaptured]).toEqual(confirmed.status === 200 ? ['succeeded', 1250] : ['canceled', 0]);
  }
});

test("S2.10 another tenant's payment cannot be canceled, nor seen to exist", async () => {
  const { id } = await create();
  const other = await tollgate.createTenant();
  const answer = await call(`${tollgate.apiUrl}/api/v1/payments/${id}/cancel`, {
    key: other.apiKeys.test,
    body: {},
  });
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  expect(await shop.read(id)).toMatchObject({ status: 'created' });
});
