import type { Queryable } from '../platform/database.ts';
import type { Owner } from './store-settings.ts';

/** The currencies of those payments that are the owner's, by id. */
export async function selectPaymentCurrencies(
  db: Queryable,
  { tenantId, mode }: Owner,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (paymentIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('payments')
    .select(['payment_id', 'currency'])
    .where('tenant_id', '=', tenantId)
    .where('mode', '=', mode)
    .where('payment_id', 'in', paymentIds)
    .execute();
  return new Map(rows.map((row) => [row.payment_id, row.currency]));
}
