import { expect, test } from 'vitest';
import type { Queryable } from '../platform/database.ts';
import { TENANT_ROLES } from './permission.ts';
import { rightsOf } from './rights-of.ts';
import { hasAll, isOperatorRole, OPERATOR_ROLE_RIGHTS, ROLE_IN_TENANTS, TENANT_ROLE_RIGHTS } from './role.ts';

const db = {} as Queryable;

test('each built-in role has its rights, and what is no role has none', async () => {
  for (const role of TENANT_ROLES) {
    expect(await rightsOf(db, { tenantId: 'ten_1', role })).toEqual(TENANT_ROLE_RIGHTS[role]);
  }
  expect(await rightsOf(db, { tenantId: 'ten_1', role: 'owner' })).toEqual([]);
});

test('an admin has what every other role of the tenant has, and no other has what an admin has', () => {
  for (const role of ['developer', 'finance', 'support', 'viewer'] as const) {
    expect(hasAll(TENANT_ROLE_RIGHTS.admin, TENANT_ROLE_RIGHTS[role])).toBe(true);
    expect(hasAll(TENANT_ROLE_RIGHTS[role], TENANT_ROLE_RIGHTS.admin)).toBe(false);
  }
});

test('a viewer and an auditor only read', () => {
  const rights = [
    ...TENANT_ROLE_RIGHTS.viewer,
    ...OPERATOR_ROLE_RIGHTS.auditor,
    ...TENANT_ROLE_RIGHTS[ROLE_IN_TENANTS.auditor],
  ];
  expect(rights.filter((permission) => !permission.endsWith(':read'))).toEqual([]);
});

test('the roles of tenants and of the installation are not mistaken for each other', () => {
  expect(['owner', 'auditor', 'viewer', 'constructor'].map(isOperatorRole)).toEqual([true, true, false, false]);
});
