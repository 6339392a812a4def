import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { lockTenant, updateLogo } from './store.ts';
import type { TenantLogo } from './tenant.ts';

/**
 * Sets or takes away the logo that a tenant's page shows, in the caller's transaction; the tenant stays locked until its
 * end. Returns the one before. @throws Problem not_found
 */
export async function changeLogo(
  tx: Queryable,
  tenantId: string,
  logo: TenantLogo | null,
  now: Temporal.Instant,
): Promise<TenantLogo | null> {
  const tenant = await lockTenant(tx, tenantId);
  if (tenant === null) throw new Problem('not_found', 'There is no such tenant.');
  if (tenant.logo?.hash !== logo?.hash) await updateLogo(tx, tenantId, logo, now);
  return tenant.logo;
}
