import { currencyExponent } from '../../../src/kernel/currency.ts';

/**
 * Minor units of an amount as a person types it, with a point or a comma before the last digits; null: it is none. Exact,
 * and strict: grouping is refused, since a point between thousands and one before cents look alike.
 */
export function parseAmount(text: string, currency: string): number | null {
  const digits = currencyExponent(currency);
  const [, whole, part = ''] = /^(\d{1,12})(?:[.,](\d{1,3}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || part.length > digits) return null;
  const minor = Number(whole + part.padEnd(digits, '0'));
  return Number.isSafeInteger(minor) && minor > 0 ? minor : null;
}
