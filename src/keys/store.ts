import type { Queryable } from '../platform/database.ts';

export function selectPrimaryDataKey(db: Queryable, tenantId: string) {
  return db
    .selectFrom('data_keys')
    .select(['version', 'master_key_id', 'wrapped'])
    .where('tenant_id', '=', tenantId)
    .where('state', '=', 'primary')
    .executeTakeFirst();
}

export function selectDataKey(db: Queryable, tenantId: string, version: number) {
  return db
    .selectFrom('data_keys')
    .select(['version', 'master_key_id', 'wrapped'])
    .where('tenant_id', '=', tenantId)
    .where('version', '=', version)
    .where('state', '<>', 'destroyed')
    .executeTakeFirst();
}

interface NewDataKey {
  readonly tenantId: string;
  readonly version: number;
  readonly masterKeyId: string;
  readonly wrapped: Uint8Array;
  readonly now: Temporal.Instant;
}

/** Whether it was inserted; false where the tenant has a primary key already. */
export async function insertDataKey(db: Queryable, key: NewDataKey): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('data_keys')
    .values({
      tenant_id: key.tenantId,
      version: key.version,
      master_key_id: key.masterKeyId,
      wrapped: key.wrapped,
      state: 'primary',
      created_at: key.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Any data key at all, to check at the start that the loaded master key is the one that wrapped them. */
export function selectAnyDataKey(db: Queryable) {
  return db
    .selectFrom('data_keys')
    .select(['tenant_id', 'master_key_id'])
    .orderBy('tenant_id')
    .limit(1)
    .executeTakeFirst();
}
