import type { Queryable } from '../platform/database.ts';

/** When a payment first succeeded, as its notification tells it; null where it has not. */
export async function selectPaidAt(
  db: Queryable,
  { tenantId, paymentId }: { readonly tenantId: string; readonly paymentId: string },
): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('events')
    .select('created_at')
    .where('tenant_id', '=', tenantId)
    .where('payment_id', '=', paymentId)
    .where('type', '=', 'payment.succeeded')
    .orderBy('event_id')
    .limit(1)
    .executeTakeFirst();
  if (row !== undefined) return row.created_at;
  // The event is not kept for ever, what was captured is.
  const captured = await db
    .selectFrom('captures')
    .select(({ fn }) => fn.min('created_at').as('at'))
    .where('tenant_id', '=', tenantId)
    .where('payment_id', '=', paymentId)
    .where('status', '=', 'succeeded')
    .executeTakeFirst();
  return captured?.at ?? null;
}
