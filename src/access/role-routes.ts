import { runOnce } from '../idempotency/run-once.ts';
import { scopeCovers } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import { createRole, deleteRole, updateRole } from './change-role.ts';
import { TENANT_ROLES, tenantPermissions } from './permission.ts';
import { TENANT_ROLE_RIGHTS, type TenantOwnRole } from './role.ts';
import * as api from './role-api.ts';
import { selectRole, selectRoles } from './store-roles.ts';

interface RoleRoutesContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** The endpoints of roles, tied to their verbs. */
export function roleRoutes(context: RoleRoutesContext): readonly BoundEndpoint[] {
  const { database } = context;
  return [
    bindEndpoint(api.getPermissions, async ({ caller }) => ({
      body: {
        permissions: tenantPermissions().map(([permission, { allows }]) => ({
          ...{ permission, allows, mine: scopeCovers(caller.scopes, permission) },
        })),
        roles: TENANT_ROLES.map((name) => ({ name, permissions: [...TENANT_ROLE_RIGHTS[name]] })),
      },
    })),
    bindEndpoint(api.createRole, ({ caller, body, idempotency }) => {
      const scope = { tenantId: caller.tenantId, mode: caller.mode, route: 'createRole' };
      return runOnce(context, scope, idempotency, async (tx) => ({
        status: 201,
        body: roleJson(await createRole(context, tx, caller, body)),
      }));
    }),
    bindEndpoint(api.listRoles, async ({ caller, query }) => {
      const roles = await selectRoles(database.query, caller.tenantId, query);
      return { body: pageOf(roles.map(roleJson), query.limit) };
    }),
    bindEndpoint(api.getRole, async ({ caller, params }) => {
      const role = await selectRole(database.query, caller.tenantId, params.id);
      if (role === null) throw new Problem('not_found', 'There is no such role.');
      return { body: roleJson(role) };
    }),
    bindEndpoint(api.updateRole, async ({ caller, params, body }) => ({
      body: roleJson(await database.transaction((tx) => updateRole(context, tx, caller, params.id, body))),
    })),
    bindEndpoint(api.deleteRole, async ({ caller, params }) => {
      await database.transaction((tx) => deleteRole(tx, caller, params.id));
      return { body: undefined };
    }),
  ];
}

function roleJson(role: TenantOwnRole): api.RoleAnswer {
  return {
    id: role.roleId,
    object: 'role',
    name: role.name,
    description: role.description,
    permissions: [...role.permissions],
    createdBy: role.createdBy,
    createdAt: role.createdAt.toString(),
    updatedAt: role.updatedAt.toString(),
  };
}
