import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttemptReport } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';
import { codeOf, decide, moved, PAID, report, started, stateOf, types } from './decide-fixture.ts';
import { NOON, sampleAttempt } from './payment-fixture.ts';

describe('an attempt', () => {
  test('moves the payment to processing and is told once', () => {
    const state = started();
    expect(state.payment).toMatchObject({ status: 'processing', openAttemptId: 'att_1', lastAttemptId: 'att_1' });
    expect(codeOf(() => decide(state, { kind: 'attempt_started', attempt: sampleAttempt() }))).toBe(
      'attempt_in_progress',
    );
  });

  test('that captures the money makes the payment succeed, with one capture and one event each', () => {
    const decision = decide(started(), report({ state: 'captured', amount: PAID }));
    expect(types(decision)).toEqual(['capture.succeeded', 'payment.succeeded']);
    expect(decision).toMatchObject({
      payment: {
        status: 'succeeded',
        amountAuthorized: 1250n,
        amountCaptured: 1250n,
        openAttemptId: null,
        dueAt: null,
      },
      attempt: { state: 'captured', providerRef: 'ref_1', syncDueAt: null },
      captures: [{ amount: 1250n }],
    });
  });

  test('authorized and then captured tells both, and captures once', () => {
    const authorized = moved(started(), report({ state: 'authorized', amount: PAID }));
    expect(authorized.payment).toMatchObject({ status: 'authorized', amountAuthorized: 1250n, amountCaptured: 0n });
    const decision = decide(authorized, report({ state: 'captured', amount: PAID }));
    expect(types(decision)).toEqual(['capture.succeeded', 'payment.succeeded']);
  });

  test('that is declined leaves the payment payable while tries remain, and fails it after the last', () => {
    const declined = report({ state: 'declined', decline: { reason: 'insufficient_funds' } });
    const once = decide(started(), declined);
    expect(types(once)).toEqual(['payment.attempt_failed']);
    expect(once).toMatchObject({
      payment: { status: 'created', attemptsDeclined: 1 },
      attempt: { failureCode: 'insufficient_funds' },
    });
    const last = started();
    const decision = decide({ ...last, payment: { ...last.payment, attemptsDeclined: 2 } }, declined);
    expect(types(decision)).toEqual(['payment.attempt_failed', 'payment.failed']);
  });

  test('that never reached the provider costs no try', () => {
    const decision = decide(started(), { kind: 'attempt_not_sent', attemptId: 'att_1', reason: 'connection_refused' });
    expect(decision).toMatchObject({
      payment: { status: 'created', attemptsDeclined: 0 },
      attempt: { state: 'not_sent' },
    });
  });

  test('in doubt stays open and is asked about at once; a later not_sent of a repeat proves nothing', () => {
    const unknown = moved(started(), { kind: 'attempt_unknown', attemptId: 'att_1', reason: 'timeout' });
    expect(unknown).toMatchObject({
      payment: { status: 'processing' },
      attempt: { state: 'unknown', syncDueAt: NOON },
    });
    const decision = decide(unknown, { kind: 'attempt_not_sent', attemptId: 'att_1', reason: 'connection_refused' });
    expect(decision.outcome).toBe('no_change');
  });

  test.each([
    ['one minor unit less', { amount: 1249n, currency: 'EUR' }],
    ['one minor unit more', { amount: 1251n, currency: 'EUR' }],
    ['another currency', { amount: 1250n, currency: 'USD' }],
  ])('A7 reported with %s is set aside and applied to nothing', (_name, amount) => {
    for (const state of ['authorized', 'captured'] as const) {
      expect(decide(started(), report({ state, amount }))).toEqual({ outcome: 'quarantined', note: 'amount_mismatch' });
    }
  });

  test('reported under another provider reference is set aside', () => {
    const known = moved(started(), report({ state: 'pending' }));
    expect(decide(known, report({ state: 'captured', amount: PAID }, 'ref_2'))).toMatchObject({
      outcome: 'quarantined',
    });
  });

  test('declined after its money came contradicts and is set aside', () => {
    const paid = moved(started(), report({ state: 'captured', amount: PAID }));
    const decision = decide(paid, report({ state: 'declined', decline: { reason: 'other' } }));
    expect(decision).toEqual({ outcome: 'quarantined', note: 'declined_after_captured' });
  });

  test.each(['failed', 'canceled', 'expired'] as const)(
    'proven after the payment was %s revives it as late',
    (status) => {
      const state = started();
      const closed = { ...state.payment, status, openAttemptId: null, dueAt: null };
      const ended = { ...(state.attempt as Attempt), state: 'expired', syncDueAt: null } as const;
      const decision = decide(
        stateOf({ payment: closed, attempt: ended }),
        report({ state: 'captured', amount: PAID }),
      );
      expect(decision).toMatchObject({ payment: { status: 'succeeded', late: true, amountCaptured: 1250n } });
    },
  );

  test('B12 that pays what another attempt has paid already is flagged, kept apart and sent back', () => {
    const paid = moved(started(), report({ state: 'captured', amount: PAID }));
    const second = sampleAttempt({ attemptId: 'att_2', state: 'pending' });
    const decision = decide(
      { ...paid, attempt: second },
      {
        kind: 'attempt_reported',
        attemptId: 'att_2',
        providerRef: 'ref_2',
        report: { state: 'captured', amount: PAID },
      },
    );
    expect(decision).toMatchObject({
      payment: { status: 'succeeded', amountCaptured: 1250n, amountRefundPending: 0n, duplicatePayment: true },
      captures: [{ attemptId: 'att_2', amount: 1250n, duplicate: true }],
      refunds: [{ attemptId: 'att_2', amount: 1250n, duplicate: true, madeBy: 'gateway', status: 'pending' }],
    });
  });

  test('of an unknown id is set aside', () => {
    const state = { ...started(), attempt: null };
    expect(decide(state, report({ state: 'captured', amount: PAID }))).toMatchObject({ outcome: 'quarantined' });
  });
});

const reports: readonly AttemptReport[] = [
  { state: 'requires_action', nextAction: { type: 'redirect', url: 'https://bank.example', embeddable: true } },
  { state: 'pending' },
  { state: 'authorized', amount: PAID },
  { state: 'captured', amount: PAID },
];

test('A5 S0.36 any order and any number of copies of the same reports ends in the same state with the same events', () => {
  fc.assert(
    fc.property(
      fc
        .shuffledSubarray([...reports, ...reports, ...reports], { minLength: 4 })
        .filter((some) => some.some(({ state }) => state === 'captured')),
      (sequence) => {
        let state = started();
        const told: string[] = [];
        for (const one of sequence) {
          const decision = decide(state, report(one));
          if (decision.outcome === 'applied') told.push(...types(decision));
          state = moved(state, report(one));
        }
        expect(state.payment).toMatchObject({ status: 'succeeded', amountCaptured: 1250n, openAttemptId: null });
        expect(told.filter((type) => type === 'payment.succeeded')).toHaveLength(1);
        expect(told.filter((type) => type === 'capture.succeeded')).toHaveLength(1);
        expect(told.filter((type) => type === 'payment.authorized').length).toBeLessThanOrEqual(1);
      },
    ),
  );
});

describe('a payment', () => {
  test('is canceled only while nothing is under way, and twice is once', () => {
    const canceled = moved(stateOf(), { kind: 'cancel_requested' });
    expect(canceled.payment).toMatchObject({ status: 'canceled', dueAt: null });
    expect(decide(canceled, { kind: 'cancel_requested' })).toMatchObject({ outcome: 'no_change' });
    expect(codeOf(() => decide(started(), { kind: 'cancel_requested' }))).toBe('attempt_in_progress');
    const paid = moved(started(), report({ state: 'captured', amount: PAID }));
    expect(codeOf(() => decide(paid, { kind: 'cancel_requested' }))).toBe('state_conflict');
  });

  test('S0.30 expires at its end and not a millisecond before', () => {
    const state = stateOf();
    const end = state.payment.expiresAt;
    const signal = { kind: 'expiry_reached', early: false } as const;
    expect(decide(state, signal, { now: end.subtract({ milliseconds: 1 }) }).outcome).toBe('no_change');
    expect(types(decide(state, signal, { now: end }))).toEqual(['payment.expired']);
  });

  test('takes no attempt after its end', () => {
    const state = stateOf();
    const start = { kind: 'attempt_started', attempt: sampleAttempt() } as const;
    expect(codeOf(() => decide(state, start, { now: state.payment.expiresAt }))).toBe('state_conflict');
  });
});
