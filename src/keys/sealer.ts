import { createHmac, timingSafeEqual } from 'node:crypto';
import { assert } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { alsoForTenants, forTenants, SYSTEM_TENANT } from '../platform/tenant-scope.ts';
import { createDataKeys, type DataKeys, type MadeDataKey } from './data-keys.ts';
import { decrypt, encrypt } from './master-key.ts';
import type { MasterKeys } from './master-keys.ts';
import { isDeclared } from './sealed-columns.ts';
import { insertDataKey, selectDigestKey, selectPrimaryVersion } from './store.ts';

/** What belongs to no tenant (signing keys of access tokens) is sealed under the system's own data key. */
export const SYSTEM = SYSTEM_TENANT;

/** Where sealed bytes stand. Bound into the ciphertext, so that bytes moved to another place do not open. */
export interface SealedPlace {
  readonly tenantId: string;
  readonly table: string;
  readonly column: string;
  /** The row's own id within the tenant. */
  readonly row: string;
}

/** Seals and opens column values under the tenant's data key. No key, no write: there is no way to pass without one. */
export interface Sealer {
  /** @throws DataKeyMissing where the tenant has no data key, Problem gone where it was destroyed */
  seal(place: SealedPlace, plaintext: string | Uint8Array): Promise<Buffer>;
  /** @throws DataKeyMissing, Problem gone where the key was destroyed, or Error where the bytes were changed or moved */
  open(place: SealedPlace, sealed: Uint8Array): Promise<Buffer>;
  /**
   * A keyed digest, for values that are looked up and never read again: without the key nobody can try out what they
   * were. The same text has the same digest for as long as the tenant has keys, through all rotations.
   * @throws DataKeyMissing where the tenant has no data key, Problem gone where it was destroyed
   */
  digest(tenantId: string, purpose: string, text: string): Promise<string>;
  /**
   * The same under the key that seals now, whose version it names: to be compared by `isDigestOf`, not to be looked up.
   * What is digested after a rotation is safe from whoever has an older key.
   * @throws DataKeyMissing where the tenant has no data key, Problem gone where it was destroyed
   */
  freshDigest(tenantId: string, purpose: string, text: string): Promise<string>;
  /** Whether a kept digest is one of this text, under the key it was made with. @throws DataKeyMissing, Problem gone */
  isDigestOf(tenantId: string, purpose: string, text: string, kept: string): Promise<boolean>;
  /** Has the tenant's key at hand, so that no transaction waits for a master key elsewhere. @throws as `seal` does */
  warm(tenantId: string): Promise<void>;
  /** The first data key of a tenant, made before the transaction that makes the tenant. */
  newDataKey(tenantId: string): Promise<MadeDataKey>;
  /** Stores it in that transaction, which can then seal. Does nothing where the tenant has one. */
  storeDataKey(db: Queryable, made: MadeDataKey): Promise<void>;
  /** Makes the system's own data key where there is none yet. */
  ensureSystemKey(db: Queryable): Promise<void>;
  readonly dataKeys: DataKeys;
}

const FIRST_VERSION = 1;
const FORMAT = 1;
const HEADER_BYTES = 5;
const DIGEST = /^([1-9]\d{0,8})\.([0-9a-f]{64})$/;
const DIGEST_KEYS = { lifetimeMs: 60_000, entriesMax: 10_000 };

/** A sealer over the data keys in the database, unwrapped by the master keys. */
export function createSealer(db: Queryable, masterKeys: MasterKeys, clock: Clock): Sealer {
  const dataKeys = createDataKeys(db, masterKeys, clock);
  const oldDigestKeys = new ExpiringCache<Buffer>(DIGEST_KEYS);

  /** Derived from the version's key; of one that was destroyed after a rotation, the one that was kept of it. */
  async function digestKey(tenantId: string, version: number): Promise<Buffer> {
    const name = `${tenantId} ${version}`;
    const known = oldDigestKeys.peek(name);
    if (known !== undefined) return known;
    try {
      return (await dataKeys.version(tenantId, version)).digestKey;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return oldDigestKeys.get(name, async () => {
        const sealed = await forTenants([tenantId], () => selectDigestKey(db, tenantId, version));
        if (sealed === null) throw error;
        return sealer.open(digestKeyPlace(tenantId, version), sealed);
      });
    }
  }

  const sealer: Sealer = {
    dataKeys,
    async seal(place, plaintext) {
      assert(isDeclared(place), `${place.table}.${place.column} is not among the sealed columns`);
      const key = await dataKeys.primary(place.tenantId);
      const header = headerOf(key.version);
      return Buffer.concat([header, encrypt(key.bytes, Buffer.from(plaintext), placeBytes(place, header))]);
    },
    async open(place, sealed) {
      const header = Buffer.from(sealed.subarray(0, HEADER_BYTES));
      if (header.length < HEADER_BYTES || header.readUInt8(0) !== FORMAT) throw new Error('Not a sealed value');
      const key = await dataKeys.version(place.tenantId, header.readUInt32BE(1));
      return decrypt(key.bytes, sealed.subarray(HEADER_BYTES), placeBytes(place, header));
    },
    async digest(tenantId, purpose, text) {
      return `${FIRST_VERSION}.${digestUnder(await digestKey(tenantId, FIRST_VERSION), purpose, text)}`;
    },
    async freshDigest(tenantId, purpose, text) {
      const key = await dataKeys.primary(tenantId);
      return `${key.version}.${digestUnder(key.digestKey, purpose, text)}`;
    },
    async isDigestOf(tenantId, purpose, text, kept) {
      const [, version = '', digest = ''] = DIGEST.exec(kept) ?? [];
      if (version === '') return false;
      const expected = digestUnder(await digestKey(tenantId, Number(version)), purpose, text);
      return timingSafeEqual(Buffer.from(expected), Buffer.from(digest));
    },
    async warm(tenantId) {
      await dataKeys.primary(tenantId);
    },
    newDataKey: (tenantId) => dataKeys.make(tenantId, FIRST_VERSION),
    async ensureSystemKey(store) {
      const version = await forTenants([SYSTEM], () => selectPrimaryVersion(store, SYSTEM));
      if (version === null) await sealer.storeDataKey(store, await sealer.newDataKey(SYSTEM));
    },
    async storeDataKey(tx, made) {
      const isNew = await alsoForTenants([made.row.tenantId], () => insertDataKey(tx, made.row));
      if (isNew) dataKeys.remember(made);
    },
  };
  return sealer;
}

/** What sealed bytes under a version of the key begin with: the format, and the version. */
export function headerOf(version: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(FORMAT, 0);
  header.writeUInt32BE(version, 1);
  return header;
}

/** Where the digest key of a destroyed version stands. */
export function digestKeyPlace(tenantId: string, version: number): SealedPlace {
  return { tenantId, table: 'digest_keys', column: 'key_sealed', row: String(version) };
}

function digestUnder(digestKey: Buffer, purpose: string, text: string): string {
  return createHmac('sha256', digestKey)
    .update(JSON.stringify([purpose, text]))
    .digest('hex');
}

/** JSON of a list is injective: no two places give the same bytes. */
function placeBytes(place: SealedPlace, header: Buffer): Buffer {
  return Buffer.from(
    JSON.stringify(['tollgate sealed', place.tenantId, place.table, place.column, place.row, header.toString('hex')]),
  );
}
