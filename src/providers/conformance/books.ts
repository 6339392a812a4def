/** The gateway's own decisions about one payment, so that what an adapter tells is judged by what comes of it. */
import { assert } from '../../kernel/assert.ts';
import { Problem } from '../../kernel/problem.ts';
import { decideRefundRequest, newRefund } from '../../payments/decide-refund.ts';
import type { Decision } from '../../payments/decision.ts';
import { keepMoney } from '../../payments/money-keeper-fixture.ts';
import type { Payment } from '../../payments/payment.ts';
import { NOON, sampleAttempt, samplePayment } from '../../payments/payment-fixture.ts';
import type { Signal, SignalSource } from '../../payments/signal.ts';
import type { AttemptReport, RefundInput, RefundReport } from '../provider.ts';
import type { ProviderEvent } from '../provider-webhook.ts';
import type { Begun } from './double.ts';
import type { Stage } from './stage.ts';

export interface Books {
  readonly payment: Payment;
  /** Notes of what was set aside as contradicting what we know. */
  readonly setAside: readonly string[];
  report(source: SignalSource, report: AttemptReport): void;
  requestRefund(input: RefundInput): void;
  refundReported(source: SignalSource, report: RefundReport): void;
  mayRefund(amount: bigint): boolean;
  /** Takes notifications as process-inbound.ts does: hints and what comes too early lead to a question first. */
  readAll(stage: Stage, begun: Begun, told: readonly { readonly event: ProviderEvent }[]): Promise<void>;
  /** Applies what the provider answers when it is asked. */
  ask(stage: Stage, begun: Begun): Promise<void>;
  /** Everything that an end state consists of, as one text. */
  summary(): string;
}

/** What the amounts allow is asked here, and not what the provider can do. */
const ANY_REFUND = { partial: true, multiple: true } as const;

/** Opens the books on an attempt that was just sent. */
export function keepBooks({ input, ref }: Begun): Books {
  const { amount, currency } = input.amount;
  const { captureMethod, attemptId } = input;
  const payment = samplePayment({ amount, currency, captureMethod });
  const keeper = keepMoney(payment, { lateSuccess: 'accept', duplicatePayment: 'keep' });
  const setAside: string[] = [];
  const apply = (source: SignalSource, signal: Signal): Decision => {
    const decision = keeper.apply(source, signal);
    if (decision.outcome === 'quarantined') setAside.push(decision.note);
    return decision;
  };
  apply('tenant', { kind: 'attempt_started', attempt: sampleAttempt({ attemptId }) });
  const { providerRef } = ref;
  const books: Books = {
    get payment() {
      return keeper.kept.payment;
    },
    setAside,
    report: (source, report) => void apply(source, { kind: 'attempt_reported', attemptId, providerRef, report }),
    requestRefund: ({ amount: wanted, refundId }) => {
      apply('tenant', { kind: 'refund_requested', refund: refundOf(wanted.amount, refundId), capability: ANY_REFUND });
    },
    refundReported: (source, report) => void apply(source, { kind: 'refund_reported', attemptId, report }),
    mayRefund: (wanted) => {
      try {
        return decideRefundRequest(keeper.kept.payment, refundOf(wanted, 're_trial'), ANY_REFUND).outcome === 'applied';
      } catch (error) {
        if (error instanceof Problem) return false;
        throw error;
      }
    },
    readAll: async (stage, begun, told) => {
      for (const { event } of told) {
        if (!event.authoritative) {
          await books.ask(stage, begun);
          continue;
        }
        const signal = signalOf(event, attemptId);
        if (apply('notification', signal).outcome !== 'deferred') continue;
        await books.ask(stage, begun);
        if (signal.kind !== 'attempt_reported') apply('notification', signal);
      }
    },
    ask: async (stage, begun) => {
      const answer = await stage.retrieve(begun);
      if (answer.kind !== 'answered') return;
      apply('poll', { kind: 'attempt_reported', attemptId, providerRef: answer.providerRef, report: answer.report });
      for (const report of answer.captures) apply('poll', { kind: 'capture_reported', attemptId, report });
      for (const report of answer.refunds) apply('poll', { kind: 'refund_reported', attemptId, report });
      for (const report of answer.reversals) apply('poll', { kind: 'reversal_reported', attemptId, report });
      for (const report of answer.disputes) apply('poll', { kind: 'dispute_reported', attemptId, report });
    },
    summary: () => {
      const { kept } = keeper;
      const { status, amountAuthorized, amountCaptured, amountRefunded, amountRefundPending } = kept.payment;
      const attempts = [...kept.attempts.values()].map(({ state }) => state);
      const refunds = [...kept.refunds.values()].map((one) => `${one.status} ${one.amount}`).sort();
      const captures = [...kept.captures.values()].map((one) => `${one.status} ${one.amount}`).sort();
      const amounts = [amountAuthorized, amountCaptured, amountRefunded, amountRefundPending].map(String);
      return [status, ...amounts, ...attempts, ...captures, ...refunds].join(' ');
    },
  };
  function refundOf(wanted: bigint, refundId: string) {
    const attempt = keeper.kept.attempts.get(attemptId);
    assert(attempt, 'the attempt was started');
    const making = { now: NOON, newId: () => refundId };
    const its = { amount: wanted, madeBy: 'tenant', reason: 'returned', reference: null } as const;
    return newRefund(keeper.kept.payment, attempt, making, its);
  }
  return books;
}

function signalOf({ attempt: { providerRef }, fact }: ProviderEvent, attemptId: string): Signal {
  switch (fact.about) {
    case 'attempt':
      return { kind: 'attempt_reported', attemptId, providerRef: providerRef ?? null, report: fact.report };
    case 'capture':
      return { kind: 'capture_reported', attemptId, report: fact.capture };
    case 'refund':
      return { kind: 'refund_reported', attemptId, report: fact.refund };
    case 'reversal':
      return { kind: 'reversal_reported', attemptId, report: fact.reversal };
    case 'dispute':
      return { kind: 'dispute_reported', attemptId, report: fact.dispute };
  }
}
