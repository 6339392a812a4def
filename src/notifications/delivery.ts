import { randomInt } from 'node:crypto';
import type { Mode } from '../kernel/caller.ts';

/** One event on its way to one address. */
export interface Delivery {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly laneId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly paymentId: string | null;
  readonly mode: Mode;
  readonly endpointId: string | null;
  readonly urlOverride: string | null;
  /** The key of the partner that is told of a payment it made; null: a tenant's own receiver. */
  readonly partnerKeyId: string | null;
  readonly trigger: 'automatic' | 'resend' | 'replay' | 'test' | 'simulation';
  /** Which setting sent it there; null: from before it was noted. */
  readonly reason: 'tenant' | 'product' | 'payment' | 'additional' | 'partner' | 'manual' | null;
  readonly status: DeliveryStatus;
  readonly attemptsMade: number;
  readonly dueAt: Temporal.Instant | null;
  readonly lastAttemptAt: Temporal.Instant | null;
  readonly lastStatusCode: number | null;
  readonly lastError: string | null;
  readonly createdAt: Temporal.Instant;
}

/**
 * `held`: came due while its tenant or its product was paused. One that was under way just then may turn out to have been
 * acknowledged.
 */
export type DeliveryStatus = 'pending' | 'held' | 'succeeded' | 'exhausted' | 'canceled';

/** Nothing leaves an ended delivery; a resend is a new one. */
export const DELIVERY_TRANSITIONS: Readonly<Record<DeliveryStatus, readonly DeliveryStatus[]>> = {
  pending: ['held', 'succeeded', 'exhausted', 'canceled'],
  held: ['pending', 'succeeded', 'canceled'],
  succeeded: [],
  exhausted: [],
  canceled: [],
};

/** Seconds before each of the eleven resends: 5 s, 30 s, 2, 10, 30 min, 1, 3, 6, 12, 24, 30 h; over 76 hours in all. */
const RESEND_DELAYS_S = [5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 108_000] as const;
/** Keeps deliveries that failed together from coming back together. Up to a tenth later, never earlier. */
const JITTER_PARTS = 1_000;
/** Longer waits asked for by a receiver are cut to this. */
const RETRY_AFTER_MAX_S = 86_400;

/**
 * When to try again after `attemptsMade` tries, or null where the schedule is used up. A receiver may ask for more
 * patience (`Retry-After`), not for less.
 */
export function nextDeliveryAt(
  attemptsMade: number,
  now: Temporal.Instant,
  retryAfterSeconds: number | null,
): Temporal.Instant | null {
  const delay = RESEND_DELAYS_S[attemptsMade - 1];
  if (delay === undefined) return null;
  const jittered = delay * 1_000 + (delay * 1_000 * randomInt(JITTER_PARTS)) / (10 * JITTER_PARTS);
  const asked = Math.min(retryAfterSeconds ?? 0, RETRY_AFTER_MAX_S) * 1_000;
  return now.add({ milliseconds: Math.round(Math.max(jittered, asked)) });
}
