import { createHmac, randomBytes } from 'node:crypto';
import { present } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import type { SealedPlace, Sealer } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { EMAIL_SEARCH, insertSearchKey, selectSearchKey } from './store-email-digests.ts';

/** Of a customer without an e-mail address, so that nobody looks for it again. */
export const NO_EMAIL = 0n;

/** Digests customers' e-mail addresses, so that payments are found by them without their being readable. */
export interface EmailDigester {
  /**
   * 64 bits of HMAC-SHA256 under a key of the tenant's own, never 0. Addresses that differ in case alone are one. Makes the
   * tenant's key where it has none. @throws DataKeyMissing where the tenant has no data key
   */
  digest(tenantId: string, email: string): Promise<bigint>;
}

/** The digest of a new payment's customer; null where none is named. */
export async function digestCustomer(
  digests: EmailDigester,
  tenantId: string,
  customer: { readonly email?: string | undefined } | undefined,
): Promise<bigint | null> {
  if (customer === undefined) return null;
  return customer.email === undefined ? NO_EMAIL : digests.digest(tenantId, customer.email);
}

const KEY_BYTES = 32;
/** As data keys are: one that was destroyed stops working soon. */
const CACHE = { lifetimeMs: 60_000, entriesMax: 10_000 };

/** A digester over the keys in the database, each sealed under its tenant's data key. */
export function createEmailDigester(context: {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
}): EmailDigester {
  const { database, sealer, clock } = context;
  const keys = new ExpiringCache<Buffer>(CACHE);
  const readKey = async (tenantId: string): Promise<Buffer> => {
    const known = await selectSearchKey(database.query, tenantId);
    if (known !== null) return sealer.open(placeOf(tenantId), known);
    const sealed = await sealer.seal(placeOf(tenantId), randomBytes(KEY_BYTES));
    await insertSearchKey(database.query, { tenantId, sealed, now: clock.now() });
    // Another process may have been faster, and the first key counts.
    const kept = present(await selectSearchKey(database.query, tenantId), 'the search key just made');
    return sealer.open(placeOf(tenantId), kept);
  };
  return {
    async digest(tenantId, email) {
      return digestEmail(await keys.get(tenantId, () => readKey(tenantId)), email);
    },
  };
}

/** Signed, as PostgreSQL's bigint is. */
function digestEmail(key: Uint8Array, email: string): bigint {
  const digest = createHmac('sha256', key)
    .update(email.normalize('NFKC').trim().toLowerCase())
    .digest()
    .readBigInt64BE();
  return digest === NO_EMAIL ? 1n : digest;
}

function placeOf(tenantId: string): SealedPlace {
  return { tenantId, table: 'search_keys', column: 'key_sealed', row: EMAIL_SEARCH };
}
