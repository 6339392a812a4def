import { Problem } from '../kernel/problem.ts';
import type { AttemptReport, DisputeReport, OperationReport } from '../providers/provider.ts';
import { decideSignal } from './decide-signal.ts';
import type { Circumstances, Decision, PaymentState } from './decision.ts';
import { NOON, sampleAttempt, samplePayment } from './payment-fixture.ts';
import type { Signal } from './signal.ts';

/** Of an account that refunds in parts, as often as there is something left. */
export const MANY_REFUNDS = { partial: true, multiple: true } as const;

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

/** A manual payment of 12.50 EUR that is authorized. */
export function authorized(changes: Partial<PaymentState['payment']> = {}): PaymentState {
  return moved(started({ captureMethod: 'manual', ...changes }), report({ state: 'authorized', amount: PAID }));
}

/** An automatic payment of 12.50 EUR that is paid. */
export function paid(changes: Partial<PaymentState['payment']> = {}): PaymentState {
  return moved(started(changes), report({ state: 'captured', amount: PAID }));
}

/** What of an operation's report is not as usual. */
export interface Reported {
  readonly amount?: bigint;
  readonly currency?: string;
  /** null: made at the provider's console. */
  readonly id?: string | null;
  readonly ref?: string;
  readonly final?: boolean;
  readonly attemptId?: string;
}

function operationReport(state: OperationReport['state'], ref: string, its: Reported): OperationReport {
  return {
    providerRef: its.ref ?? ref,
    amount: { amount: its.amount ?? 500n, currency: its.currency ?? 'EUR' },
    state,
  };
}

export function captureReport(state: OperationReport['state'], its: Reported = {}): Signal {
  const { id = 'cap_1', final = false, attemptId = 'att_1' } = its;
  const told = { ...operationReport(state, 'cref_1', its), captureId: id, final };
  return { kind: 'capture_reported', attemptId, report: told };
}

export function refundReport(state: OperationReport['state'], its: Reported = {}): Signal {
  const { id = 're_1', attemptId = 'att_1' } = its;
  return { kind: 'refund_reported', attemptId, report: { ...operationReport(state, 'rref_1', its), refundId: id } };
}

export function reversalReport(state: OperationReport['state'], its: Reported = {}): Signal {
  const { id = 'rev_1', attemptId = 'att_1' } = its;
  const told = { ...operationReport(state, 'vref_1', { amount: 1250n, ...its }), reversalId: id };
  return { kind: 'reversal_reported', attemptId, report: told };
}

/** A dispute of the whole payment; `second` is the provider's time of the report, in seconds after noon. */
export function disputeReport(state: DisputeReport['state'], second = 0, its: Partial<DisputeReport> = {}): Signal {
  const money = { amount: PAID, withdrawn: 0n, reinstated: 0n };
  const told = {
    providerRef: 'dsp_1',
    state,
    reason: 'fraudulent',
    ...money,
    asOf: NOON.add({ seconds: second }),
    ...its,
  };
  return { kind: 'dispute_reported', attemptId: 'att_1', report: told };
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
