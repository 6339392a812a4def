import { currencyExponent, isCurrency } from '../../kernel/currency.ts';
import { AMOUNT_MAX, type Money, toDecimal } from '../../kernel/money.ts';

/**
 * Currencies whose amounts BlueSnap takes with other decimals than ISO 4217 gives them.
 * https://developers.bluesnap.com/v8976-Extended/reference/payment-errors names the refusal of too many digits
 * (AMOUNT_EXCEEDED_MAXIMUM_ALLOWED_FRACTION_DIGITS). Not in its list of three-decimal currencies: IQD, LYD.
 */
const FRACTION_DIGITS: Readonly<Record<string, number>> = { ILS: 0, IQD: 2, LYD: 2 };

/** The greatest amount of a transaction, https://developers.bluesnap.com/v8976-JSON/reference/card-transaction */
const MAJOR_DIGITS_MAX = 10;

/** `1250n EUR` → `12.50`, or null where BlueSnap cannot carry the amount exactly. */
export function amountToBluesnap(money: Money): string | null {
  const { amount, currency } = money;
  if (amount <= 0n || amount > AMOUNT_MAX || !isCurrency(currency)) return null;
  const [major = '', fraction = ''] = toDecimal(money).split('.');
  if (major.length > MAJOR_DIGITS_MAX) return null;
  const digits = FRACTION_DIGITS[currency];
  if (digits === undefined || fraction.length <= digits) return fraction === '' ? major : `${major}.${fraction}`;
  if (!/^0*$/.test(fraction.slice(digits))) return null;
  return digits === 0 ? major : `${major}.${fraction.slice(0, digits)}`;
}

/**
 * Minor units of a decimal such as `12.5`, `1,234.56` or `-12.50`, or null where the text is none or is finer than the
 * currency. Commas are taken where they group thousands and nowhere else: `12,50` is not twelve and a half.
 */
export function amountFromBluesnap(text: string, currency: string): bigint | null {
  if (!isCurrency(currency) || text.length > 30) return null;
  const [, sign = '', major = '', fraction = ''] = /^(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (major === '') return null;
  const exponent = currencyExponent(currency);
  if (!/^0*$/.test(fraction.slice(exponent))) return null;
  const minor = BigInt(major.replaceAll(',', '') + fraction.slice(0, exponent).padEnd(exponent, '0'));
  if (minor > AMOUNT_MAX) return null;
  return sign === '' ? minor : -minor;
}
