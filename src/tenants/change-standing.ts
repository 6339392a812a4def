import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import { lockTenant, updateStanding } from './store.ts';
import type { Tenant } from './tenant.ts';

/**
 * Changes what the operator decides about a tenant; what it is already changes nothing. The credentials of a suspended
 * tenant stop working within a second; what is under way at providers is brought to its end. @throws Problem not_found
 */
export async function changeStanding(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  tenantId: string,
  change: Partial<Pick<Tenant, 'status' | 'mayHaveChildren'>>,
): Promise<Tenant> {
  return database.transaction(async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (tenant === null) throw new Problem('not_found', 'There is no such tenant.');
    const changed = { ...tenant, ...change };
    await updateStanding(tx, changed, clock.now());
    return changed;
  });
}
