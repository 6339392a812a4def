import { describe, expect, test } from 'vitest';
import { ManualClock } from '../kernel/clock.ts';
import { transferRow } from '../ledger/transfer.ts';
import {
  authorized,
  captureReport,
  decide,
  disputeReport,
  MANY_REFUNDS,
  moved,
  PAID,
  paid,
  refundReport,
  reversalReport,
} from './decide-fixture.ts';
import type { Circumstances, PaymentState } from './decision.ts';
import { sampleAttempt, sampleCapture, sampleRefund, sampleReversal } from './payment-fixture.ts';
import { transfersOf } from './post-transfers.ts';
import type { Signal } from './signal.ts';

/** What a signal posts, as `debit < credit amount`. */
function posted(state: PaymentState, signal: Signal, changes: Partial<Circumstances> = {}): readonly string[] {
  const decision = decide(state, signal, changes);
  if (decision.outcome !== 'applied') return [decision.outcome];
  const rows = transfersOf(state, decision).map((transfer) => transferRow(transfer, new ManualClock()));
  return rows.map((row) => `${row.debit_account} < ${row.credit_account} ${row.amount}`);
}

const capture: Signal = { kind: 'capture_requested', capture: sampleCapture() };
const refund: Signal = { kind: 'refund_requested', refund: sampleRefund(), capability: MANY_REFUNDS };
const reversal: Signal = { kind: 'reversal_requested', reversal: sampleReversal() };

describe('the ledger', () => {
  test('posts a capture when it succeeds, once, and back when it is taken back', () => {
    expect(posted(authorized(), capture)).toEqual([]);
    const state = moved(authorized(), capture);
    expect(posted(state, captureReport('pending'))).toEqual([]);
    expect(posted(state, captureReport('succeeded'))).toEqual(['provider_receivable < sales 500']);
    expect(posted(state, captureReport('failed'))).toEqual([]);
    const done = moved(state, captureReport('succeeded'));
    expect(posted(done, captureReport('succeeded'))).toEqual(['no_change']);
    expect(posted(done, captureReport('failed'))).toEqual(['sales < provider_receivable 500']);
  });

  test('posts a capture found at the provider, and nothing when it is only named', () => {
    const found = captureReport('succeeded', { id: null, amount: 1250n });
    expect(posted(authorized(), found)).toEqual(['provider_receivable < sales 1250']);
    expect(posted(paid(), found)).toEqual([]);
    expect(posted(authorized(), captureReport('failed', { id: null }))).toEqual([]);
  });

  test('posts a refund when it succeeds, and back when it fails after that', () => {
    const state = moved(paid(), refund);
    expect(posted(paid(), refund)).toEqual([]);
    expect(posted(state, refundReport('succeeded'))).toEqual(['refunds < provider_receivable 500']);
    expect(posted(state, refundReport('failed'))).toEqual([]);
    const done = moved(state, refundReport('succeeded'));
    expect(posted(done, refundReport('failed'))).toEqual(['provider_receivable < refunds 500']);
  });

  test('posts a reversal when it succeeds', () => {
    const state = moved(paid(), reversal);
    expect(posted(paid(), reversal)).toEqual([]);
    expect(posted(state, reversalReport('succeeded'))).toEqual(['sales < provider_receivable 1250']);
    expect(posted(state, reversalReport('failed'))).toEqual([]);
  });

  test('keeps double money and its way back out of sales and refunds', () => {
    const second = { ...paid(), attempt: sampleAttempt({ attemptId: 'att_2', state: 'pending' }), capture: null };
    const told = { state: 'captured', amount: PAID } as const;
    const signal: Signal = { kind: 'attempt_reported', attemptId: 'att_2', providerRef: 'ref_2', report: told };
    expect(posted(second, signal)).toEqual(['provider_receivable < suspense 1250']);
    const state = moved(second, signal);
    const { refundId } = state.refund ?? sampleRefund();
    const back = refundReport('succeeded', { id: refundId, amount: 1250n, attemptId: 'att_2' });
    expect(posted(state, back)).toEqual(['suspense < provider_receivable 1250']);
    const done = moved(state, back);
    const failed = refundReport('failed', { id: refundId, amount: 1250n, attemptId: 'att_2' });
    expect(posted(done, failed)).toEqual(['provider_receivable < suspense 1250']);
  });

  test('posts a dispute as its totals grow, and each step under a name of its own', () => {
    expect(posted(paid(), disputeReport('opened'))).toEqual([]);
    expect(posted(paid(), disputeReport('opened', 0, { withdrawn: 500n }))).toEqual([
      'disputed_funds < provider_receivable 500',
    ]);
    const state = moved(paid(), disputeReport('opened', 0, { withdrawn: 500n }));
    const grown = disputeReport('won', 1, { withdrawn: 1250n, reinstated: 250n });
    expect(posted(state, grown)).toEqual([
      'disputed_funds < provider_receivable 750',
      'provider_receivable < disputed_funds 250',
    ]);
    const decision = decide(state, grown);
    if (decision.outcome !== 'applied') throw new Error('The totals grew');
    const keys = transfersOf(state, decision).map((one) => transferRow(one, new ManualClock()).posting_key);
    const { disputeId } = state.dispute ?? { disputeId: '' };
    expect(keys).toEqual([`${disputeId}:dispute_withdrawn:1250`, `${disputeId}:dispute_reinstated:250`]);
  });

  test('posts nothing for a verdict', () => {
    const state = moved(paid(), disputeReport('opened', 0, { withdrawn: 500n }));
    expect(posted(state, disputeReport('lost', 1, { withdrawn: 500n }))).toEqual([]);
    expect(posted(state, disputeReport('won', 1, { withdrawn: 500n }))).toEqual([]);
  });
});
