import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { notificationsOf, type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
/** Where the bank's notifications go instead of us, so that only asking tells. */
let elsewhere: WebhookSink;
let sink: WebhookSink;
let shop: PaymentWatch;

beforeAll(async () => {
  clock = stoppedClock();
  [elsewhere, sink] = await Promise.all([startWebhookSink(), startWebhookSink()]);
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_HOOKS_URL: elsewhere.url } });
  shop = watchPayments(tollgate);
});
afterAll(async () => {
  await Promise.all([sink.close(), elsewhere.close()]);
  await tollgate.close();
});

const create = (fields = {}) => shop.create({ notificationUrl: sink.url, expiresIn: 60, ...fields });

async function pass(seconds: number): Promise<void> {
  clock.advance({ seconds });
  await tollgate.sandbox.tick();
}

function decide(bankPage: string, decision: string) {
  return call(bankPage, {
    rawBody: `decision=${decision}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
}

test.each([
  [{ expiresIn: 60 }, 60],
  [{ expiresIn: undefined }, 900],
])('S0.28 the answer to create names the end: with %j it is %i seconds away', async (fields, seconds) => {
  const { expiresAt } = await create(fields);
  expect(Temporal.Instant.from(expiresAt).since(clock.now()).total('seconds')).toBe(seconds);
});

test('S0.30 an abandoned payment expires by itself, not a moment early, and is told once', async () => {
  const { id, paymentUrl } = await create();
  clock.advance({ milliseconds: 59_999 });
  // Three looks of the worker at least.
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(await shop.read(id)).toMatchObject({ status: 'created' });
  clock.advance({ milliseconds: 1 });
  await shop.untilLike(id, { status: 'expired', late: false, amountCaptured: 0 });
  await untilQuiet(tollgate.database);
  expect(
    notificationsOf(sink, id)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['payment.created', 'payment.expired']);
  expect((await call(paymentUrl)).text).toContain('data-kind="expired"');
});

test('an expired payment can neither be paid nor canceled', async () => {
  const { id, checkoutToken } = await create();
  await pass(60);
  await shop.untilLike(id, { status: 'expired' });
  const session = `${tollgate.apiUrl}/api/v1/checkout-sessions/${checkoutToken}`;
  const answers = await Promise.all([
    shop.merchant.confirm(id, 'tok_approve'),
    shop.merchant.send('POST', `/payments/${id}/cancel`, { body: {} }),
    call(`${session}/confirm`, { body: {} }),
    call(`${session}/cancel`, { body: {} }),
  ]);
  expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(Array(4).fill('409 state_conflict'));
  expect(await shop.attempts(id)).toEqual([]);
});

test('nobody pays in the moment between the end and the worker', async () => {
  const { id } = await create();
  clock.advance({ seconds: 60 });
  const answer = await shop.merchant.confirm(id, 'tok_approve');
  expect([answer.status, answer.body.code]).toEqual([409, 'state_conflict']);
  await shop.untilLike(id, { status: 'expired' });
});

test('S0.30 where the payer never decided, the bank is asked, and both sides end', async () => {
  const { id } = await create();
  const { nextAction } = await shop.confirm(id, 'tok_redirect');
  await pass(60);
  await shop.untilLike(id, { status: 'expired' });
  expect((await shop.attempts(id)).map(({ state }) => state)).toEqual(['expired']);
  expect((await decide(nextAction.url, 'approve')).status).toBe(303);
  expect((await call(nextAction.url)).text).toContain('Payment expired');
});

test('an attempt that would never end is canceled at the bank, so that it cannot be paid any more', async () => {
  const { id } = await create();
  await shop.confirm(id, 'tok_pending_forever');
  await pass(60);
  await shop.untilLike(id, { status: 'expired' });
  const [attempt] = await shop.attempts(id);
  expect(attempt?.state).toBe('canceled');
  expect(await shop.eventTypes(id)).toEqual(
    ['payment.attempt_failed', 'payment.created', 'payment.expired', 'payment.processing'].sort(),
  );
});

test('what the bank approved in the last moment is paid, not expired, though its notification got lost', async () => {
  const { id } = await create();
  const { nextAction } = await shop.confirm(id, 'tok_redirect');
  await pass(20);
  await decide(nextAction.url, 'approve');
  await pass(40);
  await shop.untilLike(id, { status: 'succeeded', late: false, amountCaptured: 1250 });
  expect(await shop.eventTypes(id)).not.toContain('payment.expired');
});

test('S2.14 a declined payment expires too, and keeps why it was declined', async () => {
  const { id } = await create();
  await shop.confirm(id, 'tok_decline_fraud');
  await pass(60);
  await shop.untilLike(id, { status: 'expired', latestAttempt: expect.objectContaining({ failureCode: 'fraud' }) });
});

test('what is paid, authorized or canceled does not expire', async () => {
  const payments = await Promise.all([create(), create(), create()]);
  const [paid, authorized, canceled] = payments.map(({ id }) => String(id));
  await shop.confirm(paid ?? '', 'tok_approve');
  await shop.confirm(authorized ?? '', 'tok_authorize_only');
  await shop.merchant.send('POST', `/payments/${canceled}/cancel`, { body: {} });
  const other = await create();
  await pass(61);
  await shop.untilLike(other.id, { status: 'expired' });
  const now = await Promise.all(payments.map(({ id }) => shop.read(id)));
  expect(now.map(({ status }) => status)).toEqual(['succeeded', 'authorized', 'canceled']);
});
