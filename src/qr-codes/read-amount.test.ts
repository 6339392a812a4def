import { expect, test } from 'vitest';
import { readAmount } from './read-amount.ts';

test.each([
  ['12.50', 'EUR', 1250n],
  ['12,5', 'EUR', 1250n],
  [' 12 ', 'EUR', 1200n],
  ['0.07', 'EUR', 7n],
  ['007', 'EUR', 700n],
  ['12', 'JPY', 12n],
  ['1.25', 'KWD', 1250n],
  ['١٢٫٥٠', 'EUR', 1250n],
  ['۱۲', 'EUR', 1200n],
  ['9007199254740993', 'JPY', 9007199254740993n],
])('“%s” %s is read to the last minor unit', (typed, currency, amount) => {
  expect(readAmount(typed, currency)).toBe(amount);
});

test.each([
  ['', 'EUR'],
  ['12.505', 'EUR'],
  ['1.250,00', 'EUR'],
  ['1 250', 'EUR'],
  ['12.', 'EUR'],
  ['.5', 'EUR'],
  ['12.0', 'JPY'],
  ['-1', 'EUR'],
  ['1e3', 'EUR'],
  ['0x10', 'EUR'],
  ['EUR 12', 'EUR'],
  ['1'.repeat(21), 'EUR'],
])('“%s” %s is no amount: nothing is rounded and nothing guessed', (typed, currency) => {
  expect(readAmount(typed, currency)).toBeNull();
});
