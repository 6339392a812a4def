import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';

/** Enters an image; one that is there already stays as it is. */
export async function insertLogo(tx: Queryable, row: WholeRow<'logos'>): Promise<void> {
  await sql`insert into logos select r.* from ${recordset('logos', [row])} r
    on conflict (tenant_id, hash) do nothing`.execute(tx);
}

/** Deletes a tenant's images but those of these hashes. */
export async function deleteLogosBut(tx: Queryable, tenantId: string, kept: readonly string[]): Promise<void> {
  await sql`delete from logos where tenant_id = ${tenantId} and hash <> all(${kept}::text[])`.execute(tx);
}

export async function selectLogo(db: Queryable, tenantId: string, hash: string): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('logos')
    .select('image')
    .where('tenant_id', '=', tenantId)
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row?.image ?? null;
}
