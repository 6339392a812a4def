import { currencyExponent, isCurrency } from '../../kernel/currency.ts';
import type { Money } from '../../kernel/money.ts';

/**
 * Where Stripe counts in other units than ISO 4217: the króna and the Ugandan shilling have no decimals any more, but
 * keep two zeros on the wire; the ariary has two by ISO and none at Stripe.
 * https://docs.stripe.com/currencies#special-cases and #zero-decimal
 */
const STRIPE_EXPONENTS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

/**
 * An amount in Stripe's units, or null where Stripe cannot take it: parts of an ariary, and thousandths that do not end
 * in 0 (https://docs.stripe.com/currencies#three-decimal). Never rounded.
 */
export function toStripeAmount({ amount, currency }: Money): bigint | null {
  const exponent = currencyExponent(currency);
  if (exponent === 3 && amount % 10n !== 0n) return null;
  return rescale(amount, exponent, STRIPE_EXPONENTS[currency] ?? exponent);
}

/** What an amount of Stripe's is in ours, or null where it is no whole number of minor units or the currency is unknown. */
export function fromStripeAmount(amount: bigint, stripeCurrency: string): Money | null {
  const currency = stripeCurrency.toUpperCase();
  if (!isCurrency(currency)) return null;
  const exponent = currencyExponent(currency);
  const rescaled = rescale(amount, STRIPE_EXPONENTS[currency] ?? exponent, exponent);
  return rescaled === null ? null : { amount: rescaled, currency };
}

function rescale(amount: bigint, from: number, to: number): bigint | null {
  if (to >= from) return amount * 10n ** BigInt(to - from);
  const divisor = 10n ** BigInt(from - to);
  return amount % divisor === 0n ? amount / divisor : null;
}
