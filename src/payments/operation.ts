import type { Mode } from '../kernel/caller.ts';
import type { OperationReport } from '../providers/provider.ts';

/** What captures, refunds and reversals have in common: an amount, a provider that moves it, and doubt about it. */
export interface Operation {
  readonly tenantId: string;
  readonly paymentId: string;
  readonly attemptId: string;
  readonly providerAccountId: string;
  readonly mode: Mode;
  readonly amount: bigint;
  readonly currency: string;
  /** Who wanted it. `gateway`: it follows from a rule of ours; `provider`: made at the provider's own console. */
  readonly madeBy: 'tenant' | 'gateway' | 'provider';
  readonly status: OperationStatus;
  /** Within `pending`: sent without a known outcome, or acknowledged by the provider. */
  readonly dispatch: 'dispatched' | 'unknown' | 'acknowledged';
  readonly providerRef: string | null;
  readonly failureCode: string | null;
  readonly syncDueAt: Temporal.Instant | null;
  readonly syncTries: number;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export type OperationStatus = 'pending' | 'succeeded' | 'failed';

/** What succeeded may still fail: providers take captures and refunds back when a bank turns them down later. */
export const OPERATION_TRANSITIONS: Readonly<Record<OperationStatus, readonly OperationStatus[]>> = {
  pending: ['succeeded', 'failed'],
  succeeded: ['failed'],
  failed: [],
};

/** Either an older message, told again or late, or a contradiction: only the provider's whole answer tells which. */
export const SUCCEEDED_AFTER_FAILED = 'succeeded_after_failed';

/** At once, then patiently; the last step repeats. Source: Kill Bill's janitor as a floor. */
const SYNC_DELAYS_S = [0, 10, 60, 300, 3_600, 86_400] as const;
/** The step of an operation that was just sent: later than a provider call's deadline, so that none is doubled. */
const SENT_STEP = 2;
/** The step of an operation that the provider works on: notifications normally come first. */
const ACKNOWLEDGED_STEP = 3;

/** When to ask about an operation or repeat it (same key), after `tries` tries without news. */
export function nextOperationSyncAt(tries: number, now: Temporal.Instant): Temporal.Instant {
  return now.add({ seconds: SYNC_DELAYS_S[Math.min(tries, SYNC_DELAYS_S.length - 1)] ?? 0 });
}

/** The standing of an operation whose intent is committed before its request is sent, or found at the provider. */
export function newStanding(
  madeBy: Operation['madeBy'],
  now: Temporal.Instant,
): Pick<
  Operation,
  | 'madeBy'
  | 'status'
  | 'dispatch'
  | 'providerRef'
  | 'failureCode'
  | 'syncDueAt'
  | 'syncTries'
  | 'createdAt'
  | 'updatedAt'
> {
  return {
    madeBy,
    status: 'pending',
    dispatch: madeBy === 'provider' ? 'acknowledged' : 'dispatched',
    providerRef: null,
    failureCode: null,
    // What the gateway decides by itself is sent by the sync worker, at once; others are being sent by their request.
    syncDueAt: nextOperationSyncAt(madeBy === 'gateway' ? 0 : SENT_STEP, now),
    syncTries: 0,
    createdAt: now,
    updatedAt: now,
  };
}

/** The operation after the provider named it; its own name for it stays the first one. */
export function acknowledged<One extends Operation>(operation: One, report: OperationReport): One {
  return { ...operation, providerRef: operation.providerRef ?? report.providerRef, dispatch: 'acknowledged' };
}

/** The provider works on it: asked about later, should no notification come. */
export function awaited<One extends Operation>(operation: One, now: Temporal.Instant): One {
  return { ...operation, syncDueAt: nextOperationSyncAt(ACKNOWLEDGED_STEP, now), syncTries: 0 };
}

export function succeeded<One extends Operation>(operation: One): One {
  return { ...operation, status: 'succeeded', failureCode: null, syncDueAt: null };
}

export function failed<One extends Operation>(operation: One, code: string): One {
  return { ...operation, status: 'failed', failureCode: code, syncDueAt: null };
}

/** Whether its own request is on its way, so that nothing can be said of it yet; also where that request died. */
export function isBeingSent({ status, dispatch }: Operation): boolean {
  return status === 'pending' && dispatch === 'dispatched';
}

/** Whether nobody knows if a pending operation has reached the provider: its request came back so, or never came back. */
export function isInDoubt({ dispatch, syncDueAt }: Operation, now: Temporal.Instant): boolean {
  if (dispatch === 'acknowledged') return false;
  return dispatch === 'unknown' || (syncDueAt !== null && Temporal.Instant.compare(syncDueAt, now) <= 0);
}

/** Sent, outcome unknown: stays pending, and the same request is repeated. null: an outcome is known already. */
export function inDoubt<One extends Operation>(operation: One, now: Temporal.Instant): One | null {
  if (operation.status !== 'pending' || operation.dispatch !== 'dispatched') return null;
  return { ...operation, dispatch: 'unknown', syncDueAt: nextOperationSyncAt(0, now), syncTries: 0 };
}

/** Why a report about an attempt cannot be about this operation; null where it can. */
export function mismatch(
  operation: Operation,
  report: OperationReport,
  attempt: { readonly attemptId: string } | null,
): string | null {
  if (attempt !== null && attempt.attemptId !== operation.attemptId) return 'attempt_mismatch';
  if (report.amount.amount !== operation.amount || report.amount.currency !== operation.currency) {
    return 'amount_mismatch';
  }
  if (operation.providerRef !== null && operation.providerRef !== report.providerRef) return 'provider_ref_mismatch';
  return null;
}
