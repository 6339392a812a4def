import { type Page, pageOf } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import type { CaptureObject, RefundObject, ReversalObject } from './operation-json.ts';
import { captureJson, refundJson, reversalJson } from './operation-json.ts';
import type { OperationListQuery } from './operation-query.ts';
import { captureFromRow, refundFromRow, reversalFromRow } from './operation-rows.ts';
import { readSettlements } from './read-settlement.ts';
import { type OperationFilter, type Owner, selectOperationList } from './store-operation-lists.ts';

/** A page of a tenant's captures, newest first, with what statements say of each. */
export async function listCaptures(
  db: Queryable,
  owner: Owner,
  query: OperationListQuery,
): Promise<Page<CaptureObject>> {
  const rows = await selectOperationList(db, 'captures', owner, filterOf(query), query);
  const captures = rows.map(captureFromRow);
  const ids = captures.map(({ captureId }) => captureId);
  const settled = await readSettlements(db, owner, ids);
  return pageOf(
    captures.map((one) => captureJson(one, settled.get(one.captureId))),
    query.limit,
  );
}

/** A page of a tenant's refunds, newest first, with what statements say of each. */
export async function listRefunds(db: Queryable, owner: Owner, query: OperationListQuery): Promise<Page<RefundObject>> {
  const rows = await selectOperationList(db, 'refunds', owner, filterOf(query), query);
  const refunds = rows.map(refundFromRow);
  const ids = refunds.map(({ refundId }) => refundId);
  const settled = await readSettlements(db, owner, ids);
  return pageOf(
    refunds.map((one) => refundJson(one, settled.get(one.refundId))),
    query.limit,
  );
}

/** A page of a tenant's reversals, newest first. */
export async function listReversals(
  db: Queryable,
  owner: Owner,
  query: OperationListQuery,
): Promise<Page<ReversalObject>> {
  const rows = await selectOperationList(db, 'reversals', owner, filterOf(query), query);
  return pageOf(
    rows.map((row) => reversalJson(reversalFromRow(row))),
    query.limit,
  );
}

function filterOf({ createdAfter, createdBefore, ...rest }: OperationListQuery): OperationFilter {
  return { ...rest, createdAfter: instantOf(createdAfter), createdBefore: instantOf(createdBefore) };
}

function instantOf(text: string | undefined): Temporal.Instant | undefined {
  return text === undefined ? undefined : Temporal.Instant.from(text);
}
