import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { type Answer, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type LimitDesk, limitDesk } from '../support/limit-desk.ts';
import { parallel } from '../support/parallel.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { findTornLimits } from '../support/torn-limits.ts';

let clock: ManualClock;
let tollgate: Installation;
let desk: LimitDesk;
let shop: PaymentWatch;
let basketId: string;

beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock });
});
beforeEach(async () => {
  const tenant = await tollgate.createTenant();
  desk = limitDesk(tollgate, tenant);
  shop = watchPayments({ ...tollgate, tenant });
  basketId = (await desk.basket({ itemTypes: ['AIRTIME'], per: 'merchant', dailyMax: null, monthlyMax: 2_000 })).id;
});
afterEach(async () => expect(await findTornLimits(tollgate.database)).toEqual([]));
afterAll(() => tollgate.close());

/** 10.00 of airtime, and something else that makes up the payment. */
const cart = (amount: number, value = 1_000) => ({
  amount,
  cartItems: [
    { description: 'Airtime', quantity: 1, value, itemType: 'AIRTIME' },
    { description: 'Coffee', quantity: 1, value: amount - value },
  ],
});

async function month(): Promise<Answer['body']> {
  return (await desk.usage(basketId)).month;
}

async function later(seconds: number): Promise<void> {
  clock.advance({ seconds });
  await tollgate.sandbox.tick();
}

test('a payment holds its share from its creation, and uses it once it is paid', async () => {
  const { id } = await shop.create(cart(1_500));
  expect(await month()).toMatchObject({ used: 1_000, held: 1_000, usedCount: 1, heldCount: 1, left: 1_000 });
  await shop.confirm(id, 'tok_no_ipn');
  expect(await month()).toMatchObject({ used: 1_000, held: 0, usedCount: 1, heldCount: 0 });
});

test('a canceled payment gives everything back', async () => {
  const { id } = await shop.create(cart(1_500));
  await desk.shop.send('POST', `/payments/${id}/cancel`);
  expect(await month()).toMatchObject({ used: 0, held: 0, usedCount: 0, heldCount: 0, left: 2_000 });
});

test('a failed payment gives everything back, and keeps it as long as another try may follow', async () => {
  const { id } = await shop.create({ ...cart(1_500), attemptsMax: 2 });
  await shop.confirm(id, 'tok_decline_fraud');
  expect(await month()).toMatchObject({ used: 1_000, held: 1_000 });
  expect(await shop.confirm(id, 'tok_decline_fraud')).toMatchObject({ status: 'failed' });
  expect(await month()).toMatchObject({ used: 0, usedCount: 0 });
});

test('an expired payment gives everything back by itself', async () => {
  const { id } = await shop.create({ ...cart(1_500), expiresIn: 60 });
  clock.advance({ seconds: 60 });
  await shop.untilLike(id, { status: 'expired' });
  expect(await month()).toMatchObject({ used: 0, held: 0 });
});

test('a reversed payment gives everything back', async () => {
  const { id } = await shop.create(cart(1_500));
  await shop.confirm(id, 'tok_no_ipn');
  await desk.shop.send('POST', `/payments/${id}/reversals`, { body: {} });
  await shop.untilLike(id, { status: 'reversed' });
  expect(await month()).toMatchObject({ used: 0, usedCount: 0 });
});

test('refunds give back their share of the payment, what does not divide last', async () => {
  const { id } = await shop.create(cart(1_500));
  await shop.confirm(id, 'tok_no_ipn');
  const refund = async (amount: number, reference: string) => {
    const { amountRefunded } = await shop.read(id);
    await desk.shop.refund(id, { amount, reason: 'broken', reference });
    await shop.untilLike(id, { amountRefunded: amountRefunded + amount });
    return (await month()).used;
  };
  // 1000 × 1499 / 1500 is 999.33.
  expect(await refund(1, 'one')).toBe(1_000);
  expect(await refund(1, 'two')).toBe(999);
  expect(await refund(748, 'half')).toBe(500);
  expect(await month()).toMatchObject({ used: 500, usedCount: 1 });
  expect(await refund(750, 'rest')).toBe(0);
  expect(await month()).toMatchObject({ usedCount: 0, left: 2_000 });
});

test('a refund gives nothing back while it is under way, nor where it fails', async () => {
  const { id } = await shop.create(cart(4_000));
  await shop.confirm(id, 'tok_approve');
  const { body } = await desk.shop.refund(id, { amount: 3_004, reason: 'broken', reference: 'fails' });
  expect(body).toMatchObject({ status: 'pending' });
  expect((await month()).used).toBe(1_000);
  await later(2);
  await until(async () => (await desk.shop.send('GET', `/refunds/${body.id}`)).body.status === 'failed');
  expect((await month()).used).toBe(1_000);
});

test('a capture that the bank takes back gives everything back', async () => {
  const { id } = await shop.create({ ...cart(5_000), captureMethod: 'manual' });
  await shop.confirm(id, 'tok_approve');
  await desk.shop.send('POST', `/payments/${id}/capture`, { body: { amount: 3_006 } });
  await shop.untilLike(id, { status: 'succeeded' });
  // 1000 × 3006 / 5000 is 601.2.
  expect(await month()).toMatchObject({ used: 602, usedCount: 1 });
  await later(2);
  await shop.untilLike(id, { status: 'failed' });
  expect(await month()).toMatchObject({ used: 0, usedCount: 0 });
});

test('what is authorized and not captured is given back when the payment ends', async () => {
  const { id } = await shop.create({ ...cart(1_500), captureMethod: 'manual' });
  await shop.confirm(id, 'tok_no_ipn');
  expect(await month()).toMatchObject({ used: 1_000, held: 1_000 });
  await desk.shop.send('POST', `/payments/${id}/capture`, { body: { amount: 600 } });
  await shop.untilLike(id, { status: 'succeeded', amountCaptured: 600 });
  expect(await month()).toMatchObject({ used: 400, held: 0, usedCount: 1 });
});

test('money that comes after the end is counted again, also beyond the maximum, and stops what follows', async () => {
  const { id } = await shop.create({ ...cart(1_500), expiresIn: 60 });
  await shop.confirm(id, 'tok_late_approve');
  await later(61);
  await shop.untilLike(id, { status: 'expired' });
  // Others have taken all of it meanwhile.
  for (let i = 0; i < 2; i++) await shop.create(cart(1_500));
  expect(await month()).toMatchObject({ used: 2_000, exceeded: false });
  await later(5);
  await shop.untilLike(id, { status: 'succeeded', late: true });
  expect(await month()).toMatchObject({ used: 3_000, usedCount: 3, left: 0, exceeded: true });
  const above = await tollgate.database.run<{ payment_id: string; period: string }>(
    'select payment_id, period from limit_holds where above',
  );
  expect(above).toEqual([{ payment_id: id, period: 'month' }]);
  const refused = await desk.shop.create(cart(2, 1));
  expect(refused.body).toMatchObject({ code: 'limit_exceeded', used: 3_000, limit: 2_000 });
  // Room comes back only below the maximum.
  await desk.shop.refund(id, { amount: 1_500, reason: 'late', reference: 'late' });
  await shop.untilLike(id, { amountRefunded: 1_500 });
  expect((await desk.shop.create(cart(2, 1))).status).toBe(422);
  expect(await month()).toMatchObject({ used: 2_000, exceeded: false });
});

test('a lowered maximum refuses what is new and lets what is there come to its end', async () => {
  const { id } = await shop.create(cart(1_500));
  await desk.change(basketId, { monthlyMax: 500 });
  expect(await month()).toMatchObject({ used: 1_000, left: 0, exceeded: true });
  expect((await desk.shop.create(cart(100, 1))).status).toBe(422);
  expect(await shop.confirm(id, 'tok_no_ipn')).toMatchObject({ status: 'succeeded' });
  await desk.shop.refund(id, { reason: 'broken', reference: 'all' });
  await shop.untilLike(id, { amountRefunded: 1_500 });
  expect((await desk.shop.create(cart(600, 500))).status).toBe(201);
});

test('what a payment holds outlives its basket', async () => {
  const { id } = await shop.create(cart(1_500));
  await desk.shop.send('DELETE', `/limit-baskets/${basketId}`);
  expect((await desk.shop.create(cart(9_000, 9_000))).status).toBe(201);
  await desk.shop.send('POST', `/payments/${id}/cancel`);
  const [{ used } = {}] = await tollgate.database.run<{ used: number }>(
    'select sum(amount)::int as used from limit_counters where basket_id = $1',
    [basketId],
  );
  expect(used).toBe(0);
});

test('payments that end at the same moment give back each its own, once', async () => {
  await desk.change(basketId, { monthlyMax: 1_000_000 });
  const payments = await parallel(30, () => shop.create(cart(1_500)));
  await parallel(90, (index) => desk.shop.send('POST', `/payments/${payments[index % 15]?.id}/cancel`));
  expect(await month()).toMatchObject({ used: 15_000, usedCount: 15 });
});
