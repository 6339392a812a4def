import { isId } from '../kernel/id.ts';
import type { Database } from '../platform/database.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { selectLogo } from './store.ts';

/** Reads a tenant's image, a PNG, by its hash; null where there is none. */
export type ReadLogo = (tenantId: string, hash: string) => Promise<Uint8Array | null>;

/** Images go by content, so that none is read for another. */
export function createReadLogo(database: Database): ReadLogo {
  return async (tenantId, hash) =>
    isId('ten', tenantId) ? forTenants([tenantId], () => selectLogo(database.query, tenantId, hash)) : null;
}
