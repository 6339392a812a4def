import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';

const clock = new ManualClock('2026-09-20T10:00:00Z');
let tollgate: Installation;

beforeAll(async () => {
  tollgate = await startInstallation({ clock });
});
afterAll(() => tollgate.close());

/** A tenant that sold 50.00 and gave 12.00 back in the month that the clock shows. */
async function newShop(): Promise<{ readonly tenantId: string; readonly shop: Merchant }> {
  const { tenant, apiKeys } = await tollgate.createTenant();
  const shop = merchantOf(tollgate.apiUrl, apiKeys.test);
  const { id } = await shop.pay({ amount: 5000 });
  const refund = await shop.refund(id, { amount: 1200, reason: 'Sent back' }, 'refund-1');
  expect(refund.body, refund.text).toMatchObject({ status: 'succeeded' });
  return { tenantId: tenant.tenantId, shop };
}

const get = async (shop: Merchant, path: string) => {
  const { status, body, text } = await shop.send('GET', path);
  expect(status, text).toBe(200);
  return body;
};
const close = (shop: Merchant, month: string, body: object = {}, headers = {}) =>
  shop.send('POST', `/periods/${month}/close`, { body, headers });
const sumsOf = (period: { totals: { account: string; opening: number; closing: number }[] }) =>
  Object.fromEntries(period.totals.map(({ account, opening, closing }) => [account, [opening, closing]]));

/** Books something at an instant of the past, as a machine with a wrong clock would. */
function bookAt(tenantId: string, at: string) {
  return tollgate.database.run(
    `insert into ledger_transfers (tenant_id, transfer_id, mode, currency, provider_account_id, kind, debit_account,
       credit_account, amount, subject_id, posting_key, created_at)
     values ($1, 'tr_' || $2, 'test', 'EUR', 'pa_1', 'fee', 'fees', 'provider_receivable', 5, 'x', $2, $2::timestamptz)`,
    [tenantId, at],
  );
}

describe('a month of the ledger', () => {
  test('is closed with what it adds up to, which the next one begins with, and takes no posting any more', async () => {
    clock.set('2026-09-20T10:00:00Z');
    const { tenantId, shop } = await newShop();
    expect(await get(shop, '/periods')).toMatchObject({ data: [{ id: '2026-09', state: 'running' }], hasMore: false });
    const early = await close(shop, '2026-09');
    expect([early.status, early.body.code, early.body.detail]).toEqual([
      409,
      'state_conflict',
      '2026-09 can be closed from 2026-10-01T01:00:00Z on.',
    ]);

    clock.set('2026-10-02T10:00:00Z');
    await shop.pay({ amount: 700 });
    const open = await get(shop, '/periods/2026-09');
    expect(open).toMatchObject({ state: 'open', tied: true, checks: { blockedBy: null, pendingOperations: 0 } });
    expect(sumsOf(open)).toEqual({ provider_receivable: [0, 3800], refunds: [0, 1200], sales: [0, 5000] });

    const closed = await close(shop, '2026-09', { note: null }, { 'idempotency-key': 'close-1' });
    expect(closed.body, closed.text).toMatchObject({ state: 'closed', tied: true, closedAt: '2026-10-02T10:00:00Z' });
    expect(closed.body.totals).toEqual(open.totals);
    const again = await close(shop, '2026-09', { note: null }, { 'idempotency-key': 'close-1' });
    expect([again.status, again.body]).toEqual([200, closed.body]);
    expect((await close(shop, '2026-09')).body.detail).toBe('2026-09 is closed already.');

    expect(sumsOf(await get(shop, '/periods/2026-10'))).toEqual({
      provider_receivable: [3800, 4500],
      refunds: [1200, 1200],
      sales: [5000, 5700],
    });
    await expect(bookAt(tenantId, '2026-09-30T23:59:59Z')).rejects.toThrow('the period 2026-09 is closed');
    await bookAt(tenantId, '2026-10-01T00:00:00Z');
  });

  test('waits for the one before it, and only the last that was closed is opened again', async () => {
    clock.set('2026-09-20T10:00:00Z');
    const { shop } = await newShop();
    clock.set('2026-12-05T10:00:00Z');
    expect((await get(shop, '/periods?state=open&limit=2')).data).toMatchObject([{ id: '2026-11' }, { id: '2026-10' }]);
    expect((await close(shop, '2026-10')).body.detail).toBe(
      'Close 2026-09 first: months are closed one after the other.',
    );
    for (const month of ['2026-09', '2026-10']) expect((await close(shop, month)).status).toBe(200);
    const reopen = (month: string) =>
      shop.send('POST', `/periods/${month}/reopen`, { body: { reason: 'A statement came late' } });
    expect((await reopen('2026-09')).body.code).toBe('state_conflict');
    const opened = await reopen('2026-10');
    expect(opened.body, opened.text).toMatchObject({ state: 'open', reopenReason: 'A statement came late' });
    expect((await reopen('2026-10')).body.detail).toBe('2026-10 is not closed.');
    expect((await close(shop, '2026-10')).body).toMatchObject({ state: 'closed', reopenedAt: null });
  });

  test('is closed once, however many ask for it at the same moment', async () => {
    clock.set('2026-09-20T10:00:00Z');
    const { tenantId, shop } = await newShop();
    clock.set('2026-10-05T10:00:00Z');
    const answers = await Promise.all(Array.from({ length: 5 }, () => close(shop, '2026-09')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(await tollgate.database.run('select month from period_closings where tenant_id = $1', [tenantId])).toEqual([
      { month: '2026-09' },
    ]);
  });

  test('with something left open is closed by who says why', async () => {
    clock.set('2026-09-20T10:00:00Z');
    const { shop } = await newShop();
    const providerAccountId = (await get(shop, '/provider-accounts')).data[0].id;
    const csv = 'line_ref,kind,occurred_at,currency,gross\nL-1,charge,2026-09-20,EUR,1000\n';
    await shop.send('POST', '/statements', { body: { source: 'upload', providerAccountId, csv } });
    await until(async () => (await get(shop, '/reconciliation-exceptions?state=open')).data[0]);
    await until(async () => (await get(shop, '/statements')).data[0].status === 'reconciled');
    clock.set('2026-10-05T10:00:00Z');
    const silent = await close(shop, '2026-09');
    expect([silent.status, silent.body.errors]).toEqual([
      422,
      [{ pointer: '/note', detail: 'Must say why the month is closed with 1 open exceptions' }],
    ]);
    const closed = await close(shop, '2026-09', { note: 'With the provider, case 4711' });
    expect(closed.body, closed.text).toMatchObject({ state: 'closed', note: 'With the provider, case 4711' });
  });
});

describe('lists', () => {
  test('of captures, refunds and reversals go by status, payment, time and the provider’s name', async () => {
    clock.set('2026-09-20T10:00:00Z');
    const { tenantId, shop } = await newShop();
    clock.set('2026-09-21T10:00:00Z');
    const held = (await shop.create({ captureMethod: 'manual', amount: 900 })).body;
    await shop.confirm(held.id, 'tok_no_ipn');
    const captured = await shop.send('POST', `/payments/${held.id}/capture`, { body: {} });
    const reversed = await shop.send('POST', `/payments/${held.id}/reversals`, { body: {} });
    const ids = async (path: string) => (await get(shop, path)).data.map(({ id }: { id: string }) => id);
    const [first] = (await ids('/captures')).slice(-1);
    expect(await ids('/captures')).toEqual([captured.body.id, first]);
    expect(await ids('/captures?limit=1')).toEqual([captured.body.id]);
    expect(await ids(`/captures?cursor=${captured.body.id}`)).toEqual([first]);
    expect(await ids('/captures?createdBefore=2026-09-21T00:00:00Z')).toEqual([first]);
    expect(await ids('/captures?createdAfter=2026-09-21T00:00:00Z')).toEqual([captured.body.id]);
    expect(await ids(`/captures?paymentId=${held.id}`)).toEqual([captured.body.id]);
    expect(await ids('/captures?status=failed')).toEqual([]);
    expect(await ids('/reversals')).toEqual([reversed.body.id]);
    const [refund] = (await get(shop, '/refunds?status=succeeded')).data;
    expect(refund).toEqual(await get(shop, `/refunds/${refund.id}`));
    const [{ ref }] = (await tollgate.database.run<{ ref: string }>(
      'select provider_ref as ref from refunds where tenant_id = $1',
      [tenantId],
    )) as [{ ref: string }];
    expect(await ids(`/refunds?providerRef=${encodeURIComponent(ref)}`)).toEqual([refund.id]);
    expect(await ids('/refunds?providerRef=of-nobody-at-all')).toEqual([]);
    const file = await shop.send('GET', '/refunds', { headers: { accept: 'text/csv' } });
    expect(file.text.split('\r\n')[0]).toContain('id,object,paymentId,amount,amountDecimal');
  });
});
