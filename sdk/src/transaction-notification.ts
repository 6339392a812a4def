import { textOf } from './bytes.ts';
import { isRecord } from './webhook-request.ts';

/** What the dialects `encrypted` and `encrypted-legacy` say. Every field is always there; what is not known is null. */
export interface TransactionNotification {
  /** The event's id, the same on every attempt: dedupe by it. */
  readonly webhookId: string;
  /** When this attempt was made. */
  readonly issuedAt: string;
  /** The payment's id, as in the browser's way back. */
  readonly transactionId: string;
  readonly reference: string;
  /** The digits as they were sent, such as `149.50`: a JSON number read as a float would lose what money needs. */
  readonly amount: string;
  readonly currencyCode: string;
  readonly status: 'SUCCESS' | 'FAILED' | 'CLIENT_CANCEL' | 'EXPIRED' | 'REVERSED' | 'REFUNDED';
  readonly date: string;
  readonly refundId: string | null;
  readonly reversalId: string | null;
  readonly retrievalReferenceNumber: string | null;
  readonly subMerchantName: string | null;
  readonly terminalId: string | null;
  readonly mcc: string | null;
  readonly rrn2: string | null;
  readonly bankResponse: string | null;
  readonly clientMsisdn: string | null;
  readonly authCode: string | null;
  /** Masked; null where it was no card, or the provider did not tell. */
  readonly cardInfo: TransactionCard | null;
  /** Where the order goes; null where nobody was asked. */
  readonly shippingAddress: TransactionAddress | null;
  readonly cartItems: readonly TransactionCartItem[] | null;
}

export interface TransactionCard {
  /** In the provider's words. */
  readonly cardType: string | null;
  /** The last four digits, after the first six where they are known. */
  readonly binLast4: string | null;
  readonly accountType: string | null;
}

export interface TransactionAddress {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly name: string;
  readonly organization?: string;
  readonly line1: string;
  readonly line2?: string;
  readonly district?: string;
  readonly city?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly phone?: string;
}

export interface TransactionCartItem {
  readonly description: string;
  readonly quantity: number;
  /** For one piece, written like `amount`. */
  readonly value: string;
  readonly imageUrl?: string;
  readonly destination?: string;
  readonly itemType?: string;
}

const TEXTS = [
  'webhookId',
  'issuedAt',
  'transactionId',
  'reference',
  'amount',
  'currencyCode',
  'status',
  'date',
] as const;

/** A text of JSON, which may hold digits, or a number outside of texts. Neither can fail to end. */
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** The notification in a decrypted text; null where it is none. */
export function readTransactionNotification(plain: Uint8Array): TransactionNotification | null {
  try {
    const json = (textOf(plain) ?? '').replace(TEXT_OR_NUMBER, (part) => (part.startsWith('"') ? part : `"${part}"`));
    const value: unknown = JSON.parse(json);
    return isRecord(value) && isNotification(value) ? { ...value, cartItems: cartItemsOf(value.cartItems) } : null;
  } catch {
    return null;
  }
}

/** What is needed to act on it. The rest is the word of whoever holds the key: the gateway. */
function isNotification(value: Record<string, unknown>): value is Record<string, unknown> & TransactionNotification {
  return TEXTS.every((name) => typeof value[name] === 'string' && value[name] !== '');
}

function cartItemsOf(items: unknown): readonly TransactionCartItem[] | null {
  if (!Array.isArray(items)) return null;
  return items.map((item: TransactionCartItem) => ({ ...item, quantity: Number(item.quantity) }));
}
