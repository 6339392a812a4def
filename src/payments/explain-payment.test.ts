import { describe, expect, test } from 'vitest';
import { newCapture } from './decide-capture.ts';
import { MANY_REFUNDS } from './decide-fixture.ts';
import { newReversal } from './decide-reversal.ts';
import { type ExplainFacts, explainPayment } from './explain-payment.ts';
import { explanation } from './explain-shape.ts';
import type { Payment, PaymentStatus } from './payment.ts';
import { PAYMENT_TRANSITIONS } from './payment.ts';
import { NOON, sampleAttempt, samplePayment, sampleRefund } from './payment-fixture.ts';

const ALL = { canCapture: true, canRelease: true, canCancel: true, canReverse: true, refund: MANY_REFUNDS };
const ACCOUNT = { ...ALL, reversalCutOff: NOON.add({ hours: 24 }) };
const MAKING = { now: NOON, newId: (prefix: string) => `${prefix}_1` };

/** A payment of which nothing is known but what is given. */
function explain(payment: Partial<Payment>, its: Partial<ExplainFacts> = {}) {
  const found = explainPayment({
    now: NOON,
    payment: samplePayment(payment),
    statusSince: NOON,
    latestAttempt: null,
    openAttempts: [],
    pendingOperations: [],
    duplicateKept: 0n,
    disputesOpen: [],
    lastSignal: null,
    quarantinedSignals: 0,
    account: ACCOUNT,
    route: null,
    whyNoAccount: null,
    ...its,
  });
  // What is made here must pass the shape that is declared.
  expect(explanation.parse(found)).toEqual(found);
  return found;
}

function allowed({ possible }: ReturnType<typeof explain>): readonly string[] {
  return possible.filter((one) => one.allowed).map(({ action }) => action);
}

function why({ possible }: ReturnType<typeof explain>, action: string): string | undefined {
  return possible.find((one) => one.action === action)?.why;
}

function waits({ waitingFor }: ReturnType<typeof explain>): readonly string[] {
  return waitingFor.map(({ who, until }) => `${who} ${until ?? 'open'}`);
}

const AUTHORIZED = { status: 'authorized', amountAuthorized: 1250n, captureMethod: 'manual' } as const;
const PAID = { status: 'succeeded', amountAuthorized: 1250n, amountCaptured: 1250n, capturesClosed: true } as const;
const attemptIn = (state: Parameters<typeof sampleAttempt>[0] & object) => ({ latestAttempt: sampleAttempt(state) });

describe('each status', () => {
  const CASES: Readonly<
    Record<PaymentStatus, readonly [Partial<Payment>, Partial<ExplainFacts>, RegExp, readonly string[], string[]]>
  > = {
    created: [{}, {}, /nobody has tried to pay/, ['confirm', 'cancel'], ['shopper 2026-01-01T12:15:00Z']],
    processing: [
      { status: 'processing' },
      attemptIn({ state: 'requires_action' }),
      /waits for the shopper to act at the bank/,
      ['cancel', 'sync'],
      ['shopper 2026-01-01T12:15:00Z', 'clock 2026-01-01T12:00:35Z'],
    ],
    authorized: [
      { ...AUTHORIZED, authorizationExpiresAt: NOON.add({ hours: 1 }) },
      attemptIn({ state: 'authorized' }),
      /reserved 12.50 EUR, of which 0.00 EUR is captured/,
      ['capture', 'cancel', 'sync'],
      ['tenant 2026-01-01T13:00:00Z'],
    ],
    succeeded: [
      PAID,
      attemptIn({ state: 'captured' }),
      /captured 12.50 EUR, and no more will be/,
      ['refund', 'reverse', 'sync'],
      [],
    ],
    failed: [{ status: 'failed' }, attemptIn({ state: 'declined' }), /All 3 tries were declined/, ['sync'], []],
    canceled: [{ status: 'canceled' }, {}, /canceled before any money moved/, [], []],
    expired: [{ status: 'expired' }, {}, /Nobody had paid when its time was over/, [], []],
    reversed: [
      { status: 'reversed', amountAuthorized: 1250n, reversalId: 'rev_1', capturesClosed: true },
      attemptIn({ state: 'captured' }),
      /undone before the provider/,
      ['sync'],
      [],
    ],
  };

  test.for(Object.keys(PAYMENT_TRANSITIONS) as PaymentStatus[])('%s', (status) => {
    const [payment, its, because, actions, waiting] = CASES[status];
    const found = explain({ status, ...payment }, its);
    expect(found).toMatchObject({ status, because: expect.stringMatching(because), since: NOON.toString() });
    expect([allowed(found), waits(found)]).toEqual([actions, waiting]);
    expect(found.possible.map(({ action }) => action)).toEqual([
      'confirm',
      'capture',
      'cancel',
      'refund',
      'reverse',
      'sync',
    ]);
  });
});

describe('an attempt', () => {
  test('that was declined is named with the tries that are left', () => {
    const its = attemptIn({ state: 'declined', failureCode: 'insufficient_funds' });
    const found = explain({ attemptsDeclined: 1 }, its);
    expect(found.because).toBe('The last attempt was declined (insufficient_funds); 2 of 3 tries are left.');
  });

  test('in doubt is a doubt with its next question, and keeps every other act away', () => {
    const attempt = sampleAttempt({ state: 'unknown', syncDueAt: NOON.add({ seconds: 10 }), syncTries: 2 });
    const found = explain({ status: 'processing' }, { latestAttempt: attempt, openAttempts: [attempt] });
    expect(found.because).toMatch(/not known what came of it/);
    expect(found.doubts).toEqual([
      {
        about: { object: 'attempt', id: 'att_1' },
        since: NOON.toString(),
        nextQuestionAt: '2026-01-01T12:00:10Z',
        tries: 2,
      },
    ]);
    expect(waits(found)).toEqual(['provider open', 'clock 2026-01-01T12:00:10Z']);
    expect(allowed(found)).toEqual(['sync']);
  });

  test('that is being sent is no doubt until its answer is overdue', () => {
    const attempt = sampleAttempt();
    const its = { latestAttempt: attempt, openAttempts: [attempt] };
    expect(explain({ status: 'processing' }, its).doubts).toEqual([]);
    const later = explain({ status: 'processing' }, { ...its, now: NOON.add({ seconds: 35 }) });
    expect(later.doubts).toHaveLength(1);
  });

  test('cannot start when the time is over, or no account takes it', () => {
    const late = explain({}, { now: NOON.add({ hours: 1 }) });
    expect([why(late, 'confirm'), waits(late)]).toEqual(['The time to pay is over.', ['clock 2026-01-01T12:15:00Z']]);
    expect(why(explain({}, { whyNoAccount: 'No account.' }), 'confirm')).toBe('No account.');
  });

  test('that the provider cannot cancel is waited for', () => {
    const its = { ...attemptIn({ state: 'pending' }), account: { ...ACCOUNT, canCancel: false } };
    expect(allowed(explain({ status: 'processing' }, its))).toEqual(['sync']);
  });
});

describe('an authorization', () => {
  const attempt = sampleAttempt({ state: 'authorized', syncDueAt: null });
  const capture = newCapture(samplePayment(), attempt, MAKING, { amount: 500n, madeBy: 'tenant', final: false });

  test('with a capture pending has the rest to capture, and cannot be given back meanwhile', () => {
    const its = { latestAttempt: attempt, pendingOperations: [{ ...capture, dispatch: 'acknowledged' } as const] };
    const found = explain({ ...AUTHORIZED, amountCapturePending: 500n }, its);
    expect(why(found, 'capture')).toBe('Up to 7.50 EUR can be captured.');
    expect(why(found, 'cancel')).toBe('A capture is under way; its outcome comes first.');
    expect(waits(found)).toEqual(['tenant open', 'provider 2026-01-01T12:01:00Z']);
    expect(found.money).toMatchObject({ authorized: 1250, capturable: 750, capturePending: 500, captured: 0 });
  });

  test('whose captures are closed takes no further one', () => {
    const its = { latestAttempt: attempt, pendingOperations: [{ ...capture, amount: 1250n, final: true }] };
    const found = explain({ ...AUTHORIZED, amountCapturePending: 1250n, capturesClosed: true }, its);
    expect(why(found, 'capture')).toBe('The rest of this authorization is being captured or released already.');
    expect(found.because).toMatch(/Nothing more of it can be captured/);
    expect(waits(found)).toEqual(['clock 2026-01-01T12:01:00Z']);
  });

  test('that is being given back waits for the provider, and is in doubt after a question without answer', () => {
    const going = sampleAttempt({ state: 'authorized', releaseRequestedAt: NOON, syncTries: 1 });
    const its = { latestAttempt: going, openAttempts: [going] };
    const found = explain({ ...AUTHORIZED, capturesClosed: true }, its);
    expect(waits(found)).toEqual(['provider 2026-01-01T12:00:35Z']);
    expect(found.doubts).toMatchObject([{ about: { object: 'attempt', id: 'att_1' }, tries: 1 }]);
    expect(allowed(found)).toEqual(['sync']);
  });

  test('cannot be captured or given back where the provider cannot do it', () => {
    const account = { ...ACCOUNT, canCapture: false, canRelease: false };
    expect(allowed(explain(AUTHORIZED, { latestAttempt: attempt, account }))).toEqual(['sync']);
  });
});

describe('money that was captured', () => {
  const captured = sampleAttempt({ state: 'captured', syncDueAt: null });

  test('and is being reversed cannot be refunded', () => {
    const payment = samplePayment(PAID);
    const reversal = { ...newReversal(payment, captured, MAKING, { madeBy: 'tenant', reason: 'x' }) };
    const unknown = { ...reversal, dispatch: 'unknown', syncDueAt: NOON } as const;
    const its = { latestAttempt: captured, pendingOperations: [unknown] };
    const found = explain({ ...PAID, reversalId: 'rev_1' }, its);
    expect(found.because).toMatch(/It is being reversed/);
    expect(why(found, 'refund')).toBe('A payment that is reversed, or about to be, is not refunded.');
    expect(found.doubts).toMatchObject([{ about: { object: 'reversal', id: 'rev_1' } }]);
    expect(waits(found)).toEqual(['clock 2026-01-01T12:00:00Z']);
    expect(found.money.refundable).toBe(0);
  });

  test('and is refunded in part can be refunded further, and not reversed', () => {
    const its = { latestAttempt: captured, pendingOperations: [sampleRefund({ amount: 250n })] };
    const found = explain({ ...PAID, amountRefunded: 500n, amountRefundPending: 250n }, its);
    expect(why(found, 'refund')).toBe('Up to 5.00 EUR can be refunded.');
    expect(why(found, 'reverse')).toBe('A payment that is refunded, even in part, is not reversed.');
    expect(found.because).toMatch(/5.00 EUR of it was refunded. 2.50 EUR is being refunded/);
  });

  test('cannot be reversed after the cut-off, nor where the account makes none', () => {
    const late = explain(PAID, { latestAttempt: captured, now: NOON.add({ hours: 24 }) });
    expect(why(late, 'reverse')).toMatch(/reversed this until 2026-01-02T12:00:00Z/);
    const never = explain(PAID, { latestAttempt: captured, account: { ...ACCOUNT, canReverse: false } });
    expect(why(never, 'reverse')).toMatch(/makes no reversals/);
  });

  test('cannot be refunded where the provider makes no refunds, or nothing is left', () => {
    const account = { ...ACCOUNT, refund: false } as const;
    expect(why(explain(PAID, { latestAttempt: captured, account }), 'refund')).toMatch(/makes no refunds/);
    const gone = explain({ ...PAID, amountRefunded: 1250n }, { latestAttempt: captured });
    expect(why(gone, 'refund')).toBe('The refund exceeds what is left of the payment.');
  });

  test('late is told as late', () => {
    expect(explain({ ...PAID, late: true }).because).toMatch(/proof came after the payment had failed, expired/);
  });

  test('a second time is told, and where it is kept the tenant decides', () => {
    const found = explain({ ...PAID, duplicatePayment: true }, { duplicateKept: 1250n });
    expect(found.because).toMatch(/paid a second time/);
    expect(found.waitingFor).toMatchObject([{ who: 'tenant', what: expect.stringContaining('12.50 EUR') }]);
  });

  test('that contradicts what is known waits for a person', () => {
    const found = explain(PAID, { quarantinedSignals: 2 });
    expect(found.because).toMatch(/contradicts what is known, and was not applied/);
    expect(found.waitingFor).toMatchObject([{ who: 'operator', until: null }]);
  });

  test('that is taken back leaves a payment that failed', () => {
    const found = explain({ status: 'failed', amountAuthorized: 1250n }, { latestAttempt: captured });
    expect(found.because).toBe('The provider took the captured money back.');
  });
});

test('the last signal is told', () => {
  const lastSignal = {
    id: 'sig_1',
    at: NOON,
    source: 'poll',
    kind: 'attempt_reported',
    outcome: 'applied',
    note: null,
  };
  expect(explain({}, { lastSignal }).lastSignal).toEqual({ ...lastSignal, at: NOON.toString() });
});
