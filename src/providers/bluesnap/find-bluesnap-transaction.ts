import { present } from '../../kernel/assert.ts';
import type { Money } from '../../kernel/money.ts';
import type {
  AttemptRef,
  AttemptReport,
  CaptureReport,
  DisputeReport,
  NotSent,
  RefundReport,
  Refused,
  RetrieveAnswer,
  Unknown,
} from '../provider.ts';
import { unknown } from '../read-answer.ts';
import { amountFromBluesnap } from './bluesnap-amount.ts';
import { askBluesnap, type BluesnapCall } from './bluesnap-client.ts';
import { instantOfIpn } from './bluesnap-date.ts';
import { isNotFound } from './bluesnap-errors.ts';
import { type WireMetaData, type WireTransaction, wireRefundDetails, wireTransaction } from './bluesnap-wire.ts';

/** Under these names our ids travel with captures and refunds and come back with them. */
export const CAPTURE_ID_KEY = 'captureId';
export const REFUND_ID_KEY = 'refundId';

/** More are refused as unreadable: each takes a question of its own. */
const REFUNDS_MAX = 20;

/** A transaction whose every amount is an amount of its currency. */
export interface Transaction {
  readonly kind: 'found';
  readonly transactionId: string;
  readonly type: WireTransaction['cardTransactionType'];
  readonly amount: Money;
  readonly report: AttemptReport;
  readonly captureId: string | null;
  readonly refunds: readonly FoundRefund[];
  readonly disputes: readonly DisputeReport[];
}

interface FoundRefund {
  readonly refundTransactionId: string;
  readonly amount: Money;
  readonly state: 'pending' | 'succeeded';
}

interface NamedRefund {
  readonly kind: 'named';
  readonly refundId: string | null;
}

export type FindAnswer = Transaction | { readonly kind: 'not_found' } | Refused | NotSent | Unknown;

/**
 * Asks for the transaction of an attempt by its merchantTransactionId, which is the attempt's id.
 * https://developers.bluesnap.com/v8976-JSON/reference/retrieve
 */
export async function findTransaction(call: BluesnapCall, { attemptId }: AttemptRef): Promise<FindAnswer> {
  const path = `/transactions/${encodeURIComponent(attemptId)},${call.credentials.merchantId}`;
  const reply = await askBluesnap(call, { method: 'GET', path });
  switch (reply.kind) {
    case 'done':
      return readTransaction(reply.json, attemptId);
    case 'failed': {
      const error = { name: reply.error.errorName, code: reply.error.code };
      // A question that is turned away says nothing about what was done before: doubt, also for what was to follow it.
      return isNotFound(error, reply.status) ? { kind: 'not_found' } : unknown(`not told: ${error.name}`);
    }
    default:
      return reply;
  }
}

/** An answer counts only if it is whole, consistent, and about the attempt that was asked for. */
export function readTransaction(json: unknown, attemptId: string): Transaction | Unknown {
  const parsed = wireTransaction.safeParse(json);
  if (!parsed.success) return unknown('the answer is no card transaction');
  const wire = parsed.data;
  if (wire.merchantTransactionId !== undefined && wire.merchantTransactionId !== attemptId) {
    return unknown('the answer is about another transaction');
  }
  const amount = amountFromBluesnap(wire.amount, wire.currency);
  if (amount === null || amount === 0n) return unknown('the answer has no amount of its currency');
  const money = { amount, currency: wire.currency };
  const refunds = (wire.refunds?.refund ?? []).map((each) => refundOf(each, wire.currency));
  const disputes = (wire.chargebacks?.chargeback ?? []).map((each) => disputeOf(each, wire.currency));
  const isWhole = refunds.every((each) => each !== null) && disputes.every((each) => each !== null);
  if (!isWhole || refunds.length > REFUNDS_MAX) return unknown('the answer has unreadable parts');
  return {
    kind: 'found',
    transactionId: wire.transactionId,
    type: wire.cardTransactionType,
    amount: money,
    report: reportOf(wire, money),
    captureId: metaValue(wire.transactionMetaData, CAPTURE_ID_KEY),
    refunds: refunds.map((each) => present(each, 'a checked refund')),
    disputes: disputes.map((each) => present(each, 'a checked dispute')),
  };
}

/** Where an attempt stands, with everything that was done to its money; refunds are asked for one by one, by whom. */
export async function retrieveFromBluesnap(call: BluesnapCall, attempt: AttemptRef): Promise<RetrieveAnswer> {
  const found = await findTransaction(call, attempt);
  if (found.kind === 'refused') return unknown(found.code);
  if (found.kind === 'not_sent') return unknown(found.reason);
  if (found.kind !== 'found') return found;
  const refunds: RefundReport[] = [];
  for (const each of found.refunds) {
    const named = await askRefundId(call, each.refundTransactionId);
    if (named.kind === 'unknown') return named;
    refunds.push(refundReportOf(each, named.refundId));
  }
  const { report, disputes } = found;
  const captures = captureReportsOf(found);
  return { kind: 'answered', providerRef: attempt.attemptId, report, captures, refunds, reversals: [], disputes };
}

/** Our id of a refund, which BlueSnap tells where it is asked for that refund alone; null where it has none of ours. */
export async function askRefundId(call: BluesnapCall, refundTransactionId: string): Promise<NamedRefund | Unknown> {
  const reply = await askBluesnap(call, { method: 'GET', path: `/transactions/${refundTransactionId}` });
  if (reply.kind === 'failed') return unknown(`a refund is not told: ${reply.error.errorName}`);
  if (reply.kind !== 'done') return reply.kind === 'refused' ? unknown(reply.code) : unknown(reply.reason);
  const parsed = wireRefundDetails.safeParse(reply.json);
  if (!parsed.success || parsed.data.transactionId !== refundTransactionId) return unknown('the answer is no refund');
  return { kind: 'named', refundId: metaValue(parsed.data.transactionMetaData, REFUND_ID_KEY) };
}

/** The refund in the gateway's words. */
export function refundReportOf(
  { refundTransactionId, amount, state }: FoundRefund,
  refundId: string | null,
): RefundReport {
  return { refundId, providerRef: refundTransactionId, amount, state };
}

/**
 * The one capture an authorization can have. It is listed where it says whose it is; one of the console says nothing and
 * is told by the attempt's state alone, as is money that was taken with the authorization.
 */
function captureReportsOf({ captureId, transactionId, amount, report }: Transaction): CaptureReport[] {
  if (captureId === null || report.state !== 'captured') return [];
  return [{ captureId, providerRef: transactionId, amount, final: true, state: 'succeeded' }];
}

/** https://developers.bluesnap.com/v8976-JSON/docs/processing-info */
function reportOf({ cardTransactionType, processingInfo }: WireTransaction, amount: Money): AttemptReport {
  const { processingStatus } = processingInfo;
  if (processingStatus === 'FAIL') return { state: 'declined', decline: { reason: 'other', providerCode: 'FAIL' } };
  if (processingStatus !== 'SUCCESS') return { state: 'pending' };
  switch (cardTransactionType) {
    case 'AUTH_ONLY':
      return { state: 'authorized', amount };
    case 'AUTH_CAPTURE':
    case 'CAPTURE':
      return { state: 'captured', amount };
    case 'AUTH_REVERSAL':
      return { state: 'canceled', afterAuthorization: true };
  }
}

type WireRefundItem = NonNullable<NonNullable<WireTransaction['refunds']>['refund']>[number];
type WireChargeback = NonNullable<NonNullable<WireTransaction['chargebacks']>['chargeback']>[number];

function refundOf(wire: WireRefundItem, currency: string): FoundRefund | null {
  const amount = amountFromBluesnap(wire.amount, currency);
  if (amount === null || amount === 0n || (wire.currency ?? currency) !== currency) return null;
  const state = wire.refundStatus === 'PENDING' ? 'pending' : 'succeeded';
  return { refundTransactionId: wire.refundTransactionId, amount: { amount, currency }, state };
}

/** A transaction tells that it was charged back and not how that ended, so that any notification about it is newer. */
function disputeOf(wire: WireChargeback, currency: string): DisputeReport | null {
  const amount = amountFromBluesnap(wire.amount, currency);
  if (amount === null || amount === 0n || (wire.currency ?? currency) !== currency) return null;
  const asOf = instantOfIpn(`${wire.date ?? ''} 12:00 AM`) ?? Temporal.Instant.fromEpochMilliseconds(0);
  const money = { withdrawn: amount, reinstated: 0n };
  return {
    providerRef: wire.chargebackTransactionId,
    state: 'opened',
    amount: { amount, currency },
    reason: 'chargeback',
    ...money,
    asOf,
  };
}

function metaValue(meta: WireMetaData, key: string): string | null {
  const values = (meta?.metaData ?? []).filter(({ metaKey }) => metaKey === key).map(({ metaValue: value }) => value);
  const [value, ...others] = values;
  return value !== undefined && others.length === 0 && /^[a-z0-9_]{1,64}$/.test(value) ? value : null;
}
