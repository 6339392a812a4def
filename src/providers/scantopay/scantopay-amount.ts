import { currencyExponent, isCurrency } from '../../kernel/currency.ts';
import { type Money, toDecimal } from '../../kernel/money.ts';

/** Two decimal places are sent and kept; a third would be rounded down. */
const DECIMALS_MAX = 2;

/**
 * The number that stands for an amount in a request; null where the provider could not keep it to the unit, or where
 * it would stand for an amount that the payer chooses (zero).
 * Source: https://developer.scantopay.io/docs/qr-payments-business-rules
 */
export function wireAmountOf(money: Money): number | null {
  if (money.amount <= 0n || !isCurrency(money.currency)) return null;
  if (currencyExponent(money.currency) > DECIMALS_MAX) return null;
  // At most 14 significant digits, which a JSON number gives back exactly.
  const text = toDecimal(money);
  return text.replace(/^0+(?=\d)|\./g, '').length > 14 ? null : Number(text);
}

/**
 * The amount of an answer, from the number's own digits, such as `7.0000`; null where it is none, or is finer than the
 * currency's unit.
 */
export function moneyFromWire(digits: string, currency: string): Money | null {
  const match = /^(\d{1,12})(?:\.(\d{1,8}))?$/.exec(digits);
  if (match?.[1] === undefined || !isCurrency(currency)) return null;
  const exponent = currencyExponent(currency);
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (exponent > DECIMALS_MAX || fraction.length > exponent) return null;
  return { amount: BigInt(match[1] + fraction.padEnd(exponent, '0')), currency };
}
