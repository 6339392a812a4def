import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';

/** Which row of data_keys, in the order in which they are wrapped anew. */
export interface DataKeyName {
  readonly tenantId: string;
  readonly version: number;
}

export interface WrappedKey extends DataKeyName {
  readonly wrapped: Buffer;
}

/** The next keys that a master key has wrapped, after one of them. */
export async function selectWrappedBy(
  db: Queryable,
  masterKeyId: string,
  { after, limit }: { readonly after: DataKeyName | null; readonly limit: number },
): Promise<readonly WrappedKey[]> {
  const { rows } = await sql<{ tenant_id: string; version: number; wrapped: Buffer }>`
    select tenant_id, version, wrapped from data_keys
    where state <> 'destroyed' and master_key_id = ${masterKeyId}
      and (tenant_id, version) > (${after?.tenantId ?? ''}, ${after?.version ?? 0}::integer)
    order by tenant_id, version limit ${limit}`.execute(db);
  return rows.map((row) => ({ tenantId: row.tenant_id, version: row.version, wrapped: row.wrapped }));
}

export interface RewrappedKey extends WrappedKey {
  readonly rewrapped: Buffer;
}

/** Puts the new bytes where the old ones still stand; how many did. */
export async function updateWrapped(
  db: Queryable,
  masterKeyId: string,
  keys: readonly RewrappedKey[],
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update data_keys d set wrapped = r.rewrapped, master_key_id = ${masterKeyId}
    from unnest(${keys.map((key) => key.tenantId)}::text[], ${keys.map((key) => key.version)}::integer[],
      ${keys.map((key) => key.wrapped)}::bytea[], ${keys.map((key) => key.rewrapped)}::bytea[])
      as r (tenant_id, version, wrapped, rewrapped)
    where d.tenant_id = r.tenant_id and d.version = r.version and d.wrapped = r.wrapped and d.state <> 'destroyed'`.execute(
    db,
  );
  return Number(numAffectedRows);
}

/** How many keys other master keys than this one wrap. */
export async function countWrappedByOthers(db: Queryable, masterKeyId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from data_keys where state <> 'destroyed' and master_key_id <> ${masterKeyId}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
