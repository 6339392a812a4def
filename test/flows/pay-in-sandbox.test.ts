import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { call, until } from '../support/api-client.ts';
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

const create = (fields = {}) => shop.create({ notificationUrl: `${sink.url}/hook`, ...fields });

/** Lets business time pass, and everything the bank does in it happen. */
async function pass(seconds: number): Promise<void> {
  clock.advance({ seconds });
  await tollgate.sandbox.tick();
}

const STARTED = ['payment.created', 'payment.processing'];
const PAID = ['capture.succeeded', ...STARTED, 'payment.succeeded'];
const DECLINED = ['payment.attempt_failed', ...STARTED];
const AUTHORIZED = ['payment.authorized', ...STARTED];

/** `seconds`: what has to pass until the bank has done and told everything. */
const ENDINGS = [
  { token: 'tok_approve', status: 'succeeded', attempt: 'captured', events: PAID, seconds: 0 },
  { token: 'tok_ipn_before_answer', status: 'succeeded', attempt: 'captured', events: PAID, seconds: 0 },
  { token: 'tok_duplicate_ipn', status: 'succeeded', attempt: 'captured', events: PAID, seconds: 0 },
  { token: 'tok_reordered_ipn', status: 'succeeded', attempt: 'captured', events: PAID, seconds: 3 },
  { token: 'tok_delayed_ipn', status: 'succeeded', attempt: 'captured', events: PAID, seconds: 3 },
  { token: 'tok_bad_signature_ipn', status: 'succeeded', attempt: 'captured', events: PAID, seconds: 0 },
  { token: 'tok_stale_ipn', status: 'succeeded', attempt: 'captured', events: PAID, seconds: 0 },
  { token: 'tok_no_ipn', status: 'succeeded', attempt: 'captured', events: PAID, seconds: 0 },
  { token: 'tok_pending_then_approve', status: 'succeeded', attempt: 'captured', events: PAID, seconds: 2 },
  { token: 'tok_authorize_only', status: 'authorized', attempt: 'authorized', events: AUTHORIZED, seconds: 0 },
  { token: 'tok_decline_insufficient_funds', status: 'created', attempt: 'declined', events: DECLINED, seconds: 0 },
  { token: 'tok_decline_fraud', status: 'created', attempt: 'declined', events: DECLINED, seconds: 0 },
  { token: 'tok_pending_then_decline', status: 'created', attempt: 'declined', events: DECLINED, seconds: 2 },
  { token: 'tok_pending_forever', status: 'processing', attempt: 'pending', events: STARTED, seconds: 20 },
  { token: 'tok_redirect', status: 'processing', attempt: 'requires_action', events: STARTED, seconds: 20 },
  { token: 'tok_qr', status: 'processing', attempt: 'requires_action', events: STARTED, seconds: 20 },
] as const;

const AMOUNTS = {
  succeeded: { amountCapturable: 0, amountCaptured: 1250, amountRefunded: 0 },
  authorized: { amountCapturable: 1250, amountCaptured: 0, amountRefunded: 0 },
  created: { amountCapturable: 0, amountCaptured: 0, amountRefunded: 0 },
  processing: { amountCapturable: 0, amountCaptured: 0, amountRefunded: 0 },
};

describe.each(ENDINGS)('S2.26 $token', ({ token, status, attempt, events, seconds }) => {
  test(`leads to ${status} by one charge, and each event is told once`, async () => {
    const { id } = await create();
    await shop.confirm(id, token);
    await pass(seconds);
    const ended = await shop.untilLike(id, { status, ...AMOUNTS[status], late: false });
    await untilQuiet(tollgate.database);
    expect(await shop.read(id), 'it moved on').toEqual(ended);
    expect(await shop.attempts(id)).toEqual([{ id: ended.latestAttempt.id, state: attempt }]);
    expect(tollgate.sandbox.countCharges(ended.latestAttempt.id)).toBe(1);
    expect(await shop.eventTypes(id)).toEqual([...events].sort());
    const told = notificationsOf(sink, id);
    expect(told.map(({ type }) => type).sort()).toEqual([...events].sort());
    expect(new Set(told.map((event) => event.id)).size).toBe(events.length);
  });
});

test('S2.8 S2.21 the tenant is told by a notification that both reference libraries verify', async () => {
  const { id } = await create();
  await shop.confirm(id, 'tok_approve');
  const received = await until(async () =>
    sink.received.find(({ body }) => body.includes('"payment.succeeded"') && body.includes(id)),
  );
  const secret = tollgate.tenant.webhookSecrets.test;
  const headers = received.headers as Record<string, string>;
  for (const verifier of [new Webhook(secret), new SvixWebhook(secret)]) {
    expect(() => verifier.verify(received.body, headers)).not.toThrow();
    expect(() => verifier.verify(`${received.body} `, headers)).toThrow();
  }
  const event = JSON.parse(received.body);
  expect(event).toMatchObject({ id: headers['webhook-id'], data: { object: { id, status: 'succeeded' } } });
  expect(received.body).not.toMatch(/checkoutToken|paymentUrl/);
});

test('a confirm without a method leads to the bank page of the routed account, the same one when repeated', async () => {
  const { id } = await create();
  const first = await shop.merchant.send('POST', `/payments/${id}/confirm`, { body: {} });
  expect(first.body.nextAction).toMatchObject({ type: 'redirect', embeddable: true });
  const again = await shop.merchant.send('POST', `/payments/${id}/confirm`, { body: {} });
  expect(again.body.nextAction).toEqual(first.body.nextAction);
  const other = await shop.merchant.confirm(id, 'tok_approve');
  expect([other.status, other.body.code]).toEqual([409, 'attempt_in_progress']);
});

test.each(['tok_redirect', 'tok_qr'])(
  'S0.12 %s: what the payer decides at the bank arrives by its notification',
  async (token) => {
    const { id } = await create();
    const { nextAction } = await shop.confirm(id, token);
    const bankPage = nextAction.type === 'qr' ? nextAction.payload : nextAction.url;
    const decided = await call(bankPage, {
      rawBody: 'decision=approve',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(decided.status).toBe(303);
    await shop.untilLike(id, { status: 'succeeded', amountCaptured: 1250 });
  },
);

test.each([
  [1201, 'created', 'insufficient_funds'],
  [1202, 'created', 'fraud'],
  [1203, 'succeeded', null],
  [1204, 'created', 'insufficient_funds'],
  [1205, 'processing', null],
])('without a token an amount of %i ends %s', async (amount, status, failureCode) => {
  const { id } = await create({ amount });
  await shop.merchant.send('POST', `/payments/${id}/confirm`, { body: {} });
  await pass(2);
  await shop.untilLike(id, { status, latestAttempt: expect.objectContaining({ failureCode }) });
});

test('S2.14 a declined attempt leaves the payment payable until its tries are used up', async () => {
  const { id } = await create({ attemptsMax: 2 });
  await shop.confirm(id, 'tok_decline_insufficient_funds');
  const once = { state: 'declined', failureCode: 'insufficient_funds' };
  expect(await shop.read(id)).toMatchObject({ status: 'created', latestAttempt: once });
  await shop.confirm(id, 'tok_decline_fraud');
  expect(await shop.read(id)).toMatchObject({ status: 'failed', latestAttempt: { failureCode: 'fraud' } });
  expect((await shop.attempts(id)).map(({ state }) => state)).toEqual(['declined', 'declined']);
  const third = await shop.merchant.confirm(id, 'tok_approve');
  expect([third.status, third.body.code]).toEqual([409, 'state_conflict']);
});

test('a try after a declined one is a new attempt and a new charge', async () => {
  const { id } = await create();
  const declined = await shop.confirm(id, 'tok_decline_fraud');
  clock.advance({ seconds: 1 });
  const paid = await shop.confirm(id, 'tok_no_ipn');
  expect(paid).toMatchObject({ status: 'succeeded', amountCaptured: 1250 });
  expect(paid.latestAttempt.id).not.toBe(declined.latestAttempt.id);
  expect((await shop.attempts(id)).map(({ state }) => state)).toEqual(['declined', 'captured']);
});

test.each([
  ['tok_duplicate_ipn', ['accepted', 'duplicate']],
  ['tok_reordered_ipn', ['accepted', 'accepted']],
  ['tok_bad_signature_ipn', ['bad_signature']],
  ['tok_stale_ipn', ['stale_timestamp']],
  ['tok_no_ipn', []],
])('S0.16 of %s the gateway keeps the notifications %j', async (token, verdicts) => {
  await untilQuiet(tollgate.database);
  clock.advance({ seconds: 60 });
  await tollgate.sandbox.tick();
  clock.advance({ milliseconds: 1 });
  const since = clock.now();
  const { id } = await create();
  await shop.confirm(id, token);
  await pass(0);
  // Repeats of refused notifications come a second later and later still.
  if (token === 'tok_reordered_ipn') await pass(3);
  await untilQuiet(tollgate.database);
  expect(await shop.verdicts(since)).toEqual(verdicts);
  const used = await tollgate.database.run<{ verdict: string; state: string | null }>(
    `select distinct verdict, state from inbound_events
     where received_at >= $1 and verdict not in ('accepted', 'duplicate') and state is not null`,
    [since.toString()],
  );
  expect(used, 'a refused notification is evidence, not work').toEqual([]);
});

test('S0.30 money that a bank sends after the end is taken, and marked as late', async () => {
  const { id } = await create({ expiresIn: 60 });
  await shop.confirm(id, 'tok_late_approve');
  await pass(60);
  await shop.untilLike(id, { status: 'expired', late: false });
  await pass(5);
  await shop.untilLike(id, { status: 'succeeded', late: true, amountCaptured: 1250 });
  await untilQuiet(tollgate.database);
  expect(await shop.eventTypes(id)).toEqual([...PAID, 'payment.attempt_failed', 'payment.expired'].sort());
  const [told] = notificationsOf(sink, id).filter(({ type }) => type === 'payment.succeeded');
  expect(told.data.object).toMatchObject({ status: 'succeeded', late: true });
});
