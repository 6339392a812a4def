import { currencyExponent, isCurrency } from '../../kernel/currency.ts';
import { AMOUNT_MAX, amountToJson, type Money, toDecimal } from '../../kernel/money.ts';
import type { PartnerProfile } from './profile.ts';
import type { Scalar } from './read-message.ts';

/** An amount as the partner writes it; null where it cannot be written so, which never means rounding. */
export function amountToWire(profile: PartnerProfile, money: Money): number | string | null {
  switch (profile.amount) {
    case 'minor_units':
      return amountToJson(money.amount);
    case 'decimal_string':
      return toDecimal(money);
    case 'whole_units': {
      const unit = 10n ** BigInt(currencyExponent(money.currency));
      return money.amount % unit === 0n ? amountToJson(money.amount / unit) : null;
    }
  }
}

/** Minor units from the partner's way of writing; null where it is written otherwise, or beyond any payment. */
export function amountFromWire(profile: PartnerProfile, value: Scalar | undefined, currency: string): bigint | null {
  if (!isCurrency(currency)) return null;
  const amount = readAmount(profile.amount, value, currencyExponent(currency));
  return amount === null || amount <= 0n || amount > AMOUNT_MAX ? null : amount;
}

function readAmount(format: PartnerProfile['amount'], value: Scalar | undefined, exponent: number): bigint | null {
  if (format === 'decimal_string') {
    const pattern = exponent === 0 ? /^(\d{1,15})$/ : new RegExp(`^(\\d{1,15})\\.(\\d{${exponent}})$`);
    const match = typeof value === 'string' ? pattern.exec(value) : null;
    return match?.[1] === undefined ? null : BigInt(match[1] + (match[2] ?? ''));
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return null;
  return format === 'whole_units' ? BigInt(value) * 10n ** BigInt(exponent) : BigInt(value);
}
