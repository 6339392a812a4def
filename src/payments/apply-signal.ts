import { assert } from '../kernel/assert.ts';
import { Problem } from '../kernel/problem.ts';
import { createBatcher } from '../platform/batch.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Queryable } from '../platform/database.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { ReadTenant } from '../tenants/read-tenant.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import type { Attempt } from './attempt.ts';
import { decideSignal } from './decide-signal.ts';
import { type Applied, type Decision, makingWith, type PaymentState } from './decision.ts';
import { mayMove, type Payment } from './payment.ts';
import { type Signal, type SignalSource, subjectOf } from './signal.ts';
import { type Decided, joinWrites, signalRow, signalWrite } from './signal-rows.ts';
import { insertSignals, writeSignals } from './store-signals.ts';
import { selectStates } from './store-states.ts';

interface SignalContext {
  readonly database: { readonly query: Queryable };
  readonly tenantClocks: TenantClocks;
  readonly readTenant: ReadTenant;
  readonly wakeRelay: () => void;
}

interface Item {
  readonly tenantId: string;
  readonly paymentId: string;
  readonly source: SignalSource;
  readonly signal: Signal;
  readonly key: WholeRow<'idempotency_keys'> | null;
}

export interface SignalResult {
  readonly outcome: Decision['outcome'];
  /** Why nothing moved; null where something did. */
  readonly note: string | null;
  readonly payment: Payment;
  /** The payment's latest attempt, or the one the signal is about. */
  readonly attempt: Attempt | null;
}

/**
 * Applies a signal to a payment. A `key` is claimed together with what the signal writes, whose id it names.
 * @throws Problem not_found, or what decideSignal refuses, or unavailable after too many lost races
 */
export type ApplySignal = (
  target: { readonly tenantId: string; readonly paymentId: string },
  source: SignalSource,
  signal: Signal,
  key?: WholeRow<'idempotency_keys'> | null,
) => Promise<SignalResult>;

/** Each lost race means somebody else moved the same payment; more than a few at once is a fault worth hearing of. */
const RACES_MAX = 8;
/** Two writes under way keep the database busy while the next batch gathers. */
const WRITES_MAX = 2;
const BATCH_MAX = 50;

/**
 * The one writer of payments: reads the state, lets decide-signal.ts decide, and writes state, operations, ledger,
 * events and outbox as one statement under the payment's version. Who loses a race decides again on the new state.
 * Signals that arrive while a write is under way share the next one: one round trip and one commit, each with its own
 * outcome.
 */
export function createApplySignal(context: SignalContext): ApplySignal {
  const apply = createBatcher<Item, Outcome>({
    write: (items) => applyAll(context, items),
    itemsMax: BATCH_MAX,
    writesMax: WRITES_MAX,
  });
  return async ({ tenantId, paymentId }, source, signal, key = null) => {
    for (let races = 0; races < RACES_MAX; ) {
      const outcome = await apply({ tenantId, paymentId, source, signal, key });
      if (outcome.kind === 'failed') throw outcome.error;
      if (outcome.kind === 'decided') return outcome.result;
      if (outcome.kind === 'outrun') races++;
    }
    throw new Problem('unavailable', 'This payment is being changed by too many at once.', { retryAfterSeconds: 1 });
  };
}

type Outcome =
  | { readonly kind: 'decided'; readonly result: SignalResult }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Somebody else moved the payment meanwhile: decide again. */
  | { readonly kind: 'outrun' }
  /** Another signal to the same payment went first: its turn comes with the next write. */
  | { readonly kind: 'waiting' };

/** Never rejects: what breaks for one item is that item's outcome. */
async function applyAll(context: SignalContext, items: readonly Item[]): Promise<readonly Outcome[]> {
  // A statement writes a payment once; the second signal to it is decided on what the first one left.
  const seen = new Set<string>();
  const chosen = items.filter(({ paymentId }) => !seen.has(paymentId) && seen.add(paymentId));
  const outcomes = new Map<Item, Outcome>();
  try {
    await applyOnce(context, chosen, outcomes);
  } catch (error) {
    if (chosen.length === 1) outcomes.set(chosen[0] as Item, { kind: 'failed', error });
    else await Promise.all(chosen.map((item) => applyAlone(context, item, outcomes)));
  }
  return items.map((item) => outcomes.get(item) ?? { kind: 'waiting' });
}

async function applyAlone(context: SignalContext, item: Item, outcomes: Map<Item, Outcome>): Promise<void> {
  try {
    await applyOnce(context, [item], outcomes);
  } catch (error) {
    outcomes.set(item, { kind: 'failed', error });
  }
}

async function applyOnce(context: SignalContext, items: readonly Item[], outcomes: Map<Item, Outcome>): Promise<void> {
  const db = context.database.query;
  const states = await selectStates(
    db,
    items.map(({ tenantId, paymentId, signal }) => ({ tenantId, paymentId, subject: subjectOf(signal) })),
  );
  const decisions = await Promise.all(items.map((item, index) => decideItem(context, item, states[index] ?? null)));
  const applied: (Decided & { readonly item: Item; readonly clock: TenantClock })[] = [];
  const unapplied: WholeRow<'signals'>[] = [];
  items.forEach((item, index) => {
    const decided = decisions[index];
    if (decided === undefined || decided.kind === 'failed') {
      outcomes.set(item, decided ?? { kind: 'waiting' });
    } else if (decided.kind === 'applied') {
      const { state, decision, next, clock } = decided;
      applied.push({ ...item, item, state, decision, next, clock });
    } else {
      const { state, decision } = decided;
      unapplied.push(signalRow(state.payment, item, decision, decided.clock));
      const { payment, attempt } = state;
      outcomes.set(item, {
        kind: 'decided',
        result: { outcome: decision.outcome, note: decision.note, payment, attempt },
      });
    }
  });
  if (applied.length === 0) {
    if (unapplied.length > 0) await insertSignals(db, unapplied);
    return;
  }
  const write = joinWrites(applied.map((one) => signalWrite(one, one.clock)));
  const moved = await writeSignals(db, { ...write, unapplied });
  crashPoint('signal-written');
  context.wakeRelay();
  for (const { item, state, decision, next } of applied) {
    const result = {
      outcome: 'applied',
      note: null,
      payment: next,
      attempt: decision.attempt ?? state.attempt,
    } as const;
    outcomes.set(item, moved.has(item.paymentId) ? { kind: 'decided', result } : { kind: 'outrun' });
  }
}

type DecidedItem =
  | { readonly kind: 'failed'; readonly error: unknown }
  | (Considered & { readonly kind: 'applied'; readonly decision: Applied; readonly next: Payment })
  | (Considered & { readonly kind: 'unapplied'; readonly decision: Exclude<Decision, Applied> });

interface Considered {
  readonly state: PaymentState;
  /** The time that counts for the payment. */
  readonly clock: TenantClock;
}

async function decideItem(
  { tenantClocks, readTenant }: SignalContext,
  { tenantId, source, signal }: Item,
  state: PaymentState | null,
): Promise<DecidedItem> {
  try {
    if (state === null) throw new Problem('not_found', 'There is no such payment.');
    const { settings } = await readTenant(tenantId);
    const policy = { lateSuccess: settings.lateSuccess, duplicatePayment: settings.duplicatePayment };
    const clock = await tenantClocks.of(tenantId, state.payment.mode);
    const making = makingWith(clock);
    const decision = decideSignal(state, signal, { ...making, source, policy });
    if (decision.outcome !== 'applied') return { kind: 'unapplied', state, decision, clock };
    return { kind: 'applied', state, decision, clock, next: nextPayment(state.payment, decision.payment, making.now) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function nextPayment(before: Payment, after: Payment, now: Temporal.Instant): Payment {
  assert(mayMove(before.status, after.status), `payment ${before.status} → ${after.status}`);
  assert(
    after.amountRefunded >= 0n &&
      after.amountRefundPending >= 0n &&
      after.amountCapturePending >= 0n &&
      after.amountRefunded + after.amountRefundPending <= after.amountCaptured &&
      after.amountCaptured + after.amountCapturePending <= after.amountAuthorized &&
      after.amountAuthorized <= after.amount,
    'refunded ≤ captured ≤ authorized ≤ amount',
  );
  return { ...after, version: before.version + 1, updatedAt: now };
}
