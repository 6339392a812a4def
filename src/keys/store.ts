import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { MasterKeyUse, TenantKey } from './key-status.ts';

/** A data key as it is kept. */
export interface StoredDataKey {
  readonly version: number;
  readonly master_key_id: string;
  readonly wrapped: Uint8Array;
  readonly state: string;
}

/** The one that seals; where all were destroyed the last one, which says so. */
export async function selectPrimaryDataKey(db: Queryable, tenantId: string): Promise<StoredDataKey | undefined> {
  return db
    .selectFrom('data_keys')
    .select(['version', 'master_key_id', 'wrapped', 'state'])
    .where('tenant_id', '=', tenantId)
    .where('state', '<>', 'readable')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function selectDataKey(
  db: Queryable,
  tenantId: string,
  version: number,
): Promise<StoredDataKey | undefined> {
  return db
    .selectFrom('data_keys')
    .select(['version', 'master_key_id', 'wrapped', 'state'])
    .where('tenant_id', '=', tenantId)
    .where('version', '=', version)
    .executeTakeFirst();
}

export interface NewDataKey {
  readonly tenantId: string;
  readonly version: number;
  readonly masterKeyId: string;
  readonly wrapped: Uint8Array;
  readonly createdAt: Temporal.Instant;
}

/** Whether it was inserted; false where the tenant has that version, or a primary key, already. */
export async function insertDataKey(db: Queryable, key: NewDataKey): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('data_keys')
    .values({
      tenant_id: key.tenantId,
      version: key.version,
      master_key_id: key.masterKeyId,
      wrapped: key.wrapped,
      state: 'primary',
      created_at: key.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** The version that seals; null where there is none, the tenant being unknown or removed. */
export async function selectPrimaryVersion(db: Queryable, tenantId: string): Promise<number | null> {
  const row = await db
    .selectFrom('data_keys')
    .select('version')
    .where('tenant_id', '=', tenantId)
    .where('state', '=', 'primary')
    .executeTakeFirst();
  return row?.version ?? null;
}

/** Has the version seal no more; false where it does not seal any more. Its row is locked until the transaction ends. */
export async function retireDataKey(
  tx: Queryable,
  { tenantId, version }: Pick<NewDataKey, 'tenantId' | 'version'>,
  at: Temporal.Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('data_keys')
    .set({ state: 'readable', retired_at: at })
    .where('tenant_id', '=', tenantId)
    .where('version', '=', version)
    .where('state', '=', 'primary')
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Tenants whose key that seals was made before an instant, in the order of its age. */
export async function selectOlderThan(db: Queryable, before: Temporal.Instant, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('data_keys')
    .select('tenant_id')
    .where('state', '=', 'primary')
    .where('created_at', '<', before)
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.tenant_id);
}

/** How many keys that seal were made before an instant. */
export async function countOlderThan(db: Queryable, before: Temporal.Instant): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from data_keys where state = 'primary' and created_at < ${before}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Versions that were retired before an instant and still open what they sealed. */
export async function selectRetired(db: Queryable, tenantId: string, before: Temporal.Instant): Promise<number[]> {
  const rows = await db
    .selectFrom('data_keys')
    .select('version')
    .where('tenant_id', '=', tenantId)
    .where('state', '=', 'readable')
    .where('retired_at', '<=', before)
    .orderBy('version')
    .execute();
  return rows.map((row) => row.version);
}

/** When the last version was retired that still opens what it sealed; null where there is none. */
export async function selectLastRetiredAt(db: Queryable, tenantId: string): Promise<Temporal.Instant | null> {
  const { rows } = await sql<{ at: Temporal.Instant | null }>`
    select max(retired_at) as at from data_keys where tenant_id = ${tenantId} and state = 'readable'`.execute(db);
  return rows[0]?.at ?? null;
}

/** Destroys versions that seal no more. */
export async function destroyRetired(tx: Queryable, tenantId: string, versions: readonly number[]): Promise<void> {
  await tx
    .updateTable('data_keys')
    .set({ state: 'destroyed', wrapped: Buffer.alloc(0) })
    .where('tenant_id', '=', tenantId)
    .where('version', 'in', [...versions])
    .where('state', '=', 'readable')
    .execute();
}

/** Destroys every version of a tenant's key, also the one that seals. Returns the versions that were there. */
export async function destroyAll(tx: Queryable, tenantId: string, at: Temporal.Instant): Promise<number[]> {
  const { rows } = await sql<{ version: number }>`
    update data_keys set state = 'destroyed', wrapped = '', retired_at = coalesce(retired_at, ${at}::timestamptz)
    where tenant_id = ${tenantId} and state <> 'destroyed' returning version`.execute(tx);
  return rows.map((row) => row.version);
}

/** The kept digest key of a destroyed version, sealed; null where none was kept. */
export async function selectDigestKey(db: Queryable, tenantId: string, version: number): Promise<Buffer | null> {
  const row = await db
    .selectFrom('digest_keys')
    .select('key_sealed')
    .where('tenant_id', '=', tenantId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.key_sealed ?? null;
}

export async function insertDigestKey(
  tx: Queryable,
  key: {
    readonly tenantId: string;
    readonly version: number;
    readonly sealed: Buffer;
    readonly createdAt: Temporal.Instant;
  },
): Promise<void> {
  await tx
    .insertInto('digest_keys')
    .values({ tenant_id: key.tenantId, version: key.version, key_sealed: key.sealed, created_at: key.createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The ids of all master keys that wrap anything: one look into an index each, however many keys they wrapped. */
export async function selectMasterKeyIds(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive used as (
      (select master_key_id as id from data_keys where state <> 'destroyed' order by master_key_id limit 1)
      union all
      select (select d.master_key_id from data_keys d where d.state <> 'destroyed' and d.master_key_id > u.id
              order by d.master_key_id limit 1)
      from used u where u.id is not null)
    select id from used where id is not null`.execute(db);
  return rows.map((row) => row.id);
}

/** How many keys each master key wraps. */
export async function selectMasterKeyUse(db: Queryable): Promise<readonly MasterKeyUse[]> {
  const { rows } = await sql<{ id: string; data_keys: number }>`
    select master_key_id as id, count(*)::int as data_keys from data_keys where state <> 'destroyed'
    group by master_key_id order by master_key_id`.execute(db);
  return rows.map((row) => ({ id: row.id, dataKeys: row.data_keys }));
}

/** Sums over all tenants. */
export async function selectTotals(db: Queryable) {
  const { rows } = await sql<{
    primaries: number;
    readable: number;
    oldest: Temporal.Instant | null;
    resealing: number;
  }>`
    select (select count(*)::int from data_keys where state = 'primary') as primaries,
      (select count(*)::int from data_keys where state = 'readable') as readable,
      (select min(created_at) from data_keys where state = 'primary') as oldest,
      (select count(*)::int from reseals) as resealing`.execute(db);
  const [row] = rows;
  return {
    primary: row?.primaries ?? 0,
    readable: row?.readable ?? 0,
    oldestPrimaryAt: row?.oldest ?? null,
    resealingTenants: row?.resealing ?? 0,
  };
}

/** Every version of a tenant's key, the newest first. */
export async function selectVersions(db: Queryable, tenantId: string): Promise<readonly TenantKey[]> {
  const rows = await db
    .selectFrom('data_keys')
    .select(['version', 'master_key_id', 'state', 'created_at', 'retired_at'])
    .where('tenant_id', '=', tenantId)
    .orderBy('version', 'desc')
    .execute();
  return rows.map((row) => ({
    version: row.version,
    masterKeyId: row.master_key_id,
    state: row.state as TenantKey['state'],
    createdAt: row.created_at,
    retiredAt: row.retired_at,
  }));
}
