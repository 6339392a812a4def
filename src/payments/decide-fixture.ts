import { Problem } from '../kernel/problem.ts';
import type { AttemptReport } from '../providers/provider.ts';
import { decideSignal } from './decide-signal.ts';
import type { Circumstances, Decision, PaymentState } from './decision.ts';
import { NOON, sampleAttempt, samplePayment } from './payment-fixture.ts';
import type { Signal } from './signal.ts';

export const PAID = { amount: 1250n, currency: 'EUR' } as const;

/** A state with nothing but what is given. */
export function stateOf(its: Partial<PaymentState> = {}): PaymentState {
  return {
    payment: samplePayment(),
    attempt: null,
    capture: null,
    refund: null,
    reversal: null,
    dispute: null,
    ...its,
  };
}

export function started(changes: Partial<PaymentState['payment']> = {}): PaymentState {
  const attempt = sampleAttempt();
  return moved(stateOf({ payment: samplePayment(changes) }), { kind: 'attempt_started', attempt });
}

export function report(change: AttemptReport, providerRef: string | null = 'ref_1'): Signal {
  return { kind: 'attempt_reported', attemptId: 'att_1', providerRef, report: change };
}

let made = 0;

/** Decides at noon on a provider's own answer, for a tenant that takes late money and sends double money back. */
export function decide(state: PaymentState, signal: Signal, changes: Partial<Circumstances> = {}): Decision {
  return decideSignal(state, signal, {
    now: NOON,
    source: 'poll',
    policy: { lateSuccess: 'accept', duplicatePayment: 'refund' },
    newId: (prefix) => `${prefix}_new${made++}`,
    ...changes,
  });
}

/** The state a signal leads to; the state itself where it moves nothing. */
export function moved(state: PaymentState, signal: Signal, changes: Partial<Circumstances> = {}): PaymentState {
  const decision = decide(state, signal, changes);
  if (decision.outcome !== 'applied') return state;
  return {
    payment: { ...decision.payment, version: state.payment.version + 1 },
    attempt: decision.attempt ?? state.attempt,
    capture: decision.captures?.at(-1) ?? state.capture,
    refund: decision.refunds?.at(-1) ?? state.refund,
    reversal: decision.reversal ?? state.reversal,
    dispute: decision.dispute ?? state.dispute,
  };
}

export function types(decision: Decision): readonly string[] {
  return decision.outcome === 'applied' ? decision.happenings.map(({ type }) => type) : [decision.note];
}

export function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof Problem ? error.code : 'no problem';
  }
}
