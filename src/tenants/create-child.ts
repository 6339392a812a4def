import { Problem } from '../kernel/problem.ts';
import { type CreatedTenant, createTenant, type NewTenant, type TenantContext } from './create-tenant.ts';
import { findTenant } from './read-tenant.ts';

/**
 * Makes a tenant that the caller's tenant acts for, where the operator lets it have such.
 * @throws Problem forbidden, app_name_taken, validation_failed (settings)
 */
export async function createChildTenant(
  context: TenantContext,
  parentTenantId: string,
  input: Omit<NewTenant, 'parentTenantId'>,
): Promise<CreatedTenant> {
  const parent = await findTenant(context.database, parentTenantId);
  if (!parent.mayHaveChildren) {
    throw new Problem('forbidden', 'This tenant may not have tenants of its own. Ask the operator.');
  }
  return createTenant(context, { ...input, parentTenantId });
}
