import { expect, test } from 'vitest';
import { parseAmount } from './parse-amount.ts';

test.each([
  ['12.50', 'EUR', 1250],
  ['12,5', 'EUR', 1250],
  ['12', 'EUR', 1200],
  [' 0.01 ', 'EUR', 1],
  ['1249', 'JPY', 1249],
  ['1.234', 'KWD', 1234],
  ['90071992547.40', 'EUR', 9_007_199_254_740],
])('%j %s is %d minor units', (text, currency, minor) => {
  expect(parseAmount(text, currency)).toBe(minor);
});

test.each([
  ['1.249', 'EUR'],
  ['1,249.00', 'EUR'],
  ['1.0', 'JPY'],
  ['0', 'EUR'],
  ['-1', 'EUR'],
  ['1e3', 'EUR'],
  ['', 'EUR'],
  ['12.', 'EUR'],
])('%j %s is refused', (text, currency) => {
  expect(parseAmount(text, currency)).toBeNull();
});
