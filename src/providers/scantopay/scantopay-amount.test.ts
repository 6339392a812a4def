import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AMOUNT_MAX } from '../../kernel/money.ts';
import { moneyFromWire, wireAmountOf } from './scantopay-amount.ts';

it.each([
  [14_950n, 'ZAR', '149.5'],
  [1n, 'ZAR', '0.01'],
  [100n, 'JPY', '100'],
  [AMOUNT_MAX, 'ZAR', '9999999999.99'],
  [AMOUNT_MAX, 'JPY', '999999999999'],
])('%d minor units of %s go out as %s', (amount, currency, json) => {
  expect(JSON.stringify(wireAmountOf({ amount, currency }))).toBe(json);
});

it.each([
  [0n, 'ZAR'],
  [-1n, 'ZAR'],
  [1_000n, 'KWD'],
  [10n ** 15n, 'JPY'],
  [1n, 'XXX'],
])('%d minor units of %s do not go out', (amount, currency) => {
  expect(wireAmountOf({ amount, currency })).toBeNull();
});

it.each([
  ['7.0000', 'ZAR', 700n],
  ['7', 'ZAR', 700n],
  ['10.01', 'ZAR', 1_001n],
  ['10.5', 'ZAR', 1_050n],
  ['0.01', 'ZAR', 1n],
  ['100.00', 'JPY', 100n],
])('%s of %s is %d minor units', (digits, currency, amount) => {
  expect(moneyFromWire(digits, currency)).toEqual({ amount, currency });
});

it.each([
  ['10.001', 'ZAR'],
  ['10.5', 'JPY'],
  ['1.000', 'KWD'],
  ['-7', 'ZAR'],
  ['7e2', 'ZAR'],
  ['.5', 'ZAR'],
  ['5.', 'ZAR'],
  ['', 'ZAR'],
  ['1,000', 'ZAR'],
  ['1234567890123', 'ZAR'],
  ['7', 'XXX'],
])('%j of %s is no amount', (digits, currency) => {
  expect(moneyFromWire(digits, currency)).toBeNull();
});

it('every amount comes back from the wire as it went out', () => {
  const currencies = fc.constantFrom('ZAR', 'JPY', 'UGX', 'USD');
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: AMOUNT_MAX }), currencies, (amount, currency) => {
      const json = JSON.stringify(wireAmountOf({ amount, currency }));
      expect(moneyFromWire(json, currency)).toEqual({ amount, currency });
    }),
  );
});
