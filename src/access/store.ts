import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import type { SigningKeyState } from './signing-key.ts';

interface NewAppSecretRow {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly secretHash: Uint8Array;
  readonly createdAt: Temporal.Instant;
}

export async function insertAppSecret(db: Queryable, secret: NewAppSecretRow): Promise<void> {
  await db
    .insertInto('app_secrets')
    .values({
      tenant_id: secret.tenantId,
      mode: secret.mode,
      secret_hash: secret.secretHash,
      created_at: secret.createdAt,
    })
    .execute();
}

/** Ends every app secret of the mode but the given one at an instant; the overlap of a rotation. */
export async function expireOtherAppSecrets(
  db: Queryable,
  keep: Omit<NewAppSecretRow, 'createdAt'>,
  at: Temporal.Instant,
): Promise<void> {
  await db
    .updateTable('app_secrets')
    .set({ expires_at: at })
    .where('tenant_id', '=', keep.tenantId)
    .where('mode', '=', keep.mode)
    .where('secret_hash', '<>', Buffer.from(keep.secretHash))
    .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', at)]))
    .execute();
}

/** The tenant and mode an app secret belongs to, where it is valid and the tenant is active. */
export function selectAppSecret(db: Queryable, appName: string, secretHash: Uint8Array, now: Temporal.Instant) {
  return db
    .selectFrom('app_secrets')
    .innerJoin('tenants', 'tenants.tenant_id', 'app_secrets.tenant_id')
    .select(['app_secrets.tenant_id', 'mode'])
    .where('app_name', '=', appName)
    .where('secret_hash', '=', Buffer.from(secretHash))
    .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', now)]))
    .where('tenants.status', '=', 'active')
    .executeTakeFirst();
}

/** Whether the tenant is active and, with `parentId`, whether it is that tenant's named child. */
export async function isActiveTenant(db: Queryable, tenantId: string, parentId?: string): Promise<boolean> {
  let query = db
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'active');
  if (parentId !== undefined) query = query.where('parent_tenant_id', '=', parentId);
  return (await query.executeTakeFirst()) !== undefined;
}

/** The active tenant that has an app name; null: none. */
export async function selectActiveTenantByAppName(db: Queryable, appName: string): Promise<string | null> {
  const query = db.selectFrom('tenants').select('tenant_id').where('app_name', '=', appName);
  return (await query.where('status', '=', 'active').executeTakeFirst())?.tenant_id ?? null;
}

export function selectSigningKeys(db: Queryable) {
  return db.selectFrom('signing_keys').selectAll().execute();
}

interface NewSigningKeyRow {
  readonly kid: string;
  readonly algorithm: string;
  readonly publicJwk: unknown;
  readonly privateJwkSealed: Uint8Array;
  readonly state: SigningKeyState;
  readonly createdAt: Temporal.Instant;
}

/** Does nothing where there is one in that state: of several processes that start at once, one wins. */
export async function insertSigningKey(db: Queryable, key: NewSigningKeyRow): Promise<void> {
  await db
    .insertInto('signing_keys')
    .values({
      kid: key.kid,
      algorithm: key.algorithm,
      public_jwk: JSON.stringify(key.publicJwk),
      private_jwk_sealed: key.privateJwkSealed,
      state: key.state,
      created_at: key.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Has the next key sign and the one before sign no more; does nothing where the key is not the next one any more. */
export async function promoteSigningKey(tx: Queryable, kid: string, at: Temporal.Instant): Promise<void> {
  // Locked first, so that of two rotations at once the second finds nothing to do.
  const next = await tx
    .selectFrom('signing_keys')
    .select('kid')
    .where('kid', '=', kid)
    .where('state', '=', 'next')
    .forUpdate()
    .executeTakeFirst();
  if (next === undefined) return;
  await tx
    .updateTable('signing_keys')
    .set({ state: 'readable', retired_at: at })
    .where('state', '=', 'primary')
    .execute();
  await tx.updateTable('signing_keys').set({ state: 'primary' }).where('kid', '=', kid).execute();
}

/** Deletes keys that were retired before an instant. */
export async function deleteSigningKeys(db: Queryable, retiredBefore: Temporal.Instant): Promise<void> {
  await db.deleteFrom('signing_keys').where('state', '=', 'readable').where('retired_at', '<', retiredBefore).execute();
}
