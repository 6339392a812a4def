import { currencyExponent } from '../kernel/currency.ts';
import type { ExchangeRate } from './invoice.ts';
import { divideRounded, type Rounding } from './rounding.ts';

/** An amount of minor units in the currency of a rate; exact until the one rounding. */
export function convertTax(
  amount: bigint,
  currency: string,
  { rate, currency: to }: ExchangeRate,
  rounding: Rounding,
): bigint {
  const [whole = '', decimals = ''] = rate.split('.');
  const dividend = amount * BigInt(whole + decimals) * 10n ** BigInt(currencyExponent(to));
  return divideRounded(dividend, 10n ** BigInt(decimals.length + currencyExponent(currency)), rounding);
}
