import { expect, test } from 'vitest';
import type { Settings } from '../../../sdk/src/api.generated.ts';
import { changesOf, valuesOf } from './settings-form.ts';

const SETTINGS = {
  lateSuccess: 'accept',
  duplicatePayment: 'refund',
  fourEyes: 'off',
  refundApprovalAbove: { EUR: 50_000, JPY: 900 },
  returnOrigins: ['https://shop.example', 'https://m.shop.example'],
  appSchemes: [],
  frameAncestors: [],
  languages: ['de', 'en'],
  timeZone: 'UTC',
  retention: { eventsDays: 30 },
  defaultMcc: '5812',
} as unknown as Settings;

test('settings that nobody touches are no change', () => {
  expect(changesOf(valuesOf(SETTINGS), valuesOf(SETTINGS))).toEqual({});
});

test('only what was changed is sent, and what was emptied is taken away', () => {
  const values = valuesOf(SETTINGS);
  values.lateSuccess = 'refund';
  values.returnOrigins = 'https://shop.example\n\n';
  values.defaultMcc = ' ';
  values.retention.eventsDays = '';
  values.retention.inboundDays = '90';
  expect(changesOf(values, valuesOf(SETTINGS))).toEqual({
    lateSuccess: 'refund',
    returnOrigins: ['https://shop.example'],
    defaultMcc: null,
    retention: { eventsDays: null, deliveriesDays: null, inboundDays: 90 },
  });
});

test('an amount that was taken away is said to be gone, since a patch merges', () => {
  const values = valuesOf(SETTINGS);
  values.refundApprovalAbove = [
    { currency: 'eur', amount: '600,00' },
    { currency: 'USD', amount: '0' },
  ];
  expect(changesOf(values, valuesOf(SETTINGS))).toEqual({ refundApprovalAbove: { EUR: 60_000, JPY: null, USD: 0 } });
});

test.each([
  [{ currency: 'EURO', amount: '1' }],
  [{ currency: 'JPY', amount: '1.5' }],
  [{ currency: 'EUR', amount: '2' }],
])('the row that is no amount is named: %j', (row) => {
  const values = valuesOf(SETTINGS);
  values.refundApprovalAbove = [{ currency: 'EUR', amount: '1' }, row];
  expect(changesOf(values, valuesOf(SETTINGS))).toBe(1);
});
