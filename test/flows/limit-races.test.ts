import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { createLimitKeeper } from '../../src/limits/keep-limits.ts';
import type { Database } from '../../src/platform/database.ts';
import type { CreatedTenant } from '../../src/tenants/create-tenant.ts';
import { until } from '../support/api-client.ts';
import { airtime, expectExceeded, type LimitDesk, limitDesk, openLimitHouse } from '../support/limit-desk.ts';
import { freshReference } from '../support/merchant.ts';
import { parallel, tally } from '../support/parallel.ts';
import { findTornLimits } from '../support/torn-limits.ts';

const { clock, tollgate, openDesk } = await openLimitHouse();
let desk: LimitDesk;

describe('many at once', () => {
  test('of 200 payments at once exactly 37 pass a limit for 37, and none waits for another in vain', async () => {
    desk = await openDesk();
    const { id } = await desk.basket({ itemTypes: ['AIRTIME'], per: 'destination', dailyMax: 3_700 });
    await desk.basket({ itemTypes: ['*'], per: 'merchant', dailyMax: 1_000_000, monthlyMax: 1_000_000 });
    const answers = await parallel(200, () => desk.shop.create(airtime(100)));
    expect(tally(answers)).toEqual({ 201: 37, '422 limit_exceeded': 163 });
    expect((await desk.usage(id, 'destination=0821234567')).day).toMatchObject({ used: 3_700, usedCount: 37, left: 0 });
    expect(await findTornLimits(tollgate.database)).toEqual([]);
  });

  test('payments of different size fill a limit to its last unit and not beyond', async () => {
    desk = await openDesk();
    const { id } = await desk.basket({ itemTypes: ['AIRTIME'], per: 'merchant', dailyMax: 5_000 });
    const answers = await parallel(120, (index) =>
      desk.shop.create(airtime(1 + ((index * 37) % 100), `08${index}00000`)),
    );
    const passed = answers.filter(({ status }) => status === 201).reduce((sum, { body }) => sum + body.amount, 0);
    const { day } = await desk.usage(id);
    expect([day.used, day.used <= 5_000]).toEqual([passed, true]);
    // Whoever was refused had more than what is left at the end, since nothing was given back meanwhile.
    const refused = answers.filter(({ status }) => status !== 201).map(({ body }) => body.requested as number);
    expect(refused.length).toBeGreaterThan(0);
    expect(Math.min(...refused)).toBeGreaterThan(day.left);
    expect(await findTornLimits(tollgate.database)).toEqual([]);
  });

  test('payments and the ends of others take and give back the same counters in both directions', async () => {
    desk = await openDesk();
    for (const per of ['merchant', 'destination', 'group', 'sub_merchant']) {
      await desk.basket({ itemTypes: ['AIRTIME'], per, dailyMax: 900_000 });
    }
    const two = (index: number) => {
      const items = [...airtime(100, '0820000001').cartItems, ...airtime(100, '0820000002').cartItems];
      return desk.shop.create({ amount: 200, cartItems: index % 2 === 0 ? items : items.reverse() });
    };
    const open = await parallel(40, two);
    const answers = await parallel(120, (index) => {
      const one = open[index];
      return one === undefined ? two(index) : desk.shop.send('POST', `/payments/${one.body.id}/cancel`);
    });
    expect(tally(answers)).toEqual({ 200: 40, 201: 80 });
    expect(await findTornLimits(tollgate.database)).toEqual([]);
  });

  test('counters are locked in the order of their keys, by payments that take and by payments that give back', async () => {
    desk = await openDesk();
    const { id } = await desk.basket({ itemTypes: ['AIRTIME'], per: 'destination' });
    const cartItems = Array.from({ length: 15 }, (_, index) => ({
      ...{ description: 'Airtime', quantity: 1, value: 1, destination: `meter ${index}`, itemType: 'AIRTIME' },
    }));
    const { body } = await desk.shop.create({ amount: 15, cartItems });
    const ofBasket = `from limit_counters where basket_id = '${id}' order by subject, period, starts_at`;
    const rival = new pg.Client(tollgate.database.url);
    await rival.connect();
    try {
      for (const act of [
        () => desk.shop.create({ amount: 15, cartItems }),
        () => desk.shop.send('POST', `/payments/${body.id}/cancel`),
      ]) {
        await rival.query('begin');
        const { rows } = await rival.query(`select pg_backend_pid() as pid ${ofBasket} limit 1 for update`);
        const acting = act();
        const waiting = 'select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))';
        await until(async () => (await tollgate.database.run(waiting, [rows[0].pid])).length > 0);
        // Who waits for the first has locked none of the others, or this would be refused.
        const others = await rival.query(`select 1 ${ofBasket} offset 1 for update nowait`);
        expect(others.rowCount).toBe(29);
        await rival.query('commit');
        expect((await acting).status).toBeLessThan(300);
      }
    } finally {
      await rival.end();
    }
    expect(await findTornLimits(tollgate.database)).toEqual([]);
  });

  test('the same request many times takes room once, also the last, and is answered alike', async () => {
    desk = await openDesk();
    const { id } = await desk.basket({ itemTypes: ['AIRTIME'], per: 'merchant', dailyMax: 100 });
    const body = { reference: freshReference(), ...airtime(100) };
    const answers = await parallel(30, () =>
      desk.shop.send('POST', '/payments', { body, idempotencyKey: 'the last room' }),
    );
    expect(tally(answers)).toEqual({ 201: 30 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await desk.usage(id)).day).toMatchObject({ used: 100, usedCount: 1 });
    // Without the key it learns that its payment exists, and not that there is no room.
    const again = await desk.shop.send('POST', '/payments', { body });
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'reference_already_used', paymentId: answers[0]?.body.id },
    });
  });

  test('a refusal is kept under no key: once there is room the same request passes', async () => {
    desk = await openDesk();
    await desk.basket({ itemTypes: ['AIRTIME'], per: 'merchant', dailyMax: 100 });
    const first = await desk.shop.create(airtime(100));
    const body = { reference: freshReference(), ...airtime(100) };
    const send = () => desk.shop.send('POST', '/payments', { body, idempotencyKey: 'later' });
    expectExceeded(await send(), { limit: 100 });
    await desk.shop.send('POST', `/payments/${first.body.id}/cancel`);
    expect((await send()).status).toBe(201);
  });
});

describe('what is remembered', () => {
  const purchase = { amount: 1n, currency: 'EUR', cartItems: null, customer: null, subMerchantName: null };
  const buyerOf = ({ tenant: { tenantId } }: CreatedTenant) =>
    ({ tenantId, parentTenantId: null, mode: 'test', now: clock.now() }) as const;

  test('another process learns of a new basket, and of its end, by itself', async () => {
    const tenant = await tollgate.createTenant();
    desk = limitDesk(tollgate, tenant);
    const other = createLimitKeeper(tollgate.tollgate.gateway.payments);
    expect(await other.claimsOf(buyerOf(tenant), purchase)).toEqual([]);
    const { id } = await desk.basket({ itemTypes: ['*'], per: 'merchant' });
    await until(async () => (await other.claimsOf(buyerOf(tenant), purchase)).length === 2);
    await desk.shop.send('DELETE', `/limit-baskets/${id}`);
    await until(async () => (await other.claimsOf(buyerOf(tenant), purchase)).length === 0);
  });

  test('payments of tenants without baskets ask nothing, however many they are', async () => {
    const { database, sealer } = tollgate.tollgate.gateway.payments;
    let questions = 0;
    const counted: Database = {
      ...database,
      get query() {
        questions++;
        return database.query;
      },
    };
    const keeper = createLimitKeeper({ database: counted, sealer });
    const startedAtMs = performance.now();
    for (let index = 0; index < 1_000; index++) {
      await keeper.claimsOf({ ...buyerOf(tollgate.tenant), tenantId: `ten_${index}` }, purchase);
    }
    // One list for all of them, read again after a second.
    expect(questions).toBeGreaterThan(0);
    expect(questions).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - startedAtMs) / 1_000));
  });
});
