import { describe, expect, test } from 'vitest';
import {
  codeOf,
  decide,
  MANY_REFUNDS,
  moved,
  paid,
  type Reported,
  refundReport,
  reversalReport,
  started,
  types,
} from './decide-fixture.ts';
import type { PaymentState } from './decision.ts';
import { NOON, sampleAttempt, sampleRefund, sampleReversal } from './payment-fixture.ts';
import type { Signal } from './signal.ts';

const ask: Signal = { kind: 'reversal_requested', reversal: sampleReversal() };
const refund: Signal = { kind: 'refund_requested', refund: sampleRefund(), capability: MANY_REFUNDS };
const refused: Signal = { kind: 'reversal_refused', reversalId: 'rev_1', code: 'past_cut_off' };
const requested = () => moved(paid(), ask);
const fromConsole = { id: null, ref: 'console_1' };

describe('a reversal', () => {
  test('under way keeps refunds and second reversals out, and one that fails lets them in', () => {
    expect(requested().payment).toMatchObject({ status: 'succeeded', reversalId: 'rev_1', amountCaptured: 1250n });
    const again: Signal = { kind: 'reversal_requested', reversal: sampleReversal({ reversalId: 'rev_2' }) };
    expect(codeOf(() => decide(requested(), refund))).toBe('state_conflict');
    expect(codeOf(() => decide(requested(), again))).toBe('state_conflict');
    for (const signal of [refused, reversalReport('failed')]) {
      const failed = moved(requested(), signal);
      expect(failed.payment).toMatchObject({ status: 'succeeded', reversalId: null });
      expect(decide(failed, signal).outcome).toBe('no_change');
      expect(decide(failed, refund).outcome).toBe('applied');
      expect(decide(failed, again).outcome).toBe('applied');
    }
  });

  test('that succeeds undoes the payment once and for all', () => {
    const decision = decide(requested(), reversalReport('succeeded'));
    expect(types(decision)).toEqual(['reversal.succeeded', 'payment.reversed']);
    const state = moved(requested(), reversalReport('succeeded'));
    expect(state.payment).toMatchObject({ status: 'reversed', amountCaptured: 0n, reversalId: 'rev_1' });
    expect(decide(state, reversalReport('succeeded')).outcome).toBe('no_change');
    expect(codeOf(() => decide(state, refund))).toBe('state_conflict');
    expect(codeOf(() => decide(state, ask))).toBe('state_conflict');
  });

  test('that the provider takes back after it had succeeded is for a person to see', () => {
    const state = moved(requested(), reversalReport('succeeded'));
    for (const signal of [refused, reversalReport('failed')]) {
      expect(decide(state, signal)).toEqual({ outcome: 'quarantined', note: 'failed_after_reversed' });
    }
    const gone = moved(requested(), reversalReport('failed'));
    expect(decide(gone, reversalReport('succeeded'))).toMatchObject({ note: 'succeeded_after_failed' });
  });

  test('of a payment that did not succeed, or of which anything is refunded, is refused', () => {
    expect(codeOf(() => decide(started(), ask))).toBe('state_conflict');
    const refunding = moved(paid(), refund);
    expect(codeOf(() => decide(refunding, ask))).toBe('state_conflict');
    expect(codeOf(() => decide(moved(refunding, refundReport('succeeded')), ask))).toBe('state_conflict');
    const freed = moved(refunding, { kind: 'refund_refused', refundId: 're_1', code: 'no' });
    expect(decide(freed, ask).outcome).toBe('applied');
  });

  test('of less than was captured is refused', () => {
    const part: Signal = { kind: 'reversal_requested', reversal: sampleReversal({ amount: 1249n }) };
    expect(codeOf(() => decide(paid(), part))).toBe('state_conflict');
  });

  test('in doubt stays under way and is repeated at once', () => {
    const unknown = { kind: 'reversal_unknown', reversalId: 'rev_1', reason: 'timeout' } as const;
    const state = moved(requested(), unknown);
    expect(state).toMatchObject({
      payment: { reversalId: 'rev_1' },
      reversal: { dispatch: 'unknown', syncDueAt: NOON },
    });
    const waiting = moved(state, reversalReport('pending'));
    expect(waiting.reversal).toMatchObject({ dispatch: 'acknowledged', providerRef: 'vref_1' });
    expect(decide(waiting, reversalReport('pending')).outcome).toBe('no_change');
    expect(decide(waiting, unknown).outcome).toBe('no_change');
    expect(moved(waiting, reversalReport('succeeded')).payment.status).toBe('reversed');
  });

  test.each<[string, Reported, string]>([
    ['another amount', { amount: 1249n }, 'amount_mismatch'],
    ['another currency', { currency: 'USD' }, 'amount_mismatch'],
    ['another attempt', { attemptId: 'att_2' }, 'attempt_mismatch'],
  ])('reported with %s is set aside', (_name, its, note) => {
    const attempt = sampleAttempt({ attemptId: its.attemptId ?? 'att_1', state: 'captured' });
    expect(decide({ ...requested(), attempt }, reversalReport('succeeded', its))).toEqual({
      outcome: 'quarantined',
      note,
    });
  });

  test('with our name that we do not know makes us ask, and is set aside where the provider insists', () => {
    const early = decide(paid(), reversalReport('succeeded'), { source: 'notification' });
    expect(early).toEqual({ outcome: 'deferred', note: 'unknown_reversal' });
    expect(decide(paid(), reversalReport('succeeded'))).toMatchObject({ outcome: 'quarantined' });
    expect(decide(paid(), refused)).toMatchObject({ note: 'unknown_reversal' });
    const doubt = { kind: 'reversal_unknown', reversalId: 'rev_9', reason: 'timeout' } as const;
    expect(decide(paid(), doubt)).toMatchObject({ note: 'unknown_reversal' });
  });
});

describe('a reversal made at the provider', () => {
  const about = (state: PaymentState): PaymentState => ({ ...state, reversal: null });

  test('undoes the payment, at once or when it succeeds', () => {
    const decision = decide(paid(), reversalReport('succeeded', fromConsole));
    expect(types(decision)).toEqual(['reversal.succeeded', 'payment.reversed']);
    expect(decision).toMatchObject({ reversal: { madeBy: 'provider', providerRef: 'console_1', amount: 1250n } });
    const pending = moved(paid(), reversalReport('pending', fromConsole));
    expect(pending.payment.reversalId).toBe(pending.reversal?.reversalId);
    expect(moved(pending, reversalReport('succeeded', fromConsole)).payment.status).toBe('reversed');
  });

  test('that failed is kept, so that an older message of its success is not believed', () => {
    const failed = moved(paid(), reversalReport('failed', fromConsole));
    expect(failed).toMatchObject({
      payment: { reversalId: null, status: 'succeeded' },
      reversal: { status: 'failed' },
    });
    expect(decide(failed, reversalReport('succeeded', fromConsole))).toMatchObject({ note: 'succeeded_after_failed' });
  });

  test.each([
    ['beside one of ours', requested, 'second_reversal'],
    ['of a refunded payment', () => moved(paid(), refund), 'reversal_while_succeeded'],
    ['of a payment that is not paid', started, 'reversal_while_processing'],
  ])('%s makes us ask, and is set aside where the provider insists', (_name, state, note) => {
    const signal = reversalReport('succeeded', fromConsole);
    expect(decide(about(state()), signal, { source: 'notification' })).toEqual({ outcome: 'deferred', note });
    expect(decide(about(state()), signal)).toEqual({ outcome: 'quarantined', note });
  });

  test.each<[string, Reported, string]>([
    ['of a part', { amount: 1249n }, 'amount_mismatch'],
    ['in another currency', { currency: 'USD' }, 'amount_mismatch'],
    ['of nothing', { amount: 0n }, 'amount_mismatch'],
    ['of double money', { attemptId: 'att_2' }, 'reversal_of_duplicate'],
  ])('%s is set aside', (_name, its, note) => {
    const attempt = sampleAttempt({ attemptId: its.attemptId ?? 'att_1', state: 'captured' });
    const signal = reversalReport('succeeded', { ...fromConsole, ...its });
    expect(decide({ ...paid(), attempt }, signal)).toEqual({ outcome: 'quarantined', note });
    expect(decide({ ...paid(), attempt: null }, signal)).toMatchObject({ note: 'unknown_attempt' });
  });
});
