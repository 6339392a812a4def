import { scopeCovers, type TenantCaller } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Permission } from '../kernel/endpoint.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { type Queryable, violatedConstraint } from '../platform/database.ts';
import type { TenantOwnRole } from './role.ts';
import { isRoleHeld } from './store-role-holders.ts';
import { countRoles, insertRole, lockRole, removeRole, saveRole } from './store-roles.ts';

interface RoleFields {
  readonly name: string;
  readonly description: string | null;
  readonly permissions: readonly Permission[];
}

/** More than a company has kinds of people; a list that nobody reads protects nothing. */
const ROLES_MAX = 50;

/** Makes a role of a tenant's own, in the caller's transaction. @throws Problem validation_failed, state_conflict */
export async function createRole(
  { clock }: { readonly clock: Clock },
  tx: Queryable,
  caller: TenantCaller,
  fields: RoleFields,
): Promise<TenantOwnRole> {
  refuseMore(caller, fields.permissions);
  if ((await countRoles(tx, caller.tenantId)) >= ROLES_MAX) {
    throw new Problem('state_conflict', `There are ${ROLES_MAX} roles. Delete those that nobody has.`);
  }
  const now = clock.now();
  const role: TenantOwnRole = {
    ...fields,
    permissions: [...new Set(fields.permissions)],
    ...{ tenantId: caller.tenantId, roleId: newId('role', clock) },
    ...{ createdBy: caller.actor, createdAt: now, updatedAt: now },
  };
  await insertRole(tx, role).catch(explainName);
  return role;
}

/** Changes what is given, in the caller's transaction. @throws Problem not_found, forbidden, validation_failed, state_conflict */
export async function updateRole(
  { clock }: { readonly clock: Clock },
  tx: Queryable,
  caller: TenantCaller,
  roleId: string,
  changes: { readonly [Name in keyof RoleFields]?: RoleFields[Name] | undefined },
): Promise<TenantOwnRole> {
  const role = await lockOwn(tx, caller, roleId);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  if (changes.permissions !== undefined) refuseMore(caller, changes.permissions);
  const changed: TenantOwnRole = { ...role, ...given, updatedAt: clock.now() };
  await saveRole(tx, { ...changed, permissions: [...new Set(changed.permissions)] }).catch(explainName);
  return changed;
}

/** Deletes a role that nobody has, in the caller's transaction. @throws Problem not_found, forbidden, state_conflict */
export async function deleteRole(tx: Queryable, caller: TenantCaller, roleId: string): Promise<void> {
  const role = await lockOwn(tx, caller, roleId);
  if (await isRoleHeld(tx, caller.tenantId, roleId)) {
    throw new Problem('state_conflict', 'Somebody has this role, or is invited to it. Give them another first.');
  }
  await removeRole(tx, role);
}

/** A role that may do more than the caller is not theirs to change: they would take from others what they do not have. */
async function lockOwn(tx: Queryable, caller: TenantCaller, roleId: string): Promise<TenantOwnRole> {
  const role = await lockRole(tx, caller.tenantId, roleId);
  if (role === null) throw new Problem('not_found', 'There is no such role.');
  if (role.permissions.every((permission) => scopeCovers(caller.scopes, permission))) return role;
  throw new Problem('forbidden', 'This role may do what you may not. Ask somebody who may do all of it.');
}

function refuseMore({ scopes }: TenantCaller, permissions: readonly Permission[]): void {
  const errors = permissions.flatMap((permission, index) =>
    scopeCovers(scopes, permission)
      ? []
      : [{ pointer: `/permissions/${index}`, detail: 'Must be within what you may do yourself' }],
  );
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
}

function explainName(error: unknown): never {
  if (violatedConstraint(error) !== 'tenant_roles_name_key') throw error;
  throw new Problem('state_conflict', 'Another role has this name.', {
    errors: [{ pointer: '/name', detail: 'Must not be taken' }],
  });
}
