import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { rollUpNext } from '../../src/overview/jobs.ts';
import { insertPositions } from '../../src/overview/store.ts';
import { type Answer, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';

let clock: ManualClock;
let tollgate: Installation;
let shop: Merchant;
let operator: Merchant;
let since: string;

beforeAll(async () => {
  clock = new ManualClock(Temporal.Instant.fromEpochMilliseconds(Math.floor(Date.now() / 3_600_000) * 3_600_000));
  clock.advance({ minutes: 55 });
  since = clock.now().toString();
  clock.advance({ seconds: 1 });
  // Without a worker nobody sums up but the test.
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_ROLES: 'api,checkout,hooks' } });
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
});
afterAll(() => tollgate.close());

async function look(merchant = shop, path = '/overview', query = ''): Promise<Answer['body']> {
  const answer = await merchant.send('GET', `${path}?since=${since}&bucket=hour${query}`);
  expect(answer.status, tollgate.logLines.filter((l) => l.includes('A request failed')).at(-1)).toBe(200);
  return answer.body;
}

const lookAtAll = () => look(operator, '/operator/overview', '&mode=test');

async function rollUpAll(): Promise<number> {
  const { payments } = tollgate.tollgate.gateway;
  await insertPositions(payments.database.query);
  let moved = 0;
  for (let next = await rollUpNext(payments); next > 0; next = await rollUpNext(payments)) moved += next;
  return moved;
}

const rolledHours = () => tollgate.database.run<{ tenant_id: string }>('select tenant_id from activity_hours');

describe('the overview', () => {
  test('counts what happened to the moment, by currency', async () => {
    const paid = await shop.pay({ amount: 5000 });
    await shop.pay({ amount: 700, currency: 'USD' });
    await shop.refund(paid.id, { amount: 1200, reason: 'broken', reference: 'overview-1' });
    await shop.create();
    const declined = (await shop.create({ attemptsMax: 1 })).body;
    expect((await shop.confirm(declined.id, 'tok_decline_fraud')).body.status).toBe('failed');
    const held = (await shop.create({ captureMethod: 'manual', amount: 900 })).body;
    await shop.confirm(held.id, 'tok_no_ipn');
    const { currencies, bucket, mode } = await look();
    expect([bucket, mode]).toEqual(['hour', 'test']);
    const euros = { created: 4, approved: 2, declined: 1, successRate: 0.6667, captures: 1, captured: 5000 };
    expect(currencies).toMatchObject([
      { currency: 'EUR', ...euros, refunds: 1, refunded: 1200, reversed: 0, disputes: 0 },
      { currency: 'USD', created: 1, approved: 1, successRate: 1, captured: 700, refunds: 0 },
    ]);
    expect(currencies[0].series).toMatchObject([{ ...euros, refunded: 1200 }]);
    expect((await look(shop, '/overview', '&currency=USD')).currencies).toHaveLength(1);
  });

  test('says the same before, while and after hours are summed up, and so for all tenants together', async () => {
    const before = { one: (await look()).currencies, all: (await lookAtAll()).currencies };
    expect(before.all).toEqual(before.one);
    await rollUpAll();
    expect(await rolledHours(), 'the hour is not over').toEqual([]);
    clock.advance({ hours: 1 });
    await shop.pay({ amount: 300 });
    await rollUpAll();
    const hours = await rolledHours();
    expect(new Set(hours.map((row) => row.tenant_id))).toEqual(new Set([tollgate.tenant.tenant.tenantId, 'system']));
    const { currencies } = await look();
    expect(currencies[0]).toMatchObject({ created: 5, approved: 3, captured: 5300 });
    expect(currencies[0].series).toMatchObject([{ captured: 5000 }, { captured: 300 }]);
    expect(currencies[0].series[0]).toEqual(before.one[0].series[0]);
    expect((await lookAtAll()).currencies).toEqual(currencies);
    expect(await rollUpAll(), 'there is nothing left to sum up').toBe(0);
    expect((await look()).currencies).toEqual(currencies);
  });

  test('counts each row once when several sum up at once', async () => {
    clock.advance({ hours: 3 });
    await tollgate.createTenant();
    const { payments } = tollgate.tollgate.gateway;
    await insertPositions(payments.database.query);
    const expected = (await look()).currencies;
    await Promise.all([1, 2, 3, 4].map(() => rollUpNext(payments)));
    await rollUpAll();
    expect((await look()).currencies).toEqual(expected);
    expect((await lookAtAll()).currencies).toEqual(expected);
  });

  test('is read from the rows where a test clock has been at work', async () => {
    const held = await shop.send('POST', '/test-clocks', { body: {} });
    expect(held.status, held.text).toBe(201);
    const hour = clock.now().round({ smallestUnit: 'hour', roundingMode: 'floor' }).toString();
    clock.advance({ hours: 3 });
    await rollUpAll();
    // The process believes for a second that the clock still runs.
    await until(async () => {
      const { createdAt } = (await shop.create({ currency: 'JPY' })).body;
      return Temporal.Instant.compare(createdAt, Temporal.Instant.from(hour).add({ hours: 1 })) < 0;
    });
    const { currencies } = await look(shop, '/overview', `&until=${clock.now().toString()}&currency=JPY`);
    const at = currencies[0].series.find((one: { at: string }) => one.at === hour);
    expect(at.created).toBe(1);
    await shop.send('POST', `/test-clocks/${held.body.id}/release`);
  });

  test('says what wants somebody', async () => {
    const quiet = (await look()).attention;
    expect(quiet).toMatchObject({ stuckPayments: 0, openFuses: 0, openExceptions: 0, deliveriesWaiting: 0 });
    const lost = (await shop.create()).body;
    await shop.confirm(lost.id, 'tok_charge_then_502');
    expect((await look()).attention).toMatchObject({ stuckPayments: 0 });
    clock.advance({ minutes: 20 });
    expect((await look()).attention).toMatchObject({ ...quiet, stuckPayments: 1 });
    expect((await lookAtAll()).attention).toMatchObject({ stuckPayments: 1 });
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    const others = await look(stranger);
    expect(others).toMatchObject({ currencies: [], attention: { stuckPayments: 0 } });
    expect((await look(operator, '/operator/overview')).currencies, 'live mode has nothing').toEqual([]);
  });

  test.for(['since=2020-01-01T00:00:00Z', 'since=2030-01-01T00:00:00Z'])('refuses %s', async (query) => {
    const { body } = await shop.send('GET', `/overview?${query}`);
    expect(body).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/query/since' }] });
  });
});
