import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { refundFromRow } from '../payments/operation-rows.ts';
import type { Refund } from '../payments/refund.ts';
import type { Queryable } from '../platform/database.ts';

/** A tenant's refund; another tenant's looks like one that does not exist. @throws Problem not_found */
export async function readRefund(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  refundId: string,
): Promise<Refund> {
  const row = await db
    .selectFrom('refunds')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('refund_id', '=', refundId)
    .where('mode', '=', owner.mode)
    .executeTakeFirst();
  if (row === undefined) throw new Problem('not_found', 'There is no such refund.');
  return refundFromRow(row);
}

/** The refund that used a reference first; null where none did. */
export async function selectRefundIdByReference(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  reference: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('refunds')
    .select('refund_id')
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('reference', '=', reference)
    .executeTakeFirst();
  return row?.refund_id ?? null;
}
