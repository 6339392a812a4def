import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { PartnerKey } from './partner-key.ts';

/** Whose keys: a tenant's, of one mode. */
export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

/** Breaks partner_merchant_codes_pkey where the merchant code was ever given to anybody. */
export async function insertPartnerKey(tx: Queryable, key: PartnerKey): Promise<void> {
  await tx
    .insertInto('partner_keys')
    .values({
      tenant_id: key.tenantId,
      partner_key_id: key.partnerKeyId,
      mode: key.mode,
      merchant_code: key.merchantCode,
      algorithm: key.algorithm,
      created_at: key.createdAt,
      ...changeable(key),
    })
    .execute();
  await tx
    .insertInto('partner_merchant_codes')
    .values({ merchant_code: key.merchantCode, tenant_id: key.tenantId, partner_key_id: key.partnerKeyId })
    .execute();
}

/** Writes what may change of a key. */
export async function updatePartnerKey(tx: Queryable, key: PartnerKey): Promise<void> {
  await tx
    .updateTable('partner_keys')
    .set(changeable(key))
    .where('tenant_id', '=', key.tenantId)
    .where('partner_key_id', '=', key.partnerKeyId)
    .execute();
}

export async function selectPartnerKey(
  db: Queryable,
  tenantId: string,
  partnerKeyId: string,
): Promise<PartnerKey | null> {
  const row = await db
    .selectFrom('partner_keys')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('partner_key_id', '=', partnerKeyId)
    .executeTakeFirst();
  return row === undefined ? null : keyFromRow(row);
}

/** The same, of a mode, locked until the transaction ends, so that two changes do not lose one. */
export async function lockPartnerKey(tx: Queryable, owner: Owner, partnerKeyId: string): Promise<PartnerKey | null> {
  const row = await tx
    .selectFrom('partner_keys')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('partner_key_id', '=', partnerKeyId)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? null : keyFromRow(row);
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectPartnerKeys(
  db: Queryable,
  owner: Owner,
  page: PageOptions,
): Promise<readonly PartnerKey[]> {
  const query = db
    .selectFrom('partner_keys')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('partner_key_id', page));
  return (await query.execute()).map(keyFromRow);
}

/** Whose merchant code it is; a partner's request knows only the code. */
export async function selectMerchantCode(
  db: Queryable,
  merchantCode: string,
): Promise<{ readonly tenantId: string; readonly partnerKeyId: string } | null> {
  const row = await db
    .selectFrom('partner_merchant_codes')
    .select(['tenant_id', 'partner_key_id'])
    .where('merchant_code', '=', merchantCode)
    .executeTakeFirst();
  return row === undefined ? null : { tenantId: row.tenant_id, partnerKeyId: row.partner_key_id };
}

/** The key of an active tenant that is not revoked. */
export async function selectUsableKey(
  db: Queryable,
  tenantId: string,
  partnerKeyId: string,
): Promise<PartnerKey | null> {
  const row = await db
    .selectFrom('partner_keys')
    .innerJoin('tenants', 'tenants.tenant_id', 'partner_keys.tenant_id')
    .selectAll('partner_keys')
    .where('partner_keys.tenant_id', '=', tenantId)
    .where('partner_key_id', '=', partnerKeyId)
    .where('partner_keys.status', '=', 'active')
    .where('tenants.status', '=', 'active')
    .executeTakeFirst();
  return row === undefined ? null : keyFromRow(row);
}

/** Which of these payments a partner made, and under which key. */
export async function selectOrderKeys(
  db: Queryable,
  payments: readonly { readonly tenantId: string; readonly paymentId: string }[],
): Promise<readonly Pick<Selectable<Tables['partner_orders']>, 'payment_id' | 'partner_key_id'>[]> {
  const { rows } = await sql<Pick<Selectable<Tables['partner_orders']>, 'payment_id' | 'partner_key_id'>>`
    select o.payment_id, o.partner_key_id
    from unnest(${payments.map(({ tenantId }) => tenantId)}::text[], ${payments.map(({ paymentId }) => paymentId)}::text[])
      as wanted (tenant_id, payment_id)
    join partner_orders o using (tenant_id, payment_id)`.execute(db);
  return rows;
}

/** The payment that a partner made under its own name for it. */
export async function selectOrder(
  db: Queryable,
  key: Pick<PartnerKey, 'tenantId' | 'partnerKeyId'>,
  orderId: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('partner_orders')
    .select('payment_id')
    .where('tenant_id', '=', key.tenantId)
    .where('partner_key_id', '=', key.partnerKeyId)
    .where('order_id', '=', orderId)
    .executeTakeFirst();
  return row?.payment_id ?? null;
}

function changeable(key: PartnerKey) {
  return {
    name: key.name,
    presentation: key.presentation,
    status: key.status,
    key_sealed: Buffer.from(key.keySealed),
    previous_key_sealed: key.previousKey === null ? null : Buffer.from(key.previousKey.sealed),
    previous_key_until: key.previousKey?.until ?? null,
    updated_at: key.updatedAt,
  };
}

function keyFromRow(row: Selectable<Tables['partner_keys']>): PartnerKey {
  const { previous_key_sealed: sealed, previous_key_until: until } = row;
  return {
    tenantId: row.tenant_id,
    partnerKeyId: row.partner_key_id,
    mode: row.mode as Mode,
    merchantCode: row.merchant_code,
    name: row.name,
    algorithm: row.algorithm as PartnerKey['algorithm'],
    presentation: row.presentation as PartnerKey['presentation'],
    status: row.status as PartnerKey['status'],
    keySealed: row.key_sealed,
    previousKey: sealed === null || until === null ? null : { sealed, until },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
