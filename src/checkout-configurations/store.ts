import type { Selectable } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { PaymentTerms } from './api.ts';
import type { CheckoutConfiguration } from './checkout-configuration.ts';

/** Whose checkouts: a tenant's, of one mode. */
export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

/** Breaks checkouts_reference_key where another checkout has the reference. */
export async function insertCheckout(db: Queryable, checkout: CheckoutConfiguration): Promise<void> {
  await db
    .insertInto('checkouts')
    .values({
      tenant_id: checkout.tenantId,
      checkout_id: checkout.checkoutId,
      mode: checkout.mode,
      created_at: checkout.createdAt,
      ...changeable(checkout),
    })
    .execute();
}

/** Writes what may change. Breaks checkouts_reference_key where another checkout has the reference. */
export async function saveCheckout(db: Queryable, checkout: CheckoutConfiguration): Promise<void> {
  await db
    .updateTable('checkouts')
    .set(changeable(checkout))
    .where('tenant_id', '=', checkout.tenantId)
    .where('checkout_id', '=', checkout.checkoutId)
    .execute();
}

export async function selectCheckout(db: Queryable, owner: Owner, id: string): Promise<CheckoutConfiguration | null> {
  const row = await ownedBy(db, owner).where('checkout_id', '=', id).executeTakeFirst();
  return row === undefined ? null : checkoutFromRow(row);
}

/** The same, locked until the transaction ends, so that two changes do not lose one. */
export async function lockCheckout(tx: Queryable, owner: Owner, id: string): Promise<CheckoutConfiguration | null> {
  const row = await ownedBy(tx, owner).where('checkout_id', '=', id).forNoKeyUpdate().executeTakeFirst();
  return row === undefined ? null : checkoutFromRow(row);
}

export async function selectCheckoutIdByReference(
  db: Queryable,
  owner: Owner,
  reference: string,
): Promise<string | null> {
  const row = await ownedBy(db, owner).where('reference', '=', reference).executeTakeFirst();
  return row?.checkout_id ?? null;
}

interface CheckoutFilter {
  readonly reference?: string | undefined;
  readonly status?: string | undefined;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectCheckouts(
  db: Queryable,
  owner: Owner,
  { reference, status, ...page }: CheckoutFilter & PageOptions,
): Promise<readonly CheckoutConfiguration[]> {
  let query = ownedBy(db, owner).$call(newestFirst('checkout_id', page));
  if (reference !== undefined) query = query.where('reference', '=', reference);
  if (status !== undefined) query = query.where('status', '=', status);
  return (await query.execute()).map(checkoutFromRow);
}

function ownedBy(db: Queryable, { tenantId, mode }: Owner) {
  return db.selectFrom('checkouts').selectAll().where('tenant_id', '=', tenantId).where('mode', '=', mode);
}

function changeable(checkout: CheckoutConfiguration) {
  return {
    name: checkout.name,
    reference: checkout.reference,
    status: checkout.status,
    terms: JSON.stringify(checkout.terms),
    updated_at: checkout.updatedAt,
  };
}

function checkoutFromRow(row: Selectable<Tables['checkouts']>): CheckoutConfiguration {
  return {
    tenantId: row.tenant_id,
    checkoutId: row.checkout_id,
    mode: row.mode as Mode,
    name: row.name,
    reference: row.reference,
    status: row.status as CheckoutConfiguration['status'],
    terms: row.terms as PaymentTerms,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
