import { currencyExponent } from './currency.ts';

/** Whole minor units (cents, yen, fils) of one ISO 4217 currency. */
export interface Money {
  readonly amount: bigint;
  readonly currency: string;
}

/** Far below 2^53, so that an amount is always a safe JSON integer, and sums of many stay below bigint columns. */
export const AMOUNT_MAX = 999_999_999_999n;

/** The one place where an amount leaves as a JSON number. */
export function amountToJson(amount: bigint): number {
  const json = Number(amount);
  if (!Number.isSafeInteger(json)) throw new RangeError('Amount is beyond the integers JSON carries safely');
  return json;
}

/** The one place where an amount comes in from a JSON number. @throws RangeError where it is no safe integer */
export function amountFromJson(json: number): bigint {
  if (!Number.isSafeInteger(json)) throw new RangeError('Amount is no safe integer');
  return BigInt(json);
}

/** `1250n EUR` → `12.50`; the decimal text with exactly the currency's digits. */
export function toDecimal({ amount, currency }: Money): string {
  const exponent = currencyExponent(currency);
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(exponent + 1, '0');
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** `12.50 EUR` in the words of a locale. Exact: Intl formats the decimal text, not a float. */
export function formatMoney(money: Money, locale: string): string {
  const digits = currencyExponent(money.currency);
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(toDecimal(money) as Intl.StringNumericLiteral);
}
