import fc from 'fast-check';
import { expect, test } from 'vitest';
import { currencyCodes, currencyExponent } from '../../kernel/currency.ts';
import { AMOUNT_MAX } from '../../kernel/money.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';

const amounts = fc.bigInt({ min: -AMOUNT_MAX, max: AMOUNT_MAX });
const currencies = fc.constantFrom(...currencyCodes());

test('what Stripe takes comes back unchanged', () => {
  fc.assert(
    fc.property(amounts, currencies, (amount, currency) => {
      const sent = toStripeAmount({ amount, currency });
      fc.pre(sent !== null);
      expect(fromStripeAmount(sent, currency.toLowerCase())).toEqual({ amount, currency });
    }),
  );
});

test('what Stripe tells is either exact or nothing', () => {
  fc.assert(
    fc.property(amounts, currencies, (told, currency) => {
      const read = fromStripeAmount(told, currency.toLowerCase());
      if (read !== null && currencyExponent(currency) !== 3) expect(toStripeAmount(read)).toBe(told);
    }),
  );
});

test.each([
  [1250n, 'EUR', 1250n],
  [1250n, 'JPY', 1250n],
  [1250n, 'KWD', 1250n],
  [1251n, 'KWD', null],
  [7n, 'ISK', 700n],
  [7n, 'UGX', 700n],
  [700n, 'MGA', 7n],
  [701n, 'MGA', null],
])('%d minor units of %s are %s for Stripe', (amount, currency, units) => {
  expect(toStripeAmount({ amount, currency })).toBe(units);
});

test('parts of a króna, and currencies that are none, are no amounts', () => {
  expect(fromStripeAmount(701n, 'isk')).toBeNull();
  expect(fromStripeAmount(701n, 'xxx')).toBeNull();
  expect(fromStripeAmount(701n, 'constructor')).toBeNull();
});
