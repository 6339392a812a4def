import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { CheckoutConfiguration } from './checkout-configuration.ts';
import { type Owner, selectCheckout } from './store.ts';

/** The stored checkout of the tenant and mode, archived or not. @throws Problem not_found */
export async function findCheckout(db: Queryable, owner: Owner, checkoutId: string): Promise<CheckoutConfiguration> {
  const checkout = await selectCheckout(db, owner, checkoutId);
  if (checkout === null) throw new Problem('not_found', 'There is no such checkout.');
  return checkout;
}
