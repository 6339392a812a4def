import { BY_NAME_ONLY, scopeCovers } from '../kernel/caller.ts';
import type { Permission, Scope } from '../kernel/endpoint.ts';
import { operatorPermissions, tenantPermissions } from './permission.ts';

/** What can be granted somewhere: the permissions that there are, and those that no key ever has. */
export interface Grantable {
  readonly all: readonly Permission[];
  readonly person: ReadonlySet<Permission>;
}

export const GRANTABLE_IN_TENANT: Grantable = grantableOf(tenantPermissions());
export const GRANTABLE_TO_OPERATORS: Grantable = grantableOf(operatorPermissions());

/** Scopes as `scopeCovers` reads them: `*` by itself is short for all resources and actions. */
export function spelledOut(grants: readonly (Scope | '*')[]): readonly Scope[] {
  return grants.map((grant) => (grant === '*' ? '*:*' : grant));
}

/** Every permission that a grant covers today; none: it names nothing that exists. */
export function permissionsUnder({ all }: Grantable, grant: string): readonly Permission[] {
  const isWild = grant === '*' || grant.includes('*');
  const scope = (grant === '*' ? '*:*' : grant) as Scope;
  return all.filter((permission) => scopeCovers([scope], permission) && !(isWild && BY_NAME_ONLY.has(permission)));
}

/**
 * The rule that a grant to a key breaks; null where it breaks none. Nobody gives what they do not have: a key would be the
 * way to it.
 */
export function brokenGrantRule(grantable: Grantable, mine: readonly Scope[] | 'all', grant: string): string | null {
  const covered = permissionsUnder(grantable, grant);
  if (covered.length === 0) return 'Must be a known permission, resource:* or *';
  if (covered.includes(grant as Permission) && grantable.person.has(grant as Permission)) {
    return 'Must be left to people: no key has it';
  }
  return covered.every((permission) => scopeCovers(mine, permission))
    ? null
    : 'Must be within what you may do yourself';
}

/** Whether somebody may do everything that a key with `*` may. */
export function mayAllThatKeysMay(mine: readonly Scope[] | 'all'): boolean {
  return permissionsUnder(GRANTABLE_IN_TENANT, '*').every((permission) => scopeCovers(mine, permission));
}

function grantableOf(permissions: readonly (readonly [Permission, { readonly person?: true }])[]): Grantable {
  return {
    all: permissions.map(([permission]) => permission),
    person: new Set(permissions.filter(([, { person }]) => person === true).map(([permission]) => permission)),
  };
}
