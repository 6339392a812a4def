import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { reversalFromRow } from '../payments/operation-rows.ts';
import type { Reversal } from '../payments/reversal.ts';
import type { Queryable } from '../platform/database.ts';

/** A tenant's reversal; another tenant's looks like one that does not exist. @throws Problem not_found */
export async function readReversal(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  reversalId: string,
): Promise<Reversal> {
  const row = await db
    .selectFrom('reversals')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('reversal_id', '=', reversalId)
    .where('mode', '=', owner.mode)
    .executeTakeFirst();
  if (row === undefined) throw new Problem('not_found', 'There is no such reversal.');
  return reversalFromRow(row);
}

/** When the first money of a payment was captured; the acquirer's books close for it first. */
export async function selectFirstCaptureAt(
  db: Queryable,
  payment: { readonly tenantId: string; readonly paymentId: string },
): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('captures')
    .select((row) => row.fn.min('created_at').as('first'))
    .where('tenant_id', '=', payment.tenantId)
    .where('payment_id', '=', payment.paymentId)
    .where('status', '=', 'succeeded')
    .where('duplicate', '=', false)
    .executeTakeFirst();
  return row?.first ?? null;
}
