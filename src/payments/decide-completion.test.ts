import { describe, expect, test } from 'vitest';
import type { AttemptReport, NextAction } from '../providers/provider.ts';
import { nextActionOf } from './attempt.ts';
import { codeOf, decide, moved, PAID, report, started, stateOf, types } from './decide-fixture.ts';
import type { PaymentState } from './decision.ts';
import { NOON } from './payment-fixture.ts';
import type { Signal, SignalSource } from './signal.ts';

const FIELDS: NextAction = { type: 'client', clientSecret: 'secret of the fields' };
const ASKING: AttemptReport = { state: 'requires_action', nextAction: FIELDS };
const CHALLENGE: NextAction = { type: 'redirect', url: 'https://bank.example/3ds', embeddable: false };
const DATA = Uint8Array.of(1, 2, 3);
const START: Signal = { kind: 'completion_started', attemptId: 'att_1', completionSealed: DATA };
const NOT_SENT: Signal = { kind: 'attempt_not_sent', attemptId: 'att_1', step: 'complete', reason: 'refused' };
const UNKNOWN: Signal = { kind: 'attempt_unknown', attemptId: 'att_1', step: 'complete', reason: 'timeout' };
const ANSWER = { source: 'provider_answer' } as const;

/** A payment whose shopper may act now. */
const asking = () => moved(started(), report(ASKING));
/** One whose second step is on its way. */
const completing = () => moved(asking(), START, { source: 'shopper' });

function answer(state: PaymentState, told: AttemptReport) {
  const signal: Signal = { ...(report(told) as Signal & { kind: 'attempt_reported' }), step: 'complete' };
  return { decision: decide(state, signal, ANSWER), after: moved(state, signal, ANSWER) };
}

describe('a second step', () => {
  test('begins with what the browser brought, moves no money, tells nobody, and awaits nothing of the shopper', () => {
    const { payment, attempt } = completing();
    expect(attempt).toMatchObject({ state: 'completing', completionSealed: DATA, syncTries: 0 });
    expect(attempt?.syncDueAt).toEqual(NOON.add({ seconds: 35 }));
    expect([payment.status, nextActionOf(attempt)]).toEqual(['processing', null]);
    expect(types(decide(asking(), START))).toEqual([]);
  });

  test('begins once: a second one while it is in flight is refused', () => {
    expect(codeOf(() => decide(completing(), START))).toBe('attempt_in_progress');
  });

  test.each([
    ['before an attempt', 'nothing_to_complete', stateOf()],
    ['while the first step is being sent', 'attempt_in_progress', started()],
    ['after the money', 'state_conflict', moved(asking(), report({ state: 'captured', amount: PAID }))],
    [
      'after a decline',
      'nothing_to_complete',
      moved(asking(), report({ state: 'declined', decline: { reason: 'other' } })),
    ],
  ])('is refused %s: %s', (_when, code, state) => {
    expect(codeOf(() => decide(state, START))).toBe(code);
  });

  test('is refused once the time to pay is over', () => {
    expect(codeOf(() => decide(asking(), START, { now: NOON.add({ minutes: 15 }) }))).toBe('state_conflict');
  });

  test.each<[string, string, AttemptReport]>([
    ['captured', 'succeeded', { state: 'captured', amount: PAID }],
    ['authorized', 'authorized', { state: 'authorized', amount: PAID }],
    ['declined', 'created', { state: 'declined', decline: { reason: 'other' } }],
    ['canceled', 'created', { state: 'canceled' }],
  ])('that ends as %s makes the payment %s and leaves nothing of the shopper’s behind', (state, status, told) => {
    const { after } = answer(completing(), told);
    expect(after.attempt).toMatchObject({ state, completionSealed: null, syncDueAt: null });
    expect(after.payment.status).toBe(status);
  });

  test('that is refused counts as a try', () => {
    const refused: Signal = { kind: 'attempt_refused', attemptId: 'att_1', step: 'complete', code: 'x', message: 'y' };
    expect(moved(completing(), refused, ANSWER)).toMatchObject({
      payment: { status: 'created', attemptsDeclined: 1 },
      attempt: { state: 'refused', failureCode: 'x', completionSealed: null },
    });
  });

  test('that was not sent leaves the first as it was: the same fields, no try used, nothing kept', () => {
    const { payment, attempt } = moved(completing(), NOT_SENT, ANSWER);
    expect(payment).toMatchObject({ status: 'processing', attemptsDeclined: 0 });
    expect(attempt).toMatchObject({
      ...{ state: 'requires_action', nextAction: FIELDS, completionSealed: null },
      failureCode: 'provider_unreachable',
    });
    const again = moved({ payment, attempt, capture: null, refund: null, reversal: null, dispute: null }, START);
    expect(again.attempt).toMatchObject({ state: 'completing', failureCode: null, failureMessage: null });
  });

  test('in doubt keeps its data, is asked about at once, and is not taken back by a repeat that was not sent', () => {
    const doubt = moved(completing(), UNKNOWN, ANSWER);
    expect(doubt).toMatchObject({
      payment: { status: 'processing' },
      attempt: { state: 'unknown', completionSealed: DATA, syncDueAt: NOON },
    });
    expect(decide(doubt, NOT_SENT, ANSWER).outcome).toBe('no_change');
    expect(codeOf(() => decide(doubt, START))).toBe('attempt_in_progress');
  });

  test('that asks for more takes other data then, or the same again', () => {
    const { after } = answer(completing(), { state: 'requires_action', nextAction: CHALLENGE });
    expect(after.attempt).toMatchObject({ state: 'requires_action', nextAction: CHALLENGE, completionSealed: null });
    expect(moved(after, START).attempt).toMatchObject({ state: 'completing' });
  });

  test('that the provider works on awaits nothing of the shopper', () => {
    const { after } = answer(completing(), { state: 'pending' });
    expect(after.attempt).toMatchObject({ state: 'pending', nextAction: null, completionSealed: DATA });
  });
});

describe('what was asked before the second step began', () => {
  const before: readonly [string, Signal][] = [
    ['that it was canceled, where nothing was found', report({ state: 'canceled' })],
    ['that the shopper has to act', report(ASKING)],
    ['a refusal of the first step', { kind: 'attempt_refused', attemptId: 'att_1', code: 'x', message: 'y' }],
    ['that the first step was not sent', { kind: 'attempt_not_sent', attemptId: 'att_1', reason: 'x' }],
    ['doubt about the first step', { kind: 'attempt_unknown', attemptId: 'att_1', reason: 'x' }],
  ];

  test.each(before)('is no word about it: %s', (_what, signal) => {
    for (const state of [completing(), moved(completing(), UNKNOWN, ANSWER)]) {
      expect(decide(state, signal, ANSWER)).toEqual({ outcome: 'no_change', note: 'its second step is under way' });
    }
  });

  test.each<SignalSource>(['poll', 'notification', 'provider_answer'])(
    'money that moved counts, told by %s',
    (source) => {
      const after = moved(completing(), report({ state: 'captured', amount: PAID }), { source });
      expect(after).toMatchObject({ payment: { status: 'succeeded' }, attempt: { completionSealed: null } });
    },
  );

  test('a bank’s no by notification is one to the second step, and its answer then changes nothing', () => {
    const declined: AttemptReport = { state: 'declined', decline: { reason: 'insufficient_funds' } };
    const after = moved(completing(), report(declined), { source: 'notification' });
    expect(after).toMatchObject({
      payment: { status: 'created', attemptsDeclined: 1 },
      attempt: { state: 'declined' },
    });
    expect(answer(after, declined).decision.outcome).toBe('no_change');
  });
});

test('a second step that succeeds although its payment has expired meanwhile is late', () => {
  const expired = { ...asking(), payment: { ...asking().payment, status: 'expired', openAttemptId: null } as const };
  const attempt = moved(asking(), report({ state: 'canceled' })).attempt;
  expect(answer({ ...expired, attempt }, { state: 'captured', amount: PAID }).after.payment).toMatchObject({
    ...{ status: 'succeeded', late: true, amountCaptured: 1250n },
  });
});

describe('the provider’s own name for the money', () => {
  const charged = (chargeRef?: string): AttemptReport => {
    return { state: 'captured', amount: PAID, ...(chargeRef === undefined ? {} : { chargeRef }) };
  };

  test('is kept with the attempt', () => {
    expect(moved(started(), report(charged('4071'))).attempt).toMatchObject({ state: 'captured', chargeRef: '4071' });
    const authorized = moved(started(), report({ state: 'authorized', amount: PAID, chargeRef: '7' }));
    expect(authorized.attempt).toMatchObject({ chargeRef: '7' });
  });

  test('that comes later is added, and moves nothing else', () => {
    const paid = moved(started(), report(charged()));
    const decision = decide(paid, report(charged('4071')));
    expect(decision).toMatchObject({ outcome: 'applied', attempt: { chargeRef: '4071' }, happenings: [] });
    expect(decision).toMatchObject({ payment: paid.payment });
    expect(decide(moved(paid, report(charged('4071'))), report(charged('4071'))).outcome).toBe('no_change');
  });

  test('is one: another for the same attempt is set aside', () => {
    const paid = moved(started(), report(charged('4071')));
    expect(decide(paid, report(charged('4072')))).toEqual({ outcome: 'quarantined', note: 'charge_ref_mismatch' });
  });
});
