import type { Permission } from '../kernel/endpoint.ts';
import { isId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import { GRANTABLE_IN_TENANT } from './grant.ts';
import { isTenantRole, TENANT_ROLE_RIGHTS } from './role.ts';
import { selectRole } from './store-roles.ts';

/**
 * What somebody with this role may do in the tenant: a built-in role's rights, or those of a role of the tenant's own
 * (`role_…`) as they are now. A role that does not exist allows nothing, nor does a permission that is gone.
 */
export async function rightsOf(
  db: Queryable,
  { tenantId, role }: { readonly tenantId: string; readonly role: string },
): Promise<readonly Permission[]> {
  if (isTenantRole(role)) return TENANT_ROLE_RIGHTS[role];
  const own = isId('role', role) ? await selectRole(db, tenantId, role) : null;
  const held = own?.permissions ?? [];
  return GRANTABLE_IN_TENANT.all.filter((permission) => held.includes(permission));
}
