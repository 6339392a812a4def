import { describe, expect, test } from 'vitest';
import {
  authorized,
  captureReport,
  codeOf,
  decide,
  moved,
  PAID,
  paid,
  type Reported,
  report,
  started,
  types,
} from './decide-fixture.ts';
import type { PaymentState } from './decision.ts';
import { NOON, sampleAttempt, sampleCapture } from './payment-fixture.ts';
import type { Signal } from './signal.ts';

const request = (changes: Parameters<typeof sampleCapture>[0] = {}): Signal => ({
  kind: 'capture_requested',
  capture: sampleCapture(changes),
});
const requested = (changes: Parameters<typeof sampleCapture>[0] = {}) => moved(authorized(), request(changes));
/** As the next signal finds it: about another capture than the last. */
const without = (state: PaymentState): PaymentState => ({ ...state, capture: null });
const fromConsole = { id: null, ref: 'console_1' };

describe('a capture', () => {
  test('promises its amount, and takes it once, however often it is told', () => {
    expect(requested().payment).toMatchObject({ amountCapturePending: 500n, amountCaptured: 0n, status: 'authorized' });
    const once = moved(requested(), captureReport('succeeded'));
    expect(once).toMatchObject({
      payment: { amountCapturePending: 0n, amountCaptured: 500n, status: 'authorized' },
      attempt: { state: 'authorized' },
      capture: { status: 'succeeded', providerRef: 'cref_1', dispatch: 'acknowledged', syncDueAt: null },
    });
    expect(decide(once, captureReport('succeeded')).outcome).toBe('no_change');
  });

  test('of more than is left is refused, captures under way counted', () => {
    const more = request({ captureId: 'cap_2', amount: 751n });
    expect(codeOf(() => decide(requested(), more))).toBe('amount_not_available');
    expect(decide(requested(), request({ captureId: 'cap_2', amount: 750n })).outcome).toBe('applied');
  });

  test('of a payment that is not authorized, or whose rest is spoken for, is refused', () => {
    expect(codeOf(() => decide(paid(), request()))).toBe('state_conflict');
    expect(codeOf(() => decide(requested({ final: true }), request({ captureId: 'cap_2' })))).toBe('state_conflict');
    const releasing = moved(authorized(), { kind: 'release_requested' });
    expect(codeOf(() => decide(releasing, request()))).toBe('state_conflict');
  });

  test('that takes the last of the authorization makes the payment succeed without being final', () => {
    const first = without(moved(requested(), captureReport('succeeded')));
    const second = moved(first, request({ captureId: 'cap_2', amount: 750n }));
    const decision = decide(second, captureReport('succeeded', { id: 'cap_2', ref: 'cref_2', amount: 750n }));
    expect(types(decision)).toEqual(['capture.succeeded', 'payment.succeeded']);
    expect(decision).toMatchObject({ payment: { amountCaptured: 1250n }, attempt: { state: 'captured' } });
  });

  test('that is final makes the payment succeed with less, once nothing else is under way', () => {
    const first = moved(authorized(), request({ captureId: 'cap_0', amount: 250n }));
    const both = moved(first, request({ final: true }));
    const waiting = moved(both, captureReport('succeeded', { final: true }));
    expect(waiting.payment).toMatchObject({ status: 'authorized', amountCaptured: 500n, amountCapturePending: 250n });
    const other = { ...waiting, capture: sampleCapture({ captureId: 'cap_0', amount: 250n }) };
    const decision = decide(other, captureReport('succeeded', { id: 'cap_0', ref: 'cref_0', amount: 250n }));
    expect(decision).toMatchObject({ payment: { status: 'succeeded', amountCaptured: 750n, capturesClosed: true } });
    // Where the other one fails, what was taken is what the payment comes to.
    expect(types(decide(other, { kind: 'capture_refused', captureId: 'cap_0', code: 'no' }))).toEqual([
      'capture.failed',
      'payment.succeeded',
    ]);
  });

  test('that is final and fails leaves the rest capturable', () => {
    for (const signal of [
      captureReport('failed', { final: true }),
      { kind: 'capture_refused', captureId: 'cap_1', code: 'no' } as const,
    ]) {
      const failed = moved(requested({ final: true }), signal);
      expect(failed.payment).toMatchObject({ status: 'authorized', amountCapturePending: 0n, capturesClosed: false });
      expect(decide(failed, signal).outcome).toBe('no_change');
      expect(decide(without(failed), request({ captureId: 'cap_2' })).outcome).toBe('applied');
    }
  });

  test('that fails keeps the name the provider gave it', () => {
    expect(moved(requested(), captureReport('failed')).capture).toMatchObject({
      status: 'failed',
      providerRef: 'cref_1',
      failureCode: 'failed_at_provider',
    });
  });

  test('taken back after it had succeeded takes its amount back, and the payment fails where nothing is left', () => {
    const partly = moved(
      without(moved(requested(), captureReport('succeeded'))),
      request({ captureId: 'cap_2', amount: 750n }),
    );
    const second = { id: 'cap_2', ref: 'cref_2', amount: 750n };
    const whole = moved(partly, captureReport('succeeded', second));
    const half = moved(whole, captureReport('failed', second));
    expect(half.payment).toMatchObject({ status: 'succeeded', amountCaptured: 500n });
    const single = moved(requested({ final: true }), captureReport('succeeded', { final: true }));
    const decision = decide(single, captureReport('failed', { final: true }));
    expect(types(decision)).toEqual(['capture.failed', 'payment.failed']);
    expect(decision).toMatchObject({ payment: { status: 'failed', amountCaptured: 0n, amountAuthorized: 0n } });
  });

  test('taken back from under a refund, a reversal or double money is for a person to see', () => {
    const single = moved(requested({ final: true }), captureReport('succeeded', { final: true }));
    const failing = captureReport('failed', { final: true });
    const changed = (payment: Partial<PaymentState['payment']>, duplicate = false): PaymentState => ({
      ...single,
      payment: { ...single.payment, ...payment },
      capture: single.capture && { ...single.capture, duplicate },
    });
    expect(decide(changed({ amountRefundPending: 1n }), failing)).toMatchObject({
      note: 'capture_failed_after_refund',
    });
    expect(decide(changed({ reversalId: 'rev_1' }), failing)).toMatchObject({ note: 'capture_failed_after_reversal' });
    expect(decide(changed({}, true), failing)).toMatchObject({ note: 'duplicate_capture_failed' });
  });

  test('in doubt stays promised and is repeated at once; news of it ends the doubt', () => {
    const unknown = { kind: 'capture_unknown', captureId: 'cap_1', reason: 'timeout' } as const;
    const state = moved(requested(), unknown);
    expect(state).toMatchObject({
      payment: { amountCapturePending: 500n },
      capture: { status: 'pending', dispatch: 'unknown', syncDueAt: NOON },
    });
    const waiting = moved(state, captureReport('pending'));
    expect(waiting.capture).toMatchObject({ dispatch: 'acknowledged', syncDueAt: NOON.add({ minutes: 5 }) });
    expect(decide(waiting, captureReport('pending')).outcome).toBe('no_change');
    expect(decide(waiting, unknown).outcome).toBe('no_change');
    expect(decide(moved(waiting, captureReport('succeeded')), captureReport('pending')).outcome).toBe('no_change');
  });

  test.each<[string, Reported, string]>([
    ['another amount', { amount: 501n }, 'amount_mismatch'],
    ['another currency', { currency: 'USD' }, 'amount_mismatch'],
    ['another attempt', { attemptId: 'att_2' }, 'attempt_mismatch'],
  ])('reported with %s is set aside', (_name, its, note) => {
    const attempt = sampleAttempt({ attemptId: its.attemptId ?? 'att_1', state: 'authorized' });
    expect(decide({ ...requested(), attempt }, captureReport('succeeded', its))).toEqual({
      outcome: 'quarantined',
      note,
    });
  });

  test('reported under another name than before, or as succeeded after it had failed, is set aside', () => {
    const waiting = moved(requested(), captureReport('pending'));
    expect(decide(waiting, captureReport('succeeded', { ref: 'other' }))).toMatchObject({
      note: 'provider_ref_mismatch',
    });
    const gone = moved(requested(), captureReport('failed'));
    expect(decide(gone, captureReport('succeeded'))).toMatchObject({ note: 'succeeded_after_failed' });
  });

  test('with our name that we do not know makes us ask, and is set aside where the provider insists', () => {
    const early = decide(authorized(), captureReport('succeeded'), { source: 'notification' });
    expect(early).toEqual({ outcome: 'deferred', note: 'unknown_capture' });
    expect(decide(authorized(), captureReport('succeeded'))).toMatchObject({ outcome: 'quarantined' });
    for (const kind of ['capture_refused', 'capture_unknown'] as const) {
      const signal: Signal = { kind, captureId: 'cap_9', code: 'no', reason: 'timeout' };
      expect(decide(authorized(), signal)).toMatchObject({ note: 'unknown_capture' });
    }
    const nobody = { ...authorized(), attempt: null };
    expect(decide(nobody, captureReport('succeeded', fromConsole))).toMatchObject({ note: 'unknown_attempt' });
  });
});

describe('a capture made at the provider', () => {
  test('counts at once, or is promised while it is pending, and closes the payment where it is final', () => {
    const part = moved(authorized(), captureReport('succeeded', fromConsole));
    expect(part).toMatchObject({
      payment: { status: 'authorized', amountCaptured: 500n },
      capture: { madeBy: 'provider', providerRef: 'console_1', duplicate: false },
    });
    const pending = moved(authorized(), captureReport('pending', { ...fromConsole, final: true }));
    expect(pending.payment).toMatchObject({ amountCapturePending: 500n, capturesClosed: true });
    const decision = decide(pending, captureReport('succeeded', { ...fromConsole, final: true }));
    expect(types(decision)).toEqual(['capture.succeeded', 'payment.succeeded']);
  });

  test('that failed is kept, so that an older message of its success is not believed', () => {
    const failed = moved(authorized(), captureReport('failed', fromConsole));
    expect(failed).toMatchObject({
      payment: { amountCaptured: 0n },
      capture: { status: 'failed', madeBy: 'provider' },
    });
    const late = decide(failed, captureReport('succeeded', fromConsole), { source: 'notification' });
    expect(late).toEqual({ outcome: 'deferred', note: 'succeeded_after_failed' });
  });

  test.each([
    ['more than is authorized', authorized(), { amount: 1251n }, 'capture_exceeds_authorized'],
    ['an attempt that is not authorized', started(), {}, 'capture_while_attempt_dispatched'],
  ])('of %s makes us ask, and is set aside where the provider insists', (_name, state, its, note) => {
    const signal = captureReport('succeeded', { ...fromConsole, ...its });
    const about = without(state);
    expect(decide(about, signal, { source: 'notification' })).toEqual({ outcome: 'deferred', note });
    expect(decide(about, signal)).toEqual({ outcome: 'quarantined', note });
  });

  test.each([
    ['in another currency', { currency: 'USD' }],
    ['of nothing', { amount: 0n }],
    ['of less than nothing', { amount: -1n }],
  ])('%s is set aside', (_name, its) => {
    const signal = captureReport('succeeded', { ...fromConsole, ...its });
    expect(decide(authorized(), signal)).toEqual({ outcome: 'quarantined', note: 'amount_mismatch' });
  });

  test('of a second authorization is not the payment’s', () => {
    const second = sampleAttempt({ attemptId: 'att_2', state: 'authorized', releaseRequestedAt: NOON });
    const signal = captureReport('succeeded', { ...fromConsole, attemptId: 'att_2' });
    expect(decide({ ...authorized(), attempt: second }, signal).outcome).toBe('no_change');
  });

  test('before a release was made leaves the payment open until the release is', () => {
    const releasing = moved(authorized(), { kind: 'release_requested' });
    const taken = moved(releasing, captureReport('succeeded', fromConsole));
    expect(taken).toMatchObject({
      payment: { status: 'authorized', amountCaptured: 500n },
      attempt: { state: 'authorized', releaseRequestedAt: NOON },
    });
    const released = moved(taken, report({ state: 'captured', amount: { ...PAID, amount: 500n } }));
    expect(released).toMatchObject({
      payment: { status: 'succeeded', amountCaptured: 500n },
      attempt: { state: 'captured', releaseRequestedAt: null, syncDueAt: null },
    });
    const last = moved(releasing, captureReport('succeeded', { ...fromConsole, final: true }));
    expect(last.payment.status).toBe('succeeded');
  });

  test('that ours had overtaken counts once the provider was asked, while there is room', () => {
    const closed = without(moved(requested({ final: true }), captureReport('succeeded', { final: true })));
    const missed = captureReport('succeeded', fromConsole);
    expect(decide(closed, missed, { source: 'notification' })).toMatchObject({ outcome: 'deferred' });
    const decision = decide(closed, missed);
    expect(types(decision)).toEqual(['capture.succeeded']);
    expect(decision).toMatchObject({ payment: { status: 'succeeded', amountCaptured: 1000n } });
    const reversing = { ...closed, payment: { ...closed.payment, reversalId: 'rev_1' } };
    const more = captureReport('succeeded', { ...fromConsole, amount: 751n });
    const pending = captureReport('pending', fromConsole);
    const odd = [decide(reversing, missed), decide(closed, more), decide(closed, pending)];
    expect(odd.map(({ outcome }) => outcome)).toEqual(['quarantined', 'quarantined', 'quarantined']);
  });

  test('with a capture that came unnamed names it, and moves nothing', () => {
    const named = moved(paid(), captureReport('succeeded', { ...fromConsole, amount: 1250n, final: true }));
    expect(named).toMatchObject({ payment: { amountCaptured: 1250n }, capture: { providerRef: 'console_1' } });
  });
});
