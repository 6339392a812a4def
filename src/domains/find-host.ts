import { createBatcher } from '../platform/batch.ts';
import type { Database } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { canonicalDomain } from '../platform/host-name.ts';
import { forInstallation, forTenants } from '../platform/tenant-scope.ts';
import { type Owner, selectActiveHolders, selectHostOf } from './store.ts';

/** A host that was proven or lost is treated so by every process after this long at most. */
const CACHE = { lifetimeMs: 1_000, entriesMax: 10_000 };

/** Looks gathered into one statement; a flood of unknown names then costs as many statements as a trickle. */
const LOOKS_MAX = 1_000;

/** Whose custom host a name is; null: nobody's. */
export type FindHost = (name: string) => Promise<Owner | null>;

/** Whose the hosts are, for requests and for the proxy: remembered for a second, also where they are nobody's. */
export interface HostDirectory {
  readonly find: FindHost;
  /** Whether `find` answers without a look at the database. */
  isAtHand(name: string): boolean;
  /** A host was proven, lost or given up by this process. Takes the canonical name. */
  changed(domain: string): void;
}

/** A directory over the proven hosts, which reads many names at once. */
export function createHostDirectory(database: Database): HostDirectory {
  const cache = new ExpiringCache<Owner | null>(CACHE);
  const look = createBatcher<string, Owner | null>({
    write: (domains) => forInstallation('directory', () => selectActiveHolders(database.query, domains)),
    itemsMax: LOOKS_MAX,
  });
  return {
    async find(name) {
      const read = canonicalDomain(name);
      return read.ok ? cache.get(read.domain, () => look(read.domain)) : null;
    },
    isAtHand(name) {
      const read = canonicalDomain(name);
      return !read.ok || cache.peek(read.domain) !== undefined;
    },
    changed: (domain) => cache.forget(domain),
  };
}

/** Where a tenant's shoppers pay: at its own host, else at the installation's. No slash at the end. */
export function createCheckoutUrlOf(database: Database, checkoutUrl: string): (owner: Owner) => Promise<string> {
  const cache = new ExpiringCache<string | null>(CACHE);
  return async ({ tenantId, mode }) => {
    const read = () => forTenants([tenantId], () => selectHostOf(database.query, { tenantId, mode }));
    const host = await cache.get(`${tenantId} ${mode}`, read);
    return host === null ? checkoutUrl : `https://${host}`;
  };
}
