import { eventRows, type NewEvent, outboxRow } from '../events/event.ts';
import { newId } from '../kernel/id.ts';
import { transferRow } from '../ledger/transfer.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import type { Attempt } from './attempt.ts';
import type { Applied, Decision, Happening, PaymentState } from './decision.ts';
import { limitChanges } from './limit-share.ts';
import { captureJson, disputeJson, refundJson, reversalJson } from './operation-json.ts';
import { captureToRow, disputeToRow, refundToRow, reversalToRow } from './operation-rows.ts';
import type { Payment } from './payment.ts';
import { paymentEventObject } from './payment-json.ts';
import { transfersOf } from './post-transfers.ts';
import { attemptToRow, paymentToRow } from './rows.ts';
import { type Signal, type SignalSource, subjectOf } from './signal.ts';
import { signalDetail } from './signal-detail.ts';
import type { SignalWrite } from './store-signals.ts';

/** A signal with what was made of it. */
export interface Decided {
  readonly source: SignalSource;
  readonly signal: Signal;
  readonly key: WholeRow<'idempotency_keys'> | null;
  readonly state: PaymentState;
  readonly decision: Applied;
  /** The payment afterwards, with its next version. */
  readonly next: Payment;
}

type Write = Omit<SignalWrite, 'unapplied' | 'answers'>;

/** Everything that one applied signal writes. */
export function signalWrite(decided: Decided, clock: TenantClock): Write {
  const { state, decision, next, key } = decided;
  // Before the events it causes: the clock may move between the two, and a timeline tells by the times.
  const signal = signalRow(next, decided, decision, clock);
  const { updatedAt } = next;
  const attempts = [decision.attempt ?? [], decision.failedOver ?? []].flat().map((one) => ({ ...one, updatedAt }));
  const captures = (decision.captures ?? []).map((capture) => ({ ...capture, updatedAt }));
  const refunds = (decision.refunds ?? []).map((refund) => ({ ...refund, updatedAt }));
  const reversals = decision.reversal === undefined ? [] : [{ ...decision.reversal, updatedAt }];
  const disputes = decision.dispute === undefined ? [] : [{ ...decision.dispute, updatedAt }];
  const told = attempts[0] ?? state.attempt;
  const events = decision.happenings.map((happening) =>
    eventRows(newEvent(next, happening.type, objectOf(happening, next, told), clock), clock),
  );
  const waiting = [...attempts, ...captures, ...refunds, ...reversals, ...disputes].filter(
    ({ syncDueAt }) => syncDueAt !== null,
  );
  return {
    payments: [paymentToRow(next)],
    attempts: attempts.map(attemptToRow),
    captures: captures.map(captureToRow),
    refunds: refunds.map(refundToRow),
    reversals: reversals.map(reversalToRow),
    disputes: disputes.map(disputeToRow),
    transfers: transfersOf(state, decision).map((transfer) => transferRow(transfer, clock)),
    events: events.map(({ event }) => event),
    outbox: events.map(({ outbox }) => outbox),
    work: waiting.map((one) => syncWork(one, clock)),
    signals: [signal],
    limits: limitChanges(state.payment, next),
    keys: key === null ? [] : [key],
  };
}

/** Several writes as one. */
export function joinWrites(writes: readonly Write[]): Write {
  const [first, ...others] = writes;
  if (first !== undefined && others.length === 0) return first;
  return {
    payments: writes.flatMap(({ payments }) => payments),
    attempts: writes.flatMap(({ attempts }) => attempts),
    captures: writes.flatMap(({ captures }) => captures),
    refunds: writes.flatMap(({ refunds }) => refunds),
    reversals: writes.flatMap(({ reversals }) => reversals),
    disputes: writes.flatMap(({ disputes }) => disputes),
    transfers: writes.flatMap(({ transfers }) => transfers),
    events: writes.flatMap(({ events }) => events),
    outbox: writes.flatMap(({ outbox }) => outbox),
    work: earliestOf(writes.flatMap(({ work }) => work)),
    signals: writes.flatMap(({ signals }) => signals),
    limits: writes.flatMap(({ limits }) => limits),
    keys: writes.flatMap(({ keys }) => keys),
  };
}

/**
 * One row for each account, with the earliest time: what waits for it is looked up when its lane comes to be due, and
 * payments that are confirmed together mostly go to the same account.
 */
function earliestOf(work: Write['work']): Write['work'] {
  const earliest = new Map<string, Write['work'][number]>();
  for (const row of work) {
    const name = `${row.tenant_id} ${row.topic} ${row.subject_id}`;
    const known = earliest.get(name);
    if (known === undefined || isBefore(row.due_at, known.due_at)) earliest.set(name, row);
  }
  return [...earliest.values()];
}

/** Without a time it is due at once. */
function isBefore(one: Temporal.Instant | null, other: Temporal.Instant | null): boolean {
  return other !== null && (one === null || Temporal.Instant.compare(one, other) < 0);
}

/** What must be asked about later is said in the same statement, so that no crash can lose it. */
function syncWork(
  subject: {
    readonly tenantId: string;
    readonly providerAccountId: string;
    readonly syncDueAt: Temporal.Instant | null;
  },
  clock: TenantClock,
): WholeRow<'outbox'> {
  const { tenantId, providerAccountId, syncDueAt } = subject;
  return outboxRow(
    {
      tenantId,
      topic: 'sync',
      subjectId: providerAccountId,
      dueAt: syncDueAt === null ? null : clock.realTimeOf(syncDueAt),
    },
    clock,
  );
}

function newEvent(payment: Payment, type: NewEvent['type'], object: unknown, clock: TenantClock): NewEvent {
  return {
    tenantId: payment.tenantId,
    mode: payment.mode,
    type,
    paymentId: payment.paymentId,
    productId: payment.productId,
    notificationUrl: payment.notificationUrl,
    object,
    dueAt: payment.dueAt === null ? null : clock.realTimeOf(payment.dueAt),
  };
}

function objectOf(happening: Happening, payment: Payment, attempt: Attempt | null): unknown {
  if ('capture' in happening) return captureJson({ ...happening.capture, updatedAt: payment.updatedAt });
  if ('refund' in happening) return refundJson({ ...happening.refund, updatedAt: payment.updatedAt });
  if ('reversal' in happening) return reversalJson({ ...happening.reversal, updatedAt: payment.updatedAt });
  if ('dispute' in happening) return disputeJson({ ...happening.dispute, updatedAt: payment.updatedAt });
  return paymentEventObject(payment, attempt);
}

/** The record of a signal and of what was made of it. */
export function signalRow(
  payment: Payment,
  { source, signal }: { readonly source: SignalSource; readonly signal: Signal },
  decision: Decision,
  clock: TenantClock,
): WholeRow<'signals'> {
  const attemptId = 'attempt' in signal ? signal.attempt.attemptId : subjectOf(signal).attemptId;
  return {
    tenant_id: payment.tenantId,
    signal_id: newId('sig', clock),
    payment_id: payment.paymentId,
    attempt_id: attemptId,
    subject_id: subjectIdOf(signal, decision),
    source,
    kind: signal.kind,
    detail: signalDetail(signal),
    outcome: decision.outcome,
    note: decision.outcome === 'applied' ? null : decision.note,
    payment_version: payment.version,
    created_at: clock.now(),
  };
}

/** Our id of the operation that a signal moved, also where only the provider named it. */
function subjectIdOf(signal: Signal, decision: Decision): string | null {
  const named = subjectOf(signal).operation?.id ?? null;
  if (named !== null || decision.outcome !== 'applied') return named;
  return (
    decision.dispute?.disputeId ??
    decision.reversal?.reversalId ??
    decision.refunds?.[0]?.refundId ??
    decision.captures?.[0]?.captureId ??
    null
  );
}
