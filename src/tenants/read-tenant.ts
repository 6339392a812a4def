import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { selectTenant, selectTenantByAppName } from './store.ts';
import type { Tenant } from './tenant.ts';

/** Reads tenants for the money path, which needs one on every request. */
export type ReadTenant = (tenantId: string) => Promise<Tenant>;

/** A change of settings is seen by every process after this long at most. */
const CACHE = { lifetimeMs: 1_000, entriesMax: 10_000 };

/** @throws Problem not_found (from the returned function) */
export function createReadTenant(database: Database): ReadTenant {
  const cache = new ExpiringCache<Tenant>(CACHE);
  return (tenantId) =>
    cache.get(tenantId, async () => {
      const tenant = await forTenants([tenantId], () => selectTenant(database.query, tenantId));
      if (tenant === null) throw new Problem('not_found', 'There is no such tenant.');
      return tenant;
    });
}

/** The tenant by id or app name, as an operator types it. @throws Problem not_found */
export async function findTenant(database: Database, idOrAppName: string): Promise<Tenant> {
  const tenant =
    (await selectTenant(database.query, idOrAppName)) ?? (await selectTenantByAppName(database.query, idOrAppName));
  if (tenant === null) throw new Problem('not_found', 'There is no such tenant.');
  return tenant;
}
