import type { EventType } from '../../events/event.ts';
import { toDecimal } from '../../kernel/money.ts';
import { declineNameOf } from './bluesnap-decline-names.ts';
import type { DialectEvent } from './dialect.ts';
import { paymentOf, type ToldPayment, toldDispute, toldPayment, toldPayout, toldReturn } from './told-objects.ts';

/**
 * What BlueSnap calls what happened, https://support.bluesnap.com/docs/ipns-name-reference. Events that are not here have
 * no word. `moves`: which way the shopper's debt goes, which is the sign of the amount.
 */
export const BLUESNAP_TRANSACTIONS = [
  { event: 'payment.authorized', transactionType: 'AUTH_ONLY', about: 'payment', moves: 'up' },
  { event: 'payment.succeeded', transactionType: 'CHARGE', about: 'payment', moves: 'up' },
  { event: 'payment.attempt_failed', transactionType: 'CC_CHARGE_FAILED', about: 'payment', moves: 'up' },
  { event: 'payment.failed', transactionType: 'DECLINE', about: 'payment', moves: 'up' },
  { event: 'payment.canceled', transactionType: 'CANCELLATION', about: 'payment', moves: 'up' },
  { event: 'payment.reversed', transactionType: 'CANCELLATION_REFUND', about: 'payment', moves: 'down' },
  { event: 'refund.succeeded', transactionType: 'REFUND', about: 'refund', moves: 'down' },
  { event: 'dispute.opened', transactionType: 'CHARGEBACK', about: 'dispute', moves: 'down' },
  { event: 'dispute.updated', transactionType: 'CHARGEBACK_STATUS_CHANGED', about: 'dispute', moves: 'down' },
  { event: 'dispute.funds_withdrawn', transactionType: 'CHARGEBACK_STATUS_CHANGED', about: 'dispute', moves: 'down' },
  { event: 'dispute.funds_reinstated', transactionType: 'CHARGEBACK_STATUS_CHANGED', about: 'dispute', moves: 'down' },
  { event: 'dispute.won', transactionType: 'CHARGEBACK_STATUS_CHANGED', about: 'dispute', moves: 'down' },
  { event: 'dispute.lost', transactionType: 'CHARGEBACK_STATUS_CHANGED', about: 'dispute', moves: 'down' },
  { event: 'payout.paid', transactionType: 'PAYOUT', about: 'payout', moves: 'up' },
] as const satisfies readonly {
  readonly event: EventType;
  readonly transactionType: string;
  readonly about: 'payment' | 'refund' | 'dispute' | 'payout';
  readonly moves: 'up' | 'down';
}[];

type Transaction = (typeof BLUESNAP_TRANSACTIONS)[number];
export type BluesnapTransactionType = Transaction['transactionType'];

const TRANSACTIONS: ReadonlyMap<string, Transaction> = new Map(BLUESNAP_TRANSACTIONS.map((one) => [one.event, one]));

/** Our states of a dispute in BlueSnap's words, https://support.bluesnap.com/docs/ipn-parameter-reference (cbStatus). */
export const BLUESNAP_DISPUTE_STATUSES = {
  inquiry: 'NEW',
  opened: 'NEW',
  under_review: 'COMPLETED_PENDING',
  won: 'COMPLETED_WON',
  lost: 'COMPLETED_LOST',
  expired: 'CLOSED',
} as const;

/** An event in the shape in which every parameter finds its value. */
interface Told {
  readonly event: DialectEvent;
  readonly transactionType: BluesnapTransactionType;
  readonly payment: ToldPayment | null;
  readonly referenceNumber: string;
  /** Minor units, negative where money goes back. */
  readonly amount: bigint;
  readonly currency: string;
  readonly reversal: { readonly id: string; readonly reason: string | null } | null;
  readonly disputeStatus: keyof typeof BLUESNAP_DISPUTE_STATUSES | null;
}

interface BluesnapParameter {
  readonly name: string;
  readonly description: string;
  /** Where the value comes from, in the words of the default body. */
  readonly from: string;
  readonly types: 'all' | readonly BluesnapTransactionType[];
  /** null: the parameter is left out. */
  readonly value: (told: Told) => string | null;
}

const OF_A_PAYMENT = [
  'AUTH_ONLY',
  'CHARGE',
  'CC_CHARGE_FAILED',
  'DECLINE',
  'CANCELLATION',
  'CANCELLATION_REFUND',
  'REFUND',
  'CHARGEBACK',
  'CHARGEBACK_STATUS_CHANGED',
] as const satisfies readonly BluesnapTransactionType[];
const OF_MONEY_BACK = ['CANCELLATION_REFUND', 'REFUND', 'CHARGEBACK', 'CHARGEBACK_STATUS_CHANGED'] as const;

/**
 * Every parameter of a notification, in the order in which they are sent. `authKey` follows where a data protection key is
 * set; it is made of others and of that key, and is no part of an event.
 */
export const BLUESNAP_PARAMETERS: readonly BluesnapParameter[] = [
  {
    name: 'transactionType',
    description: 'What happened',
    from: 'type',
    types: 'all',
    value: ({ transactionType }) => transactionType,
  },
  {
    name: 'testMode',
    description: '`Y` for test mode, `N` for live mode',
    from: 'mode',
    types: 'all',
    value: ({ event }) => (event.mode === 'live' ? 'N' : 'Y'),
  },
  {
    name: 'referenceNumber',
    description:
      'Our id of the capture (`CHARGE`), attempt (`CC_CHARGE_FAILED`), reversal, refund, dispute or payout; else of the ' +
      'payment. One fact has one `transactionType` and `referenceNumber`, and for disputes one `cbStatus`',
    from: 'id of what is told of',
    types: 'all',
    value: ({ referenceNumber }) => referenceNumber,
  },
  {
    name: 'merchantTransactionId',
    description: 'Your own `reference` of the payment',
    from: 'payment.reference',
    types: OF_A_PAYMENT,
    value: ({ payment }) => payment?.reference ?? null,
  },
  {
    name: 'contractId',
    description: 'The product; left out where the payment has none',
    from: 'payment.productId',
    types: OF_A_PAYMENT,
    value: ({ payment }) => payment?.productId ?? null,
  },
  {
    name: 'accountId',
    description: 'Your tenant id',
    from: 'tenantId',
    types: 'all',
    value: ({ event }) => event.tenantId,
  },
  {
    name: 'invoiceChargeAmount',
    description:
      'Decimal with the digits of the currency: `12.50`, `1250` for JPY, `1.250` for KWD; negative where money goes back',
    from: 'amount; of `CHARGE` amountCaptured; of `CANCELLATION_REFUND` what was reversed',
    types: 'all',
    value: ({ amount, currency }) => toDecimal({ amount, currency }),
  },
  {
    name: 'invoiceChargeCurrency',
    description: 'ISO 4217',
    from: 'currency',
    types: 'all',
    value: ({ currency }) => currency,
  },
  {
    name: 'transactionDate',
    description: 'When it happened: `MM/DD/YYYY hh:mm AM`, UTC',
    from: 'createdAt',
    types: 'all',
    value: ({ event }) => formatTransactionDate(event.createdAt),
  },
  {
    name: 'softDescriptor',
    description: 'What stands on the shopper’s statement; left out where the payment has none',
    from: 'payment.statementDescriptor',
    types: OF_A_PAYMENT,
    value: ({ payment }) => payment?.statementDescriptor ?? null,
  },
  {
    name: 'declineReason',
    description: 'Why it was declined, by BlueSnap’s names; left out where nobody said',
    from: 'latestAttempt.failureCode',
    types: ['CC_CHARGE_FAILED', 'DECLINE'],
    value: ({ payment }) => declineNameOf(payment?.latestAttempt?.failureCode ?? null),
  },
  {
    name: 'reversalRefNum',
    description: 'Our id of the reversal, refund or dispute: the same as `referenceNumber`',
    from: 'id of what is told of',
    types: OF_MONEY_BACK,
    value: ({ reversal }) => reversal?.id ?? null,
  },
  {
    name: 'reversalReason',
    description: 'Why, as you or the bank said it; left out where nobody did',
    from: 'reason',
    types: OF_MONEY_BACK,
    value: ({ reversal }) => reversal?.reason ?? null,
  },
  {
    name: 'cbStatus',
    description: 'How the dispute stands: `NEW`, `COMPLETED_PENDING`, `COMPLETED_WON`, `COMPLETED_LOST`, `CLOSED`',
    from: 'status of the dispute',
    types: ['CHARGEBACK', 'CHARGEBACK_STATUS_CHANGED'],
    value: ({ disputeStatus }) => (disputeStatus === null ? null : BLUESNAP_DISPUTE_STATUSES[disputeStatus]),
  },
];

/** Whether BlueSnap has a transaction type for events of this type. */
export function hasBluesnapWord(eventType: string): boolean {
  return TRANSACTIONS.has(eventType);
}

/** An event as BlueSnap's parameters; null where it has no word for it. */
export function bluesnapParametersOf(event: DialectEvent): readonly (readonly [name: string, value: string])[] | null {
  const told = toldOf(event);
  if (told === null) return null;
  return BLUESNAP_PARAMETERS.flatMap(({ name, types, value }) => {
    const text = types === 'all' || types.includes(told.transactionType) ? value(told) : null;
    return text === null || text === '' ? [] : [[name, text] as const];
  });
}

/** `07/04/2026 03:05 PM` in UTC, the format of https://support.bluesnap.com/docs/ipn-parameter-reference. */
function formatTransactionDate(at: Temporal.Instant): string {
  const { year, month, day, hour, minute } = at.toZonedDateTimeISO('UTC');
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(month)}/${two(day)}/${year} ${two(hour % 12 === 0 ? 12 : hour % 12)}:${two(minute)} ${hour < 12 ? 'AM' : 'PM'}`;
}

function toldOf(event: DialectEvent): Told | null {
  const transaction = TRANSACTIONS.get(event.type);
  if (transaction === undefined) return null;
  const subject = subjectOf(event, transaction);
  if (subject === null) return null;
  const { transactionType, moves } = transaction;
  const { minorUnits, ...facts } = subject;
  const amount = BigInt(minorUnits);
  return { ...facts, event, transactionType, amount: moves === 'down' ? -amount : amount };
}

interface Subject extends Omit<Told, 'event' | 'transactionType' | 'amount'> {
  readonly minorUnits: number;
}

function subjectOf(event: DialectEvent, { about, transactionType }: Transaction): Subject | null {
  switch (about) {
    case 'payment':
      return paymentSubject(event, transactionType);
    case 'refund': {
      const { id, amount, currency, reason, duplicate } = toldReturn.parse(event.object);
      // Money that arrived twice and went back once: the receiver was told of one charge, and it stands.
      const payment = duplicate ? null : paymentOf(event);
      if (payment === null) return null;
      const reversal = { id, reason: reason ?? null };
      return { payment, referenceNumber: id, minorUnits: amount, currency, reversal, disputeStatus: null };
    }
    case 'dispute': {
      const { id, amount, currency, reason, status } = toldDispute.parse(event.object);
      const payment = paymentOf(event);
      if (payment === null) return null;
      const reversal = { id, reason };
      return { payment, referenceNumber: id, minorUnits: amount, currency, reversal, disputeStatus: status };
    }
    case 'payout': {
      const { id, amount, currency } = toldPayout.parse(event.object);
      const none = { payment: null, reversal: null, disputeStatus: null };
      return { ...none, referenceNumber: id, minorUnits: amount, currency };
    }
  }
}

/** What was taken is told under the capture's id, what was undone under the reversal's, a try under the attempt's. */
function paymentSubject(event: DialectEvent, transactionType: BluesnapTransactionType): Subject {
  const payment = toldPayment.parse(event.object);
  const { id, amount, amountCaptured, currency, reversalId } = payment;
  const before = paymentOf(event);
  const plain = { payment, currency, reversal: null, disputeStatus: null };
  if (transactionType === 'CHARGE') {
    return { ...plain, referenceNumber: before?.capture?.id ?? id, minorUnits: amountCaptured };
  }
  if (transactionType === 'CC_CHARGE_FAILED') {
    return { ...plain, referenceNumber: payment.latestAttempt?.id ?? id, minorUnits: amount };
  }
  if (transactionType !== 'CANCELLATION_REFUND') return { ...plain, referenceNumber: id, minorUnits: amount };
  // A reversed payment has nothing captured any more: how much it was, the reversal knows.
  const undone = before?.reversal ?? { id: reversalId ?? id, amount, reason: null };
  const reversal = { id: undone.id, reason: undone.reason ?? null };
  return { ...plain, referenceNumber: undone.id, minorUnits: undone.amount, reversal };
}
