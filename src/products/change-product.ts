import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { noteAct } from '../platform/act.ts';
import { type Database, type Queryable, violatedConstraint } from '../platform/database.ts';
import type { Product } from './product.ts';
import { insertProduct, lockProduct, type Owner, saveProduct, selectProductIdByReference } from './store.ts';

export interface ProductContext {
  readonly database: Database;
  readonly clock: Clock;
}

interface NewProduct {
  readonly name: string;
  readonly reference?: string | undefined;
}

/** Adds a product in the caller's transaction. @throws Problem reference_already_used */
export async function createProduct(
  { database, clock }: ProductContext,
  tx: Queryable,
  { tenantId, mode }: Owner,
  { name, reference }: NewProduct,
): Promise<Product> {
  const now = clock.now();
  const product: Product = {
    ...{ tenantId, mode, name, productId: newId('prd', clock), status: 'active' },
    reference: reference ?? null,
    createdAt: now,
    updatedAt: now,
  };
  await insertProduct(tx, product).catch((error: unknown) => refuseTaken(database, product, error));
  return product;
}

type ProductChanges = Partial<Pick<Product, 'name' | 'reference' | 'status'>>;

/** Changes a product. New payments go by it within a second. @throws Problem not_found, reference_already_used */
export async function changeProduct(
  { database, clock }: ProductContext,
  owner: Owner,
  productId: string,
  changes: ProductChanges,
): Promise<Product> {
  return database.transaction(async (tx) => {
    const before = await lockProduct(tx, owner, productId);
    if (before === null) throw new Problem('not_found', 'There is no such product.');
    const after = { ...before, ...changes, updatedAt: clock.now() };
    await saveProduct(tx, after).catch((error: unknown) => refuseTaken(database, after, error));
    noteAct({ before: { ...before }, after: { ...after } });
    return after;
  });
}

/** Asks outside the transaction, which the broken constraint has ended. */
async function refuseTaken({ query }: Database, product: Product, error: unknown): Promise<never> {
  if (violatedConstraint(error) !== 'products_reference_key' || product.reference === null) throw error;
  const first = await selectProductIdByReference(query, product, product.reference);
  throw new Problem('reference_already_used', 'Another product has this reference.', {
    errors: [{ pointer: '/reference', detail: 'Must not be another product’s' }],
    ...(first === null ? {} : { members: { productId: first } }),
  });
}
