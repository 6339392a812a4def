import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Payment } from './payment.ts';
import { paymentFromRow } from './rows.ts';

/** What the key is for; another kind of text would get another one. */
export const EMAIL_SEARCH = 'email';

/** The sealed key of a tenant's digests; null where it has none. */
export async function selectSearchKey(db: Queryable, tenantId: string): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('search_keys')
    .select('key_sealed')
    .where('tenant_id', '=', tenantId)
    .where('purpose', '=', EMAIL_SEARCH)
    .executeTakeFirst();
  return row?.key_sealed ?? null;
}

/** Keeps the first key of a tenant; does nothing where there is one. */
export async function insertSearchKey(
  db: Queryable,
  { tenantId, sealed, now }: { readonly tenantId: string; readonly sealed: Uint8Array; readonly now: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into search_keys (tenant_id, purpose, key_sealed, created_at)
    values (${tenantId}, ${EMAIL_SEARCH}, ${sealed}, ${now})
    on conflict do nothing`.execute(db);
}

/** Payments whose customer nobody has looked at for an address, kept from other workers until the transaction ends. */
export async function lockUndigested(tx: Queryable, limit: number): Promise<readonly Payment[]> {
  const { rows } = await sql<Selectable<Tables['payments']>>`
    select * from payments where customer_sealed is not null and email_digest is null
    order by tenant_id, payment_id limit ${limit} for update skip locked`.execute(tx);
  return rows.map(paymentFromRow);
}

/** Writes digests, and nothing else of their payments. */
export async function updateEmailDigests(
  tx: Queryable,
  digests: readonly { readonly tenantId: string; readonly paymentId: string; readonly digest: bigint }[],
): Promise<void> {
  await sql`
    update payments p set email_digest = d.digest
    from unnest(${digests.map(({ tenantId }) => tenantId)}::text[], ${digests.map(({ paymentId }) => paymentId)}::text[],
      ${digests.map(({ digest }) => String(digest))}::bigint[]) as d (tenant_id, payment_id, digest)
    where p.tenant_id = d.tenant_id and p.payment_id = d.payment_id`.execute(tx);
}
