import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Problem } from '../kernel/problem.ts';
import type { AttemptReport, OperationReport } from '../providers/provider.ts';
import { ATTEMPT_TRANSITIONS } from './attempt.ts';
import { MANY_REFUNDS, PAID } from './decide-fixture.ts';
import { DISPUTE_TRANSITIONS } from './dispute.ts';
import { keepMoney, type MoneyKeeper, type Reached } from './money-keeper-fixture.ts';
import { OPERATION_TRANSITIONS } from './operation.ts';
import { PAYMENT_TRANSITIONS } from './payment.ts';
import { NOON, sampleAttempt, sampleCapture, samplePayment, sampleRefund, sampleReversal } from './payment-fixture.ts';
import type { FailoverEnd, Signal, SignalSource } from './signal.ts';

const RUNS = 5_000;
/** Few names and amounts, so that chance meets the same thing again. */
const AMOUNTS = [500n, 750n, 1250n, 1n] as const;

const attemptId = fc.constantFrom('att_1', 'att_1', 'att_1', 'att_2', 'att_3');
const amount = fc.constantFrom(...AMOUNTS);
const number = fc.constantFrom(1, 2, 3);
const state = fc.constantFrom('pending', 'succeeded', 'failed');
const final = fc.boolean();

const attemptReport: fc.Arbitrary<AttemptReport> = fc.oneof(
  fc.constantFrom<AttemptReport>(
    { state: 'requires_action', nextAction: { type: 'redirect', url: 'https://bank.example', embeddable: true } },
    { state: 'pending' },
    { state: 'authorized', amount: PAID },
    { state: 'authorized', amount: PAID },
    { state: 'captured', amount: PAID },
    { state: 'declined', decline: { reason: 'other' } },
  ),
  amount.map((taken): AttemptReport => ({ state: 'captured', amount: { ...PAID, amount: taken } })),
  fc
    .record({ state: fc.constantFrom('canceled', 'expired'), afterAuthorization: fc.boolean() })
    .map((ended): AttemptReport => ended),
);

/** Of the first step, or of the second. */
const step = fc.constantFrom({}, {}, { step: 'complete' as const });

/** A report of an operation asked for here (by its number), or made at the provider. */
const operation = fc.record({ id: fc.option(number), amount, state, ref: number });

function reportOf(noun: string, { id, amount: moved, state: to, ref }: Wish): OperationReport {
  const providerRef = id === null ? `${noun}_console_${ref}` : `${noun}_ref_${id}`;
  return { providerRef, amount: { ...PAID, amount: moved }, state: to };
}
interface Wish {
  readonly id: number | null;
  readonly amount: bigint;
  readonly state: OperationReport['state'];
  readonly ref: number;
}

/** Every name may take over from every other, also one that was tried before. */
function failedOver(attemptId: string, end: FailoverEnd): Signal {
  const next = sampleAttempt({ attemptId: attemptId === 'att_2' ? 'att_3' : 'att_2', providerAccountId: 'pa_2' });
  const route = { providerAccountId: 'pa_2', code: 'only_account', isProbe: false, passedOver: [] };
  return { kind: 'attempt_failed_over', attemptId, end, next, route };
}

const aboutAttempt: fc.Arbitrary<Signal> = fc.oneof(
  {
    weight: 3,
    arbitrary: attemptId.map((id): Signal => ({ kind: 'attempt_started', attempt: sampleAttempt({ attemptId: id }) })),
  },
  {
    weight: 6,
    arbitrary: fc.record({ attemptId, report: attemptReport, step }).map(({ step: of, ...one }): Signal => {
      return { kind: 'attempt_reported', providerRef: `ref_${one.attemptId}`, ...one, ...of };
    }),
  },
  {
    weight: 2,
    arbitrary: attemptId.map((id): Signal => {
      return { kind: 'completion_started', attemptId: id, completionSealed: new Uint8Array(1) };
    }),
  },
  fc
    .tuple(attemptId, step)
    .chain(([id, of]) =>
      fc.constantFrom<Signal>(
        { kind: 'attempt_unknown', attemptId: id, reason: 'timeout', ...of },
        { kind: 'attempt_not_sent', attemptId: id, reason: 'refused', ...of },
        { kind: 'attempt_refused', attemptId: id, code: 'invalid', message: 'no', ...of },
        failedOver(id, { state: 'not_sent', reason: 'dns_failed' }),
        failedOver(id, { state: 'refused', code: 'invalid_credentials', message: 'no' }),
        { kind: 'release_refused', attemptId: id, code: 'not_supported' },
      ),
    ),
  fc.constantFrom<Signal>(
    { kind: 'cancel_requested' },
    { kind: 'expiry_reached', early: true },
    { kind: 'release_requested' },
  ),
);

const aboutOperation: fc.Arbitrary<Signal> = fc.oneof(
  fc.record({ number, amount, final }).map((one): Signal => {
    return {
      kind: 'capture_requested',
      capture: sampleCapture({ captureId: `cap_${one.number}`, amount: one.amount, final: one.final }),
    };
  }),
  fc.record({ attemptId, operation, final }).map((one): Signal => {
    const captureId = one.operation.id === null ? null : `cap_${one.operation.id}`;
    return {
      kind: 'capture_reported',
      attemptId: one.attemptId,
      report: { ...reportOf('cap', one.operation), captureId, final: one.final },
    };
  }),
  fc.record({ number, amount }).map((one): Signal => {
    return {
      kind: 'refund_requested',
      refund: sampleRefund({ refundId: `re_${one.number}`, amount: one.amount }),
      capability: MANY_REFUNDS,
    };
  }),
  fc.record({ attemptId, operation }).map((one): Signal => {
    const refundId = one.operation.id === null ? null : `re_${one.operation.id}`;
    return {
      kind: 'refund_reported',
      attemptId: one.attemptId,
      report: { ...reportOf('re', one.operation), refundId },
    };
  }),
  fc.record({ number, amount }).map((one): Signal => {
    return {
      kind: 'reversal_requested',
      reversal: sampleReversal({ reversalId: `rev_${one.number}`, amount: one.amount }),
    };
  }),
  fc.record({ attemptId, operation }).map((one): Signal => {
    const reversalId = one.operation.id === null ? null : `rev_${one.operation.id}`;
    return {
      kind: 'reversal_reported',
      attemptId: one.attemptId,
      report: { ...reportOf('rev', one.operation), reversalId },
    };
  }),
  number.chain((id) =>
    fc.constantFrom<Signal>(
      { kind: 'capture_refused', captureId: `cap_${id}`, code: 'no' },
      { kind: 'capture_unknown', captureId: `cap_${id}`, reason: 'timeout' },
      { kind: 'refund_refused', refundId: `re_${id}`, code: 'no' },
      { kind: 'refund_unknown', refundId: `re_${id}`, reason: 'timeout' },
      { kind: 'reversal_refused', reversalId: `rev_${id}`, code: 'no' },
      { kind: 'reversal_unknown', reversalId: `rev_${id}`, reason: 'timeout' },
    ),
  ),
);

const aboutDispute: fc.Arbitrary<Signal> = fc
  .record({
    attemptId,
    ref: number,
    to: fc.constantFrom('inquiry', 'opened', 'under_review', 'won', 'lost', 'expired'),
    withdrawn: fc.constantFrom(0n, 500n, 750n),
    reinstated: fc.constantFrom(0n, 500n),
    second: fc.nat({ max: 9 }),
  })
  .map(({ attemptId: of, ref, to, withdrawn, reinstated, second }) => ({
    kind: 'dispute_reported',
    attemptId: of,
    report: {
      ...{ providerRef: `dsp_${ref}`, state: to, amount: PAID, reason: 'fraudulent', withdrawn, reinstated },
      asOf: NOON.add({ seconds: second }),
    },
  }));

const source: fc.Arbitrary<SignalSource> = fc.constantFrom('notification', 'poll', 'provider_answer', 'operator');
const anything = fc.record({
  signal: fc.oneof(
    { weight: 4, arbitrary: aboutAttempt },
    { weight: 6, arbitrary: aboutOperation },
    { weight: 1, arbitrary: aboutDispute },
  ),
  source,
});

/**
 * What the database alone refuses: a second row of one id, and more double money going back than came, since no decision
 * sees all of it.
 */
function isRefusedByDatabase({ kept }: MoneyKeeper, signal: Signal): boolean {
  switch (signal.kind) {
    case 'attempt_started':
      return kept.attempts.has(signal.attempt.attemptId);
    case 'attempt_failed_over':
      return kept.attempts.has(signal.next.attemptId);
    case 'capture_requested':
      return kept.captures.has(signal.capture.captureId);
    case 'refund_requested':
      return kept.refunds.has(signal.refund.refundId);
    case 'reversal_requested':
      return kept.reversals.has(signal.reversal.reversalId);
    case 'refund_reported': {
      const { refundId, amount: back } = signal.report;
      return refundId === null && signal.attemptId !== kept.payment.lastAttemptId && back.amount > doubleMoney(kept);
    }
    default:
      return false;
  }
}

/** What came a second time and is not on its way back. */
function doubleMoney({ captures, refunds }: MoneyKeeper['kept']): bigint {
  const came = [...captures.values()].filter((one) => one.duplicate && one.status === 'succeeded');
  const back = [...refunds.values()].filter((one) => one.duplicate && one.status !== 'failed');
  const sum = (rows: readonly { readonly amount: bigint }[]) => rows.reduce((total, one) => total + one.amount, 0n);
  return sum(came) - sum(back);
}

/** What is asked for is asked of the attempt that holds the payment's money. */
function addressed({ kept }: MoneyKeeper, signal: Signal): Signal {
  const to = { attemptId: kept.payment.lastAttemptId ?? 'att_1' };
  switch (signal.kind) {
    case 'capture_requested':
      return { ...signal, capture: { ...signal.capture, ...to } };
    case 'refund_requested':
      return { ...signal, refund: { ...signal.refund, ...to } };
    case 'reversal_requested':
      return { ...signal, reversal: { ...signal.reversal, ...to } };
    default:
      return signal;
  }
}

function send(keeper: MoneyKeeper, from: SignalSource, signal: Signal): void {
  if (isRefusedByDatabase(keeper, signal)) return;
  try {
    keeper.apply(from, addressed(keeper, signal));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

const policy = fc.record({
  lateSuccess: fc.constantFrom('accept', 'refund'),
  duplicatePayment: fc.constantFrom('refund', 'keep'),
});

test('whatever comes in whatever order, the money rules and the transition tables hold', () => {
  const reached: Reached = new Set();
  fc.assert(
    fc.property(
      fc.constantFrom('automatic', 'manual'),
      policy,
      fc.constantFrom<readonly AttemptReport[]>(
        [],
        [{ state: 'authorized', amount: PAID }],
        [{ state: 'captured', amount: PAID }],
      ),
      fc.array(anything, { maxLength: 40, size: 'max' }),
      (captureMethod, rules, first, signals) => {
        const keeper = keepMoney(samplePayment({ captureMethod }), rules, reached);
        send(keeper, 'tenant', { kind: 'attempt_started', attempt: sampleAttempt() });
        for (const report of first) {
          send(keeper, 'poll', { kind: 'attempt_reported', attemptId: 'att_1', providerRef: 'ref_att_1', report });
        }
        for (const one of signals) send(keeper, one.source, one.signal);
      },
    ),
    { numRuns: RUNS },
  );
  // A test of chance that never came to a state has said nothing about it.
  const operations = ['capture', 'refund', 'reversal'].flatMap((noun) => named(noun, OPERATION_TRANSITIONS));
  expect([...reached].sort()).toEqual(
    [
      ...named('payment', PAYMENT_TRANSITIONS),
      ...named('attempt', ATTEMPT_TRANSITIONS),
      ...operations,
      ...named('dispute', DISPUTE_TRANSITIONS),
    ].sort(),
  );
}, 20_000);

function named(noun: string, transitions: object): readonly string[] {
  return Object.keys(transitions).map((one) => `${noun}:${one}`);
}
