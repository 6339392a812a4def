import type { Selectable } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Product } from './product.ts';

/** Whose products: a tenant's, of one mode. */
export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

/** Breaks products_reference_key where another product has the reference. */
export async function insertProduct(db: Queryable, product: Product): Promise<void> {
  await db
    .insertInto('products')
    .values({
      tenant_id: product.tenantId,
      product_id: product.productId,
      mode: product.mode,
      created_at: product.createdAt,
      ...changeable(product),
    })
    .execute();
}

/** Writes what may change. Breaks products_reference_key where another product has the reference. */
export async function saveProduct(db: Queryable, product: Product): Promise<void> {
  await db
    .updateTable('products')
    .set(changeable(product))
    .where('tenant_id', '=', product.tenantId)
    .where('product_id', '=', product.productId)
    .execute();
}

export async function selectProduct(db: Queryable, owner: Owner, productId: string): Promise<Product | null> {
  const row = await ownedBy(db, owner).where('product_id', '=', productId).executeTakeFirst();
  return row === undefined ? null : productFromRow(row);
}

/** The same, locked until the transaction ends, so that two changes do not lose one. */
export async function lockProduct(tx: Queryable, owner: Owner, productId: string): Promise<Product | null> {
  const row = await ownedBy(tx, owner).where('product_id', '=', productId).forUpdate().executeTakeFirst();
  return row === undefined ? null : productFromRow(row);
}

export async function selectProductIdByReference(
  db: Queryable,
  owner: Owner,
  reference: string,
): Promise<string | null> {
  const row = await ownedBy(db, owner).where('reference', '=', reference).executeTakeFirst();
  return row?.product_id ?? null;
}

interface ProductFilter {
  readonly reference?: string | undefined;
  readonly status?: string | undefined;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectProducts(
  db: Queryable,
  owner: Owner,
  { reference, status, ...page }: ProductFilter & PageOptions,
): Promise<readonly Product[]> {
  let query = ownedBy(db, owner).$call(newestFirst('product_id', page));
  if (reference !== undefined) query = query.where('reference', '=', reference);
  if (status !== undefined) query = query.where('status', '=', status);
  return (await query.execute()).map(productFromRow);
}

function ownedBy(db: Queryable, { tenantId, mode }: Owner) {
  return db.selectFrom('products').selectAll().where('tenant_id', '=', tenantId).where('mode', '=', mode);
}

function changeable(product: Product) {
  return {
    name: product.name,
    reference: product.reference,
    status: product.status,
    updated_at: product.updatedAt,
  };
}

function productFromRow(row: Selectable<Tables['products']>): Product {
  return {
    tenantId: row.tenant_id,
    productId: row.product_id,
    mode: row.mode as Mode,
    name: row.name,
    reference: row.reference,
    status: row.status as Product['status'],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
