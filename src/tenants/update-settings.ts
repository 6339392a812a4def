import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import { checkSettings } from './check-settings.ts';
import type { TenantSettings } from './settings.ts';
import { lockTenant, updateSettings } from './store.ts';
import type { Tenant } from './tenant.ts';

/** Replaces the given members of a tenant's settings and leaves the others. @throws Problem not_found, validation_failed */
export async function updateTenantSettings(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  tenantId: string,
  changes: Partial<TenantSettings>,
): Promise<Tenant> {
  return database.transaction(async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (tenant === null) throw new Problem('not_found', 'There is no such tenant.');
    const settings = { ...tenant.settings, ...changes };
    checkSettings(settings, '');
    await updateSettings(tx, tenantId, settings, clock.now());
    return { ...tenant, settings };
  });
}
