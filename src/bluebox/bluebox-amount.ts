import { z } from 'zod';
import { currencyExponent } from '../kernel/currency.ts';
import { DecimalLiteral } from '../platform/http/parse-json.ts';

/** Whole units with the two decimals that Bluebox writes in every currency. */
const TWO_PLACES = /^(0|[1-9]\d{0,9})\.\d{2}$/;
const RULE = 'Must be a decimal with two places, such as 12.50, and at most 9999999999.99';

/**
 * A decimal amount as Bluebox's merchants write it: text with exactly two places, or a JSON number with at most two, since
 * programs drop zeros at the end of numbers. Read from what was written, never from a float, and never rounded. Seed 001,
 * "Currency, amount, and limits".
 */
export const blueboxAmount = z.preprocess(
  textOf,
  z.string(RULE).regex(TWO_PLACES, RULE).meta({ description: 'Decimal with two places, as text or as a number.' }),
);

function textOf(value: unknown): unknown {
  if (typeof value === 'number') return `${value}.00`;
  if (!(value instanceof DecimalLiteral)) return value;
  return /\.\d$/.test(value.text) ? `${value.text}0` : value.text;
}

export type AmountReading =
  | { readonly ok: true; readonly amount: number }
  | { readonly ok: false; readonly rule: string };

/** `12.50 EUR` → 1250; `12.00 JPY` → 12. Exponent 0 takes `.00` only, and 3 nothing: a place would be lost. */
export function toMinorUnits(decimal: string, currency: string): AmountReading {
  const exponent = currencyExponent(currency);
  const [units = '', places = ''] = decimal.split('.');
  if (exponent > 2) return { ok: false, rule: 'Your currency has more than two decimals; use /api/v1/payments' };
  if (exponent === 2) return { ok: true, amount: Number(`${units}${places}`) };
  if (places !== '00') return { ok: false, rule: 'Your currency has no decimals: must end with .00' };
  return { ok: true, amount: Number(units) };
}

/** 1250 minor units of EUR → `12.50`; 12 yen → `12.00`. In currencies with three decimals, all three are written. */
export function toBlueboxDecimal(amount: bigint, currency: string): string {
  const exponent = currencyExponent(currency);
  if (exponent === 0) return `${amount}.00`;
  const digits = amount.toString().padStart(exponent + 1, '0');
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
