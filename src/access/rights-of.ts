import type { Permission } from '../kernel/endpoint.ts';
import type { Queryable } from '../platform/database.ts';
import { isTenantRole, TENANT_ROLE_RIGHTS } from './role.ts';

/**
 * What somebody with this role may do in the tenant: a built-in role's rights, or those of a role of the tenant's own
 * (`role_…`) as they are now. A role that does not exist allows nothing.
 */
export async function rightsOf(
  _db: Queryable,
  { role }: { readonly tenantId: string; readonly role: string },
): Promise<readonly Permission[]> {
  return isTenantRole(role) ? TENANT_ROLE_RIGHTS[role] : [];
}
