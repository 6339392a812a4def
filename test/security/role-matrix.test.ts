import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey, createOperatorKey } from '../../src/access/api-key.ts';
import {
  OPERATOR_PERMISSIONS,
  OPERATOR_ROLES,
  operatorPermissions,
  TENANT_PERMISSIONS,
  TENANT_ROLES,
  tenantPermissions,
} from '../../src/access/permission.ts';
import { OPERATOR_ROLE_RIGHTS, TENANT_ROLE_RIGHTS } from '../../src/access/role.ts';
import { BY_NAME_ONLY } from '../../src/kernel/caller.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { Endpoint, Permission } from '../../src/kernel/endpoint.ts';
import { ENDPOINTS } from '../../src/roles/declarations.ts';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';

const ofTenant = ENDPOINTS.flatMap((endpoint) =>
  endpoint.access.by === 'tenant' ? [{ endpoint, permission: endpoint.access.scope }] : [],
);
const ofOperator = ENDPOINTS.flatMap((endpoint) =>
  endpoint.access.by === 'operator' ? [{ endpoint, permission: endpoint.access.permission }] : [],
);

describe('the list of permissions', () => {
  test('has each that a route needs, and none that no route needs', () => {
    const needed = (routes: readonly { readonly permission: Permission }[]) => [
      ...new Set(routes.map(({ permission }) => permission)),
    ];
    // Those that belong to members of a body instead of a route.
    const inTenant = [...needed(ofTenant), 'notification-settings:pause', 'approval-rule:update'];
    expect(Object.keys(TENANT_PERMISSIONS).sort()).toEqual(inTenant.sort());
    expect(Object.keys(OPERATOR_PERMISSIONS).sort()).toEqual(needed(ofOperator).sort());
  });

  test('has no name twice: what is allowed in a tenant says nothing about the installation', () => {
    const both = Object.keys(TENANT_PERMISSIONS).filter((permission) => permission in OPERATOR_PERMISSIONS);
    expect(both).toEqual([]);
  });

  test('has each that keys are given by name alone, and none of those for people comes by a wildcard', () => {
    expect(Object.keys(TENANT_PERMISSIONS)).toEqual(expect.arrayContaining([...BY_NAME_ONLY]));
    const forPeople = tenantPermissions().filter(([, { person }]) => person === true);
    expect(forPeople.filter(([permission]) => !BY_NAME_ONLY.has(permission))).toEqual([]);
    expect(operatorPermissions().filter(([permission]) => BY_NAME_ONLY.has(permission))).toEqual([]);
  });
});

describe('every route, called with the rights of every built-in role', () => {
  let tollgate: Installation;
  beforeAll(async () => {
    tollgate = await startInstallation({ environment: { TOLLGATE_ROLES: 'api,checkout,hooks,admin' } });
  });
  afterAll(() => tollgate.close());

  /** Whether the caller is let in: what the query asks is refused afterwards, so that nothing is done. */
  async function isLetIn({ method, path, id }: Endpoint, key: string): Promise<boolean> {
    const address = path.replace(/\{\w+\}/, 'none_00000000000000000000000000');
    const answer = await call(`${tollgate.apiUrl}${address}?surprise=1`, { method, key });
    if (answer.status === 403 && answer.body.code === 'forbidden') return false;
    // An address that names nothing is looked at before the query is.
    expect(['validation_failed', 'not_found'], `${id}: ${answer.text}`).toContain(answer.body.code);
    return true;
  }

  async function letIn(
    routes: readonly { readonly endpoint: Endpoint; readonly permission: Permission }[],
    key: string,
    rights: readonly Permission[],
  ): Promise<void> {
    const seen: Record<string, boolean> = {};
    for (const { endpoint } of routes) seen[endpoint.id] = await isLetIn(endpoint, key);
    const matrix = routes.map(({ endpoint, permission }) => [endpoint.id, rights.includes(permission)]);
    expect(seen).toEqual(Object.fromEntries(matrix));
  }

  test.for(TENANT_ROLES)('%s of a tenant: exactly what the matrix says, and nothing of the operator', async (role) => {
    const { query } = tollgate.tollgate.gateway.payments.database;
    const { tenantId } = tollgate.tenant.tenant;
    const rights: readonly Permission[] = TENANT_ROLE_RIGHTS[role];
    const key = await createApiKey(query, systemClock, { tenantId, mode: 'test', name: role, scopes: rights });
    await letIn(ofTenant, key, rights);
    await letIn(ofOperator, key, []);
  });

  test.for(OPERATOR_ROLES)('%s of the installation: exactly what the matrix says', async (role) => {
    const { query } = tollgate.tollgate.gateway.payments.database;
    const rights: readonly Permission[] = OPERATOR_ROLE_RIGHTS[role];
    const key = await createOperatorKey(query, systemClock, role, rights);
    const person = new Set<Permission>(operatorPermissions().flatMap(([name, { person: is }]) => (is ? [name] : [])));
    await letIn(
      ofOperator,
      key,
      rights.filter((permission) => !person.has(permission)),
    );
    await letIn(ofTenant, key, []);
  });

  test.for([
    ['a tenant', 'tenant'],
    ['the operator', 'operator'],
  ] as const)('what belongs to somebody who has signed in is closed to the key of %s', async ([, whose]) => {
    const key = whose === 'tenant' ? tollgate.tenant.apiKeys.test : tollgate.operatorKey;
    for (const { method, path, id } of ENDPOINTS.filter(({ access }) => access.by === 'person')) {
      const answer = await call(`${tollgate.apiUrl}${path.replace(/\{\w+\}/, 'none')}`, { method, key });
      expect([401, 403], id).toContain(answer.status);
    }
  });
});
