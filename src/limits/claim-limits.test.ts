import { expect, test } from 'vitest';
import { claimLimits, type LimitedPurchase } from './claim-limits.ts';
import type { LimitBasket } from './limit-basket.ts';

const NOON = Temporal.Instant.from('2026-11-21T12:00:00Z');
const AIRTIME = { quantity: 2, value: 500, itemType: 'airtime ', destination: '+27 82 123 4567' };
const COFFEE = { quantity: 1, value: 300 };

function basket(changes: Partial<LimitBasket>): { basket: LimitBasket; subjectKey: Uint8Array } {
  return {
    basket: {
      ...{ tenantId: 'ten_1', basketId: 'lb_1', mode: 'test', name: null, itemTypes: ['AIRTIME'], per: 'merchant' },
      ...{ currency: 'EUR', timeZone: 'UTC', dailyMax: 1_000n, monthlyMax: null, dailyCountMax: null },
      ...{ monthlyCountMax: 7, whenUnnamed: 'refuse', active: true, subjectKeySealed: new Uint8Array() },
      ...{ createdAt: NOON, updatedAt: NOON },
      ...changes,
    },
    subjectKey: Buffer.alloc(32, changes.basketId ?? 'key'),
  };
}

function claim(changes: Partial<LimitBasket>, purchase: Partial<LimitedPurchase> = {}) {
  const given = { tenantId: 'ten_1', amount: 5_000n, currency: 'EUR', cartItems: null, customer: null };
  return claimLimits([basket(changes)], { ...given, subMerchantName: null, ...purchase }, NOON);
}

const days = (claimed: ReturnType<typeof claim>) => claimed.claims.filter(({ period }) => period === 'day');

test('a claim is of a day and of a month, each under its own maxima', () => {
  const { claims } = claim({}, { cartItems: [COFFEE, AIRTIME] });
  expect(claims.map(({ period, amount, amountMax, countMax }) => [period, amount, amountMax, countMax])).toEqual([
    ['day', 1_000n, 1_000n, null],
    ['month', 1_000n, null, 7],
  ]);
  expect(claims.map(({ pointer }) => pointer)).toEqual(['/cartItems/1', '/cartItems/1']);
});

test('whatever is paid is the amount of the payment, whatever its items say', () => {
  for (const cartItems of [null, [], [{ ...AIRTIME, value: 0 }], [AIRTIME, COFFEE]]) {
    expect(days(claim({ itemTypes: ['*'] }, { cartItems }))).toMatchObject([{ amount: 5_000n, pointer: '/amount' }]);
  }
});

test('without an item of its types a basket is asked nothing, not even for a name', () => {
  for (const per of ['customer', 'destination', 'merchant', 'sub_merchant', 'group'] as const) {
    expect(claim({ per }, { cartItems: [COFFEE] })).toEqual({ claims: [], errors: [] });
  }
});

test('items for one destination are added up, however it is written, and those for another stand apart', () => {
  const cartItems = [AIRTIME, { ...AIRTIME, destination: '0027821234567' }, { ...AIRTIME, destination: 'Meter 7' }];
  const [phone, meter, ...more] = days(claim({ per: 'destination' }, { cartItems }));
  expect([phone?.amount, phone?.pointer, meter?.amount, meter?.pointer, more.length]).toEqual([
    ...[2_000n, '/cartItems/0', 1_000n, '/cartItems/2', 0],
  ]);
  expect(phone?.subject.equals(meter?.subject ?? Buffer.alloc(0))).toBe(false);
});

test.each([
  ['customer', { cartItems: [AIRTIME] }, '/customer'],
  ['customer', { cartItems: [AIRTIME], customer: {} }, '/customer'],
  ['destination', { cartItems: [COFFEE, { quantity: 1, value: 5, itemType: 'AIRTIME' }] }, '/cartItems/1/destination'],
] as const)('a basket per %s refuses who does not name one, or lets them pass uncounted', (per, purchase, pointer) => {
  expect(claim({ per }, purchase).errors).toMatchObject([{ pointer }]);
  expect(claim({ per, whenUnnamed: 'pass' }, purchase)).toEqual({ claims: [], errors: [] });
});

test('for whatever is paid, a destination must be among the items', () => {
  const every = { itemTypes: ['*'], per: 'destination' } as const;
  expect(claim(every).errors).toMatchObject([{ pointer: '/cartItems' }]);
  expect(days(claim(every, { cartItems: [AIRTIME] }))).toMatchObject([{ amount: 1_000n }]);
});

test('one customer has another digest in each basket, and two kinds of name are never one', () => {
  const digest = (changes: Partial<LimitBasket>, customer: LimitedPurchase['customer']) =>
    days(claim({ itemTypes: ['*'], per: 'customer', ...changes }, { customer }))[0]?.subject.toString('hex');
  const digests = [
    digest({}, { id: '27821234567' }),
    digest({}, { phone: '27821234567' }),
    digest({ basketId: 'lb_2' }, { id: '27821234567' }),
  ];
  expect(new Set(digests).size).toBe(3);
  expect(digest({}, { id: '27821234567', phone: '1', email: 'a@example.com' })).toBe(digests[0]);
});

test('a group is one subject for all of its tenants, a merchant is each of them', () => {
  const subject = (per: 'group' | 'merchant', tenantId: string) =>
    days(claim({ itemTypes: ['*'], per }, { tenantId }))[0]?.subject.toString('hex');
  expect(subject('group', 'ten_2')).toBe(subject('group', 'ten_1'));
  expect(subject('merchant', 'ten_2')).not.toBe(subject('merchant', 'ten_1'));
});

test('what items claim to be worth is cut where no maximum reaches', () => {
  const cartItems = Array(100).fill({ quantity: 1_000_000, value: 999_999_999_999, itemType: 'AIRTIME' });
  expect(days(claim({}, { cartItems }))).toMatchObject([{ amount: 1_000_000_000_000n }]);
});
