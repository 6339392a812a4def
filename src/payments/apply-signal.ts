import { eventRows, type NewEvent, outboxRow } from '../events/event.ts';
import { assert } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { amountToJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Queryable } from '../platform/database.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { type Attempt, isOpen } from './attempt.ts';
import { decideSignal } from './decide-signal.ts';
import type { Decision, Happening, NewCapture, PaymentState } from './decision.ts';
import { mayMove, type Payment } from './payment.ts';
import { paymentObjectJson } from './payment-json.ts';
import { refundJson } from './refund-json.ts';
import { attemptToRow, paymentToRow, refundToRow } from './rows.ts';
import { type Signal, type SignalSource, subjectOf } from './signal.ts';
import { insertSignal, type SignalWrite, selectAttempt, selectPayment, selectRefund, writeSignal } from './store.ts';

export interface SignalContext {
  readonly db: Queryable;
  readonly clock: Clock;
}

export interface SignalResult {
  readonly outcome: Decision['outcome'];
  /** Why nothing moved; null where something did. */
  readonly note: string | null;
  readonly payment: Payment;
  /** The payment's latest attempt, or the one the signal is about. */
  readonly attempt: Attempt | null;
}

/** Each lost race means somebody else moved the same payment; more than a few at once is a fault worth hearing of. */
const RACES_MAX = 8;

/**
 * The one writer of payments: reads the state, lets decide-signal.ts decide, and writes state, captures, refunds,
 * events and outbox as one statement under the payment's version. Who loses a race decides again on the new state.
 * Runs on the pool or inside the caller's transaction.
 * @throws Problem not_found, or what decideSignal refuses, or unavailable after too many lost races
 */
export async function applySignal(
  context: SignalContext,
  target: { readonly tenantId: string; readonly paymentId: string },
  source: SignalSource,
  signal: Signal,
): Promise<SignalResult> {
  for (let race = 0; race < RACES_MAX; race++) {
    const state = await loadState(context.db, target, signal);
    const decision = decideSignal(state, signal, context.clock.now());
    if (decision.outcome !== 'applied') {
      await insertSignal(context.db, signalRow(state.payment, source, signal, decision, context.clock));
      return { outcome: decision.outcome, note: decision.note, payment: state.payment, attempt: state.attempt };
    }
    const next = nextPayment(state.payment, decision.payment, context.clock);
    if (await writeSignal(context.db, signalWrite(state, next, decision, source, signal, context.clock))) {
      crashPoint('signal-written');
      return { outcome: 'applied', note: null, payment: next, attempt: decision.attempt ?? state.attempt };
    }
  }
  throw new Problem('unavailable', 'This payment is being changed by too many at once.', { retryAfterSeconds: 1 });
}

async function loadState(
  db: Queryable,
  { tenantId, paymentId }: { readonly tenantId: string; readonly paymentId: string },
  signal: Signal,
): Promise<PaymentState> {
  const payment = await selectPayment(db, tenantId, paymentId);
  if (payment === null) throw new Problem('not_found', 'There is no such payment.');
  const { attemptId, refundId } = subjectOf(signal);
  const wanted = attemptId ?? payment.lastAttemptId;
  const attempt = wanted === null ? null : await selectAttempt(db, tenantId, wanted);
  const refund = refundId === null ? null : await selectRefund(db, tenantId, refundId);
  return {
    payment,
    attempt: attempt?.paymentId === paymentId ? attempt : null,
    refund: refund?.paymentId === paymentId ? refund : null,
  };
}

function nextPayment(before: Payment, after: Payment, clock: Clock): Payment {
  assert(mayMove(before.status, after.status), `payment ${before.status} → ${after.status}`);
  assert(
    after.amountRefunded >= 0n &&
      after.amountRefundPending >= 0n &&
      after.amountRefunded + after.amountRefundPending <= after.amountCaptured &&
      after.amountCaptured <= after.amountAuthorized &&
      after.amountAuthorized <= after.amount,
    'refunded ≤ captured ≤ authorized ≤ amount',
  );
  return { ...after, version: before.version + 1, updatedAt: clock.now() };
}

type Applied = Decision & { outcome: 'applied' };

function signalWrite(
  state: PaymentState,
  payment: Payment,
  decision: Applied,
  source: SignalSource,
  signal: Signal,
  clock: Clock,
): SignalWrite {
  const now = clock.now();
  const attempt = decision.attempt === undefined ? null : { ...decision.attempt, updatedAt: now };
  const refund = decision.refund === undefined ? null : { ...decision.refund, updatedAt: now };
  const captures = (decision.captures ?? []).map((capture) => captureRow(payment, capture, clock));
  const told = attempt ?? state.attempt;
  const events = decision.happenings.map((happening) => {
    const object = objectOf(happening, payment, told, captures);
    return eventRows(newEvent(payment, happening.type, object), clock);
  });
  const attemptIsNew = signal.kind === 'attempt_started';
  const refundIsNew = signal.kind === 'refund_requested';
  return {
    payment: paymentToRow(payment),
    newAttempts: attempt !== null && attemptIsNew ? [attemptToRow(attempt)] : [],
    movedAttempts: attempt !== null && !attemptIsNew ? [attemptToRow(attempt)] : [],
    captures,
    newRefunds: refund !== null && refundIsNew ? [refundToRow(refund)] : [],
    movedRefunds: refund !== null && !refundIsNew ? [refundToRow(refund)] : [],
    events: events.map(({ event }) => event),
    outbox: [...events.map(({ outbox }) => outbox), ...syncWork(attempt, refund, clock)],
    signals: [signalRow(payment, source, signal, decision, clock)],
  };
}

/** What must be asked about later is said in the same statement, so that no crash can lose it. */
function syncWork(
  attempt: Attempt | null,
  refund: { tenantId: string; providerAccountId: string; syncDueAt: Temporal.Instant | null } | null,
  clock: Clock,
): WholeRow<'outbox'>[] {
  return [attempt !== null && isOpen(attempt) ? attempt : null, refund].flatMap((subject) =>
    subject === null || subject.syncDueAt === null
      ? []
      : [
          outboxRow(
            {
              tenantId: subject.tenantId,
              topic: 'sync',
              subjectId: subject.providerAccountId,
              dueAt: subject.syncDueAt,
            },
            clock,
          ),
        ],
  );
}

function newEvent(payment: Payment, type: NewEvent['type'], object: unknown): NewEvent {
  return {
    tenantId: payment.tenantId,
    mode: payment.mode,
    type,
    paymentId: payment.paymentId,
    productId: payment.productId,
    notificationUrl: payment.notificationUrl,
    object,
    dueAt: payment.dueAt,
  };
}

function objectOf(
  happening: Happening,
  payment: Payment,
  attempt: Attempt | null,
  captures: readonly WholeRow<'captures'>[],
): unknown {
  switch (happening.type) {
    case 'capture.succeeded': {
      const row = captures.find((capture) => capture.attempt_id === happening.capture.attemptId);
      return {
        id: row?.capture_id,
        object: 'capture',
        paymentId: payment.paymentId,
        reference: payment.reference,
        amount: amountToJson(happening.capture.amount),
        currency: happening.capture.currency,
        status: 'succeeded',
        settlement: null,
        createdAt: payment.updatedAt.toString(),
      };
    }
    case 'refund.created':
    case 'refund.succeeded':
    case 'refund.failed':
      return refundJson(happening.refund);
    default:
      return paymentObjectJson(payment, attempt);
  }
}

function captureRow(payment: Payment, capture: NewCapture, clock: Clock): WholeRow<'captures'> {
  return {
    tenant_id: payment.tenantId,
    capture_id: newId('cap', clock),
    payment_id: payment.paymentId,
    attempt_id: capture.attemptId,
    amount: capture.amount,
    currency: capture.currency,
    status: 'succeeded',
    created_at: clock.now(),
  };
}

function signalRow(
  payment: Payment,
  source: SignalSource,
  signal: Signal,
  decision: Decision,
  clock: Clock,
): WholeRow<'signals'> {
  const { attemptId, refundId } = subjectOf(signal);
  return {
    tenant_id: payment.tenantId,
    signal_id: newId('sig', clock),
    payment_id: payment.paymentId,
    attempt_id: attemptId,
    refund_id: refundId,
    source,
    kind: signal.kind,
    detail: signalDetail(signal),
    outcome: decision.outcome,
    note: decision.outcome === 'applied' ? null : decision.note,
    payment_version: payment.version,
    created_at: clock.now(),
  };
}

/** What of a signal is worth keeping: its words and sums, none of its secrets. */
function signalDetail(signal: Signal): unknown {
  switch (signal.kind) {
    case 'attempt_reported': {
      const { report } = signal;
      const amount =
        'amount' in report ? { amount: report.amount.amount.toString(), currency: report.amount.currency } : {};
      const decline = report.state === 'declined' ? { reason: report.decline.reason } : {};
      return { state: report.state, providerRef: signal.providerRef, ...amount, ...decline };
    }
    case 'refund_reported': {
      const { amount, state, providerRef } = signal.report;
      return { state, providerRef, amount: amount.amount.toString(), currency: amount.currency };
    }
    case 'attempt_refused':
      return { code: signal.code, message: signal.message };
    case 'attempt_not_sent':
    case 'attempt_unknown':
    case 'refund_unknown':
      return { reason: signal.reason };
    case 'refund_refused':
      return { code: signal.code };
    case 'expiry_reached':
      return { early: signal.early };
    case 'refund_requested':
      return { amount: signal.refund.amount.toString() };
    case 'attempt_started':
      return { provider: signal.attempt.provider };
    case 'cancel_requested':
      return {};
  }
}
