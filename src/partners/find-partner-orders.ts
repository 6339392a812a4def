import type { Queryable } from '../platform/database.ts';
import type { PartnerKey } from './partner-key.ts';
import { selectOrder, selectOrderKeys } from './store.ts';

/** Of these payments, those that a partner made: payment id → partner key id. */
export async function findPartnerOrders(
  db: Queryable,
  payments: readonly { readonly tenantId: string; readonly paymentId: string }[],
): Promise<ReadonlyMap<string, string>> {
  if (payments.length === 0) return new Map();
  const rows = await selectOrderKeys(db, payments);
  return new Map(rows.map((row) => [row.payment_id, row.partner_key_id]));
}

/** The id of the payment that a partner made under its own name for it; null where it made none. */
export function findOrderedPayment(
  db: Queryable,
  key: Pick<PartnerKey, 'tenantId' | 'partnerKeyId'>,
  orderId: string,
): Promise<string | null> {
  return selectOrder(db, key, orderId);
}
