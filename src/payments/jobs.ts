import { earliest } from '../kernel/earliest.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { type ClaimedLane, releaseLane } from '../platform/lanes.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import type { PaymentContext } from './context.ts';
import { endOpenAttempt } from './end-open-attempt.ts';
import type { Payment } from './payment.ts';
import { selectAttempt, selectPayment } from './store.ts';
import {
  postponePayment,
  selectDueAttempts,
  selectDueOperations,
  selectDuePayments,
  selectNextPaymentDueAt,
  selectNextSyncAt,
} from './store-due-work.ts';
import { syncAttempt } from './sync-attempt.ts';
import { syncOperation } from './sync-operation.ts';

/** Enough for two batches and what others add, two rounds of provider calls of 20 s for each. */
export const SYNC_LEASE_MS = 120_000;
const SYNC_BATCH = 8;
const SYNC_CONCURRENCY = 4;

export const EXPIRY_LEASE_MS = 120_000;
const EXPIRY_BATCH = 100;
const EXPIRY_CONCURRENCY = 4;
/** How soon a payment whose attempt is still open after its end is looked at again. */
const POSTPONE_S = 60;
/** An authorization that its provider holds longer than it said is asked about patiently. */
const POSTPONE_AUTHORIZED_S = 3_600;

/** What else an account's sync lane does, for a slice that payments know nothing of. */
export interface SyncWork {
  /** Does what is due now, a few provider calls at most. */
  readonly carryOut: (lane: ClaimedLane, clock: TenantClock) => Promise<void>;
  /** When the next is due, by the gateway's clock; null where none waits. */
  readonly nextDueAt: (lane: ClaimedLane, clock: TenantClock) => Promise<Temporal.Instant | null>;
}

/** Asks a provider account about its attempts and operations that are due, and does what others have for it. */
export async function syncLane(
  context: PaymentContext,
  lane: ClaimedLane,
  others: readonly SyncWork[] = [],
): Promise<void> {
  const { database } = context;
  const { tenantId, laneId } = lane;
  const { account } = await openProviderAccount(context, tenantId, laneId);
  const clock = await context.tenantClocks.fresh(tenantId, account.mode);
  const attempts = await selectDueAttempts(database.query, tenantId, laneId, clock.now(), SYNC_BATCH);
  await inParallel(attempts, SYNC_CONCURRENCY, async (attempt) => {
    await syncAttempt(context, attempt, 'poll');
  });
  const due = { tenantId, providerAccountId: laneId, now: clock.now(), limit: SYNC_BATCH };
  const operations = await selectDueOperations(database.query, due);
  await inParallel(operations, SYNC_CONCURRENCY, (operation) => syncOperation(context, operation));
  for (const { carryOut } of others) await carryOut(lane, clock);
  const next = [clock.laneTimeOf(await selectNextSyncAt(database.query, tenantId, laneId))];
  for (const { nextDueAt } of others) next.push(await nextDueAt(lane, clock));
  await releaseLane(database.query, lane, earliest(next), context.clock.now());
}

/** Ends a tenant's payments whose time is over. */
export async function expiryLane(context: PaymentContext, lane: ClaimedLane): Promise<void> {
  const { database } = context;
  const next: (Temporal.Instant | null)[] = [];
  for (const mode of ['live', 'test'] as const) {
    const clock = await context.tenantClocks.fresh(lane.tenantId, mode);
    const due = await selectDuePayments(database.query, lane.tenantId, mode, clock.now(), EXPIRY_BATCH);
    await inParallel(due, EXPIRY_CONCURRENCY, (payment) => endPayment(context, payment));
    next.push(clock.laneTimeOf(await selectNextPaymentDueAt(database.query, lane.tenantId, mode)));
  }
  await releaseLane(database.query, lane, earliest(next), context.clock.now());
}

/** What cannot be ended now is looked at again later, and keeps nobody else waiting. */
async function endPayment(context: PaymentContext, payment: Payment): Promise<void> {
  try {
    if (payment.status === 'authorized') await checkAuthorization(context, payment);
    else await expirePayment(context, payment, false);
  } catch (error) {
    await postpone(context, payment, POSTPONE_S);
    throw error;
  }
}

/**
 * Expires a payment. One with an open attempt is asked about first, and its attempt canceled at the provider where it
 * can be; while the outcome is unknown it stays processing and is looked at again.
 */
export async function expirePayment(context: PaymentContext, payment: Payment, early: boolean): Promise<void> {
  const now = payment.status === 'processing' ? await endOpenAttempt(context, payment) : payment;
  if (now.status === 'processing') {
    return postpone(context, now, POSTPONE_S);
  }
  await context.applySignal(payment, 'timer', { kind: 'expiry_reached', early });
}

/** An authorization whose time is over has lapsed once the provider says so, and not by our clock. */
async function checkAuthorization(context: PaymentContext, payment: Payment): Promise<void> {
  const { database } = context;
  const { tenantId, paymentId, lastAttemptId } = payment;
  const attempt = lastAttemptId === null ? null : await selectAttempt(database.query, tenantId, lastAttemptId);
  if (attempt !== null) await syncAttempt(context, attempt, 'poll');
  const now = await selectPayment(database.query, tenantId, paymentId);
  if (now?.status !== 'authorized') return;
  await postpone(context, now, POSTPONE_AUTHORIZED_S);
}

async function postpone(context: PaymentContext, payment: Payment, seconds: number): Promise<void> {
  const clock = await context.tenantClocks.of(payment.tenantId, payment.mode);
  await postponePayment(context.database.query, payment, clock.now().add({ seconds }));
}
