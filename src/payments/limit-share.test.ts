import { expect, test } from 'vitest';
import { limitChanges } from './limit-share.ts';
import type { Payment } from './payment.ts';
import { samplePayment } from './payment-fixture.ts';

const at = (changes: Partial<Payment>) => samplePayment({ holdsLimits: true, ...changes });
const paid = at({ status: 'succeeded', amountAuthorized: 1250n, amountCaptured: 1250n });

test.each([
  ['starts an attempt', at({}), at({ status: 'processing' }), null],
  ['is authorized', at({ status: 'processing' }), at({ status: 'authorized', amountAuthorized: 1250n }), null],
  ['is paid', at({ status: 'processing' }), paid, { kept: 1250n, settled: true }],
  ['is paid in part', at({ status: 'authorized' }), { ...paid, amountCaptured: 300n }, { kept: 300n, settled: true }],
  ['expires', at({}), at({ status: 'expired' }), { kept: 0n, settled: true }],
  ['is paid late', at({ status: 'expired' }), paid, { kept: 1250n, settled: true }],
  ['is authorized late', at({ status: 'canceled' }), at({ status: 'authorized' }), { kept: 1250n, settled: false }],
  ['has a refund under way', paid, { ...paid, amountRefundPending: 400n }, null],
  ['is refunded in part', paid, { ...paid, amountRefunded: 400n }, { kept: 850n, settled: true }],
  ['is refunded wholly', paid, { ...paid, amountRefunded: 1250n }, { kept: 0n, settled: true }],
  ['has a refund taken back', { ...paid, amountRefunded: 400n }, paid, { kept: 1250n, settled: true }],
  ['is reversed', paid, at({ status: 'reversed' }), { kept: 0n, settled: true }],
] as const)('a payment that %s is counted accordingly', (_, before, after, change) => {
  const { tenantId, paymentId, updatedAt } = after;
  const expected = change === null ? [] : [{ tenantId, paymentId, total: 1250n, ...change, at: updatedAt }];
  expect(limitChanges(before, after)).toEqual(expected);
});

test('a payment that was counted against nothing is told to nobody', () => {
  expect(limitChanges(samplePayment(), samplePayment({ status: 'expired' }))).toEqual([]);
});
