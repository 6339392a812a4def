import type { Mode } from '../kernel/caller.ts';
import type { SealedPlace } from '../keys/sealer.ts';
import type { Dispute, DisputeStatus } from '../payments/dispute.ts';
import { newStanding, nextOperationSyncAt } from '../payments/operation.ts';
import type { DisputeReport } from '../providers/provider.ts';
import type { EvidenceAnswer } from '../providers/provider-evidence.ts';

/** What a merchant answers to a dispute. Committed before it is sent, and sent again by its id until it is answered. */
export interface Evidence {
  readonly tenantId: string;
  readonly evidenceId: string;
  readonly disputeId: string;
  readonly paymentId: string;
  readonly providerAccountId: string;
  readonly mode: Mode;
  /** Often full of the payer's personal data. */
  readonly textSealed: Uint8Array;
  readonly status: EvidenceStatus;
  readonly failureCode: string | null;
  /** null once the provider has answered. */
  readonly syncDueAt: Temporal.Instant | null;
  readonly syncTries: number;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** `unknown`: sent without a known outcome. Only the provider's own word ends one. */
export type EvidenceStatus = 'dispatched' | 'unknown' | 'submitted' | 'refused';

export const EVIDENCE_TRANSITIONS: Readonly<Record<EvidenceStatus, readonly EvidenceStatus[]>> = {
  dispatched: ['unknown', 'submitted', 'refused'],
  unknown: ['submitted', 'refused'],
  submitted: [],
  refused: [],
};

/** States in which the bank still listens; whether it takes more while it reviews is the provider's to say. */
const OPEN: readonly DisputeStatus[] = ['inquiry', 'opened', 'under_review'];

/** Why a dispute takes no evidence now; null where it does. */
export function whyNoEvidence({ status, evidenceDueAt }: Dispute, now: Temporal.Instant): string | null {
  if (!OPEN.includes(status)) return `A dispute that is ${status} takes no evidence.`;
  if (evidenceDueAt !== null && Temporal.Instant.compare(now, evidenceDueAt) > 0) {
    return `Evidence was due until ${evidenceDueAt}.`;
  }
  return null;
}

/** Evidence whose intent is to be committed; its request follows at once, and the sync worker's only if that is lost. */
export function newEvidence(
  { tenantId, disputeId, paymentId, providerAccountId, mode }: Dispute,
  its: Pick<Evidence, 'evidenceId' | 'textSealed'>,
  now: Temporal.Instant,
): Evidence {
  const { syncDueAt, syncTries, createdAt, updatedAt } = newStanding('tenant', now);
  return {
    tenantId,
    ...its,
    disputeId,
    paymentId,
    providerAccountId,
    mode,
    status: 'dispatched',
    failureCode: null,
    syncDueAt,
    syncTries,
    createdAt,
    updatedAt,
  };
}

/** What the provider made of it, and with that of its dispute; `in_doubt`: it did not say. */
export type EvidenceOutcome =
  | { readonly kind: 'submitted'; readonly report: DisputeReport }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'in_doubt' };

/** Not sent is as good as unknown here: the same request goes out again with the same key. */
export function outcomeOf(answer: EvidenceAnswer, { providerRef }: Dispute): EvidenceOutcome {
  switch (answer.kind) {
    case 'answered':
      // What is said of another dispute says nothing of this one.
      if (answer.dispute.providerRef !== providerRef) return { kind: 'in_doubt' };
      return { kind: 'submitted', report: answer.dispute };
    case 'refused':
      return { kind: 'refused', code: answer.code };
    case 'not_sent':
    case 'unknown':
      return { kind: 'in_doubt' };
  }
}

/** The evidence after it was sent; null where that brought no news. */
export function afterSending(evidence: Evidence, outcome: EvidenceOutcome, now: Temporal.Instant): Evidence | null {
  const known = { ...evidence, updatedAt: now, syncDueAt: null };
  if (outcome.kind === 'submitted') return { ...known, status: 'submitted' };
  if (outcome.kind === 'refused') return { ...known, status: 'refused', failureCode: outcome.code };
  if (evidence.status === 'unknown') return null;
  // A try of the sync worker has the time of the next one already.
  const syncDueAt = evidence.syncTries === 0 ? nextOperationSyncAt(0, now) : evidence.syncDueAt;
  return { ...known, status: 'unknown', syncDueAt };
}

/** Where the text stands sealed. */
export function evidencePlace({ tenantId, evidenceId }: Pick<Evidence, 'tenantId' | 'evidenceId'>): SealedPlace {
  return { tenantId, table: 'dispute_evidence', column: 'text_sealed', row: evidenceId };
}
