import { inParallel } from '../platform/in-parallel.ts';
import { type ClaimedLane, releaseLane } from '../platform/lanes.ts';
import { applySignal } from './apply-signal.ts';
import type { PaymentContext } from './context.ts';
import { endOpenAttempt } from './end-open-attempt.ts';
import type { Payment } from './payment.ts';
import {
  postponePayment,
  selectDueAttempts,
  selectDuePayments,
  selectDueRefunds,
  selectNextPaymentDueAt,
  selectNextSyncAt,
} from './store-due-work.ts';
import { syncAttempt } from './sync-attempt.ts';
import { syncRefund } from './sync-refund.ts';

/** Enough for a batch of provider calls of 20 s each, done a few at a time. */
export const SYNC_LEASE_MS = 120_000;
const SYNC_BATCH = 12;
const SYNC_CONCURRENCY = 4;

export const EXPIRY_LEASE_MS = 120_000;
const EXPIRY_BATCH = 100;
const EXPIRY_CONCURRENCY = 4;
/** How soon a payment whose attempt is still open after its end is looked at again. */
const POSTPONE_S = 60;

/** Asks a provider account about its attempts and refunds that are due. */
export async function syncLane(context: PaymentContext, lane: ClaimedLane): Promise<void> {
  const { database, clock } = context;
  const { tenantId, laneId } = lane;
  const attempts = await selectDueAttempts(database.query, tenantId, laneId, clock.now(), SYNC_BATCH);
  await inParallel(attempts, SYNC_CONCURRENCY, (attempt) => syncAttempt(context, attempt, 'poll'));
  const refunds = await selectDueRefunds(database.query, tenantId, laneId, clock.now(), SYNC_BATCH);
  await inParallel(refunds, SYNC_CONCURRENCY, (refund) => syncRefund(context, refund));
  await releaseLane(database.query, lane, await selectNextSyncAt(database.query, tenantId, laneId), clock.now());
}

/** Ends a tenant's payments whose time is over. */
export async function expiryLane(context: PaymentContext, lane: ClaimedLane): Promise<void> {
  const { database, clock } = context;
  const due = await selectDuePayments(database.query, lane.tenantId, clock.now(), EXPIRY_BATCH);
  await inParallel(due, EXPIRY_CONCURRENCY, (payment) => expirePayment(context, payment, false));
  await releaseLane(database.query, lane, await selectNextPaymentDueAt(database.query, lane.tenantId), clock.now());
}

/**
 * Expires a payment. One with an open attempt is asked about first, and its attempt canceled at the provider where it
 * can be; while the outcome is unknown it stays processing and is looked at again.
 */
export async function expirePayment(context: PaymentContext, payment: Payment, early: boolean): Promise<void> {
  const now = payment.status === 'processing' ? await endOpenAttempt(context, payment) : payment;
  if (now.status === 'processing') {
    return postponePayment(context.database.query, now, context.clock.now().add({ seconds: POSTPONE_S }));
  }
  const signal = { kind: 'expiry_reached', early } as const;
  await applySignal({ db: context.database.query, clock: context.clock }, payment, 'timer', signal);
  context.wakeRelay();
}
