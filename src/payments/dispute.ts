import type { Mode } from '../kernel/caller.ts';
import type { DisputeReportState } from '../providers/provider.ts';

/** A payer's objection at the bank. Its money moves by the two totals, not by the verdict. */
export interface Dispute {
  readonly tenantId: string;
  readonly disputeId: string;
  readonly paymentId: string;
  readonly attemptId: string;
  readonly providerAccountId: string;
  readonly mode: Mode;
  readonly providerRef: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly status: DisputeStatus;
  readonly evidenceDueAt: Temporal.Instant | null;
  readonly amountWithdrawn: bigint;
  readonly amountReinstated: bigint;
  /** The provider's time of the status. */
  readonly reportedAt: Temporal.Instant;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export type DisputeStatus = DisputeReportState;

/** Verdicts are not the end: card schemes have further rounds, so won and lost may be opened again or turned. */
export const DISPUTE_TRANSITIONS: Readonly<Record<DisputeStatus, readonly DisputeStatus[]>> = {
  inquiry: ['opened', 'under_review', 'won', 'lost', 'expired'],
  opened: ['under_review', 'won', 'lost', 'expired'],
  under_review: ['opened', 'won', 'lost', 'expired'],
  won: ['opened', 'under_review', 'lost'],
  lost: ['opened', 'under_review', 'won'],
  expired: ['opened', 'under_review', 'won', 'lost'],
};
