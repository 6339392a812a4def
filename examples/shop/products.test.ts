import { expect, it } from 'vitest';
import { formatPrice } from './products.ts';

it.each([
  [950, 'EUR', '€9.50'],
  [5, 'EUR', '€0.05'],
  [1250, 'JPY', '¥1,250'],
  [999_999_999_999, 'EUR', '€9,999,999,999.99'],
])('%i minor units of %s are %s', (amount, currency, text) => {
  expect(formatPrice(amount, currency)).toBe(text);
});
