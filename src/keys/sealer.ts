import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { decrypt, encrypt, type MasterKey } from './master-key.ts';
import { insertDataKey, selectDataKey, selectPrimaryDataKey } from './store.ts';

/** What belongs to no tenant (signing keys of access tokens) is sealed under the system's own data key. */
export const SYSTEM = 'system';

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
  /** @throws DataKeyMissing where the tenant has no data key */
  seal(place: SealedPlace, plaintext: string | Uint8Array): Promise<Buffer>;
  /** @throws DataKeyMissing, or Error where the bytes were changed or moved */
  open(place: SealedPlace, sealed: Uint8Array): Promise<Buffer>;
  /**
   * A keyed digest, for values that are compared and never read again: without the key nobody can try out what they
   * were. It names the version of the key it was made with.
   * @throws DataKeyMissing where the tenant has no data key
   */
  digest(tenantId: string, purpose: string, text: string): Promise<string>;
  /** Whether a kept digest is one of this text, under the key it was made with. @throws DataKeyMissing */
  isDigestOf(tenantId: string, purpose: string, text: string, kept: string): Promise<boolean>;
  /** Makes the first data key of a tenant, in the transaction that makes the tenant. Does nothing where one exists. */
  createDataKey(db: Queryable, tenantId: string): Promise<void>;
}

class DataKeyMissing extends Error {
  override readonly name = 'DataKeyMissing';
}

interface DataKey {
  readonly version: number;
  readonly bytes: Buffer;
  /** Derived from the key, so that no key serves two algorithms (NIST SP 800-57 part 1, 5.2). */
  readonly digestKey: Buffer;
}

/** Unwrapped keys stay in memory this long, so that a destroyed key stops working soon. */
const CACHE = { lifetimeMs: 60_000, entriesMax: 10_000 };
const FORMAT = 1;
const HEADER_BYTES = 5;
const DIGEST = /^([1-9]\d{0,8})\.([0-9a-f]{64})$/;

/** A sealer over the data keys in the database, unwrapped by the master key. */
export function createSealer(db: Queryable, masterKey: MasterKey, clock: Clock): Sealer {
  const cache = new ExpiringCache<DataKey>(CACHE);

  async function unwrap(tenantId: string, row: Awaited<ReturnType<typeof selectPrimaryDataKey>>): Promise<DataKey> {
    if (row === undefined) throw new DataKeyMissing(`There is no data key for ${tenantId}`);
    if (row.master_key_id !== masterKey.id) {
      throw new DataKeyMissing(
        `The data key of ${tenantId} needs master key ${row.master_key_id}, which is not loaded`,
      );
    }
    return dataKeyOf(row.version, await masterKey.unwrap(row.wrapped, wrapContext(tenantId, row.version)));
  }

  const primaryKey = (tenantId: string) =>
    cache.get(`${tenantId} primary`, async () => unwrap(tenantId, await selectPrimaryDataKey(db, tenantId)));
  const keyOfVersion = (tenantId: string, version: number) =>
    cache.get(`${tenantId} ${version}`, async () => unwrap(tenantId, await selectDataKey(db, tenantId, version)));

  return {
    async seal(place, plaintext) {
      const key = await primaryKey(place.tenantId);
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt8(FORMAT, 0);
      header.writeUInt32BE(key.version, 1);
      return Buffer.concat([header, encrypt(key.bytes, Buffer.from(plaintext), placeBytes(place, header))]);
    },
    async open(place, sealed) {
      const header = Buffer.from(sealed.subarray(0, HEADER_BYTES));
      if (header.length < HEADER_BYTES || header.readUInt8(0) !== FORMAT) throw new Error('Not a sealed value');
      const key = await keyOfVersion(place.tenantId, header.readUInt32BE(1));
      return decrypt(key.bytes, sealed.subarray(HEADER_BYTES), placeBytes(place, header));
    },
    async digest(tenantId, purpose, text) {
      const key = await primaryKey(tenantId);
      return `${key.version}.${digestUnder(key, purpose, text)}`;
    },
    async isDigestOf(tenantId, purpose, text, kept) {
      const [, version = '', digest = ''] = DIGEST.exec(kept) ?? [];
      if (version === '') return false;
      const expected = digestUnder(await keyOfVersion(tenantId, Number(version)), purpose, text);
      return timingSafeEqual(Buffer.from(expected), Buffer.from(digest));
    },
    async createDataKey(tx, tenantId) {
      const bytes = randomBytes(32);
      const wrapped = await masterKey.wrap(bytes, wrapContext(tenantId, 1));
      const row = { tenantId, version: 1, masterKeyId: masterKey.id, wrapped, now: clock.now() };
      // Remembered before the commit, so that the same transaction can seal the tenant's first secrets.
      if (await insertDataKey(tx, row)) cache.set(`${tenantId} primary`, dataKeyOf(1, bytes));
    },
  };
}

function dataKeyOf(version: number, bytes: Buffer): DataKey {
  return { version, bytes, digestKey: Buffer.from(hkdfSync('sha256', bytes, '', 'tollgate digest', 32)) };
}

function digestUnder({ digestKey }: DataKey, purpose: string, text: string): string {
  return createHmac('sha256', digestKey)
    .update(JSON.stringify([purpose, text]))
    .digest('hex');
}

function wrapContext(tenantId: string, version: number): string {
  return JSON.stringify(['tollgate data key', tenantId, version]);
}

/** JSON of a list is injective: no two places give the same bytes. */
function placeBytes(place: SealedPlace, header: Buffer): Buffer {
  return Buffer.from(
    JSON.stringify(['tollgate sealed', place.tenantId, place.table, place.column, place.row, header.toString('hex')]),
  );
}
