import type { Database } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { canonicalDomain } from '../platform/host-name.ts';
import { type Owner, selectActiveHolder, selectHostOf } from './store.ts';

/** A host that was proven or lost is treated so by every process after this long at most. */
const CACHE = { lifetimeMs: 1_000, entriesMax: 10_000 };

/** Whose custom host a name is; null: nobody's. */
export type FindHost = (name: string) => Promise<Owner | null>;

/** Asks the directory each time: for the proxy, which must not order a certificate for a host that is lost. */
export async function findHost(database: Database, name: string): Promise<Owner | null> {
  const read = canonicalDomain(name);
  return read.ok ? selectActiveHolder(database.query, read.domain) : null;
}

/** For requests, which come often: remembers answers for a second, also that there is none. */
export function createFindHost(database: Database): FindHost {
  const cache = new ExpiringCache<Owner | null>(CACHE);
  return async (name) => {
    const read = canonicalDomain(name);
    return read.ok ? cache.get(read.domain, () => selectActiveHolder(database.query, read.domain)) : null;
  };
}

/** Where a tenant's shoppers pay: at its own host, else at the installation's. No slash at the end. */
export function createCheckoutUrlOf(database: Database, checkoutUrl: string): (owner: Owner) => Promise<string> {
  const cache = new ExpiringCache<string | null>(CACHE);
  return async ({ tenantId, mode }) => {
    const host = await cache.get(`${tenantId} ${mode}`, () => selectHostOf(database.query, { tenantId, mode }));
    return host === null ? checkoutUrl : `https://${host}`;
  };
}
