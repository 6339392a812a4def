import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { until } from '../support/api-client.ts';
import { openEndpoint } from '../support/open-endpoint.ts';
import { openStripeShop, type StripeShop } from '../support/stripe-shop.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let shop: StripeShop;
let sink: WebhookSink;
beforeAll(async () => {
  sink = await startWebhookSink();
  shop = await openStripeShop();
});
afterAll(async () => {
  await shop.close();
  await sink.close();
});

/** Each test lives in hours of its own, and lists no others. */
function nextHour(): Temporal.Instant {
  shop.clock.advance({ hours: 1 });
  return shop.clock.now();
}

async function balances(): Promise<Readonly<Record<string, number>>> {
  const { data } = await shop.get(`/balances?providerAccountId=${shop.providerAccountId}`);
  return Object.fromEntries(
    data.map(({ account, balance }: { account: string; balance: number }) => [account, balance]),
  );
}

async function report() {
  const { data } = await shop.get(`/reconciliation-reports?providerAccountId=${shop.providerAccountId}`);
  return data[0];
}

async function expectSound(): Promise<void> {
  const { differences } = await verifyLedger(shop.tollgate.tollgate.gateway.payments.database.query);
  expect(differences).toEqual([]);
  expect((await report()).unexplained).toBe(0);
}

test('S0.18 what a statement confirms carries its settlement, and its fee and payout are in the ledger', async () => {
  const from = nextHour();
  const { payment, captureId, intent } = await shop.pay(1250);
  const refund = await shop.refund(payment.id, 250);
  expect((await shop.get(`/captures/${captureId}`)).settlement).toBeNull();
  shop.clock.advance({ seconds: 1 });
  shop.simulator.payOut(intent);
  shop.clock.advance({ seconds: 1 });
  const statement = await shop.list(from);
  expect(statement).toMatchObject({ source: 'listing', lines: 3, linesNew: 3, lastError: null });
  const settledAt = expect.any(String);
  expect((await shop.get(`/captures/${captureId}`)).settlement).toEqual({
    ...{ gross: 1250, fee: 43, net: 1207, statementId: statement.id, settledAt },
  });
  expect((await shop.get(`/refunds/${refund.id}`)).settlement).toMatchObject({ gross: -250, fee: 0, net: -250 });
  expect(await balances()).toEqual({
    ...{ provider_receivable: 0, sales: 1250, refunds: 250, fees: 43, bank_clearing: 957 },
  });
  const [payout] = (await shop.get('/payouts')).data;
  expect(payout).toMatchObject({ amount: 957, currency: 'EUR', status: 'paid', statementId: statement.id });
  expect((await shop.get('/events?type=payout.paid')).data).toMatchObject([{ data: { object: payout } }]);
  expect(await shop.exceptions()).toEqual([]);
  expect(await report()).toMatchObject({ ledgerReceivable: 0, linesNet: 957, paidOut: 957, difference: 0 });
  await expectSound();
});

test('listings that overlap bring each line once, and nothing is booked twice', async () => {
  const from = nextHour();
  const { intent } = await shop.pay(3000);
  shop.clock.advance({ seconds: 1 });
  shop.simulator.payOut(intent);
  shop.clock.advance({ seconds: 1 });
  const first = await shop.list(from);
  const before = await balances();
  const payouts = (await shop.get('/payouts')).data;
  shop.clock.advance({ seconds: 1 });
  const second = await shop.list(from);
  expect([first.linesNew, second.lines, second.linesNew]).toEqual([2, 2, 0]);
  expect(await balances()).toEqual(before);
  expect((await shop.get('/payouts')).data).toEqual(payouts);
  await expectSound();
});

test('many pages are read to the end, across many turns of the lane', async () => {
  const from = nextHour();
  for (let count = 0; count < 45; count++) await shop.pay(500);
  shop.clock.advance({ seconds: 1 });
  const statement = await shop.list(from);
  expect(statement).toMatchObject({ lines: 45, linesNew: 45 });
  const lines = await shop.get(`/statements/${statement.id}/lines?limit=100`);
  expect(new Set(lines.data.map(({ state }: { state: string }) => state))).toEqual(new Set(['matched']));
  await expectSound();
});

test('a page that cannot be had is asked for again, and nothing is missing in the end', async () => {
  const from = nextHour();
  await shop.pay(700);
  shop.clock.advance({ seconds: 1 });
  shop.simulator.failNext({ kind: 'answer', executed: false, status: 500, body: '{}' });
  const body = { source: 'listing', providerAccountId: shop.providerAccountId, from: from.toString() };
  const made = await shop.merchant.send('POST', '/statements', { body });
  const read = () => shop.get(`/statements/${made.body.id}`);
  const failed = await until(async () => {
    const now = await read();
    return now.lastError !== null && now;
  });
  expect(failed).toMatchObject({ status: 'collecting', lines: 0 });
  shop.clock.advance({ seconds: 10 });
  await until(async () => (await read()).status === 'reconciled');
  expect(await read()).toMatchObject({ lines: 1, lastError: null });
});

test('a charge that nobody here knows of is named once, told once, and no payment moves', async () => {
  const from = nextHour();
  const endpoint = await openEndpoint(shop.merchant, sink, { eventTypes: ['reconciliation.mismatch'] });
  await shop.chargeElsewhere(900);
  shop.clock.advance({ seconds: 1 });
  const statement = await shop.list(from);
  const [exception, ...others] = await shop.exceptions('&state=open');
  expect(others).toEqual([]);
  expect(exception).toMatchObject({
    ...{ kind: 'missing_here', state: 'open', statementId: statement.id, here: null, difference: -862 },
    ...{ there: { gross: 900, fee: 38, net: 862, currency: 'EUR' }, subject: { type: 'line' } },
  });
  await shop.list(from);
  expect(await shop.exceptions('&state=open')).toEqual([exception]);
  const told = (await shop.get('/events?type=reconciliation.mismatch')).data;
  expect(told).toMatchObject([{ data: { object: exception } }]);
  const [delivered] = await endpoint.untilReceived(1);
  expect(JSON.parse(delivered?.body ?? '')).toMatchObject({
    type: 'reconciliation.mismatch',
    data: { object: exception },
  });
  expect(shop.tollgate.logLines.filter((line) => line.includes('A statement differs from the books'))).toHaveLength(1);
  await expectSound();
});

test('S0.18 the listing is read every day by itself, from where it ended, and finds what was lost on the way', async () => {
  const settings = () => shop.get(`/provider-accounts/${shop.providerAccountId}/reconciliation`);
  expect((await settings()).listedUntil).toBeNull();
  const { captureId } = await shop.pay(1111);
  shop.clock.advance({ hours: 24 });
  const first = await until(async () => (await settings()).listedUntil);
  await until(async () => (await shop.get('/statements?limit=1')).data[0].status === 'reconciled');
  expect((await shop.get(`/captures/${captureId}`)).settlement).toMatchObject({ gross: 1111 });
  const { captureId: next } = await shop.pay(2222);
  await until(async () => {
    const [lane] = await shop.tollgate.database.run<{ hours: number }>(
      `select extract(epoch from next_due_at - $2::timestamptz)::int / 3600 as hours from lanes
       where kind = 'reconcile' and lane_id = $1 and lease is null`,
      [shop.providerAccountId, first],
    );
    return lane?.hours === 24;
  });
  shop.clock.advance({ hours: 24 });
  await until(async () => (await settings()).listedUntil !== first);
  await until(async () => (await shop.get(`/captures/${next}`)).settlement);
  const automatic = (await shop.get('/statements?limit=2')).data;
  // Each window reaches into the one before, so that late lines are found.
  expect(automatic[0].lines).toBeGreaterThan(automatic[0].linesNew);
  expect(automatic[0].linesNew).toBe(1);
});

test('a dispute that the statement knows first is a difference until the gateway knows it, too', async () => {
  const from = nextHour();
  const { payment, intent } = await shop.pay(2000);
  shop.simulator.dispute(intent);
  shop.clock.advance({ seconds: 1 });
  const statement = await shop.list(from);
  const lines = (await shop.get(`/statements/${statement.id}/lines`)).data;
  const line = lines.find(({ kind }: { kind: string }) => kind === 'dispute');
  const find = async () =>
    (await shop.exceptions()).find(({ subject }: { subject: { id: string } }) => subject.id === line.id);
  expect(line.state).toBe('open');
  expect(await find()).toMatchObject({ kind: 'missing_here', difference: 3500 });
  await shop.merchant.send('POST', `/payments/${payment.id}/sync`, { body: {} });
  expect((await shop.get(`/disputes?paymentId=${payment.id}`)).data).toMatchObject([{ amountWithdrawn: 2000 }]);
  shop.clock.advance({ seconds: 1 });
  await shop.list(from);
  expect(await find()).toMatchObject({ state: 'resolved', resolution: 'matched_later', difference: 0 });
  expect((await balances()).disputed_funds).toBe(2000);
  await expectSound();
});

test('a partial capture is the sum of its lines', async () => {
  const from = nextHour();
  const created = await shop.merchant.create({
    ...{ amount: 1250, captureMethod: 'manual', providerAccountId: shop.providerAccountId },
  });
  const method = { type: 'stripe', flow: 'client', paymentMethod: 'pm_card_visa' };
  await shop.merchant.send('POST', `/payments/${created.body.id}/confirm`, { body: { method } });
  const captured = await shop.merchant.send('POST', `/payments/${created.body.id}/capture`, { body: { amount: 500 } });
  expect(captured.body.status, captured.text).toBe('succeeded');
  shop.clock.advance({ seconds: 1 });
  expect(await shop.list(from)).toMatchObject({ lines: 2 });
  expect((await shop.get(`/captures/${captured.body.id}`)).settlement).toMatchObject({ gross: 500, fee: 32, net: 468 });
  await expectSound();
});

test('a daily listing that cannot be had is asked for patiently, and makes nothing missing', async () => {
  const { captureId } = await shop.pay(3333);
  const settings = () => shop.get(`/provider-accounts/${shop.providerAccountId}/reconciliation`);
  const before = (await settings()).listedUntil;
  // By then the gateway also asks about the dispute that is still open.
  const path = '/v1/balance_transactions';
  shop.simulator.failNext({ kind: 'answer', executed: false, status: 500, body: '{}', path });
  shop.clock.advance({ hours: 24 * 10 });
  const failed = await until(async () => {
    const [newest] = (await shop.get('/statements?limit=1')).data;
    return newest.lastError !== null && newest;
  });
  const laneDueIn = async () => {
    const [lane] = await shop.tollgate.database.run<{ seconds: number }>(
      `select extract(epoch from next_due_at - $2::timestamptz)::int as seconds from lanes
       where kind = 'reconcile' and lane_id = $1 and lease is null`,
      [shop.providerAccountId, shop.clock.now().toString()],
    );
    return lane?.seconds;
  };
  await until(async () => (await laneDueIn()) === 10);
  expect((await settings()).listedUntil).toBe(before);
  expect((await shop.exceptions('&state=open&kind=missing_there')).length).toBe(0);
  shop.clock.advance({ seconds: 10 });
  await until(async () => (await shop.get(`/statements/${failed.id}`)).status === 'reconciled');
  expect((await shop.get(`/captures/${captureId}`)).settlement).toMatchObject({ gross: 3333 });
  expect((await shop.exceptions('&state=open&kind=missing_there')).length).toBe(0);
  await expectSound();
});
