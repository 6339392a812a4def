import type { Queryable } from '../platform/database.ts';
import type { Settlement } from './settlement.ts';

/** What the statements say of a capture or refund; null unless they confirm it to the unit. */
export async function readSettlement(
  db: Queryable,
  owner: { readonly tenantId: string },
  operationId: string,
): Promise<Settlement | null> {
  return (await readSettlements(db, owner, [operationId])).get(operationId) ?? null;
}

/** The same for several, by their ids; what is not confirmed is left out. */
export async function readSettlements(
  db: Queryable,
  { tenantId }: { readonly tenantId: string },
  operationIds: readonly string[],
): Promise<ReadonlyMap<string, Settlement>> {
  if (operationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('settlements')
    .select(['subject_id', 'gross', 'fee', 'net', 'statement_id as statementId', 'settled_at as settledAt'])
    .where('tenant_id', '=', tenantId)
    .where('subject_id', 'in', operationIds)
    .where('confirmed', '=', true)
    .execute();
  return new Map(rows.map(({ subject_id, ...settlement }) => [subject_id, settlement]));
}
