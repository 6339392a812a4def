import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { tenantSettings } from '../../src/tenants/settings.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type MoneyWatch, watchMoney } from '../support/money-watch.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { openConsole, type SandboxConsole } from '../support/sandbox-console.ts';

let clock: ManualClock;
let tollgate: Installation;

interface Tenant {
  readonly shop: PaymentWatch;
  readonly money: MoneyWatch;
  readonly bank: SandboxConsole;
}
let accepting: Tenant;
let refunding: Tenant;

beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock });
  const other = await tollgate.createTenant({
    settings: tenantSettings.parse({ lateSuccess: 'refund', duplicatePayment: 'keep' }),
  });
  const watch = async (its: Installation): Promise<Tenant> => ({
    shop: watchPayments(its),
    money: watchMoney(its),
    bank: await openConsole(its),
  });
  accepting = await watch(tollgate);
  refunding = await watch({ ...tollgate, tenant: other });
});
afterEach(async () => {
  await accepting.money.expectSound();
  await refunding.money.expectSound();
});
afterAll(() => tollgate.close());

async function later(seconds: number) {
  clock.advance({ seconds });
  await tollgate.sandbox.tick();
}

/** A payment that expired, and whose money comes five seconds after its end. */
async function paidLate({ shop }: Tenant, fields = {}) {
  const { id } = await shop.create({ expiresIn: 60, ...fields });
  const { latestAttempt } = await shop.confirm(id, 'tok_late_approve');
  await later(61);
  await shop.untilLike(id, { status: 'expired' });
  await later(5);
  return { id: String(id), attemptId: String(latestAttempt.id) };
}

describe('B12 money that comes after the end', () => {
  test('is kept and marked as late where the tenant accepts it', async () => {
    const { id } = await paidLate(accepting);
    await accepting.shop.untilLike(id, { status: 'succeeded', late: true, amountCaptured: 1250, amountRefunded: 0 });
    expect(await accepting.money.transfers(id)).toEqual(['capture 1250']);
  });

  test('goes back by itself where the tenant refunds it', async () => {
    const { id, attemptId } = await paidLate(refunding);
    await refunding.shop.untilLike(id, { status: 'succeeded', late: true, amountRefunded: 1250 });
    expect(await refunding.bank.charge(attemptId)).toMatchObject({ amountRefunded: 1250 });
    expect(await refunding.money.transfers(id)).toEqual(['capture 1250', 'refund 1250']);
    expect(await refunding.shop.eventTypes(id)).toEqual(expect.arrayContaining(['refund.created', 'refund.succeeded']));
  });

  test('is released where it was only authorized and the tenant would refund it', async () => {
    const { id, attemptId } = await paidLate(refunding, { captureMethod: 'manual' });
    await refunding.shop.untilLike(id, { status: 'canceled', late: true, amountCaptured: 0 });
    expect(await refunding.bank.charge(attemptId)).toMatchObject({ state: 'canceled' });
  });
});

/** A payment paid by its second attempt, whose first the bank had declined and then takes after all. */
async function paidTwice({ shop }: Tenant) {
  const { id } = await shop.create();
  const first = await shop.confirm(id, 'tok_decline_then_approve');
  expect(first).toMatchObject({ status: 'created', latestAttempt: { state: 'declined' } });
  expect(await shop.confirm(id, 'tok_approve')).toMatchObject({ status: 'succeeded' });
  await later(3);
  return { id: String(id), firstAttempt: String(first.latestAttempt.id) };
}

describe('B12 a second success of one payment', () => {
  test('is flagged and goes back, and the payment stays paid once', async () => {
    const { id, firstAttempt } = await paidTwice(accepting);
    await accepting.shop.untilLike(id, { duplicatePayment: true, amountCaptured: 1250, amountRefunded: 0 });
    await accepting.shop.untilLike(id, { status: 'succeeded' });
    const deadline = performance.now() + 10_000;
    let charge = await accepting.bank.charge(firstAttempt);
    while (charge.amountRefunded !== 1250 && performance.now() < deadline) {
      charge = await accepting.bank.charge(firstAttempt);
    }
    expect(charge).toMatchObject({ amountCaptured: 1250, amountRefunded: 1250 });
  });

  test('is flagged and kept in suspense where the tenant says so', async () => {
    const { id, firstAttempt } = await paidTwice(refunding);
    await refunding.shop.untilLike(id, { duplicatePayment: true, amountCaptured: 1250 });
    const rows = await tollgate.database.run(
      `select kind, credit_account from ledger_transfers where payment_id = $1 order by credit_account`,
      [id],
    );
    expect(rows).toEqual([
      { kind: 'capture', credit_account: 'sales' },
      { kind: 'capture', credit_account: 'suspense' },
    ]);
    expect(await refunding.bank.charge(firstAttempt)).toMatchObject({ amountRefunded: 0 });
  });
});

describe('a refund at the provider’s console', () => {
  test('is found, told, and leaves that much less to refund', async () => {
    const { shop, bank, money } = accepting;
    const { id } = await shop.create();
    const { latestAttempt } = await shop.confirm(id, 'tok_approve');
    await bank.act(latestAttempt.id, 'refunds', { amount: 1000 });
    await shop.untilLike(id, { amountRefunded: 1000 });
    expect((await shop.merchant.refund(id, { amount: 251, reason: 'broken' }, `${id}-1`)).status).toBe(409);
    expect((await shop.merchant.refund(id, { amount: 250, reason: 'broken' }, `${id}-2`)).status).toBe(201);
    expect(await money.transfers(id)).toEqual(['capture 1250', 'refund 1000', 'refund 250']);
  });
});

test('a refund that the bank takes back later is told, and its amount can be refunded again', async () => {
  const { shop, money } = accepting;
  const { id } = await shop.create({ amount: 5000 });
  await shop.confirm(id, 'tok_approve');
  expect((await shop.merchant.refund(id, { amount: 2006, reason: 'broken' }, `${id}-1`)).body).toMatchObject({
    status: 'succeeded',
  });
  await later(2);
  await shop.untilLike(id, { amountRefunded: 0 });
  expect(await shop.eventTypes(id)).toContain('refund.failed');
  expect((await shop.merchant.refund(id, { amount: 5000, reason: 'broken' }, `${id}-2`)).status).toBe(201);
  expect(await money.transfers(id)).toEqual(['capture 5000', 'refund 2006', 'refund 5000', 'refund_failed 2006']);
});
