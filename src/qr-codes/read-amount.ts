import { currencyExponent } from '../kernel/currency.ts';

/** Far more digits than the largest amount has. */
const TYPED_CHARACTERS_MAX = 20;

/**
 * Minor units of an amount as a person types it, or null. Exact: at most as many decimals as the currency has, point or
 * comma before them, nothing between thousands, since 1.250 could then mean two things. Any script's digits.
 */
export function readAmount(typed: string, currency: string): bigint | null {
  const text = typed.trim();
  if (text.length > TYPED_CHARACTERS_MAX) return null;
  const [, whole, decimals = ''] = /^(\d+)(?:[.,](\d+))?$/.exec(toAsciiDigits(text)) ?? [];
  const exponent = currencyExponent(currency);
  if (whole === undefined || decimals.length > exponent) return null;
  return BigInt(whole + decimals.padEnd(exponent, '0'));
}

/** Arabic-Indic and Persian digits and the Arabic decimal separator, as those keyboards give them. */
function toAsciiDigits(text: string): string {
  return text
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace('\u066b', '.');
}
