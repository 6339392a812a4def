import { describe, expect, test } from 'vitest';
import { codeOf, decide, moved, PAID, report, started } from './decide-fixture.ts';
import { NOON, sampleRefund } from './payment-fixture.ts';
import type { Signal } from './signal.ts';

describe('S2.25 a refund', () => {
  const paid = () => moved(started(), report({ state: 'captured', amount: PAID }));
  const refunded = (state: 'pending' | 'succeeded' | 'failed', amount = 500n): Signal => ({
    kind: 'refund_reported',
    attemptId: 'att_1',
    report: { refundId: 're_1', providerRef: 'rref_1', amount: { amount, currency: 'EUR' }, state },
  });
  const requested = () => moved(paid(), { kind: 'refund_requested', refund: sampleRefund() });

  test('promises its amount at once and gives it back when it fails', () => {
    expect(requested().payment).toMatchObject({ amountRefundPending: 500n, amountRefunded: 0n });
    expect(moved(requested(), refunded('failed')).payment).toMatchObject({
      amountRefundPending: 0n,
      amountRefunded: 0n,
    });
  });

  test('that succeeds is counted once, however often it is told', () => {
    const once = moved(requested(), refunded('succeeded'));
    expect(once.payment).toMatchObject({ amountRefundPending: 0n, amountRefunded: 500n });
    expect(decide(once, refunded('succeeded')).outcome).toBe('no_change');
  });

  test('that fails after it had succeeded takes its amount back', () => {
    const state = moved(moved(requested(), refunded('succeeded')), refunded('failed'));
    expect(state.payment).toMatchObject({ amountRefundPending: 0n, amountRefunded: 0n });
  });

  test('of more than is left is refused, refunds under way counted', () => {
    const more = sampleRefund({ refundId: 're_2', amount: 751n });
    expect(codeOf(() => decide(requested(), { kind: 'refund_requested', refund: more }))).toBe('amount_not_available');
    const rest = sampleRefund({ refundId: 're_2', amount: 750n });
    expect(decide(requested(), { kind: 'refund_requested', refund: rest }).outcome).toBe('applied');
  });

  test('of money that was never captured is refused', () => {
    expect(codeOf(() => decide(started(), { kind: 'refund_requested', refund: sampleRefund() }))).toBe(
      'state_conflict',
    );
  });

  test('reported with another amount is set aside', () => {
    expect(decide(requested(), refunded('succeeded', 499n))).toEqual({
      outcome: 'quarantined',
      note: 'amount_mismatch',
    });
  });

  test('in doubt stays promised and is asked about', () => {
    const state = moved(requested(), { kind: 'refund_unknown', refundId: 're_1', reason: 'timeout' });
    expect(state).toMatchObject({
      payment: { amountRefundPending: 500n },
      refund: { dispatch: 'unknown', syncDueAt: NOON },
    });
  });
});
