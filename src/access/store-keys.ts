import type { Selectable } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { Scope } from '../kernel/endpoint.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { AccessKey } from './access-key.ts';

/** Where the keys of somebody stand: a tenant's, of one mode, or the installation's. */
export interface KeyShelf {
  insert(tx: Queryable, key: AccessKey): Promise<void>;
  /** Writes what may change of a key. */
  update(tx: Queryable, key: AccessKey): Promise<void>;
  find(db: Queryable, keyId: string): Promise<AccessKey | null>;
  /** The same, locked until the transaction ends, so that two changes do not lose one. */
  lock(tx: Queryable, keyId: string): Promise<AccessKey | null>;
  /** Newest first; one more than the limit, so that the caller knows whether there are more. */
  list(db: Queryable, page: PageOptions): Promise<readonly AccessKey[]>;
  /** How many are not revoked. */
  count(db: Queryable): Promise<number>;
}

/** A tenant's keys of one mode; those of others do not exist here. */
export function apiKeyShelf({ tenantId, mode }: { readonly tenantId: string; readonly mode: Mode }): KeyShelf {
  const own = (db: Queryable) =>
    db.selectFrom('api_keys').selectAll().where('tenant_id', '=', tenantId).where('mode', '=', mode);
  return {
    async insert(tx, key) {
      const row = { ...fixed(key), ...changeable(key), scopes: [...key.grants], tenant_id: tenantId, mode };
      await tx.insertInto('api_keys').values(row).execute();
    },
    async update(tx, key) {
      const row = { ...changeable(key), scopes: [...key.grants] };
      await tx
        .updateTable('api_keys')
        .set(row)
        .where('tenant_id', '=', tenantId)
        .where('key_id', '=', key.keyId)
        .execute();
    },
    async find(db, keyId) {
      return apiKeyOf(await own(db).where('key_id', '=', keyId).executeTakeFirst());
    },
    async lock(tx, keyId) {
      return apiKeyOf(await own(tx).where('key_id', '=', keyId).forUpdate().executeTakeFirst());
    },
    async list(db, page) {
      const rows = await own(db).$call(newestFirst('key_id', page)).execute();
      return rows.map((row) => keyOf(row, row.scopes));
    },
    async count(db) {
      const query = db.selectFrom('api_keys').where('tenant_id', '=', tenantId).where('mode', '=', mode);
      return countOf(
        await query
          .where('revoked_at', 'is', null)
          .select(({ fn }) => fn.countAll().as('count'))
          .execute(),
      );
    },
  };
}

/** The keys of those who run the installation. */
export const OPERATOR_KEY_SHELF: KeyShelf = {
  async insert(tx, key) {
    const row = { ...fixed(key), ...changeable(key), permissions: [...key.grants] };
    await tx.insertInto('operator_keys').values(row).execute();
  },
  async update(tx, key) {
    const row = { ...changeable(key), permissions: [...key.grants] };
    await tx.updateTable('operator_keys').set(row).where('key_id', '=', key.keyId).execute();
  },
  async find(db, keyId) {
    const query = db.selectFrom('operator_keys').selectAll().where('key_id', '=', keyId);
    return operatorKeyOf(await query.executeTakeFirst());
  },
  async lock(tx, keyId) {
    const query = tx.selectFrom('operator_keys').selectAll().where('key_id', '=', keyId).forUpdate();
    return operatorKeyOf(await query.executeTakeFirst());
  },
  async list(db, page) {
    const rows = await db.selectFrom('operator_keys').selectAll().$call(newestFirst('key_id', page)).execute();
    return rows.map((row) => keyOf(row, row.permissions));
  },
  async count(db) {
    const query = db.selectFrom('operator_keys').where('revoked_at', 'is', null);
    return countOf(await query.select(({ fn }) => fn.countAll().as('count')).execute());
  },
};

/** Notes that a key was used at an instant. A clock that was set back moves nothing back. */
export async function touchKey(
  db: Queryable,
  table: 'api_keys' | 'operator_keys',
  keyId: string,
  now: Temporal.Instant,
): Promise<void> {
  await db
    .updateTable(table)
    .set({ last_used_at: now })
    .where('key_id', '=', keyId)
    .where((row) => row.or([row('last_used_at', 'is', null), row('last_used_at', '<', now)]))
    .execute();
}

/** Whether a key, whosever it is, has neither an end nor addresses that it is bound to. */
export async function isUnboundKey(db: Queryable, keyId: string): Promise<boolean> {
  const row = await db
    .selectFrom(keyId.startsWith('op_') ? 'operator_keys' : 'api_keys')
    .select(['expires_at', 'allowed_addresses'])
    .where('key_id', '=', keyId)
    .executeTakeFirst();
  return row !== undefined && row.expires_at === null && row.allowed_addresses.length === 0;
}

/** The actor who made an API key; null: nobody is known to have. */
export async function apiKeyMaker(db: Queryable, keyId: string): Promise<string | null> {
  const query = db.selectFrom('api_keys').select('created_by').where('key_id', '=', keyId);
  return (await query.executeTakeFirst())?.created_by ?? null;
}

/** A key with its owner, where the key is not revoked and the tenant is active; for who wants to get in with it. */
export async function selectApiKey(
  db: Queryable,
  keyId: string,
): Promise<{ readonly tenantId: string; readonly mode: Mode; readonly key: AccessKey } | null> {
  const row = await db
    .selectFrom('api_keys')
    .innerJoin('tenants', 'tenants.tenant_id', 'api_keys.tenant_id')
    .selectAll('api_keys')
    .where('key_id', '=', keyId)
    .where('revoked_at', 'is', null)
    .where('tenants.status', '=', 'active')
    .executeTakeFirst();
  return row === undefined ? null : { tenantId: row.tenant_id, mode: row.mode as Mode, key: keyOf(row, row.scopes) };
}

function fixed({ keyId, createdBy, createdAt }: AccessKey) {
  return { key_id: keyId, created_by: createdBy, created_at: createdAt };
}

function changeable(key: AccessKey) {
  return {
    name: key.name,
    secret_hash: Buffer.from(key.secretHash),
    previous_secret_hash: key.previousSecret === null ? null : Buffer.from(key.previousSecret.hash),
    previous_secret_until: key.previousSecret?.until ?? null,
    allowed_addresses: [...key.allowedAddresses],
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
  };
}

function apiKeyOf(row: Selectable<Tables['api_keys']> | undefined): AccessKey | null {
  return row === undefined ? null : keyOf(row, row.scopes);
}

function operatorKeyOf(row: Selectable<Tables['operator_keys']> | undefined): AccessKey | null {
  return row === undefined ? null : keyOf(row, row.permissions);
}

function keyOf(row: Omit<Selectable<Tables['operator_keys']>, 'permissions'>, grants: readonly string[]): AccessKey {
  const { previous_secret_hash: hash, previous_secret_until: until } = row;
  return {
    keyId: row.key_id,
    name: row.name,
    grants: grants as readonly (Scope | '*')[],
    secretHash: row.secret_hash,
    previousSecret: hash === null || until === null ? null : { hash, until },
    allowedAddresses: row.allowed_addresses,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}

function countOf(rows: readonly { readonly count: string | number | bigint }[]): number {
  return Number(rows[0]?.count ?? 0);
}
