import { describe, expect, test } from 'vitest';
import type { AttemptReport } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';
import {
  authorized,
  captureReport,
  codeOf,
  decide,
  moved,
  PAID,
  paid,
  report,
  started,
  stateOf,
  types,
} from './decide-fixture.ts';
import type { Decision, PaymentState } from './decision.ts';
import { NOON, sampleAttempt, sampleCapture, samplePayment } from './payment-fixture.ts';
import type { Signal } from './signal.ts';

const AUTHORIZED = report({ state: 'authorized', amount: PAID });
const CAPTURED = report({ state: 'captured', amount: PAID });
const total = (amount: bigint) => report({ state: 'captured', amount: { ...PAID, amount } });
const ended = (state: 'canceled' | 'expired', afterAuthorization = true) => report({ state, afterAuthorization });
const REFUND = { policy: { lateSuccess: 'refund', duplicatePayment: 'refund' } } as const;
const KEEP = { policy: { lateSuccess: 'accept', duplicatePayment: 'keep' } } as const;

/** A payment that ended, with an attempt of it that had ended too. */
function over(
  status: 'failed' | 'canceled' | 'expired',
  captureMethod: 'automatic' | 'manual' = 'automatic',
): PaymentState {
  const payment = samplePayment({ status, captureMethod, lastAttemptId: 'att_1', dueAt: null });
  return stateOf({ payment, attempt: sampleAttempt({ state: 'declined', syncDueAt: null }) });
}

/** The same payment, as a report about its other attempt finds it. */
function second(state: PaymentState, changes: Partial<Attempt> = {}): PaymentState {
  const attempt = sampleAttempt({ attemptId: 'att_2', state: 'declined', syncDueAt: null, ...changes });
  return { ...state, attempt, capture: null, refund: null };
}

const ofSecond = (told: AttemptReport): Signal => {
  return { kind: 'attempt_reported', attemptId: 'att_2', providerRef: 'ref_2', report: told };
};

describe('money that comes late', () => {
  test.each(['failed', 'canceled', 'expired'] as const)('after the payment was %s is authorized as late', (status) => {
    const state = moved(over(status, 'manual'), AUTHORIZED);
    expect(state).toMatchObject({
      payment: { status: 'authorized', late: true, amountAuthorized: 1250n, capturesClosed: false },
      attempt: { state: 'authorized', releaseRequestedAt: null, syncDueAt: null },
    });
  });

  test('is released, or sent back, where the tenant wants none', () => {
    const released = moved(over('expired', 'manual'), AUTHORIZED, REFUND);
    expect(released).toMatchObject({
      payment: { status: 'authorized', late: true, capturesClosed: true },
      attempt: { state: 'authorized', releaseRequestedAt: NOON, syncDueAt: NOON },
    });
    const decision = decide(over('canceled'), CAPTURED, REFUND);
    expect(types(decision)).toEqual(['capture.succeeded', 'payment.succeeded', 'refund.created']);
    expect(decision).toMatchObject({
      payment: { status: 'succeeded', late: true, amountRefundPending: 1250n },
      refunds: [{ amount: 1250n, madeBy: 'gateway', duplicate: false, syncDueAt: NOON }],
    });
  });

  test('is sent back also where its authorization was told first', () => {
    const state = moved(over('canceled'), AUTHORIZED, REFUND);
    const sentBack = { payment: { status: 'succeeded', amountRefundPending: 1250n }, refunds: [{ amount: 1250n }] };
    expect(decide(state, CAPTURED, REFUND)).toMatchObject(sentBack);
    const console = { id: null, amount: 1250n, final: true };
    expect(decide(state, captureReport('succeeded', console), REFUND)).toMatchObject(sentBack);
    const pending = moved(state, captureReport('pending', console), REFUND);
    expect(decide(pending, captureReport('succeeded', console), REFUND)).toMatchObject(sentBack);
  });

  test('and was captured by hand stays, since somebody wanted it', () => {
    const state = moved(over('canceled', 'manual'), AUTHORIZED, REFUND);
    const decision = decide(state, captureReport('succeeded', { id: null, amount: 1250n }), REFUND);
    expect(decision).toMatchObject({ payment: { status: 'succeeded', amountRefundPending: 0n } });
  });

  test('by a notification alone is asked about, for it may be older than the end', () => {
    for (const signal of [AUTHORIZED, CAPTURED]) {
      expect(decide(over('failed'), signal, { source: 'notification' })).toMatchObject({ outcome: 'deferred' });
    }
  });
});

describe('a second success', () => {
  test('that is authorized is released, whatever the tenant does with double money', () => {
    for (const policy of [REFUND, KEEP]) {
      const state = moved(second(authorized()), ofSecond({ state: 'authorized', amount: PAID }), policy);
      expect(state).toMatchObject({
        payment: { status: 'authorized', duplicatePayment: true, capturesClosed: false, lastAttemptId: 'att_1' },
        attempt: { attemptId: 'att_2', state: 'authorized', releaseRequestedAt: NOON, syncDueAt: NOON },
      });
      const gone = decide(state, ofSecond({ state: 'canceled' }));
      expect(gone).toMatchObject({ payment: { status: 'authorized' }, attempt: { state: 'canceled' }, happenings: [] });
    }
  });

  test('that is captured is counted apart, and goes back or is kept', () => {
    const state = second(paid());
    const told = ofSecond({ state: 'captured', amount: PAID });
    const back = decide(state, told, REFUND);
    expect(types(back)).toEqual(['capture.succeeded', 'refund.created']);
    expect(back).toMatchObject({
      payment: { status: 'succeeded', amountCaptured: 1250n, amountRefundPending: 0n, duplicatePayment: true },
      captures: [{ attemptId: 'att_2', duplicate: true }],
      refunds: [{ attemptId: 'att_2', duplicate: true, amount: 1250n }],
    });
    const kept = decide(state, told, KEEP);
    expect(types(kept)).toEqual(['capture.succeeded']);
    expect(kept).not.toHaveProperty('refunds');
  });

  test('that was being released and was captured all the same is counted apart', () => {
    const releasing = second(paid(), { state: 'authorized', releaseRequestedAt: NOON, syncDueAt: NOON });
    const decision = decide(releasing, ofSecond({ state: 'captured', amount: { ...PAID, amount: 500n } }));
    // An automatic payment is captured whole, but this much is certain: it is not the payment's.
    expect(decision).toMatchObject({
      payment: { amountCaptured: 1250n },
      attempt: { state: 'captured', releaseRequestedAt: null, syncDueAt: null },
      captures: [{ amount: 500n, duplicate: true }],
    });
  });

  test('whose release is refused stands, and touches nothing of the payment', () => {
    const state = second(authorized({}), { state: 'authorized', releaseRequestedAt: NOON, syncDueAt: NOON });
    const closed = { ...state, payment: { ...state.payment, capturesClosed: true } };
    const decision = decide(closed, { kind: 'release_refused', attemptId: 'att_2', code: 'no' });
    expect(decision).toMatchObject({ payment: { capturesClosed: true }, attempt: { releaseRequestedAt: null } });
  });
});

describe('a total', () => {
  test('of an authorized payment books what its captures do not explain, when the provider was asked', () => {
    const decision = decide(authorized(), total(750n));
    expect(types(decision)).toEqual(['capture.succeeded', 'payment.succeeded']);
    expect(decision).toMatchObject({
      payment: { amountCaptured: 750n },
      captures: [{ amount: 750n, madeBy: 'provider' }],
    });
    const known = moved(authorized(), captureReport('succeeded', { id: null }));
    expect(decide(known, total(500n))).toMatchObject({
      payment: { status: 'succeeded', amountCaptured: 500n },
      captures: [],
    });
    expect(decide(known, total(250n))).toEqual({ outcome: 'no_change', note: 'an older total' });
  });

  test.each(['notification', 'provider_answer'] as const)(
    'of a manual payment by a %s waits for its captures',
    (source) => {
      const deferred = { outcome: 'deferred', note: 'captured_before_its_captures' };
      expect(decide(authorized(), total(750n), { source })).toEqual(deferred);
      expect(decide(started({ captureMethod: 'manual' }), total(750n), { source })).toEqual(deferred);
      const known = moved(authorized(), captureReport('succeeded', { id: null }));
      expect(decide(known, total(250n), { source })).toEqual(deferred);
      expect(decide(known, total(500n), { source })).toMatchObject({ payment: { status: 'succeeded' } });
    },
  );

  test('of a payment that succeeded changes nothing', () => {
    const state = moved(authorized(), captureReport('succeeded', { id: null, final: true }));
    expect(state.payment).toMatchObject({ status: 'succeeded', amountCaptured: 500n });
    expect(decide(state, total(750n))).toEqual({ outcome: 'no_change', note: 'already captured' });
  });

  test.each([
    ['more than the payment', 1251n],
    ['nothing', 0n],
    ['less than nothing', -1n],
  ])('of %s is set aside', (_name, amount) => {
    for (const state of [started({ captureMethod: 'manual' }), authorized()]) {
      expect(decide(state, total(amount))).toEqual({ outcome: 'quarantined', note: 'amount_mismatch' });
    }
  });

  test('while a capture is under way makes us ask, and is set aside where the provider insists', () => {
    const state = moved(authorized(), { kind: 'capture_requested', capture: sampleCapture() });
    expect(decide(state, CAPTURED)).toEqual({ outcome: 'quarantined', note: 'captured_while_capturing' });
  });
});

describe('an authorization', () => {
  const releasing = () => moved(authorized(), { kind: 'release_requested' });

  test('is released on request: nothing more is captured, and it is repeated until there is an answer', () => {
    expect(releasing()).toMatchObject({
      payment: { status: 'authorized', capturesClosed: true },
      attempt: { releaseRequestedAt: NOON, syncDueAt: NOON.add({ minutes: 1 }) },
    });
    expect(decide(releasing(), { kind: 'release_requested' })).toMatchObject({ outcome: 'no_change' });
    expect(types(decide(releasing(), ended('canceled')))).toEqual(['payment.canceled']);
  });

  test('is not released while a capture is under way, nor where none is left, nor without one', () => {
    const capturing = moved(authorized(), { kind: 'capture_requested', capture: sampleCapture() });
    for (const state of [capturing, paid(), started(), stateOf()]) {
      expect(codeOf(() => decide(state, { kind: 'release_requested' }))).toBe('state_conflict');
    }
    const closed = authorized();
    const none = { ...closed, payment: { ...closed.payment, capturesClosed: true } };
    expect(codeOf(() => decide(none, { kind: 'release_requested' }))).toBe('state_conflict');
  });

  test('whose release is refused can be captured as before', () => {
    const refused = { kind: 'release_refused', attemptId: 'att_1', code: 'no' } as const;
    const state = moved(releasing(), refused);
    expect(state).toMatchObject({
      payment: { status: 'authorized', capturesClosed: false },
      attempt: { releaseRequestedAt: null, syncDueAt: null },
    });
    expect(decide(state, refused)).toMatchObject({ outcome: 'no_change' });
    expect(decide({ ...state, attempt: null }, refused)).toMatchObject({ note: 'unknown_attempt' });
  });

  test('given back after a partial capture leaves a payment that succeeded', () => {
    const part = moved(authorized(), captureReport('succeeded', { id: null }));
    for (const signal of [ended('canceled'), ended('expired'), total(500n)]) {
      const decision: Decision = decide(moved(part, { kind: 'release_requested' }), signal);
      expect(types(decision)).toEqual(['payment.succeeded']);
      expect(decision).toMatchObject({ payment: { amountCaptured: 500n }, attempt: { state: 'captured' } });
    }
  });

  test.each(['canceled', 'expired'] as const)('%s at the provider ends the payment so, in both orders', (state) => {
    const known = moved(authorized(), ended(state));
    const unknown = moved(started({ captureMethod: 'manual' }), ended(state));
    for (const one of [known, unknown]) {
      expect(one).toMatchObject({
        payment: { status: state, amountAuthorized: 0n, capturesClosed: true, openAttemptId: null, dueAt: null },
        attempt: { state, syncDueAt: null },
      });
    }
    expect(decide(unknown, AUTHORIZED, { source: 'notification' })).toMatchObject({ outcome: 'deferred' });
    const unauthorized = moved(started({ captureMethod: 'manual' }), ended(state, false));
    expect(unauthorized.payment.status).toBe('created');
  });

  test('that seems gone while a capture is under way makes us ask, and is set aside where the provider insists', () => {
    const state = moved(authorized(), { kind: 'capture_requested', capture: sampleCapture() });
    const note = 'canceled_while_capturing';
    expect(decide(state, ended('canceled'), { source: 'notification' })).toEqual({ outcome: 'deferred', note });
    expect(decide(state, ended('canceled'))).toEqual({ outcome: 'quarantined', note });
  });

  test('of other money than the payment’s is set aside', () => {
    const less = report({ state: 'authorized', amount: { ...PAID, amount: 1249n } });
    expect(decide(started(), less)).toEqual({ outcome: 'quarantined', note: 'amount_mismatch' });
    expect(decide(authorized(), AUTHORIZED)).toMatchObject({ outcome: 'no_change' });
  });
});
