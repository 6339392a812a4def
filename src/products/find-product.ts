import { Problem } from '../kernel/problem.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import type { Product } from './product.ts';
import { type Owner, selectProduct } from './store.ts';

/** Refuses a product under which no new payment can be made. */
export type CheckProduct = (owner: Owner, productId: string) => Promise<void>;

/** A product that was just archived takes payments for this long at most; the rest of the settings is as old. */
const CACHE = { lifetimeMs: 1_000, entriesMax: 10_000 };

/**
 * For the creation of payments: most name no product and are asked nothing, those of a busy product share one read a
 * second. Only what was found active is remembered, so that a new product serves at once.
 * @throws Problem validation_failed (from the returned function)
 */
export function createCheckProduct(database: Database): CheckProduct {
  const cache = new ExpiringCache<Product>(CACHE);
  return async (owner, productId) => {
    const name = JSON.stringify([owner.tenantId, owner.mode, productId]);
    await cache.get(name, () => findActiveProduct(database.query, owner, productId));
  };
}

/** The product of the tenant and mode, which new things may refer to. @throws Problem validation_failed at /productId */
export async function findActiveProduct(db: Queryable, owner: Owner, productId: string): Promise<Product> {
  const product = await selectProduct(db, owner, productId);
  if (product?.status === 'active') return product;
  const detail = product === null ? 'Must be the id of one of your products' : 'Must not be an archived product';
  throw new Problem('validation_failed', 'Some fields break a rule.', { errors: [{ pointer: '/productId', detail }] });
}

/** The product of the tenant and mode, archived or not. @throws Problem not_found */
export async function findProduct(db: Queryable, owner: Owner, productId: string): Promise<Product> {
  const product = await selectProduct(db, owner, productId);
  if (product === null) throw new Problem('not_found', 'There is no such product.');
  return product;
}
