import { hkdfSync, randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { RecentMap } from '../platform/recent-map.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { MasterKeyDenied } from './master-key.ts';
import type { MasterKeys } from './master-keys.ts';
import { type NewDataKey, type StoredDataKey, selectDataKey, selectPrimaryDataKey } from './store.ts';

/** No key, no write. */
class DataKeyMissing extends Error {
  override readonly name = 'DataKeyMissing';
}

/** A tenant's data key, unwrapped. */
export interface DataKey {
  readonly version: number;
  readonly bytes: Buffer;
  /** Derived from the key, so that no key serves two algorithms (NIST SP 800-57 part 1, 5.2). */
  readonly digestKey: Buffer;
}

/** Data keys as they are used: unwrapped, and remembered for as long as the database says that they may be. */
export interface DataKeys {
  /** @throws DataKeyMissing, Problem gone, MasterKeyUnavailable, MasterKeyDenied */
  primary(tenantId: string): Promise<DataKey>;
  /** @throws DataKeyMissing, Problem gone, MasterKeyUnavailable, MasterKeyDenied */
  version(tenantId: string, version: number): Promise<DataKey>;
  /** A new key for a tenant, wrapped, before the transaction that stores it: a master key may be far away. */
  make(tenantId: string, version: number): Promise<MadeDataKey>;
  /** Makes this process use a key that it has just stored; remembered at once, so that the same transaction can seal. */
  remember(made: MadeDataKey): void;
  /** Forgets a tenant's keys, which have just been changed or destroyed. */
  forget(tenantId: string, versions: readonly number[]): void;
}

export interface MadeDataKey {
  readonly row: NewDataKey;
  readonly key: DataKey;
}

/** The rows are looked at this often, so that a destroyed or replaced key stops working soon, in every process. */
const ROWS = { lifetimeMs: 60_000, entriesMax: 10_000 };
/**
 * So long an unwrapped key is used before its master key is asked again, beside the work. A keeper that does not answer then
 * changes nothing; one that refuses ends it.
 */
const PROOF_LIFETIME_MS = 3_600_000;
const KEPT_MAX = 20_000;
const KEY_BYTES = 32;

interface Kept {
  readonly key: DataKey;
  /** What it was unwrapped from. The same version is the same key however often it is wrapped. */
  readonly wrapped: Uint8Array;
  readonly provedAtMs: number;
}

/** Data keys from the database, unwrapped by the master keys that are loaded. */
export function createDataKeys(db: Queryable, masterKeys: MasterKeys, clock: Clock): DataKeys {
  const rows = new ExpiringCache<DataKey>(ROWS);
  const kept = new RecentMap<Kept>(KEPT_MAX);
  const proving = new Set<string>();

  async function unwrap(tenantId: string, row: StoredDataKey): Promise<DataKey> {
    const context = wrapContext(tenantId, row.version);
    const bytes = await masterKeys.named(row.master_key_id).unwrap(row.wrapped, context);
    if (bytes.length !== KEY_BYTES) throw new MasterKeyDenied(`The data key of ${tenantId} is not a key`);
    const key = dataKeyOf(row.version, bytes);
    kept.set(nameOf(tenantId, row.version), { key, wrapped: row.wrapped, provedAtMs: performance.now() });
    return key;
  }

  /** Asks beside the work whether the key still unwraps, and ends its use where its master key says no. */
  async function prove(tenantId: string, row: StoredDataKey): Promise<void> {
    const name = nameOf(tenantId, row.version);
    if (proving.has(name)) return;
    proving.add(name);
    try {
      await unwrap(tenantId, row);
    } catch (error) {
      if (!(error instanceof MasterKeyDenied)) return;
      forget(tenantId, [row.version]);
    } finally {
      proving.delete(name);
    }
  }

  async function open(tenantId: string, row: StoredDataKey | undefined): Promise<DataKey> {
    if (row === undefined) throw new DataKeyMissing(`There is no data key for ${tenantId}`);
    if (row.state === 'destroyed') {
      forget(tenantId, [row.version]);
      throw new Problem('gone', 'What belonged to this was removed, and cannot be read by anybody any more.');
    }
    const known = kept.get(nameOf(tenantId, row.version));
    if (known === undefined) return unwrap(tenantId, row);
    const isProved = Buffer.from(row.wrapped).equals(known.wrapped);
    if (!isProved || performance.now() - known.provedAtMs > PROOF_LIFETIME_MS) void prove(tenantId, row);
    return known.key;
  }

  function forget(tenantId: string, versions: readonly number[]): void {
    rows.forget(primaryOf(tenantId));
    for (const version of versions) {
      rows.forget(nameOf(tenantId, version));
      kept.delete(nameOf(tenantId, version));
    }
  }

  /** Whoever asks: whose key it is, is what is asked for. */
  const read = (tenantId: string, name: string, select: () => Promise<StoredDataKey | undefined>) =>
    rows.get(name, () => forTenants([tenantId], async () => open(tenantId, await select())));
  return {
    primary: (tenantId) => read(tenantId, primaryOf(tenantId), () => selectPrimaryDataKey(db, tenantId)),
    version: (tenantId, version) =>
      read(tenantId, nameOf(tenantId, version), () => selectDataKey(db, tenantId, version)),
    async make(tenantId, version) {
      const [bytes, { primary }] = [randomBytes(KEY_BYTES), masterKeys];
      const wrapped = await primary.wrap(bytes, wrapContext(tenantId, version));
      const row = { tenantId, version, masterKeyId: primary.id, wrapped, createdAt: clock.now() };
      return { row, key: dataKeyOf(version, bytes) };
    },
    remember({ row: { tenantId, version, wrapped }, key }) {
      rows.set(primaryOf(tenantId), key);
      kept.set(nameOf(tenantId, version), { key, wrapped, provedAtMs: performance.now() });
    },
    forget,
  };
}

/** What a wrapped data key is bound to, so that it unwraps for no other tenant and as no other version. */
export function wrapContext(tenantId: string, version: number): string {
  return JSON.stringify(['tollgate data key', tenantId, version]);
}

function dataKeyOf(version: number, bytes: Buffer): DataKey {
  return { version, bytes, digestKey: Buffer.from(hkdfSync('sha256', bytes, '', 'tollgate digest', 32)) };
}

function nameOf(tenantId: string, version: number): string {
  return `${tenantId} ${version}`;
}

function primaryOf(tenantId: string): string {
  return `${tenantId} primary`;
}
