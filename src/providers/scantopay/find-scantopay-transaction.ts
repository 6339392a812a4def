import type { Money } from '../../kernel/money.ts';
import type { AttemptRef, NotSent, Refused, Unknown } from '../provider.ts';
import { refused, unknown } from '../read-answer.ts';
import { moneyFromWire, wireAmountOf } from './scantopay-amount.ts';
import { askScantopay, type ScantopayLine } from './scantopay-client.ts';
import { type Meaning, meaningOf } from './scantopay-states.ts';
import {
  type WireCodeRecord,
  type WireTransaction,
  wireCodeRecord,
  wireNoTransaction,
  wireTransaction,
} from './scantopay-wire.ts';

/** What was last done with an attempt's code. */
export interface FoundTransaction {
  readonly kind: 'found';
  /** The payment's number, also where a refund of it was found. */
  readonly paymentId: string;
  readonly amount: Money;
  /** null: on its way. */
  readonly meaning: Meaning | null;
  readonly wire: WireTransaction;
}

export interface FoundCode {
  readonly kind: 'code';
  readonly record: WireCodeRecord;
  readonly amount: Money;
}

/** `unpaid`: the code is known and nothing was paid with it. `not_told`: a notification address switches queries off. */
export type Asked = FoundTransaction | { readonly kind: 'unpaid' | 'not_told' } | Refused | NotSent | Unknown;

/** The code an attempt goes by; null for a hosted checkout, which has no name at the provider before it is paid. */
export function codeOf({ providerRef }: AttemptRef): string | null {
  return providerRef !== undefined && /^\d{10}$/.test(providerRef) ? providerRef : null;
}

/**
 * Asks what became of a code. Answered 406 for merchants whose notifications go to an address.
 * Source: https://developer.scantopay.io/docs/querying-transactions-business-rules
 */
export async function queryReference(line: ScantopayLine, attempt: AttemptRef, code: string): Promise<Asked> {
  const reply = await askScantopay(line, {
    method: 'POST',
    path: '/pluto/code/queryRef',
    body: { code, merchantReference: attempt.attemptId },
  });
  if (reply.kind !== 'ok') return reply.kind === 'refused' && reply.code === 'not_acceptable' ? NOT_TOLD : reply;
  return readTransaction(line, attempt, reply.body);
}

/**
 * The transaction behind a code, also where queries are switched off: then by code and amount, which is told regardless.
 * Source: https://developer.scantopay.io/docs/querying-transactions
 */
export async function findTransaction(line: ScantopayLine, attempt: AttemptRef, amount: Money): Promise<Asked> {
  const code = codeOf(attempt);
  if (code === null) {
    return refused('transaction_unknown', 'Only its notification numbers a hosted checkout, and none has come');
  }
  const asked = await queryReference(line, attempt, code);
  if (asked.kind !== 'not_told') return asked;
  const wireAmount = wireAmountOf(amount);
  if (wireAmount === null) return refused('amount_not_supported', 'This is no amount of Scan to Pay');
  const reply = await askScantopay(line, {
    method: 'POST',
    path: '/pluto/code/transaction/stateByQr',
    body: { code, amount: wireAmount },
  });
  return reply.kind === 'ok' ? readTransaction(line, attempt, reply.body) : reply;
}

/** The code as it stands, whatever has been paid with it; told regardless of notifications. */
export async function findCode(
  line: ScantopayLine,
  attempt: AttemptRef,
  code: string,
): Promise<FoundCode | Refused | NotSent | Unknown> {
  const reply = await askScantopay(line, { method: 'GET', path: `/pluto/code/${code}` });
  if (reply.kind !== 'ok') return reply;
  const parsed = wireCodeRecord.safeParse(reply.body);
  if (!parsed.success) return unknown('the answer is no code');
  const { data: record } = parsed;
  const amount = moneyFromWire(record.amount, line.call.credentials.currency);
  if (record.code !== code || record.merchantReference !== attempt.attemptId || amount === null) {
    return unknown('the answer is about another code');
  }
  return { kind: 'code', record, amount };
}

function readTransaction({ call }: ScantopayLine, attempt: AttemptRef, body: unknown): Asked {
  if (wireNoTransaction.safeParse(body).success) return { kind: 'unpaid' };
  const parsed = wireTransaction.safeParse(body);
  if (!parsed.success) return unknown('the answer is no transaction');
  const { data: wire } = parsed;
  if (wire.reference !== attempt.attemptId) return unknown('the answer is about another transaction');
  const { currency } = call.credentials;
  const amount = moneyFromWire(wire.amount, wire.currencyCode ?? currency);
  if (amount === null || amount.amount === 0n || amount.currency !== currency) {
    return unknown('the answer has another currency or no amount');
  }
  const paymentId = wire.originalTransactionId ?? wire.transactionId;
  return { kind: 'found', paymentId, amount, meaning: meaningOf(wire.status), wire };
}

const NOT_TOLD = { kind: 'not_told' } as const;
