import { assert } from '../kernel/assert.ts';
import { ManualClock } from '../kernel/clock.ts';
import { transferRow } from '../ledger/transfer.ts';
import { ATTEMPT_TRANSITIONS, type Attempt } from './attempt.ts';
import { decideSignal } from './decide-signal.ts';
import type { Applied, Decision, PaymentState, SuccessPolicy } from './decision.ts';
import { DISPUTE_TRANSITIONS, type Dispute } from './dispute.ts';
import { checkLedger, checkOneOpen, checkPayment, checkRows, type Kept } from './money-rules-fixture.ts';
import { OPERATION_TRANSITIONS, type Operation } from './operation.ts';
import { mayMove, type Payment } from './payment.ts';
import { NOON } from './payment-fixture.ts';
import { transfersOf } from './post-transfers.ts';
import { type OperationSubject, type Signal, type SignalSource, subjectOf } from './signal.ts';

export interface MoneyKeeper {
  readonly kept: Kept;
  readonly clock: ManualClock;
  /** Applies a signal as apply-signal.ts does, and checks every rule afterwards. @throws Problem what is refused */
  readonly apply: (source: SignalSource, signal: Signal) => Decision;
}

/** Statuses and states that were reached, as `payment:succeeded`; so that a test of many runs can see what it saw. */
export type Reached = Set<string>;

/** One payment in memory, with the database's rules about it. */
export function keepMoney(payment: Payment, policy: SuccessPolicy, reached: Reached = new Set()): MoneyKeeper {
  const clock = new ManualClock(NOON);
  const kept: Kept = {
    payment,
    attempts: new Map(),
    captures: new Map(),
    refunds: new Map(),
    reversals: new Map(),
    disputes: new Map(),
    transfers: [],
    told: [],
  };
  let made = 0;
  const newId = (prefix: string): string => `${prefix}_made${made++}`;
  const apply = (source: SignalSource, signal: Signal): Decision => {
    const state = findState(kept, signal);
    const decision = decideSignal(state, signal, { now: clock.now(), source, policy, newId });
    if (decision.outcome === 'applied') write(kept, state, decision, clock);
    note(kept, reached);
    return decision;
  };
  note(kept, reached);
  return { kept, clock, apply };
}

/** The state a signal is decided on, found by the rules of store-states.ts. */
function findState(kept: Kept, signal: Signal): PaymentState {
  const { attemptId, operation } = subjectOf(signal);
  const of = <One extends Operation | Dispute>(noun: OperationSubject['noun'], rows: ReadonlyMap<string, One>) =>
    operation?.noun === noun ? found(rows, operation, attemptId) : null;
  return {
    payment: kept.payment,
    attempt: kept.attempts.get(attemptId ?? kept.payment.lastAttemptId ?? '') ?? null,
    capture: of('capture', kept.captures),
    refund: of('refund', kept.refunds),
    reversal: of('reversal', kept.reversals),
    dispute: of('dispute', kept.disputes),
  };
}

/** Of `attemptId` also what the provider has not named yet. */
function found<One extends Operation | Dispute>(
  rows: ReadonlyMap<string, One>,
  { noun, id, providerRef, amount, mayBeOurs }: OperationSubject,
  attemptId: string | null,
): One | null {
  const byId = id === null ? undefined : rows.get(id);
  if (byId !== undefined) return byId;
  const all = [...rows.values()];
  const byRef = providerRef === null ? undefined : all.find((one) => one.providerRef === providerRef);
  if (byRef !== undefined || id !== null || !mayBeOurs) return byRef ?? null;
  const status = noun === 'capture' ? 'succeeded' : 'pending';
  const isMeant = (one: One) =>
    one.providerRef === null && one.status === status && one.attemptId === attemptId && one.amount === amount;
  return all.find(isMeant) ?? null;
}

function write(kept: Kept, state: PaymentState, decision: Applied, clock: ManualClock): void {
  const before = { payment: kept.payment };
  const after = decision.payment;
  assert(mayMove(before.payment.status, after.status), `payment ${before.payment.status} → ${after.status}`);
  kept.payment = { ...after, version: before.payment.version + 1, updatedAt: clock.now() };
  for (const one of [decision.failedOver ?? [], decision.attempt ?? []].flat()) {
    put(kept.attempts, one.attemptId, one, ({ state }) => state, ATTEMPT_TRANSITIONS);
    checkOneOpen(kept);
  }
  for (const one of decision.captures ?? []) putOperation(kept.captures, one.captureId, one);
  for (const one of decision.refunds ?? []) putOperation(kept.refunds, one.refundId, one);
  if (decision.reversal !== undefined) putOperation(kept.reversals, decision.reversal.reversalId, decision.reversal);
  if (decision.dispute !== undefined) {
    put(kept.disputes, decision.dispute.disputeId, decision.dispute, (one) => one.status, DISPUTE_TRANSITIONS);
  }
  kept.transfers.push(...transfersOf(state, decision).map((transfer) => transferRow(transfer, clock)));
  for (const happening of decision.happenings) kept.told.push({ type: happening.type, about: aboutOf(happening) });
  checkPayment(kept.payment);
  checkRows(kept);
  checkLedger(kept);
}

function putOperation<One extends Operation>(rows: Map<string, One>, id: string, one: One): void {
  put(rows, id, one, ({ status }) => status, OPERATION_TRANSITIONS);
}

/** Inserts or updates a row; its state moves only where its table allows, and what it stands for never changes. */
function put<One extends Attempt | Operation | Dispute, State extends string>(
  rows: Map<string, One>,
  id: string,
  one: One,
  stateOf: (one: One) => State,
  transitions: Readonly<Record<State, readonly State[]>>,
): void {
  const before = rows.get(id);
  if (before !== undefined) {
    const [from, to] = [stateOf(before), stateOf(one)];
    assert(from === to || transitions[from].includes(to), `${id} ${from} → ${to}`);
    assert(before.providerRef === null || before.providerRef === one.providerRef, `${id} keeps its provider's name`);
    if ('madeBy' in before && 'madeBy' in one) {
      const same = before.amount === one.amount && before.currency === one.currency;
      assert(same && before.attemptId === one.attemptId, `${id} keeps its amount and its attempt`);
    }
  }
  rows.set(id, one);
}

function aboutOf(happening: Applied['happenings'][number]): string {
  if ('capture' in happening) return happening.capture.captureId;
  if ('refund' in happening) return happening.refund.refundId;
  if ('reversal' in happening) return happening.reversal.reversalId;
  return 'dispute' in happening ? happening.dispute.disputeId : 'payment';
}

function note(kept: Kept, reached: Reached): void {
  reached.add(`payment:${kept.payment.status}`);
  for (const { state } of kept.attempts.values()) reached.add(`attempt:${state}`);
  for (const { status } of kept.captures.values()) reached.add(`capture:${status}`);
  for (const { status } of kept.refunds.values()) reached.add(`refund:${status}`);
  for (const { status } of kept.reversals.values()) reached.add(`reversal:${status}`);
  for (const { status } of kept.disputes.values()) reached.add(`dispute:${status}`);
}
