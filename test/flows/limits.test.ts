import { describe, expect, test } from 'vitest';
import type { Answer } from '../support/api-client.ts';
import { airtime, expectExceeded, type LimitDesk, limitDesk, openLimitHouse } from '../support/limit-desk.ts';
import { freshReference, merchantOf } from '../support/merchant.ts';
import { findTornLimits } from '../support/torn-limits.ts';

const { tollgate, openDesk } = await openLimitHouse();
let desk: LimitDesk;

describe('a limit basket (S1.30, S1.34)', () => {
  test('is read as it was made, changed member by member, and removed', async () => {
    desk = await openDesk();
    const made = await desk.basket({
      name: 'Airtime',
      itemTypes: ['airtime', 'AIRTIME_BUNDLE', 'Airtime'],
      per: 'customer',
    });
    expect(made).toMatchObject({
      ...{
        object: 'limit_basket',
        mode: 'test',
        currency: 'EUR',
        timeZone: 'UTC',
        whenUnnamed: 'refuse',
        active: true,
      },
      ...{ itemTypes: ['AIRTIME', 'AIRTIME_BUNDLE'], dailyMax: 10_000, monthlyMax: null, dailyCountMax: null },
    });
    expect(made.id).toMatch(/^lb_/);
    const path = `/limit-baskets/${made.id}`;
    expect((await desk.shop.send('GET', path)).body).toEqual(made);
    const changed = await desk.shop.send('PATCH', path, {
      body: { monthlyMax: 50_000, dailyMax: null, active: false },
    });
    expect(changed.body).toMatchObject({ name: 'Airtime', dailyMax: null, monthlyMax: 50_000, active: false });
    const bare = await desk.shop.send('PATCH', path, { body: { monthlyMax: null } });
    expect(bare).toMatchObject({ status: 422, body: { errors: [{ pointer: '/dailyMax' }] } });
    expect((await desk.shop.send('GET', '/limit-baskets')).body.data).toEqual([changed.body]);
    expect((await desk.shop.send('DELETE', path)).status).toBe(200);
    expect((await desk.shop.send('GET', path)).status).toBe(404);
    expect((await desk.shop.send('GET', '/limit-baskets')).body.data).toEqual([]);
  });

  test.each([
    ['no maximum', { itemTypes: ['AIRTIME'], per: 'merchant' }, '/dailyMax'],
    ['* beside a type', { itemTypes: ['*', 'AIRTIME'], per: 'merchant', dailyMax: 1 }, '/itemTypes'],
    ['an unknown time zone', { itemTypes: ['*'], per: 'merchant', dailyMax: 1, timeZone: 'Mars/Olympus' }, '/timeZone'],
    ['an offset for a zone', { itemTypes: ['*'], per: 'merchant', dailyMax: 1, timeZone: '+02:00' }, '/timeZone'],
  ])('is refused with %s', async (_, body, pointer) => {
    desk = await openDesk();
    const answer = await desk.shop.send('POST', '/limit-baskets', { body });
    expect(answer, answer.text).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  test('counts the value of its items, piece by piece, and leaves alone what is not among them', async () => {
    desk = await openDesk();
    const { id } = await desk.basket({ itemTypes: ['AIRTIME'], per: 'destination' });
    const coffee = { description: 'Coffee', quantity: 1, value: 900_000 };
    const { cartItems } = airtime(2_000, '+27 82 123-4567', 3);
    expect((await desk.shop.create({ amount: 906_000, cartItems: [coffee, ...cartItems] })).status).toBe(201);
    expect((await desk.shop.create({ amount: 900_000, cartItems: [coffee] })).status).toBe(201);
    const usage = await desk.usage(id, 'destination=0027821234567');
    expect(usage.day).toMatchObject({
      used: 6_000,
      held: 6_000,
      max: 10_000,
      left: 4_000,
      usedCount: 1,
      exceeded: false,
    });
    expect(usage.month).toMatchObject({ used: 6_000, max: null, left: null });
  });

  test('refuses what would pass it, naming limit, room, time and item, and uses up no reference', async () => {
    desk = await openDesk();
    const { id } = await desk.basket({ itemTypes: ['AIRTIME'], per: 'destination', monthlyMax: 11_000 });
    expect((await desk.shop.create(airtime(8_000))).status).toBe(201);
    const reference = freshReference();
    const item = { description: 'Coffee', quantity: 1, value: 100 };
    const cart = airtime(2_001).cartItems;
    const refused = await desk.shop.create({ reference, amount: 2_101, cartItems: [item, ...cart] });
    expectExceeded(refused, {
      ...{ basketId: id, per: 'destination', period: 'day', measure: 'amount', currency: 'EUR' },
      ...{ limit: 10_000, used: 8_000, requested: 2_001, resetsAt: '2026-11-22T00:00:00Z' },
      errors: [{ pointer: '/cartItems/1', detail: expect.stringContaining('daily') }],
    });
    // Where both are in the way, the one that resets last is the one to wait for.
    expectExceeded(await desk.shop.create(airtime(3_001)), { period: 'month', resetsAt: '2026-12-01T00:00:00Z' });
    expect((await desk.shop.create({ reference, ...airtime(2_000) })).status).toBe(201);
    expect((await desk.shop.create(airtime(10_000, '0839999999'))).status).toBe(201);
    expect(await findTornLimits(tollgate.database)).toEqual([]);
  });

  test('counts payments as well', async () => {
    desk = await openDesk();
    await desk.basket({ itemTypes: ['*'], per: 'customer', dailyMax: null, dailyCountMax: 2 });
    const customer = { email: 'Ada@Example.com' };
    for (let i = 0; i < 2; i++) expect((await desk.shop.create({ customer })).status).toBe(201);
    const refused = await desk.shop.create({ customer: { email: 'ada@example.com' } });
    expectExceeded(refused, { measure: 'payments', limit: 2, used: 2, requested: 1 });
    expect((await desk.shop.create({ customer: { id: 'ada' } })).status).toBe(201);
  });

  test('knows a customer by id before phone before e-mail, and keeps none of them readable', async () => {
    desk = await openDesk();
    const { id } = await desk.basket({ itemTypes: ['*'], per: 'customer' });
    await desk.shop.create({ amount: 100, customer: { id: 'C-1', phone: '+27 82 000 1111', email: 'c@example.com' } });
    await desk.shop.create({ amount: 200, customer: { phone: '+27820001111', email: 'c@example.com' } });
    await desk.shop.create({ amount: 400, customer: { email: 'c@example.com' } });
    const used = async (query: string) => (await desk.usage(id, query)).day.used;
    expect([
      await used('customerId=C-1'),
      await used('phone=%2B27820001111'),
      await used('email=C%40example.com'),
      await used('customerId=c-1'),
    ]).toEqual([100, 200, 400, 0]);
    const rows = await tollgate.database.run('select * from limit_counters, limit_holds');
    expect(JSON.stringify(rows)).not.toMatch(/"C-1"|27 ?82 ?000|example\.com/);
  });

  test('refuses who does not say what it counts by, unless it lets them pass', async () => {
    desk = await openDesk();
    const { id } = await desk.basket({ itemTypes: ['AIRTIME'], per: 'customer' });
    const nameless = await desk.shop.create(airtime(100));
    expect(nameless).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ pointer: '/customer' }] },
    });
    await desk.change(id, { whenUnnamed: 'pass' });
    expect((await desk.shop.create(airtime(100_000))).status).toBe(201);
    await desk.basket({ itemTypes: ['AIRTIME'], per: 'destination' });
    const [{ destination: _, ...item } = {}] = airtime(100).cartItems;
    const nowhere = await desk.shop.create({ amount: 100, cartItems: [item] });
    expect(nowhere.body.errors).toMatchObject([{ pointer: '/cartItems/0/destination' }]);
    expect((await desk.shop.create()).status).toBe(201);
  });

  test('leaves payments in another currency alone, and a value beyond all numbers finds no room', async () => {
    desk = await openDesk();
    await desk.basket({ itemTypes: ['AIRTIME'], per: 'merchant', dailyMax: 999_999_999_999 });
    const huge = { description: 'Airtime', quantity: 1_000_000, value: 999_999_999_999, itemType: 'AIRTIME' };
    const cart = { amount: 100, cartItems: Array(100).fill(huge) };
    expectExceeded(await desk.shop.create(cart), { requested: 1_000_000_000_000 });
    expect((await desk.shop.create({ ...cart, currency: 'USD' })).status).toBe(201);
  });
});

describe('periods', () => {
  test('a day ends at midnight of the basket, and the month goes on', async () => {
    desk = await openDesk();
    const held = await desk.shop.send('POST', '/test-clocks', { body: { now: '2027-03-31T20:00:00Z' } });
    const { id } = await desk.basket({
      itemTypes: ['*'],
      per: 'merchant',
      timeZone: 'Africa/Johannesburg',
      dailyMax: 100,
      monthlyMax: 150,
    });
    const pass = (amount: number) => desk.shop.create({ amount });
    expect((await desk.usage(id)).day).toMatchObject({
      startsAt: '2027-03-30T22:00:00Z',
      resetsAt: '2027-03-31T22:00:00Z',
    });
    expect((await pass(100)).status).toBe(201);
    expectExceeded(await pass(1), { period: 'day', resetsAt: '2027-03-31T22:00:00Z' });
    const advance = (seconds: number) =>
      desk.shop.send('POST', `/test-clocks/${held.body.id}/advance`, { body: { seconds } });
    await advance(7_199);
    expectExceeded(await pass(1), { period: 'day' });
    await advance(1);
    expect((await pass(100)).status).toBe(201);
    expect((await desk.usage(id)).month).toMatchObject({ used: 100, startsAt: '2027-03-31T22:00:00Z' });
    await advance(86_400);
    expectExceeded(await pass(51), { period: 'month', used: 100, resetsAt: '2027-04-30T22:00:00Z' });
    expect((await pass(50)).status).toBe(201);
  });
});

describe('who it holds for', () => {
  test('live and test mode do not count together', async () => {
    const tenant = await tollgate.createTenant();
    desk = limitDesk(tollgate, tenant);
    const live = merchantOf(tollgate.apiUrl, tenant.apiKeys.live, { 'x-forwarded-proto': 'https' });
    await desk.basket({ itemTypes: ['*'], per: 'merchant', dailyMax: 0 });
    expectExceeded(await desk.shop.create(), { limit: 0 });
    expect((await live.create()).status).toBe(201);
    expect((await live.send('GET', '/limit-baskets')).body.data).toEqual([]);
  });

  test("a parent's basket holds for its children together, who are not told what others used (S1.38)", async () => {
    const parent = await tollgate.createTenant();
    desk = limitDesk(tollgate, parent);
    const parentTenantId = parent.tenant.tenantId;
    const children = [await tollgate.createTenant({ parentTenantId }), await tollgate.createTenant({ parentTenantId })];
    const [one, other] = children.map(({ apiKeys }) => merchantOf(tollgate.apiUrl, apiKeys.test));
    const group = await desk.basket({ itemTypes: ['AIRTIME'], per: 'destination', dailyMax: 1_000 });
    const each = await desk.basket({ itemTypes: ['*'], per: 'merchant', dailyMax: 5_000 });
    expect((await one?.create(airtime(700)))?.status).toBe(201);
    const refused = (await other?.create(airtime(301))) as Answer;
    expectExceeded(refused, { basketId: group.id, limit: 1_000, requested: 301 });
    expect(refused.body).not.toHaveProperty('used');
    expect((await other?.create({ amount: 5_000 }))?.status).toBe(201);
    expect((await one?.create({ amount: 4_300 }))?.status).toBe(201);
    expect((await desk.usage(each.id, `tenantId=${children[0]?.tenant.tenantId}`)).day.used).toBe(5_000);
    expect((await one?.send('GET', `/limit-baskets/${group.id}`))?.status).toBe(404);
    const stranger = await openDesk();
    expect((await stranger.shop.create(airtime(100_000))).status).toBe(201);
    expect(await findTornLimits(tollgate.database)).toEqual([]);
  });

  test('sub-merchants are counted by their names, each for itself (S1.27)', async () => {
    desk = await openDesk();
    await desk.basket({ itemTypes: ['*'], per: 'sub_merchant', dailyMax: 1_000 });
    const sell = (subMerchantName?: string) =>
      desk.shop.create({ amount: 600, ...(subMerchantName && { subMerchantName }) });
    expect([(await sell('Kiosk')).status, (await sell('Stall')).status, (await sell()).status]).toEqual([
      201, 201, 201,
    ]);
    expectExceeded(await sell('KIOSK '), { per: 'sub_merchant', used: 600 });
    expectExceeded(await sell(), { per: 'sub_merchant' });
  });

  test('Bluebox transactions count with all others and are refused alike (S1.34)', async () => {
    desk = await openDesk();
    const { id } = await desk.basket({ itemTypes: ['AIRTIME'], per: 'destination' });
    const transaction = (value: string) =>
      desk.shop.send('POST', '/bluebox/secure/createTx', {
        body: {
          ...{ reference: freshReference().slice(0, 40), callbackUrl: 'https://shop.example/done', amount: value },
          cartItems: [{ description: 'Airtime', quantity: 1, value, destination: '0821234567', itemType: 'AIRTIME' }],
        },
      });
    expect((await transaction('60.00')).status).toBe(201);
    expect((await desk.shop.create(airtime(3_000))).status).toBe(201);
    expectExceeded(await transaction('10.01'), { basketId: id, used: 9_000, errors: [{ pointer: '/cartItems/0' }] });
  });
});
