import { describe, expect, test } from 'vitest';
import { codeOf, decide, MANY_REFUNDS, moved, paid, refundReport, started, types } from './decide-fixture.ts';
import type { PaymentState } from './decision.ts';
import { NOON, sampleAttempt, sampleRefund, sampleReversal } from './payment-fixture.ts';
import type { Signal } from './signal.ts';

describe('S2.25 a refund', () => {
  const refunded = (state: 'pending' | 'succeeded' | 'failed', amount = 500n): Signal =>
    refundReport(state, { amount });
  const requested = () => moved(paid(), { kind: 'refund_requested', refund: sampleRefund(), capability: MANY_REFUNDS });

  test.each([
    ['of an account without refunds', false, 1250n, 'This provider account makes no refunds.'],
    ['of a part, where the whole is all that can be', { partial: false, multiple: false }, 500n, 'the whole payment'],
    ['of the whole, where that is all that can be', { partial: false, multiple: false }, 1250n, null],
    ['of a part, where there can be one', { partial: true, multiple: false }, 500n, null],
  ] as const)('%s is refused before anything is promised, or made', (_what, capability, amount, refusal) => {
    const ask = () => decide(paid(), { kind: 'refund_requested', refund: sampleRefund({ amount }), capability });
    if (refusal === null) expect(ask().outcome).toBe('applied');
    else expect(ask).toThrow(refusal);
  });

  test('where there can be one, another is refused until the first has failed', () => {
    const once = { partial: true, multiple: false } as const;
    const ask = (state: ReturnType<typeof paid>, refundId: string) =>
      decide(state, { kind: 'refund_requested', refund: sampleRefund({ refundId }), capability: once });
    const asked = moved(paid(), { kind: 'refund_requested', refund: sampleRefund(), capability: once });
    expect(codeOf(() => ask(asked, 're_2'))).toBe('not_supported_by_provider');
    expect(codeOf(() => ask(moved(asked, refundReport('succeeded')), 're_2'))).toBe('not_supported_by_provider');
    expect(ask(moved(asked, refundReport('failed')), 're_2').outcome).toBe('applied');
  });

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
    expect(
      codeOf(() => decide(requested(), { kind: 'refund_requested', refund: more, capability: MANY_REFUNDS })),
    ).toBe('amount_not_available');
    const rest = sampleRefund({ refundId: 're_2', amount: 750n });
    expect(decide(requested(), { kind: 'refund_requested', refund: rest, capability: MANY_REFUNDS }).outcome).toBe(
      'applied',
    );
  });

  test('of money that was never captured is refused', () => {
    expect(
      codeOf(() => decide(started(), { kind: 'refund_requested', refund: sampleRefund(), capability: MANY_REFUNDS })),
    ).toBe('state_conflict');
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

  test('in doubt is settled by the next word of it, and in doubt no more', () => {
    const unknown = { kind: 'refund_unknown', refundId: 're_1', reason: 'timeout' } as const;
    const waiting = moved(moved(requested(), unknown), refunded('pending'));
    expect(waiting.refund).toMatchObject({ dispatch: 'acknowledged', providerRef: 'rref_1' });
    expect(decide(waiting, unknown).outcome).toBe('no_change');
    expect(decide(waiting, refunded('pending')).outcome).toBe('no_change');
    expect(moved(waiting, refunded('succeeded')).payment).toMatchObject({
      amountRefunded: 500n,
      amountRefundPending: 0n,
    });
  });

  test('that fails keeps the name the provider gave it, and a success after that is set aside', () => {
    const failed = moved(requested(), refunded('failed'));
    expect(failed.refund).toMatchObject({ status: 'failed', providerRef: 'rref_1' });
    expect(decide(failed, refunded('failed')).outcome).toBe('no_change');
    expect(decide(failed, refunded('succeeded'))).toMatchObject({ note: 'succeeded_after_failed' });
  });

  test('reported of another attempt is set aside', () => {
    const attempt = sampleAttempt({ attemptId: 'att_2', state: 'captured' });
    const told = refundReport('succeeded', { attemptId: 'att_2' });
    expect(decide({ ...requested(), attempt }, told)).toMatchObject({ note: 'attempt_mismatch' });
  });

  test('with our name that we do not know makes us ask, and is set aside where the provider insists', () => {
    const early = decide(paid(), refunded('succeeded'), { source: 'notification' });
    expect(early).toEqual({ outcome: 'deferred', note: 'unknown_refund' });
    expect(decide(paid(), refunded('succeeded'))).toMatchObject({ outcome: 'quarantined' });
    const doubt = { kind: 'refund_unknown', refundId: 're_9', reason: 'timeout' } as const;
    expect(decide(paid(), doubt)).toMatchObject({ note: 'unknown_refund' });
    expect(decide(paid(), { kind: 'refund_refused', refundId: 're_9', code: 'no' })).toMatchObject({
      note: 'unknown_refund',
    });
  });

  test('of a reversed payment, or one about to be, is refused', () => {
    const reversing = moved(paid(), { kind: 'reversal_requested', reversal: sampleReversal() });
    expect(
      codeOf(() => decide(reversing, { kind: 'refund_requested', refund: sampleRefund(), capability: MANY_REFUNDS })),
    ).toBe('state_conflict');
  });
});

describe('a refund made at the provider', () => {
  const fromConsole = { id: null, ref: 'console_1' };
  const KEEP = { policy: { lateSuccess: 'accept', duplicatePayment: 'keep' } } as const;
  const double = (state: 'captured' | 'authorized'): PaymentState => {
    return { ...paid(), attempt: sampleAttempt({ attemptId: 'att_2', state }) };
  };

  test('counts at once, or is promised while it is pending', () => {
    const decision = decide(paid(), refundReport('succeeded', fromConsole));
    expect(types(decision)).toEqual(['refund.created', 'refund.succeeded']);
    expect(decision).toMatchObject({
      payment: { amountRefunded: 500n },
      refunds: [{ madeBy: 'provider', providerRef: 'console_1', duplicate: false }],
    });
    const pending = moved(paid(), refundReport('pending', fromConsole));
    expect(pending.payment).toMatchObject({ amountRefundPending: 500n, amountRefunded: 0n });
    expect(moved(pending, refundReport('succeeded', fromConsole)).payment).toMatchObject({
      amountRefundPending: 0n,
      amountRefunded: 500n,
    });
  });

  test('that failed is kept, so that an older message of its success is not believed', () => {
    const decision = decide(paid(), refundReport('failed', fromConsole));
    expect(types(decision)).toEqual(['refund.created', 'refund.failed']);
    const failed = moved(paid(), refundReport('failed', fromConsole));
    expect(failed.payment).toMatchObject({ amountRefunded: 0n, amountRefundPending: 0n });
    const late = decide(failed, refundReport('succeeded', fromConsole), { source: 'notification' });
    expect(late).toEqual({ outcome: 'deferred', note: 'succeeded_after_failed' });
  });

  test.each([
    ['more than is left', () => paid(), { amount: 1251n }, 'refund_exceeds_captured'],
    ['money that is not there yet', () => started(), {}, 'refund_exceeds_captured'],
    [
      'money that is being reversed',
      () => moved(paid(), { kind: 'reversal_requested', reversal: sampleReversal() }),
      {},
      'refund_after_reversal',
    ],
    [
      'double money that is going back by itself',
      () => double('captured'),
      { attemptId: 'att_2' },
      'refund_of_duplicate',
    ],
  ])('of %s makes us ask, and is set aside where the provider insists', (_name, state, its, note) => {
    const signal = refundReport('succeeded', { ...fromConsole, ...its });
    expect(decide(state(), signal, { source: 'notification' })).toEqual({ outcome: 'deferred', note });
    expect(decide(state(), signal)).toEqual({ outcome: 'quarantined', note });
  });

  test('of double money that was kept is not the payment’s', () => {
    const signal = refundReport('succeeded', { ...fromConsole, attemptId: 'att_2' });
    const state = moved(double('captured'), signal, KEEP);
    expect(state).toMatchObject({ payment: { amountRefunded: 0n }, refund: { duplicate: true, status: 'succeeded' } });
    const pending = moved(double('captured'), refundReport('pending', { ...fromConsole, attemptId: 'att_2' }), KEEP);
    expect(pending.payment.amountRefundPending).toBe(0n);
    expect(decide(double('authorized'), signal, KEEP)).toMatchObject({ note: 'refund_of_duplicate' });
  });

  test.each([
    ['in another currency', { currency: 'USD' }],
    ['of nothing', { amount: 0n }],
    ['of less than nothing', { amount: -1n }],
  ])('%s is set aside', (_name, its) => {
    const signal = refundReport('succeeded', { ...fromConsole, ...its });
    expect(decide(paid(), signal)).toEqual({ outcome: 'quarantined', note: 'amount_mismatch' });
    expect(decide({ ...paid(), attempt: null }, signal)).toMatchObject({ note: 'unknown_attempt' });
  });
});
