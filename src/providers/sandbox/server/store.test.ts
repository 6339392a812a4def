import { expect, test } from 'vitest';
import { ManualClock } from '../../../kernel/clock.ts';
import type { Charge } from './charge.ts';
import { Connection } from './connection.ts';
import { CHARGES_TO_WAKE, SandboxStore } from './store.ts';

const now = new ManualClock().now().epochMilliseconds;
const CHARGE: Charge = {
  ...{ id: 'ch_1', merchantCode: 'shop', reference: 'ref_1', contentHash: 'hash', token: 'tok_approve' },
  ...{ amount: 1250n, currency: 'EUR', captureMethod: 'automatic', description: null, expiresAt: now + 1 },
  ...{ returnUrl: 'https://shop.example/', notificationUrl: 'http://127.0.0.1/', state: 'captured' },
  ...{ declineCode: null, amountAuthorized: 1250n, amountCaptured: 1250n, amountRefunded: 0n },
  ...{ amountCapturePending: 0n, amountReversed: 0n, closedBy: 'capture', disputeAt: now + 3 },
  authorizationExpiresAt: now + 4,
  ...{ plan: { outcome: 'approve', at: now + 2, late: true }, createdAt: now, updatedAt: now },
};

function storeWithMerchant(): SandboxStore {
  const store = new SandboxStore(':memory:');
  store.insertMerchant('shop', now);
  return store;
}

test('what throws in a transaction leaves nothing behind', () => {
  const store = storeWithMerchant();
  const work = () => {
    store.insertCharge(CHARGE);
    throw new Error('in the middle');
  };
  expect(() => store.transaction(work)).toThrow('in the middle');
  expect(store.chargeById('ch_1')).toBeNull();
  store.transaction(() => store.insertCharge(CHARGE));
  expect(store.chargeById('ch_1')).toEqual(CHARGE);
  store.close();
});

test.each<[string, Partial<Charge>]>([
  ['more authorized than asked for', { amountAuthorized: 1251n }],
  ['more captured than authorized', { amountAuthorized: 1249n }],
  ['more refunded than captured', { amountRefunded: 1251n }],
  ['less than nothing refunded', { amountRefunded: -1n }],
  ['more being captured than is left', { amountCapturePending: 1n }],
  ['a part reversed', { amountReversed: 1249n }],
  ['money both refunded and reversed', { amountReversed: 1250n, amountRefunded: 1n }],
])('a charge with %s is refused by the database', (_, change) => {
  const store = storeWithMerchant();
  store.insertCharge(CHARGE);
  expect(() => store.updateCharge({ ...CHARGE, ...change })).toThrow('CHECK constraint failed');
  store.close();
});

test('a reference names one charge of a merchant for ever', () => {
  const store = storeWithMerchant();
  store.insertCharge(CHARGE);
  expect(() => store.insertCharge({ ...CHARGE, id: 'ch_2' })).toThrow('UNIQUE constraint failed');
  expect(store.countCharges('ref_1')).toBe(1);
  store.close();
});

test('what is due is found by its time, however many charges there are', () => {
  const connection = new Connection(':memory:');
  const plan = connection.prepare(`explain query plan ${CHARGES_TO_WAKE}`).all({ now }) as { detail: string }[];
  expect(plan.map(({ detail }) => detail).filter((detail) => /^(?:SCAN|SEARCH)/.test(detail))).toEqual([
    'SEARCH charges USING INDEX charges_wake_at (wake_at<?)',
    'SEARCH operations USING INDEX operations_plan_at (plan_at<?)',
    'SEARCH disputes USING INDEX disputes_plan_at (plan_at<?)',
  ]);
  connection.close();
});
