import { describe, expect, test } from 'vitest';
import { decide, moved, PAID, report, started, stateOf, types } from './decide-fixture.ts';
import { NOON, sampleAttempt, samplePayment } from './payment-fixture.ts';
import type { FailoverEnd, Signal } from './signal.ts';

const NEVER: FailoverEnd = { state: 'not_sent', reason: 'connection_refused' };
const TURNED_AWAY: FailoverEnd = { state: 'refused', code: 'invalid_credentials', message: 'No such key' };
const route = { providerAccountId: 'pa_2', code: 'only_account', isProbe: false, passedOver: [] };
const next = sampleAttempt({ attemptId: 'att_2', providerAccountId: 'pa_2' });

function failedOver(end: FailoverEnd): Signal {
  return { kind: 'attempt_failed_over', attemptId: 'att_1', end, next, route };
}

describe('an attempt of which certainly nothing came', () => {
  test.each([
    [NEVER, { state: 'not_sent', failureCode: 'provider_unreachable', failureMessage: 'connection_refused' }],
    [TURNED_AWAY, { state: 'refused', failureCode: 'invalid_credentials', failureMessage: 'No such key' }],
  ])('is replaced in one change: %o', (end, ended) => {
    const decision = decide(started(), failedOver(end));
    expect(decision).toMatchObject({
      outcome: 'applied',
      payment: { status: 'processing', openAttemptId: 'att_2', lastAttemptId: 'att_2', attemptsDeclined: 0 },
      attempt: { attemptId: 'att_2', state: 'dispatched' },
      failedOver: { ...ended, attemptId: 'att_1', failedOverTo: 'att_2', syncDueAt: null },
    });
    expect(types(decision)).toEqual([]);
  });

  test('still makes the payment succeed late, as a second payment, if its provider proves it', () => {
    const after = decide(started(), failedOver(NEVER));
    if (after.outcome !== 'applied' || after.failedOver === undefined) throw new Error('It was not replaced');
    const paid = moved(stateOf({ payment: after.payment, attempt: next }), {
      ...report({ state: 'captured', amount: PAID }),
      attemptId: 'att_2',
    } as Signal);
    const late = decide(
      stateOf({ payment: paid.payment, attempt: after.failedOver }),
      report({ state: 'captured', amount: PAID }),
    );
    expect(late).toMatchObject({ outcome: 'applied', payment: { duplicatePayment: true, amountCaptured: 1250n } });
  });
});

describe('no other attempt takes over', () => {
  test('where the attempt is in doubt: nothing moves', () => {
    const unknown = moved(started(), { kind: 'attempt_unknown', attemptId: 'att_1', reason: 'sent again' });
    for (const end of [NEVER, TURNED_AWAY]) {
      expect(decide(unknown, failedOver(end))).toEqual({ outcome: 'no_change', note: 'already unknown' });
    }
  });

  test('where the provider has a word about it already', () => {
    const waiting = moved(started(), report({ state: 'pending' }));
    for (const end of [NEVER, TURNED_AWAY])
      expect(decide(waiting, failedOver(end))).toMatchObject({ outcome: 'no_change' });
  });

  test('where the time to pay is over', () => {
    const decision = decide(started(), failedOver(NEVER), { now: NOON.add({ minutes: 15 }) });
    expect(decision).toEqual({ outcome: 'no_change', note: 'the time to pay is over' });
  });

  test('where money came by an earlier attempt meanwhile', () => {
    const payment = samplePayment({
      status: 'succeeded',
      openAttemptId: null,
      lastAttemptId: 'att_0',
      amountCaptured: 1250n,
    });
    const decision = decide(stateOf({ payment, attempt: sampleAttempt() }), failedOver(NEVER));
    expect(decision).toEqual({ outcome: 'no_change', note: 'the payment has moved on' });
  });

  test('where the attempt is not of this payment', () => {
    expect(decide(stateOf(), failedOver(NEVER))).toEqual({ outcome: 'quarantined', note: 'unknown_attempt' });
  });
});

test('a chain of accounts costs no try, and the last of them counts as any other', () => {
  const second = moved(started({ attemptsMax: 1 }), failedOver(TURNED_AWAY));
  const third = sampleAttempt({ attemptId: 'att_3', providerAccountId: 'pa_3' });
  const again: Signal = { kind: 'attempt_failed_over', attemptId: 'att_2', end: NEVER, next: third, route };
  const last = moved(second, again);
  expect(last).toMatchObject({ payment: { status: 'processing', attemptsDeclined: 0, openAttemptId: 'att_3' } });
  const declined = decide(last, {
    ...report({ state: 'declined', decline: { reason: 'other' } }),
    attemptId: 'att_3',
  } as Signal);
  expect(types(declined)).toEqual(['payment.attempt_failed', 'payment.failed']);
});
