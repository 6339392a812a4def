import type { Queryable } from '../platform/database.ts';
import type { Settlement } from './settlement.ts';

/** What the statements say of a capture or refund; null unless they confirm it to the unit. */
export async function readSettlement(
  db: Queryable,
  { tenantId }: { readonly tenantId: string },
  operationId: string,
): Promise<Settlement | null> {
  const row = await db
    .selectFrom('settlements')
    .select(['gross', 'fee', 'net', 'statement_id as statementId', 'settled_at as settledAt'])
    .where('tenant_id', '=', tenantId)
    .where('subject_id', '=', operationId)
    .where('confirmed', '=', true)
    .executeTakeFirst();
  return row ?? null;
}
