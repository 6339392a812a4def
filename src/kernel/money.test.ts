import fc from 'fast-check';
import { expect, test } from 'vitest';
import { currencyCodes, currencyExponent, isCurrency } from './currency.ts';
import { AMOUNT_MAX, amountFromJson, amountToJson, formatMoney, toDecimal } from './money.ts';

test.each([
  [1250n, 'EUR', '12.50'],
  [5n, 'EUR', '0.05'],
  [1250n, 'JPY', '1250'],
  [1250n, 'KWD', '1.250'],
  [-5n, 'EUR', '-0.05'],
  [0n, 'HUF', '0.00'],
])('%d minor units of %s are %s', (amount, currency, text) => {
  expect(toDecimal({ amount, currency })).toBe(text);
});

test('S1.8 decimal text has exactly the digits of the currency and loses nothing', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: AMOUNT_MAX }), fc.constantFrom(...currencyCodes()), (amount, currency) => {
      const text = toDecimal({ amount, currency });
      expect(text.split('.')[1]?.length ?? 0).toBe(currencyExponent(currency));
      expect(BigInt(text.replace('.', ''))).toBe(amount);
    }),
  );
});

test('amounts pass through JSON unchanged', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -AMOUNT_MAX, max: AMOUNT_MAX }), (amount) => {
      expect(amountFromJson(JSON.parse(JSON.stringify(amountToJson(amount))))).toBe(amount);
    }),
  );
});

test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is no amount', (json) => {
  expect(() => amountFromJson(json)).toThrow(RangeError);
});

test('an amount beyond what JSON carries safely is refused, not rounded', () => {
  expect(() => amountToJson(2n ** 53n)).toThrow(RangeError);
});

test('an amount is written in the words of the locale, with the digits of our own table', () => {
  expect(formatMoney({ amount: 124900n, currency: 'ZAR' }, 'en-ZA')).toMatch(/^R\s1\s249,00$/);
  expect(formatMoney({ amount: 1250n, currency: 'HUF' }, 'hu')).toContain('12,50');
});

test('codes that are no active currency are unknown', () => {
  for (const code of ['', 'eur', 'DEM', 'XXX', 'XAU', 'EURO', 'constructor']) expect(isCurrency(code)).toBe(false);
  expect(() => currencyExponent('DEM')).toThrow(RangeError);
});
