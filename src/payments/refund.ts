import type { Mode } from '../kernel/caller.ts';

/** Money on its way back. `pending` until the provider says what came of it, however long that takes. */
export interface Refund {
  readonly tenantId: string;
  readonly refundId: string;
  readonly paymentId: string;
  readonly attemptId: string;
  readonly providerAccountId: string;
  readonly mode: Mode;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly reference: string | null;
  readonly status: RefundStatus;
  /** Within `pending`: sent without a known outcome, or acknowledged by the provider. */
  readonly dispatch: 'dispatched' | 'unknown' | 'acknowledged';
  readonly providerRef: string | null;
  readonly failureCode: string | null;
  readonly syncDueAt: Temporal.Instant | null;
  readonly syncTries: number;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

/** A succeeded refund may still fail: providers take it back when the payer's account is closed. */
export const REFUND_TRANSITIONS: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  pending: ['succeeded', 'failed'],
  succeeded: ['failed'],
  failed: [],
};

const SYNC_DELAYS_S = [0, 10, 60, 300, 3_600, 86_400] as const;

/** When to repeat a refund request (same key) or ask about it, after `tries` tries without news. */
export function nextRefundSyncAt(tries: number, now: Temporal.Instant): Temporal.Instant {
  return now.add({ seconds: SYNC_DELAYS_S[Math.min(tries, SYNC_DELAYS_S.length - 1)] ?? 0 });
}
