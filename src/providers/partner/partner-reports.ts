import { isCurrency } from '../../kernel/currency.ts';
import { isId } from '../../kernel/id.ts';
import type { Money } from '../../kernel/money.ts';
import type { PartnerProfile } from '../partner-profiles/profile.ts';
import type { Values } from '../partner-profiles/read-message.ts';
import { amountFromWire } from '../partner-profiles/wire-amount.ts';
import type { AttemptReport, NextAction } from '../provider.ts';

export type PaymentState = PartnerProfile['statuses']['payment'][string];

/** The amount that a message tells; null where there is none that can be read. */
export function moneyOf(profile: PartnerProfile, values: Values): Money | null {
  const { currency = onlyCurrencyOf(profile) } = values;
  if (typeof currency !== 'string' || !takesCurrency(profile, currency)) return null;
  const amount = amountFromWire(profile, values.amount, currency);
  return amount === null ? null : { amount, currency };
}

/** Whether the partner takes money of this currency. */
export function takesCurrency({ currencies }: PartnerProfile, currency: string): boolean {
  return isCurrency(currency) && (currencies === 'any' || currencies.includes(currency));
}

/** A word of the partner in a table of ours; null for one that is not there. */
export function wordIn<Word>(table: Readonly<Record<string, Word>>, value: unknown): Word | null {
  const text = String(value);
  return Object.hasOwn(table, text) ? (table[text] ?? null) : null;
}

/** The attempt in the gateway's words. A partner gives no reason for a decline beyond its status. */
export function reportOf(state: PaymentState, amount: Money, status: string): AttemptReport {
  switch (state) {
    case 'captured':
      return { state, amount };
    case 'declined':
      return { state, decline: { reason: 'other', providerCode: status } };
    default:
      return { state };
  }
}

/**
 * A refund's names. The wire has no name of the partner's for it, so ours is the one that is unique; what is no id of
 * ours was made at the partner's console.
 */
export function refundNamesOf(
  paymentRef: string,
  refundId: unknown,
): { readonly providerRef: string; readonly refundId: string | null } {
  if (typeof refundId !== 'string') return { providerRef: `${paymentRef}:refund`, refundId: null };
  return isId('re', refundId) ? { providerRef: refundId, refundId } : { providerRef: refundId, refundId: null };
}

/** Where the shopper goes; null unless the answer has exactly one way that can be used. */
export function nextActionOf(profile: PartnerProfile, values: Values, isLive: boolean): NextAction | null {
  const { redirectUrl, qrPayload } = values;
  if ((redirectUrl === undefined) === (qrPayload === undefined)) return null;
  if (typeof qrPayload === 'string') return /\p{Cc}/u.test(qrPayload) ? null : { type: 'qr', payload: qrPayload };
  if (typeof redirectUrl !== 'string' || !URL.canParse(redirectUrl)) return null;
  const url = new URL(redirectUrl);
  const isWeb = url.protocol === 'https:' || (url.protocol === 'http:' && !isLive);
  if (!isWeb || url.username !== '' || url.password !== '') return null;
  return { type: 'redirect', url: url.href, embeddable: profile.embeddable };
}

/** The one currency of a partner that has no other; its messages need not name it. */
export function onlyCurrencyOf({ currencies }: PartnerProfile): string | undefined {
  return currencies === 'any' || currencies.length > 1 ? undefined : currencies[0];
}
