import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type MoneyWatch, watchMoney } from '../support/money-watch.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { openConsole, type SandboxConsole } from '../support/sandbox-console.ts';

let clock: ManualClock;
let tollgate: Installation;
let shop: PaymentWatch;
let money: MoneyWatch;
let bank: SandboxConsole;

beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock });
  shop = watchPayments(tollgate);
  money = watchMoney(tollgate);
  bank = await openConsole(tollgate);
});
afterEach(() => money.expectSound());
afterAll(() => tollgate.close());

async function paid(amount = 5000, token = 'tok_approve') {
  const { id } = await shop.create({ amount });
  const payment = await shop.confirm(id, token);
  expect(payment.status).toBe('succeeded');
  return { id: String(id), attemptId: String(payment.latestAttempt.id) };
}

let keys = 0;
const reverse = (paymentId: string, body: object = {}, idempotencyKey = `reverse-${keys++}`) =>
  shop.merchant.send('POST', `/payments/${paymentId}/reversals`, { body, idempotencyKey });
const refund = (paymentId: string, amount: number) =>
  shop.merchant.refund(paymentId, { amount, reason: 'broken' }, `refund-${keys++}`);
const readReversal = async (id: string) => (await shop.merchant.send('GET', `/reversals/${id}`)).body;
async function later(seconds: number) {
  clock.advance({ seconds });
  await tollgate.sandbox.tick();
}

test('S1.36 a reversal undoes the whole payment', async () => {
  const { id, attemptId } = await paid();
  const { status, body, text } = await reverse(id, { reason: 'Ordered twice' });
  expect(status, text).toBe(201);
  expect(body).toMatchObject({ object: 'reversal', paymentId: id, amount: 5000, status: 'succeeded' });
  expect(await readReversal(body.id)).toEqual(body);
  expect(await shop.read(id)).toMatchObject({ status: 'reversed', amountCaptured: 0, reversalId: body.id });
  expect(await bank.charge(attemptId)).toMatchObject({ amountReversed: 5000 });
  expect(await shop.eventTypes(id)).toEqual(expect.arrayContaining(['payment.reversed', 'reversal.succeeded']));
  expect(await money.transfers(id)).toEqual(['capture 5000', 'reversal 5000']);
});

test('a reversed payment is not refunded and not reversed again', async () => {
  const { id } = await paid();
  await reverse(id);
  expect((await refund(id, 100)).body.code).toBe('state_conflict');
  expect((await reverse(id)).body.code).toBe('state_conflict');
});

test('a payment of which a cent is refunded is not reversed; one whose refund failed is', async () => {
  const { id } = await paid();
  const pending = await refund(id, 104);
  expect(pending.body).toMatchObject({ status: 'pending' });
  expect((await reverse(id)).body.code).toBe('state_conflict');
  await later(2);
  await until(async () => {
    const { body } = await shop.merchant.send('GET', `/refunds/${pending.body.id}`);
    return body.status === 'failed';
  });
  expect((await reverse(id)).body).toMatchObject({ status: 'succeeded' });
  const other = await paid();
  await refund(other.id, 1);
  expect((await reverse(other.id)).body.code).toBe('state_conflict');
});

test('a pending reversal keeps refunds away until the bank has decided', async () => {
  const { id } = await paid(5003);
  const pending = await reverse(id);
  expect(pending.body).toMatchObject({ status: 'pending' });
  expect(await shop.read(id)).toMatchObject({ status: 'succeeded', reversalId: pending.body.id });
  expect((await refund(id, 100)).body.code).toBe('state_conflict');
  await later(2);
  await shop.untilLike(id, { status: 'reversed' });
});

test('a reversal that fails leaves the payment as it was, and refunds possible', async () => {
  const { id } = await paid(5004);
  const pending = await reverse(id);
  await later(2);
  await shop.untilLike(id, { status: 'succeeded', reversalId: null, amountCaptured: 5004 });
  expect(await readReversal(pending.body.id)).toMatchObject({ status: 'failed' });
  expect(await shop.eventTypes(id)).toContain('reversal.failed');
  expect((await refund(id, 5000)).status).toBe(201);
  expect(await money.transfers(id)).toEqual(['capture 5004', 'refund 5000']);
});

test.each([
  ['a proxy’s 502 hides it', 5008],
  ['it was not executed', 5009],
])('S2.6 where %s, the reversal is sent again with its own key', async (_, amount) => {
  // No notification either, which would tell before the repeat does.
  const { id, attemptId } = await paid(amount, 'tok_no_ipn');
  expect((await reverse(id)).status).toBe(201);
  clock.advance({ seconds: 10 });
  await shop.untilLike(id, { status: 'reversed' });
  expect(await bank.charge(attemptId)).toMatchObject({ amountReversed: amount });
});

test('after the cut-off it is refused, and a refund is not', async () => {
  const { id } = await paid();
  clock.advance({ hours: 24 });
  const answer = await reverse(id);
  expect([answer.status, answer.body.code]).toEqual([409, 'reversal_too_late']);
  expect((await refund(id, 5000)).status).toBe(201);
});

test('of twenty reversals and refunds at the same instant one kind wins, and money goes back once', async () => {
  const { id, attemptId } = await paid();
  const asked = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? reverse(id) : refund(id, 5000)));
  const answers = await Promise.all(asked);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  for (const { status } of answers) expect([201, 409]).toContain(status);
  const charge = await bank.charge(attemptId);
  expect(Number(charge.amountReversed) + Number(charge.amountRefunded)).toBe(5000);
});
