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
  return row?.created_at ?? null;
}
