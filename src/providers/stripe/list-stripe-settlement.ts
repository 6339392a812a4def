import { present } from '../../kernel/assert.ts';
import type { SettlementAnswer, SettlementLine, SettlementQuery } from '../provider-settlement.ts';
import { unknown } from '../read-answer.ts';
import { fromStripeAmount } from './stripe-amount.ts';
import { askStripe, type StripeAddress } from './stripe-client.ts';
import type { StripeCall } from './stripe-credentials.ts';
import { attemptIdOf, flowOf } from './stripe-reports.ts';
import { type WireTransaction, wireList, wireTransaction } from './stripe-wire.ts';

/** With their charges shown, which have several kilobytes each, so many stay within the bound of an answer. */
const PAGE = 20;

/** Stripe's words for accountants. https://docs.stripe.com/reports/reporting-categories; the others are adjustments. */
const KINDS: ReadonlyMap<string, SettlementLine['kind']> = new Map(
  Object.entries({
    charge: 'charge',
    refund: 'refund',
    dispute: 'dispute',
    dispute_reversal: 'dispute_reversal',
    fee: 'fee',
    network_cost: 'fee',
    tax: 'fee',
    payout: 'payout',
    payout_reversal: 'payout',
  } as const),
);

/** A page of the account's balance transactions, newest first. https://docs.stripe.com/api/balance_transactions/list */
export async function listStripeSettlement(
  address: StripeAddress,
  call: StripeCall,
  { from, to, cursor }: SettlementQuery,
): Promise<SettlementAnswer> {
  const reply = await askStripe(address, call, {
    method: 'GET',
    path: '/v1/balance_transactions',
    form: {
      'created[gte]': secondsFrom(from),
      'created[lt]': secondsFrom(to),
      limit: PAGE.toString(),
      starting_after: cursor,
      'expand[]': 'data.source',
    },
  });
  if (reply.kind === 'declined') return unknown('a question was answered with a decline');
  if (reply.kind === 'refused') return unknown(reply.code);
  if (reply.kind !== 'ok') return reply;
  const parsed = wireList(wireTransaction).safeParse(reply.body);
  if (!parsed.success) return unknown('the answer is no list of balance transactions');
  const { data, has_more: hasMore } = parsed.data;
  if (hasMore && data.length === 0) return unknown('the list has no end');
  const lines = data.map(lineOf);
  if (lines.includes(null)) return unknown('the answer contradicts itself');
  return {
    kind: 'answered',
    lines: lines.filter((line) => line !== null),
    nextCursor: hasMore ? present(data.at(-1), 'the last line').id : null,
  };
}

/** Stripe counts whole seconds: what happened at or after an instant did so in the first second not before it. */
function secondsFrom(instant: Temporal.Instant): string {
  return Math.ceil(instant.epochMilliseconds / 1_000).toString();
}

/** null where the sum does not come out, or an amount is none of ours. */
function lineOf(transaction: WireTransaction): SettlementLine | null {
  const { id, currency, created, available_on: availableAt, reporting_category: category, source } = transaction;
  const gross = fromStripeAmount(transaction.amount, currency);
  const fee = fromStripeAmount(transaction.fee, currency)?.amount;
  const net = fromStripeAmount(transaction.net, currency)?.amount;
  if (gross === null || fee === undefined || net === undefined || gross.amount - fee !== net) return null;
  const kind = KINDS.get(category) ?? 'adjustment';
  const shown = typeof source === 'object' && source !== null ? source : null;
  const metadata = shown?.metadata ?? {};
  // Of a capture in part Stripe books the whole charge, and takes the rest back in a line of its own.
  const capture = category === 'partial_capture_reversal' ? shown?.charge : null;
  const sourceRef = capture ?? shown?.id ?? (typeof source === 'string' ? source : null);
  // The attempt of a session is known by the session's name, which no statement tells.
  const isNamed = flowOf({ metadata }) !== 'redirect';
  return {
    lineRef: id,
    kind,
    attemptId: attemptIdOf({ metadata }),
    providerRef: isNamed ? (shown?.payment_intent ?? null) : null,
    operationId: metadata.refund_id ?? null,
    operationRef: kind === 'payout' ? null : sourceRef,
    gross,
    fee,
    net,
    occurredAt: created,
    availableAt,
    payoutRef: kind === 'payout' ? sourceRef : null,
  };
}
