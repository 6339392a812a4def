import type { TenantCaller } from '../kernel/caller.ts';
import { findOrderedPayment } from '../partners/find-partner-orders.ts';
import type { PartnerKey } from '../partners/partner-key.ts';
import type { Payment } from '../payments/payment.ts';
import { readPayment } from '../payments/read-payment.ts';
import type { Queryable } from '../platform/database.ts';
import { Refusal } from './refusal.ts';

/** The caller that a partner's verified request acts as: the key's tenant, in the key's mode, for these verbs alone. */
export function callerOf({ tenantId, mode, merchantCode }: PartnerKey): TenantCaller {
  return {
    by: 'tenant',
    tenantId,
    mode,
    scopes: ['payment:create', 'refund:create'],
    actor: `partner:${merchantCode}`,
    person: null,
  };
}

/**
 * The payment that this partner made under its name for it. The tenant's own payments, and those of its other partners,
 * look like ones that do not exist.
 * @throws Refusal order_not_found
 */
export async function findOrder(
  db: Queryable,
  key: PartnerKey,
  { orderId, providerRef }: { readonly orderId: string; readonly providerRef?: string | undefined },
): Promise<Payment> {
  const paymentId = await findOrderedPayment(db, key, orderId);
  if (paymentId === null || (providerRef ?? paymentId) !== paymentId) {
    throw new Refusal('order_not_found', 'There is no such order');
  }
  return (await readPayment(db, key, paymentId)).payment;
}
