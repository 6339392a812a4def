import type { EventType } from '../../events/event.ts';
import { type Money, toDecimal } from '../../kernel/money.ts';
import type { DialectEvent } from './dialect.ts';
import { paymentOf, type ToldPayment, toldPayment, toldReturn } from './told-objects.ts';

declare global {
  interface JSON {
    /** A JSON number by its own digits. Node has it and TypeScript does not know it yet: https://tc39.es/proposal-json-parse-with-source */
    rawJSON(text: string): unknown;
  }
}

/** The ends of a payment that `TransactionNotificationV3` has a status for; nothing else is sent. */
export const ENCRYPTED_STATUSES = [
  { event: 'payment.succeeded', status: 'SUCCESS' },
  { event: 'payment.failed', status: 'FAILED' },
  { event: 'payment.canceled', status: 'CLIENT_CANCEL' },
  { event: 'payment.expired', status: 'EXPIRED' },
  { event: 'payment.reversed', status: 'REVERSED' },
  { event: 'refund.succeeded', status: 'REFUNDED' },
] as const satisfies readonly { readonly event: EventType; readonly status: string }[];

type Status = (typeof ENCRYPTED_STATUSES)[number]['status'];

const STATUSES: ReadonlyMap<string, Status> = new Map(ENCRYPTED_STATUSES.map(({ event, status }) => [event, status]));

interface Told {
  readonly event: DialectEvent;
  readonly status: Status;
  readonly payment: ToldPayment;
  readonly money: Money;
  readonly refundId: string | null;
  readonly reversalId: string | null;
  readonly issuedAt: Temporal.Instant;
}

interface EncryptedField {
  readonly name: string;
  readonly description: string;
  /** Where the value comes from, in the words of the default body; null: what a gateway over several providers never sees. */
  readonly from: string | null;
  readonly value: (told: Told) => unknown;
}

/** Every field of the notification, in order. All of them are always there; what is not known is null. */
export const ENCRYPTED_FIELDS: readonly EncryptedField[] = [
  {
    name: 'webhookId',
    description: 'The event’s id, the same on every attempt: know a repeat by it',
    from: 'id',
    value: ({ event }) => event.eventId,
  },
  {
    name: 'issuedAt',
    description: 'When this attempt was made, RFC 3339 in UTC',
    from: null,
    value: ({ issuedAt }) => issuedAt.toString({ fractionalSecondDigits: 3 }),
  },
  {
    name: 'transactionId',
    description: 'Our payment id, as in the browser’s way back',
    from: 'payment.id',
    value: ({ payment }) => payment.id,
  },
  { name: 'reference', description: 'Your own', from: 'payment.reference', value: ({ payment }) => payment.reference },
  {
    name: 'amount',
    description:
      'A JSON number with the digits of the currency, such as `149.50`: read it as a decimal, not as a float',
    from: 'amountCaptured of a success; of a reversal what was reversed, of a refund what was refunded; else amount',
    value: ({ money }) => JSON.rawJSON(toDecimal(money)),
  },
  { name: 'currencyCode', description: 'ISO 4217', from: 'currency', value: ({ money }) => money.currency },
  {
    name: 'status',
    description: '`SUCCESS`, `FAILED`, `CLIENT_CANCEL`, `EXPIRED`, `REVERSED`, `REFUNDED`',
    from: 'type',
    value: ({ status }) => status,
  },
  {
    name: 'date',
    description: 'When it happened, RFC 3339 in UTC',
    from: 'createdAt',
    value: ({ event }) => event.createdAt.toString(),
  },
  {
    name: 'refundId',
    description: 'Of `REFUNDED` our id of the refund: a payment may be refunded in parts',
    from: 'refund.id',
    value: ({ refundId }) => refundId,
  },
  {
    name: 'reversalId',
    description: 'Of `REVERSED` our id of the reversal',
    from: 'payment.reversalId',
    value: ({ reversalId }) => reversalId,
  },
  {
    name: 'retrievalReferenceNumber',
    description: 'What the provider calls the money, as far as it has said so',
    from: 'latestAttempt.chargeRef, else providerRef',
    value: ({ payment: { latestAttempt } }) => latestAttempt?.chargeRef ?? latestAttempt?.providerRef ?? null,
  },
  {
    name: 'subMerchantName',
    description: 'As you gave it',
    from: 'payment.subMerchantName',
    value: ({ payment }) => payment.subMerchantName ?? null,
  },
  {
    name: 'terminalId',
    description: 'As you gave it, or your default',
    from: 'payment.terminalId',
    value: ({ payment }) => payment.terminalId ?? null,
  },
  {
    name: 'mcc',
    description: 'As you gave it, or your default',
    from: 'payment.mcc',
    value: ({ payment }) => payment.mcc ?? null,
  },
  { name: 'rrn2', description: 'As you gave it', from: 'payment.rrn2', value: ({ payment }) => payment.rrn2 ?? null },
  {
    name: 'bankResponse',
    description: 'Why it failed, in the words of `failureCode`; null where nothing did',
    from: 'latestAttempt.failureCode',
    value: ({ status, payment }) => (status === 'FAILED' ? (payment.latestAttempt?.failureCode ?? null) : null),
  },
  {
    name: 'clientMsisdn',
    description: 'The telephone number that the shopper gave with the address',
    from: 'payment.shippingAddress.phone',
    value: ({ payment }) => payment.shippingAddress?.phone ?? null,
  },
  {
    name: 'authCode',
    description: 'What the bank said yes by, where the provider tells it',
    from: 'latestAttempt.authCode',
    value: ({ payment }) => payment.latestAttempt?.authCode ?? null,
  },
  {
    name: 'cardInfo',
    description:
      '`cardType`, `binLast4` (masked: at most the first six and the last four digits) and `accountType`, as far as the ' +
      'provider has told; null where it was no card',
    from: 'latestAttempt.instrument',
    value: ({ payment }) => cardInfoOf(payment),
  },
  {
    name: 'shippingAddress',
    description: 'The address that the shopper gave where the payment asked for one',
    from: 'payment.shippingAddress',
    value: ({ payment }) => payment.shippingAddress ?? null,
  },
  {
    name: 'cartItems',
    description: 'As you gave them; `value` is written like `amount`',
    from: 'payment.cartItems',
    value: ({ payment, money: { currency } }) =>
      payment.cartItems?.map((item) => ({
        ...item,
        value: JSON.rawJSON(toDecimal({ amount: BigInt(item.value), currency })),
      })) ?? null,
  },
];

function cardInfoOf({ latestAttempt }: ToldPayment) {
  const instrument = latestAttempt?.instrument;
  if (instrument?.type !== 'card') return null;
  const { brand = null, bin, last4, accountType = null } = instrument;
  const binLast4 = bin === undefined || last4 === undefined ? (last4 ?? bin ?? null) : `${bin}******${last4}`;
  return { cardType: brand, binLast4, accountType };
}

/** Whether events of this type end something that the notification has a status for. */
export function hasEncryptedWord(eventType: string): boolean {
  return STATUSES.has(eventType);
}

/** An event as the JSON text of `TransactionNotificationV3`; null where it has no status for it. */
export function encryptedPlaintextOf(event: DialectEvent, issuedAt: Temporal.Instant): string | null {
  const status = STATUSES.get(event.type);
  const told = status === undefined ? null : toldOf(event, status, issuedAt);
  if (told === null) return null;
  return JSON.stringify(Object.fromEntries(ENCRYPTED_FIELDS.map(({ name, value }) => [name, value(told)])));
}

function toldOf(event: DialectEvent, status: Status, issuedAt: Temporal.Instant): Told | null {
  const none = { refundId: null, reversalId: null };
  if (status === 'REFUNDED') {
    const { id, amount, currency, duplicate } = toldReturn.parse(event.object);
    // Money that arrived twice and went back once: the receiver was told of one success, and it stands.
    const payment = duplicate ? null : paymentOf(event);
    if (payment === null) return null;
    return { ...none, event, status, payment, money: { amount: BigInt(amount), currency }, refundId: id, issuedAt };
  }
  const payment = toldPayment.parse(event.object);
  const { currency } = payment;
  if (status !== 'REVERSED') {
    const amount = BigInt(status === 'SUCCESS' ? payment.amountCaptured : payment.amount);
    return { ...none, event, status, payment, money: { amount, currency }, issuedAt };
  }
  // A reversed payment has nothing captured any more: how much it was, the reversal knows.
  const reversal = paymentOf(event)?.reversal ?? { id: payment.reversalId ?? null, amount: payment.amount };
  const money = { amount: BigInt(reversal.amount), currency };
  return { ...none, event, status, payment, money, reversalId: reversal.id, issuedAt };
}
