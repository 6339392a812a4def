import type { Selectable } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Capture } from './capture.ts';
import type { Dispute, DisputeStatus } from './dispute.ts';
import type { Operation, OperationStatus } from './operation.ts';
import type { Refund } from './refund.ts';
import type { Reversal } from './reversal.ts';

type OperationRow = Omit<Selectable<Tables['reversals']>, 'reversal_id' | 'reason'>;

function operationFromRow(row: OperationRow): Operation {
  return {
    tenantId: row.tenant_id,
    paymentId: row.payment_id,
    attemptId: row.attempt_id,
    providerAccountId: row.provider_account_id,
    mode: row.mode as Mode,
    amount: row.amount,
    currency: row.currency,
    madeBy: row.made_by as Operation['madeBy'],
    status: row.status as OperationStatus,
    dispatch: row.dispatch as Operation['dispatch'],
    providerRef: row.provider_ref,
    failureCode: row.failure_code,
    syncDueAt: row.sync_due_at,
    syncTries: row.sync_tries,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function operationToRow(operation: Operation): OperationRow {
  return {
    tenant_id: operation.tenantId,
    payment_id: operation.paymentId,
    attempt_id: operation.attemptId,
    provider_account_id: operation.providerAccountId,
    mode: operation.mode,
    amount: operation.amount,
    currency: operation.currency,
    made_by: operation.madeBy,
    status: operation.status,
    dispatch: operation.dispatch,
    provider_ref: operation.providerRef,
    failure_code: operation.failureCode,
    sync_due_at: operation.syncDueAt,
    sync_tries: operation.syncTries,
    created_at: operation.createdAt,
    updated_at: operation.updatedAt,
  };
}

/** A stored capture. */
export function captureFromRow(row: Selectable<Tables['captures']>): Capture {
  return { ...operationFromRow(row), captureId: row.capture_id, final: row.final, duplicate: row.duplicate };
}

/** A capture as it is stored. */
export function captureToRow(capture: Capture): WholeRow<'captures'> {
  const { captureId, final, duplicate } = capture;
  return { ...operationToRow(capture), capture_id: captureId, final, duplicate };
}

/** A stored refund. */
export function refundFromRow(row: Selectable<Tables['refunds']>): Refund {
  const { refund_id: refundId, reason, reference, duplicate } = row;
  return { ...operationFromRow(row), refundId, reason, reference, duplicate };
}

/** A refund as it is stored. */
export function refundToRow(refund: Refund): WholeRow<'refunds'> {
  const { refundId, reason, reference, duplicate } = refund;
  return { ...operationToRow(refund), refund_id: refundId, reason, reference, duplicate };
}

/** A stored reversal. */
export function reversalFromRow(row: Selectable<Tables['reversals']>): Reversal {
  return { ...operationFromRow(row), reversalId: row.reversal_id, reason: row.reason };
}

/** A reversal as it is stored. */
export function reversalToRow(reversal: Reversal): WholeRow<'reversals'> {
  return { ...operationToRow(reversal), reversal_id: reversal.reversalId, reason: reversal.reason };
}

/** A stored dispute. */
export function disputeFromRow(row: Selectable<Tables['disputes']>): Dispute {
  return {
    tenantId: row.tenant_id,
    disputeId: row.dispute_id,
    paymentId: row.payment_id,
    attemptId: row.attempt_id,
    providerAccountId: row.provider_account_id,
    mode: row.mode as Mode,
    providerRef: row.provider_ref,
    amount: row.amount,
    currency: row.currency,
    reason: row.reason,
    status: row.status as DisputeStatus,
    evidenceDueAt: row.evidence_due_at,
    amountWithdrawn: row.amount_withdrawn,
    amountReinstated: row.amount_reinstated,
    reportedAt: row.reported_at,
    syncDueAt: row.sync_due_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** A dispute as it is stored. */
export function disputeToRow(dispute: Dispute): WholeRow<'disputes'> {
  return {
    tenant_id: dispute.tenantId,
    dispute_id: dispute.disputeId,
    payment_id: dispute.paymentId,
    attempt_id: dispute.attemptId,
    provider_account_id: dispute.providerAccountId,
    mode: dispute.mode,
    provider_ref: dispute.providerRef,
    amount: dispute.amount,
    currency: dispute.currency,
    reason: dispute.reason,
    status: dispute.status,
    evidence_due_at: dispute.evidenceDueAt,
    amount_withdrawn: dispute.amountWithdrawn,
    amount_reinstated: dispute.amountReinstated,
    reported_at: dispute.reportedAt,
    sync_due_at: dispute.syncDueAt,
    created_at: dispute.createdAt,
    updated_at: dispute.updatedAt,
  };
}
