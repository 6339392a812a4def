import type { Mode, TenantCaller } from '../kernel/caller.ts';
import type { Permission } from '../kernel/endpoint.ts';

export const APPROVAL_STATES = ['requested', 'approved', 'rejected', 'done', 'failed', 'expired'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** `approved`: decided, and not yet known to be done. `failed`: the verb refused. `expired` is `requested` after its time. */
export const APPROVAL_TRANSITIONS: Readonly<Record<ApprovalState, readonly ApprovalState[]>> = {
  requested: ['approved', 'rejected', 'expired'],
  approved: ['done', 'failed'],
  rejected: [],
  done: [],
  failed: [],
  expired: [],
};

/** What is asked for, exactly as it will be run. Sealed where it is stored: it may hold credentials. */
export interface StoredRequest {
  /** What they may do is read when it is run. */
  readonly caller: Pick<TenantCaller, 'tenantId' | 'mode' | 'actor'>;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly secure: boolean;
  readonly remoteAddress: string;
  /** What those who decide see of it; no secrets. */
  readonly shown: Readonly<Record<string, string | number | null>>;
}

/** Something dangerous that waits for a second person, or did. */
export interface Approval {
  readonly tenantId: string;
  readonly approvalId: string;
  readonly mode: Mode;
  /** The id of the endpoint that was called. */
  readonly act: string;
  readonly permission: Permission;
  readonly state: Exclude<ApprovalState, 'expired'>;
  readonly requestSealed: Uint8Array;
  readonly requestedBy: string;
  /** Who asked, or the person who made the key that asked. */
  readonly requestedFor: string;
  readonly requestedAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  readonly decidedBy: string | null;
  readonly decidedAt: Temporal.Instant | null;
  readonly note: string | null;
  readonly answerStatus: number | null;
  readonly problemCode: string | null;
  readonly subjectId: string | null;
  readonly endedAt: Temporal.Instant | null;
}

/** A day: long enough to find somebody, short enough that it is still what was meant. */
export const APPROVAL_HOURS = 24;

/** The state as it is now: nothing happens when the time is over, and nothing can be decided after it. */
export function stateAt({ state, expiresAt }: Approval, now: Temporal.Instant): ApprovalState {
  return state === 'requested' && Temporal.Instant.compare(expiresAt, now) <= 0 ? 'expired' : state;
}

/** Where the request is sealed. */
export function requestPlace({ tenantId, approvalId }: Pick<Approval, 'tenantId' | 'approvalId'>) {
  return { tenantId, table: 'approvals', column: 'request_sealed', row: approvalId };
}
