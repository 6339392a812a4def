import type { RelayInbox } from '../events/relay-inbox.ts';
import type { KeyAnswer } from '../idempotency/complete-key.ts';
import { assert } from '../kernel/assert.ts';
import { Problem } from '../kernel/problem.ts';
import { type Act, currentAct } from '../platform/act.ts';
import { createBatcher } from '../platform/batch.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Database, Queryable } from '../platform/database.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { alsoForTenants } from '../platform/tenant-scope.ts';
import type { ReadTenant } from '../tenants/read-tenant.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import type { Attempt } from './attempt.ts';
import { decideSignal } from './decide-signal.ts';
import { type Applied, type Decision, makingWith, type PaymentState } from './decision.ts';
import { mayMove, type Payment } from './payment.ts';
import { type Signal, type SignalSource, subjectOf } from './signal.ts';
import { type Decided, joinWrites, signalRow, signalWrite } from './signal-rows.ts';
import { insertSignals, type SignalWrite, writeSignals } from './store-signals.ts';
import { selectStates } from './store-states.ts';

interface SignalContext {
  readonly database: Database;
  readonly tenantClocks: TenantClocks;
  readonly readTenant: ReadTenant;
  readonly handOver: RelayInbox['handOver'];
}

interface Item {
  readonly tenantId: string;
  readonly paymentId: string;
  readonly source: SignalSource;
  readonly signal: Signal;
  readonly key: WholeRow<'idempotency_keys'> | null;
  /** null: to be read. */
  readonly known: PaymentState | null;
  readonly answer: SignalOptions['answer'];
  /** Recorded with what it writes; undefined: nobody's in particular. */
  readonly act: Act | undefined;
}

export interface SignalResult {
  readonly outcome: Decision['outcome'];
  /** Why nothing moved; null where something did. */
  readonly note: string | null;
  readonly payment: Payment;
  /** The payment's latest attempt, or the one the signal is about. */
  readonly attempt: Attempt | null;
}

export interface SignalOptions {
  /** Claimed together with what the signal writes, whose id it names. */
  readonly key?: WholeRow<'idempotency_keys'> | null;
  /**
   * The state as the caller has just seen it, which saves reading it. Believed only where the write proves it by the
   * payment's version; whatever else comes of it is decided again on what is read.
   */
  readonly known?: PaymentState | undefined;
  /** The answer to be kept under a key that was claimed before, if the result is applied; null: none yet. */
  readonly answer?: ((result: SignalResult) => Promise<KeyAnswer | null>) | undefined;
}

/**
 * Applies a signal to a payment.
 * @throws Problem not_found, or what decideSignal refuses, or unavailable after too many lost races
 */
export type ApplySignal = (
  target: { readonly tenantId: string; readonly paymentId: string },
  source: SignalSource,
  signal: Signal,
  options?: SignalOptions,
) => Promise<SignalResult>;

/** Each lost race means somebody else moved the same payment; more than a few at once is a fault worth hearing of. */
const RACES_MAX = 8;
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
    tenantsOf: ({ tenantId }) => [tenantId],
    itemsMax: BATCH_MAX,
  });
  return async ({ tenantId, paymentId }, source, signal, options = {}) => {
    const { key = null, answer } = options;
    let known = options.known ?? null;
    const act = currentAct();
    for (let races = 0; races < RACES_MAX; ) {
      const outcome = await apply({ tenantId, paymentId, source, signal, key, known, answer, act });
      known = null;
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
  /** Its turn comes with the next write: another signal to the same payment went first, or the state must be read. */
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
  const states = await readStates(db, items);
  const decisions = await Promise.all(items.map((item) => decideItem(context, item, states.get(item) ?? null)));
  const applied: (Decided & { readonly item: Item; readonly clock: TenantClock })[] = [];
  const unapplied: WholeRow<'signals'>[] = [];
  items.forEach((item, index) => {
    const decided = decisions[index];
    if (decided === undefined || (item.known !== null && decided.kind !== 'applied')) {
      outcomes.set(item, { kind: 'waiting' });
    } else if (decided.kind === 'failed') {
      outcomes.set(item, decided);
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
  const answers = await answersOf(applied);
  const owners = await limitOwners(context, applied);
  const moved = await alsoForTenants(owners, () =>
    writeWithActs(context.database, { ...write, unapplied, answers }, applied),
  );
  crashPoint('signal-written');
  const told = write.events.filter(({ payment_id: id }) => id !== null && moved.has(id));
  context.handOver([...write.outbox, ...write.work], told);
  for (const one of applied) {
    const { item } = one;
    outcomes.set(item, moved.has(item.paymentId) ? { kind: 'decided', result: resultOf(one) } : { kind: 'outrun' });
  }
}

/** A payment may have taken something of limits that its tenant's parent has set, and gives it back there. */
async function limitOwners(
  { readTenant }: SignalContext,
  applied: readonly { readonly item: Item }[],
): Promise<readonly string[]> {
  const tenantIds = new Set(applied.map(({ item }) => item.tenantId));
  const tenants = await Promise.all([...tenantIds].map((tenantId) => readTenant(tenantId)));
  return tenants.flatMap(({ parentTenantId }) => parentTenantId ?? []);
}

/** Where requests are recorded, their entries commit with what they moved; of all others the statement is the whole. */
async function writeWithActs(
  database: Database,
  write: SignalWrite,
  applied: readonly { readonly item: Item }[],
): Promise<ReadonlySet<string>> {
  const recorded = applied.flatMap(({ item: { act, paymentId } }) => (act === undefined ? [] : [{ act, paymentId }]));
  if (recorded.length === 0) return writeSignals(database.query, write);
  // In the order of their chains, which two batches must not lock crosswise.
  const sorted = recorded.toSorted((one, other) => (one.act.chain < other.act.chain ? -1 : 1));
  const entered: Act[] = [];
  const settle = (committed: boolean) => {
    for (const act of entered.splice(0)) act.settle(committed);
  };
  try {
    const moved = await database.transaction(async (tx) => {
      settle(false);
      const ids = await writeSignals(tx, write);
      for (const { act, paymentId } of sorted) {
        if (ids.has(paymentId) && (await act.enter(tx))) entered.push(act);
      }
      return ids;
    });
    settle(true);
    return moved;
  } catch (error) {
    settle(false);
    throw error;
  }
}

async function readStates(db: Queryable, items: readonly Item[]): Promise<ReadonlyMap<Item, PaymentState | null>> {
  const unknown = items.filter(({ known }) => known === null);
  const read =
    unknown.length === 0
      ? []
      : await selectStates(
          db,
          unknown.map(({ tenantId, paymentId, signal }) => ({ tenantId, paymentId, subject: subjectOf(signal) })),
        );
  const states = new Map<Item, PaymentState | null>(items.map((item) => [item, item.known]));
  unknown.forEach((item, index) => {
    states.set(item, read[index] ?? null);
  });
  return states;
}

function resultOf({ state, decision, next }: Pick<Decided, 'state' | 'decision' | 'next'>): SignalResult {
  return { outcome: 'applied', note: null, payment: next, attempt: decision.attempt ?? state.attempt };
}

/** The answers that can be given as soon as this is written. */
async function answersOf(
  applied: readonly (Decided & { readonly item: Item })[],
): Promise<readonly (KeyAnswer & { readonly paymentId: string })[]> {
  const answers = await Promise.all(
    applied.map(async (one) => {
      const answer = (await one.item.answer?.(resultOf(one))) ?? null;
      return answer === null ? [] : [{ ...answer, paymentId: one.item.paymentId }];
    }),
  );
  return answers.flat();
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
