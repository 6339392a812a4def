import type {
  AttemptRef,
  AttemptReport,
  CreateAnswer,
  RefundReport,
  RetrieveAnswer,
  ReversalReport,
} from '../provider.ts';
import { refused, unknown } from '../read-answer.ts';
import { expiryOf, isOver, scanAction } from './create-at-scantopay.ts';
import {
  codeOf,
  type FoundCode,
  type FoundTransaction,
  findCode,
  queryReference,
} from './find-scantopay-transaction.ts';
import { askScantopay, type ScantopayLine } from './scantopay-client.ts';
import { paymentReportOf, refundOf, reversalOf } from './scantopay-reports.ts';
import { wireDeletedCode } from './scantopay-wire.ts';

const POLLING_OFF = 'Scan to Pay tells payments by notification only while an address is set for them (406)';

/** Asks where an attempt stands. Where queries are switched off the code alone is asked about, which knows no payment. */
export async function retrieveFromScantopay(line: ScantopayLine, attempt: AttemptRef): Promise<RetrieveAnswer> {
  const code = codeOf(attempt);
  if (code === null) return unknown('a hosted checkout cannot be asked about');
  const asked = await queryReference(line, attempt, code);
  switch (asked.kind) {
    case 'found':
      return transactionAnswer(line, attempt, code, asked);
    case 'unpaid':
    case 'not_told':
      return codeAnswer(line, attempt, code, asked.kind);
    case 'refused':
      return asked.code === 'code_not_found' || asked.code === 'not_found'
        ? { kind: 'not_found' }
        : unknown(asked.code);
    default:
      return unknown(asked.reason);
  }
}

async function transactionAnswer(
  line: ScantopayLine,
  attempt: AttemptRef,
  code: string,
  { meaning, amount, paymentId, wire }: FoundTransaction,
): Promise<RetrieveAnswer> {
  if (meaning === null || meaning.of === 'payment') {
    return answered(code, paymentReportOf(meaning, { paymentId, amount, wire }));
  }
  if (meaning.of === 'reversal') {
    const reversals = [{ reversalId: null, ...reversalOf(paymentId, amount, meaning.state) }];
    return answered(code, { state: 'captured', amount, chargeRef: paymentId }, { reversals });
  }
  // Only the last refund is told. The list is whole where that one gave everything back, and never otherwise.
  const whole = await findCode(line, attempt, code);
  const isWhole = whole.kind === 'code' && whole.amount.amount === amount.amount;
  if (!isWhole || wire.originalTransactionId == null) return unknown('only the last of several refunds is told');
  const refunds = [{ refundId: null, mayBeOurs: true as const, ...refundOf(paymentId, amount, meaning.state) }];
  return answered(code, { state: 'captured', amount, chargeRef: paymentId }, { refunds });
}

/** Source: https://developer.scantopay.io/docs/qr-code-lifecycle */
async function codeAnswer(
  line: ScantopayLine,
  attempt: AttemptRef,
  code: string,
  why: 'unpaid' | 'not_told',
): Promise<RetrieveAnswer> {
  const found = await findCode(line, attempt, code);
  if (found.kind === 'refused') {
    return found.code === 'code_not_found' ? { kind: 'not_found' } : unknown(found.code);
  }
  if (found.kind !== 'code') return unknown(found.reason);
  const report = codeReportOf(line, found);
  if (report !== null) return answered(code, report);
  return unknown(why === 'not_told' ? POLLING_OFF : `the code is ${found.record.codeState.toLowerCase()} and unpaid`);
}

/** What a code says of its attempt by itself; null where it was paid with, which only the transaction tells. */
function codeReportOf({ call }: ScantopayLine, { record }: FoundCode): AttemptReport | null {
  const expiresAt = expiryOf(record.expiryDate);
  switch (record.codeState) {
    case 'Available': {
      if (expiresAt !== null && isOver(call.clock.now(), expiresAt)) return { state: 'expired' };
      const nextAction = scanAction(record.code, record.codeUrl);
      return { state: 'requires_action', nextAction, ...(expiresAt === null ? {} : { expiresAt }) };
    }
    case 'Locked':
    case 'Blocked':
      return { state: 'pending' };
    case 'Deleted':
      return { state: 'canceled' };
    default:
      return null;
  }
}

function answered(
  providerRef: string,
  report: AttemptReport,
  lists: { readonly refunds?: readonly RefundReport[]; readonly reversals?: readonly ReversalReport[] } = {},
): RetrieveAnswer {
  const { refunds = [], reversals = [] } = lists;
  return { kind: 'answered', providerRef, report, captures: [], refunds, reversals, disputes: [] };
}

/**
 * Deletes an attempt's code, so that nobody pays with it any more. One that a payer holds or has used stays.
 * Source: https://developer.scantopay.io/docs/managing-qr-codes
 */
export async function cancelAtScantopay(line: ScantopayLine, attempt: AttemptRef): Promise<CreateAnswer> {
  const code = codeOf(attempt);
  if (code === null) return refused('not_supported', 'A hosted checkout cannot be canceled');
  const found = await findCode(line, attempt, code);
  if (found.kind !== 'code') return found;
  const canceled = { kind: 'answered', providerRef: code, report: { state: 'canceled' } } as const;
  switch (found.record.codeState) {
    case 'Deleted':
      return canceled;
    case 'Available':
    case 'Blocked': {
      const reply = await askScantopay(line, { method: 'DELETE', path: `/pluto/code/${code}` });
      if (reply.kind !== 'ok') return reply;
      const deleted = wireDeletedCode.safeParse(reply.body);
      return deleted.data?.code === code ? canceled : unknown('the answer does not say that the code is deleted');
    }
    case 'Locked':
      return refused('payer_is_paying', 'The payer is paying at this moment');
    default:
      return refused('already_paid', 'The code is used');
  }
}
