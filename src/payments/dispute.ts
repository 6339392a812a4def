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
  /** When the provider is asked about it, should no notification come; null where nothing is to be expected. */
  readonly syncDueAt: Temporal.Instant | null;
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

/** Stages last for weeks, and what is missed is found in time for any evidence that is due. */
const ASKED_EVERY = { hours: 24 } as const;
/** Schemes give money back within weeks of the verdict; what has not come by then is a matter for people. */
const MONEY_AWAITED = { hours: 60 * 24 } as const;

/** When to ask about a dispute next: while it is open, and until money that was won has come back. */
export function nextDisputeSyncAt(
  dispute: Pick<Dispute, 'status' | 'amountWithdrawn' | 'amountReinstated' | 'reportedAt'>,
  now: Temporal.Instant,
): Temporal.Instant | null {
  switch (dispute.status) {
    case 'inquiry':
    case 'opened':
    case 'under_review':
      return now.add(ASKED_EVERY);
    case 'won': {
      const isAwaited =
        dispute.amountReinstated < dispute.amountWithdrawn &&
        Temporal.Instant.compare(now, dispute.reportedAt.add(MONEY_AWAITED)) < 0;
      return isAwaited ? now.add(ASKED_EVERY) : null;
    }
    case 'lost':
    case 'expired':
      return null;
  }
}
