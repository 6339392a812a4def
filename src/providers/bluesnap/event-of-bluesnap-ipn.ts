import { createHash } from 'node:crypto';
import type { Money } from '../../kernel/money.ts';
import type { Decline, DisputeReport, DisputeReportState } from '../provider.ts';
import type { ProviderEvent } from '../provider-webhook.ts';
import { amountFromBluesnap } from './bluesnap-amount.ts';
import { instantOfIpn } from './bluesnap-date.ts';
import { declineReasonOf } from './bluesnap-errors.ts';
import { type IpnMeaning, meaningOf } from './bluesnap-ipn-types.ts';

type Fields = ReadonlyMap<string, string>;
type Fact = ProviderEvent['fact'];

/** How much a notification proves, and when it was sent. */
interface Circumstances {
  /** Every byte is BlueSnap's. */
  readonly isSigned: boolean;
  /** Signed, and fresh. */
  readonly isProof: boolean;
  readonly sentAt: Temporal.Instant;
}

/** `cbStatus`, in any case: https://support.bluesnap.com/docs/ipn-parameter-reference */
const DISPUTE_STATES: Readonly<Record<string, DisputeReportState>> = {
  NEW: 'opened',
  WORKING: 'opened',
  COMPLETED_PENDING: 'under_review',
  CLOSED: 'expired',
  COMPLETED_LOST: 'lost',
  COMPLETED_WON: 'won',
};

/** Times come in whole minutes; of states of one minute the one further on is the later. */
const DISPUTE_STEPS: Readonly<Record<DisputeReportState, number>> = {
  inquiry: 0,
  opened: 0,
  under_review: 1,
  expired: 2,
  lost: 2,
  won: 2,
};

/** Our attempt ids, as the contract has them. What carries another reference was made by somebody else. */
const ATTEMPT_ID = /^[a-z0-9_]{30}$/;
const REFERENCE = /^[A-Za-z0-9_-]{1,40}$/;

/**
 * A verified form as an event; null where it tells nothing of a payment of ours, `malformed` where it lacks what its type
 * must have.
 */
export function eventOfIpn(fields: Fields, circumstances: Circumstances): ProviderEvent | null | 'malformed' {
  const type = fields.get('transactionType') ?? '';
  if (!/^[A-Z0-9_]{1,60}$/.test(type)) return 'malformed';
  const meaning = meaningOf(type);
  const attemptId = fields.get('merchantTransactionId') ?? '';
  if (meaning === 'nothing' || !ATTEMPT_ID.test(attemptId)) return null;
  const amount = amountOf(fields);
  // An authorization of nothing tries a card, and is no payment.
  if (amount?.amount === 0n && meaning === 'authorized') return null;
  const { isSigned, sentAt } = circumstances;
  const occurredAt = instantOfIpn(fields.get('transactionDate') ?? '') ?? sentAt;
  const fact = factOf(fields, { meaning, amount, occurredAt });
  const dedupeKey = dedupeKeyOf(type, meaning, fields);
  if (fact === null || dedupeKey === null) return 'malformed';
  const contentHash = contentHashOf(type, fields, amount);
  return {
    // Unsigned content can be anybody's: it must not stand in the way of what BlueSnap says under the same number.
    dedupeKey: isSigned ? dedupeKey : `${dedupeKey}|${contentHash}`,
    contentHash,
    attempt: { attemptId },
    occurredAt,
    authoritative: isAuthoritative(meaning, circumstances),
    fact,
  };
}

/**
 * A refund is asked about, since the notification lacks our name for it. A dispute's state is told by notifications alone,
 * so that a late one counts as well: it is BlueSnap's in every byte, and of two states the later one stands.
 */
function isAuthoritative(meaning: IpnMeaning, { isSigned, isProof }: Circumstances): boolean {
  if (meaning === 'asks_about_refund') return false;
  return meaning === 'dispute' ? isSigned : isProof;
}

interface Reading {
  readonly meaning: Exclude<IpnMeaning, 'nothing'>;
  readonly amount: Money | null;
  readonly occurredAt: Temporal.Instant;
}

function factOf(fields: Fields, { meaning, amount, occurredAt }: Reading): Fact | null {
  switch (meaning) {
    case 'authorized':
      return isPositive(amount) ? { about: 'attempt', report: { state: 'authorized', amount } } : null;
    case 'captured':
      return isPositive(amount) ? { about: 'attempt', report: { state: 'captured', amount } } : null;
    case 'pending':
      return { about: 'attempt', report: { state: 'pending' } };
    case 'declined':
    case 'declined_as_fraud':
      return { about: 'attempt', report: { state: 'declined', decline: declineOf(fields, meaning) } };
    case 'asks_about_refund':
      return refundOf(fields, amount);
    case 'dispute': {
      const dispute = disputeOf(fields, amount, occurredAt);
      return dispute === null ? null : { about: 'dispute', dispute };
    }
  }
}

function declineOf(fields: Fields, meaning: IpnMeaning): Decline {
  const code = (fields.get('declineReason') ?? '').toUpperCase().replaceAll(/[ -]/g, '_');
  const isName = /^[A-Z0-9_]{1,80}$/.test(code);
  const named = isName ? declineReasonOf({ name: code, code: '' }) : null;
  const reason = named ?? (meaning === 'declined_as_fraud' ? 'fraud' : 'other');
  return { reason, ...(isName ? { providerCode: code } : {}) };
}

/** It names the refund as BlueSnap does and never as we do, which only the transaction tells. */
function refundOf(fields: Fields, amount: Money | null): Fact | null {
  const providerRef = fields.get('reversalRefNum') ?? '';
  if (amount === null || amount.amount === 0n) return null;
  const state = fields.get('transactionType') === 'PENDING_REFUND' ? 'pending' : 'succeeded';
  return { about: 'refund', refund: { refundId: null, providerRef, amount: positive(amount), state } };
}

/** A chargeback is taken from the merchant when it is told, and given back when it is won. */
function disputeOf(fields: Fields, amount: Money | null, occurredAt: Temporal.Instant): DisputeReport | null {
  const providerRef = fields.get('reversalRefNum') ?? '';
  const status = (fields.get('cbStatus') ?? '').toUpperCase();
  const isNew = fields.get('transactionType') === 'CHARGEBACK' && status === '';
  const state = isNew ? 'opened' : DISPUTE_STATES[status];
  if (state === undefined || amount === null || amount.amount === 0n) return null;
  const disputed = positive(amount);
  return {
    providerRef,
    state,
    amount: disputed,
    reason: reasonOf(fields),
    withdrawn: disputed.amount,
    reinstated: state === 'won' ? disputed.amount : 0n,
    asOf: occurredAt.add({ milliseconds: DISPUTE_STEPS[state] }),
  };
}

/** The scheme's word where it is a word; anything longer or stranger might tell of a person. */
function reasonOf(fields: Fields): string {
  const reason = (fields.get('reversalReason') ?? '').trim();
  return /^[A-Za-z0-9 ,.:()/_-]{1,100}$/.test(reason) && !/\d{6}/.test(reason) ? reason : 'chargeback';
}

/** What was charged, in the currency it was charged in; negative where it was given back. */
function amountOf(fields: Fields): Money | null {
  const currency = fields.get('invoiceChargeCurrency') ?? fields.get('currency') ?? '';
  const amount = amountFromBluesnap(fields.get('invoiceChargeAmount') ?? '', currency);
  return amount === null ? null : { amount, currency };
}

function positive({ amount, currency }: Money): Money {
  return { amount: amount < 0n ? -amount : amount, currency };
}

function isPositive(money: Money | null): money is Money {
  return money !== null && money.amount > 0n;
}

/** Refunds and chargebacks have a number of their own; a chargeback tells one fact for each of its states. */
function dedupeKeyOf(type: string, meaning: IpnMeaning, fields: Fields): string | null {
  const own = meaning === 'dispute' || meaning === 'asks_about_refund' ? 'reversalRefNum' : 'referenceNumber';
  const number = fields.get(own) ?? '';
  if (!REFERENCE.test(number)) return null;
  const status = meaning === 'dispute' ? (fields.get('cbStatus') ?? '').toUpperCase() : '';
  return [type, number, status].join('|');
}

/** What is fact in a notification: neither when it was sent nor who paid with which card. */
function contentHashOf(type: string, fields: Fields, amount: Money | null): string {
  const names = ['merchantTransactionId', 'referenceNumber', 'reversalRefNum', 'cbStatus', 'declineReason'];
  const values = names.map((name) => fields.get(name) ?? null);
  const money = amount === null ? null : [amount.amount.toString(), amount.currency];
  return createHash('sha256')
    .update(JSON.stringify([type, ...values, money]))
    .digest('hex');
}
