import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
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

/** A payment of 50.00 that the bank has authorized. */
async function authorized(fields = {}, token = 'tok_approve') {
  const { id } = await shop.create({ amount: 5000, captureMethod: 'manual', ...fields });
  const payment = await shop.confirm(id, token);
  expect(payment).toMatchObject({ status: 'authorized', amountCapturable: 5000, amountCaptured: 0 });
  return { id: String(id), attemptId: String(payment.latestAttempt.id) };
}

let keys = 0;
const capture = (paymentId: string, body: object = {}, idempotencyKey = `capture-${keys++}`) =>
  shop.merchant.send('POST', `/payments/${paymentId}/capture`, { body, idempotencyKey });
const cancel = (paymentId: string) => shop.merchant.send('POST', `/payments/${paymentId}/cancel`, { body: {} });
const readCapture = async (id: string) => (await shop.merchant.send('GET', `/captures/${id}`)).body;
/** Lets the sandbox do what it has planned for later. */
async function later(seconds: number) {
  clock.advance({ seconds });
  await tollgate.sandbox.tick();
}

describe('a capture', () => {
  test('without an amount takes all of it, and the payment has succeeded', async () => {
    const { id } = await authorized();
    const { status, body, text } = await capture(id);
    expect(status, text).toBe(201);
    expect(body).toMatchObject({ object: 'capture', paymentId: id, amount: 5000, status: 'succeeded', final: true });
    expect(await readCapture(body.id)).toEqual(body);
    expect(await shop.read(id)).toMatchObject({ status: 'succeeded', amountCaptured: 5000, amountCapturable: 0 });
    expect(await shop.eventTypes(id)).toEqual([
      'capture.succeeded',
      'payment.authorized',
      'payment.created',
      'payment.processing',
      'payment.succeeded',
    ]);
    expect(await money.transfers(id)).toEqual(['capture 5000']);
  });

  test('of a part releases the rest', async () => {
    const { id, attemptId } = await authorized();
    expect((await capture(id, { amount: 3000 })).body).toMatchObject({ amount: 3000, status: 'succeeded' });
    expect(await shop.read(id)).toMatchObject({ status: 'succeeded', amountCaptured: 3000, amountCapturable: 0 });
    expect(await bank.charge(attemptId)).toMatchObject({ state: 'captured', amountCaptured: 3000 });
    expect((await capture(id, { amount: 1 })).body.code).toBe('state_conflict');
  });

  test('that is not final leaves the rest for the next, and the last one ends the payment', async () => {
    const { id } = await authorized();
    await capture(id, { amount: 1000, final: false });
    expect(await shop.read(id)).toMatchObject({ status: 'authorized', amountCaptured: 1000, amountCapturable: 4000 });
    await capture(id, { amount: 1500, final: false });
    expect((await capture(id, { amount: 2501 })).body.code).toBe('amount_not_available');
    await capture(id, { final: false });
    expect(await shop.read(id)).toMatchObject({ status: 'succeeded', amountCaptured: 5000 });
    expect(await money.transfers(id)).toEqual(['capture 1000', 'capture 1500', 'capture 2500']);
  });

  test('in parts can be refunded before the last one', async () => {
    const { id } = await authorized();
    await capture(id, { amount: 1000, final: false });
    expect((await shop.merchant.refund(id, { amount: 1001, reason: 'broken' }, `${id}-1`)).status).toBe(409);
    expect((await shop.merchant.refund(id, { amount: 1000, reason: 'broken' }, `${id}-2`)).status).toBe(201);
    expect(await shop.read(id)).toMatchObject({ status: 'authorized', amountCaptured: 1000, amountRefunded: 1000 });
  });

  test('that the bank works on is pending, keeps its amount, and succeeds when the bank says so', async () => {
    const { id } = await authorized();
    const pending = await capture(id, { amount: 3003, final: false });
    expect(pending.body).toMatchObject({ status: 'pending' });
    expect(await shop.read(id)).toMatchObject({ amountCaptured: 0, amountCapturable: 1997 });
    expect((await capture(id, { amount: 1998 })).body.code).toBe('amount_not_available');
    await later(2);
    await shop.untilLike(id, { status: 'authorized', amountCaptured: 3003, amountCapturable: 1997 });
    expect(await readCapture(pending.body.id)).toMatchObject({ status: 'succeeded' });
  });

  test('that fails gives its amount back, also the final one', async () => {
    const { id } = await authorized();
    const pending = await capture(id, { amount: 3004 });
    expect(pending.body).toMatchObject({ status: 'pending', final: true });
    expect(await shop.read(id)).toMatchObject({ amountCapturable: 0 });
    await later(2);
    await shop.untilLike(id, { status: 'authorized', amountCaptured: 0, amountCapturable: 5000 });
    expect(await readCapture(pending.body.id)).toMatchObject({ status: 'failed', failureCode: expect.any(String) });
    expect((await capture(id)).body).toMatchObject({ amount: 5000, status: 'succeeded' });
    expect(await money.transfers(id)).toEqual(['capture 5000']);
  });

  test('that the bank takes back after it had succeeded leaves a payment that has failed', async () => {
    const { id } = await authorized();
    expect((await capture(id, { amount: 3006 })).body).toMatchObject({ status: 'succeeded' });
    await later(2);
    await shop.untilLike(id, { status: 'failed', amountCaptured: 0 });
    expect(await money.transfers(id)).toEqual(['capture 3006', 'capture_failed 3006']);
    expect(await shop.eventTypes(id)).toEqual(expect.arrayContaining(['capture.failed', 'payment.failed']));
  });

  test('S2.9 the same key captures once, and the answer is the same', async () => {
    const { id } = await authorized();
    const first = await capture(id, { amount: 2000, final: false }, `twice-${id}`);
    const again = await capture(id, { amount: 2000, final: false }, `twice-${id}`);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await shop.read(id)).toMatchObject({ amountCaptured: 2000 });
  });

  test('at the provider’s console is found and told', async () => {
    const { id, attemptId } = await authorized();
    await bank.act(attemptId, 'captures', { amount: 2000, final: false });
    await shop.untilLike(id, { status: 'authorized', amountCaptured: 2000, amountCapturable: 3000 });
    await bank.act(attemptId, 'captures', { amount: 1000, final: true });
    await shop.untilLike(id, { status: 'succeeded', amountCaptured: 3000 });
    expect(await money.transfers(id)).toEqual(['capture 1000', 'capture 2000']);
  });

  test('of an automatic payment is refused: its money is there already', async () => {
    const { id } = await shop.create();
    await shop.confirm(id, 'tok_approve');
    expect((await capture(id)).body.code).toBe('state_conflict');
  });
});

describe('S2.6 a capture whose answer is lost', () => {
  test.each([
    ['by a proxy’s 502', 2008],
    ['because it was not executed', 2009],
  ])('%s is sent again with its own key, and taken once', async (_, amount) => {
    // No notification either, which would tell before the repeat does.
    const { id, attemptId } = await authorized({}, 'tok_no_ipn');
    const first = await capture(id, { amount, final: false });
    expect(first.body).toMatchObject({ amount });
    clock.advance({ seconds: 10 });
    await shop.untilLike(id, { status: 'authorized', amountCaptured: amount });
    expect(await bank.charge(attemptId)).toMatchObject({ amountCaptured: amount });
    expect(await money.transfers(id)).toEqual([`capture ${amount}`]);
  });
});

describe('a release', () => {
  test('of an authorization cancels the payment', async () => {
    const { id, attemptId } = await authorized();
    const answer = await cancel(id);
    expect(answer.body).toMatchObject({ status: 'canceled', amountCapturable: 0, amountCaptured: 0 });
    expect(await bank.charge(attemptId)).toMatchObject({ state: 'canceled' });
    expect((await capture(id)).body.code).toBe('state_conflict');
    expect((await cancel(id)).body).toMatchObject({ status: 'canceled' });
    expect(await money.transfers(id)).toEqual([]);
  });

  test('after a partial capture ends the payment as succeeded', async () => {
    const { id, attemptId } = await authorized();
    await capture(id, { amount: 2000, final: false });
    expect((await cancel(id)).body).toMatchObject({ status: 'succeeded', amountCaptured: 2000, amountCapturable: 0 });
    expect(await bank.charge(attemptId)).toMatchObject({ state: 'captured', amountCaptured: 2000 });
    expect(await shop.eventTypes(id)).not.toContain('payment.canceled');
  });

  test('waits for a capture that is under way', async () => {
    const { id } = await authorized();
    await capture(id, { amount: 3003, final: false });
    expect((await cancel(id)).body.code).toBe('state_conflict');
  });

  test('at the provider’s console is found and told', async () => {
    const { id, attemptId } = await authorized();
    await bank.act(attemptId, 'void');
    await shop.untilLike(id, { status: 'canceled', amountCapturable: 0 });
    expect(await shop.eventTypes(id)).toContain('payment.canceled');
  });
});

test('an authorization that lapses expires the payment once the bank says so', async () => {
  const { id } = await authorized({}, 'tok_authorization_lapses');
  expect((await shop.read(id)).authorizationExpiresAt).toEqual(expect.any(String));
  await later(5);
  await shop.untilLike(id, { status: 'expired', amountCapturable: 0 });
});
