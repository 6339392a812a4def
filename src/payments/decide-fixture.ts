import { Problem } from '../kernel/problem.ts';
import type { AttemptReport } from '../providers/provider.ts';
import { decideSignal } from './decide-signal.ts';
import type { Decision, PaymentState } from './decision.ts';
import { NOON, sampleAttempt, samplePayment } from './payment-fixture.ts';
import type { Signal } from './signal.ts';

export const PAID = { amount: 1250n, currency: 'EUR' } as const;

export function started(): PaymentState {
  const attempt = sampleAttempt();
  return moved({ payment: samplePayment(), attempt: null, refund: null }, { kind: 'attempt_started', attempt });
}

export function report(change: AttemptReport, providerRef: string | null = 'ref_1'): Signal {
  return { kind: 'attempt_reported', attemptId: 'att_1', providerRef, report: change };
}

export function decide(state: PaymentState, signal: Signal, now = NOON): Decision {
  return decideSignal(state, signal, now);
}

/** The state a signal leads to; the state itself where it moves nothing. */
export function moved(state: PaymentState, signal: Signal, now = NOON): PaymentState {
  const decision = decide(state, signal, now);
  if (decision.outcome !== 'applied') return state;
  return {
    payment: { ...decision.payment, version: state.payment.version + 1 },
    attempt: decision.attempt ?? state.attempt,
    refund: decision.refund ?? state.refund,
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
