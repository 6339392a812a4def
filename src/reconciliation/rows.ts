import type { Selectable } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { ExceptionKind, ExceptionState, Here, ReconciliationException, Resolution, There } from './exception.ts';
import type { StatementLine } from './line.ts';
import type { LineKind } from './line-kind.ts';
import type { Payout } from './payout.ts';

/** A stored line. */
export function lineFromRow(row: Selectable<Tables['statement_lines']>): StatementLine {
  return {
    tenantId: row.tenant_id,
    lineId: row.line_id,
    providerAccountId: row.provider_account_id,
    mode: row.mode as Mode,
    statementId: row.statement_id,
    lineRef: row.line_ref,
    kind: row.kind as LineKind,
    attemptId: row.attempt_id,
    providerRef: row.provider_ref,
    operationId: row.operation_id,
    operationRef: row.operation_ref,
    currency: row.currency,
    gross: row.gross,
    fee: row.fee,
    net: row.net,
    occurredAt: row.occurred_at,
    availableAt: row.available_at,
    payoutRef: row.payout_ref,
    contentHash: row.content_hash,
    createdAt: row.created_at,
  };
}

/** A line as it is stored. */
export function lineToRow(line: StatementLine): WholeRow<'statement_lines'> {
  return {
    tenant_id: line.tenantId,
    line_id: line.lineId,
    provider_account_id: line.providerAccountId,
    mode: line.mode,
    statement_id: line.statementId,
    line_ref: line.lineRef,
    kind: line.kind,
    attempt_id: line.attemptId,
    provider_ref: line.providerRef,
    operation_id: line.operationId,
    operation_ref: line.operationRef,
    currency: line.currency,
    gross: line.gross,
    fee: line.fee,
    net: line.net,
    occurred_at: line.occurredAt,
    available_at: line.availableAt,
    payout_ref: line.payoutRef,
    content_hash: line.contentHash,
    created_at: line.createdAt,
  };
}

interface StoredHere {
  readonly amount: string;
  readonly currency: string;
  readonly status: string;
}

interface StoredThere {
  readonly gross: string;
  readonly fee: string;
  readonly net: string;
  readonly currency: string;
}

/** A stored exception. Amounts inside its documents are texts, since JSON numbers of PostgreSQL come back as floats. */
export function exceptionFromRow(row: Selectable<Tables['reconciliation_exceptions']>): ReconciliationException {
  return {
    tenantId: row.tenant_id,
    exceptionId: row.exception_id,
    mode: row.mode as Mode,
    providerAccountId: row.provider_account_id,
    kind: row.kind as ExceptionKind,
    state: row.state as ExceptionState,
    subjectNoun: row.subject_noun as ReconciliationException['subjectNoun'],
    subjectId: row.subject_id,
    paymentId: row.payment_id,
    statementId: row.statement_id,
    currency: row.currency,
    here: hereFromJson(row.here as StoredHere | null),
    there: thereFromJson(row.there as StoredThere | null),
    difference: row.difference,
    timesOpened: row.times_opened,
    resolution: row.resolution as Resolution | null,
    note: row.note,
    resolvedBy: row.resolved_by,
    resolvedAt: row.resolved_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** An exception as it is stored. */
export function exceptionToRow(exception: ReconciliationException): WholeRow<'reconciliation_exceptions'> {
  return {
    tenant_id: exception.tenantId,
    exception_id: exception.exceptionId,
    mode: exception.mode,
    provider_account_id: exception.providerAccountId,
    kind: exception.kind,
    state: exception.state,
    subject_noun: exception.subjectNoun,
    subject_id: exception.subjectId,
    payment_id: exception.paymentId,
    statement_id: exception.statementId,
    currency: exception.currency,
    here: hereToJson(exception.here),
    there: thereToJson(exception.there),
    difference: exception.difference,
    times_opened: exception.timesOpened,
    resolution: exception.resolution,
    note: exception.note,
    resolved_by: exception.resolvedBy,
    resolved_at: exception.resolvedAt,
    created_at: exception.createdAt,
    updated_at: exception.updatedAt,
  };
}

function hereFromJson(stored: StoredHere | null): Here | null {
  return stored === null ? null : { ...stored, amount: BigInt(stored.amount) };
}

function hereToJson(here: Here | null): StoredHere | null {
  return here === null ? null : { ...here, amount: here.amount.toString() };
}

function thereFromJson(stored: StoredThere | null): There | null {
  if (stored === null) return null;
  const { gross, fee, net, currency } = stored;
  return { gross: BigInt(gross), fee: BigInt(fee), net: BigInt(net), currency };
}

function thereToJson(there: There | null): StoredThere | null {
  if (there === null) return null;
  const { gross, fee, net, currency } = there;
  return { gross: gross.toString(), fee: fee.toString(), net: net.toString(), currency };
}

/** A stored payout. */
export function payoutFromRow(row: Selectable<Tables['payouts']>): Payout {
  return {
    tenantId: row.tenant_id,
    payoutId: row.payout_id,
    mode: row.mode as Mode,
    providerAccountId: row.provider_account_id,
    statementId: row.statement_id,
    lineId: row.line_id,
    payoutRef: row.payout_ref,
    status: row.status as Payout['status'],
    amount: row.amount,
    currency: row.currency,
    paidAt: row.paid_at,
    returnedAt: row.returned_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** A payout as it is stored. */
export function payoutToRow(payout: Payout): WholeRow<'payouts'> {
  return {
    tenant_id: payout.tenantId,
    payout_id: payout.payoutId,
    mode: payout.mode,
    provider_account_id: payout.providerAccountId,
    statement_id: payout.statementId,
    line_id: payout.lineId,
    payout_ref: payout.payoutRef,
    status: payout.status,
    amount: payout.amount,
    currency: payout.currency,
    paid_at: payout.paidAt,
    returned_at: payout.returnedAt,
    created_at: payout.createdAt,
    updated_at: payout.updatedAt,
  };
}
