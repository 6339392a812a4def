import { scopeCovers } from '../kernel/caller.ts';
import type { Permission, Scope } from '../kernel/endpoint.ts';
import { spelledOut } from './grant.ts';
import {
  OPERATOR_ROLES,
  type OperatorPermission,
  type OperatorRole,
  operatorPermissions,
  TENANT_ROLES,
  type TenantPermission,
  type TenantRole,
  tenantPermissions,
} from './permission.ts';

/** A role that a tenant made for itself, out of the permissions that there are in a tenant. */
export interface TenantOwnRole {
  readonly tenantId: string;
  readonly roleId: string;
  readonly name: string;
  readonly description: string | null;
  readonly permissions: readonly Permission[];
  readonly createdBy: string;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

/** Whether it is the name of a built-in role of tenants. */
export function isTenantRole(name: string): name is TenantRole {
  return (TENANT_ROLES as readonly string[]).includes(name);
}

/** Whether it is the name of a role of the installation. */
export function isOperatorRole(name: string): name is OperatorRole {
  return (OPERATOR_ROLES as readonly string[]).includes(name);
}

/** What each built-in role of a tenant may do. */
export const TENANT_ROLE_RIGHTS: Readonly<Record<TenantRole, readonly TenantPermission[]>> = {
  admin: tenantPermissions().map(([permission]) => permission),
  developer: tenantRights('developer'),
  finance: tenantRights('finance'),
  support: tenantRights('support'),
  viewer: tenantRights('viewer'),
};

/** What each role of the installation may do in the installation. */
export const OPERATOR_ROLE_RIGHTS: Readonly<Record<OperatorRole, readonly OperatorPermission[]>> = {
  owner: operatorPermissions().map(([permission]) => permission),
  admin: operatorRights('admin'),
  support: operatorRights('support'),
  auditor: operatorRights('auditor'),
};

/** Those who run the installation may enter any tenant, and are there what this says. */
export const ROLE_IN_TENANTS: Readonly<Record<OperatorRole, TenantRole>> = {
  owner: 'admin',
  admin: 'admin',
  support: 'support',
  auditor: 'viewer',
};

/** What a key of the operator may do that is not narrowed: everything but what needs a person. */
export const OPERATOR_KEY_PERMISSIONS: readonly OperatorPermission[] = operatorPermissions()
  .filter(([, { person }]) => person !== true)
  .map(([permission]) => permission);

/** What a key of the operator with these grants may do. */
export function operatorPermissionsUnder(grants: readonly (Scope | '*')[]): readonly OperatorPermission[] {
  const scopes = spelledOut(grants);
  return OPERATOR_KEY_PERMISSIONS.filter((permission) => scopeCovers(scopes, permission));
}

/** Whether every right of one list is also in another: who gives a role must have all that it holds. */
export function hasAll(mine: readonly Permission[], theirs: readonly Permission[]): boolean {
  return theirs.every((permission) => mine.includes(permission));
}

function tenantRights(role: TenantRole): readonly TenantPermission[] {
  return tenantPermissions()
    .filter(([, { roles }]) => roles.includes(role))
    .map(([permission]) => permission);
}

function operatorRights(role: OperatorRole): readonly OperatorPermission[] {
  return operatorPermissions()
    .filter(([, { roles }]) => roles.includes(role))
    .map(([permission]) => permission);
}
