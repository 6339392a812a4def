import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { rightsOf } from '../../src/access/rights-of.ts';
import { BY_NAME_ONLY } from '../../src/kernel/caller.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import type { Scope } from '../../src/kernel/endpoint.ts';
import { forTenants } from '../../src/platform/tenant-scope.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { giveRole, takeRole } from '../support/role-holder.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
let tollgate: Installation;
let tenantId: string;
let admin: Merchant;
let operator: Merchant;

beforeAll(async () => {
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_ROLES: 'api,checkout,hooks' } });
  tenantId = tollgate.tenant.tenant.tenantId;
  admin = await callerWith('*', ...BY_NAME_ONLY);
  operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
});
afterAll(() => tollgate.close());

const db = () => tollgate.tollgate.gateway.payments.database.query;

async function callerWith(...scopes: (Scope | '*')[]): Promise<Merchant> {
  return merchantOf(tollgate.apiUrl, await createApiKey(db(), clock, { tenantId, mode: 'test', name: 'One', scopes }));
}

describe('a role of a tenant’s own', () => {
  test('allows what it lists, as it is now, in its tenant alone', async () => {
    const body = { name: 'Night shift', permissions: ['payment:read', 'refund:read'] };
    const made = await admin.send('POST', '/roles', { body });
    expect(made, made.text).toMatchObject({ status: 201, body: { object: 'role', description: null, ...body } });
    const { id } = made.body;
    expect(await forTenants([tenantId], () => rightsOf(db(), { tenantId, role: id }))).toEqual(body.permissions);
    expect(
      await forTenants([tenantId], () => rightsOf(db(), { tenantId: 'ten_00000000000000000000000000', role: id })),
    ).toEqual([]);
    await admin.send('PATCH', `/roles/${id}`, { body: { permissions: ['payment:read'] } });
    expect(await forTenants([tenantId], () => rightsOf(db(), { tenantId, role: id }))).toEqual(['payment:read']);
    expect((await admin.send('GET', `/roles/${id}`)).body.name).toBe('Night shift');
  });

  test('is deleted when nobody has it any more, and allows nothing then', async () => {
    const { id } = (await admin.send('POST', '/roles', { body: { name: 'Gone', permissions: ['payment:read'] } })).body;
    await giveRole(tollgate.database, tenantId, id);
    expect((await admin.send('DELETE', `/roles/${id}`)).body.code).toBe('state_conflict');
    await takeRole(tollgate.database, tenantId, id);
    expect((await admin.send('DELETE', `/roles/${id}`)).status).toBe(204);
    expect((await admin.send('GET', `/roles/${id}`)).status).toBe(404);
    expect(await forTenants([tenantId], () => rightsOf(db(), { tenantId, role: id }))).toEqual([]);
  });

  test('holds no more than whoever makes or changes it', async () => {
    const lesser = await callerWith('payment:read', 'role:create', 'role:update', 'role:delete');
    const more = { name: 'More', permissions: ['payment:read', 'refund:create'] };
    const refused = await lesser.send('POST', '/roles', { body: more });
    expect(refused.body.errors).toEqual([
      { pointer: '/permissions/1', detail: 'Must be within what you may do yourself' },
    ]);
    const { id } = (await admin.send('POST', '/roles', { body: more })).body;
    for (const method of ['PATCH', 'DELETE'] as const) {
      const body = method === 'PATCH' ? { body: { permissions: ['payment:read'] } } : {};
      expect((await lesser.send(method, `/roles/${id}`, body)).body.code).toBe('forbidden');
    }
    const own = (await lesser.send('POST', '/roles', { body: { name: 'Own', permissions: ['payment:read'] } })).body;
    const raised = await lesser.send('PATCH', `/roles/${own.id}`, { body: { permissions: ['role:read'] } });
    expect(raised.body.code).toBe('validation_failed');
  });

  test.each([
    [{ permissions: ['tenant:create'] }, '/permissions/0'],
    [{ permissions: ['*'] }, '/permissions/0'],
    [{ permissions: [] }, '/permissions'],
    [{ permissions: ['payment:read'], tenantId: 'ten_1' }, '/tenantId'],
    [{ permissions: ['payment:read'], id: 'role_1' }, '/id'],
  ])('that is asked for with %j is refused at %s', async (fields, pointer) => {
    const answer = await admin.send('POST', '/roles', { body: { name: 'Wrong', ...fields } });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  test('everything that can be allowed is listed with what the caller may pass on', async () => {
    const lesser = await callerWith('payment:read', 'role:read');
    const { permissions, roles } = (await lesser.send('GET', '/permissions')).body;
    const mine = permissions.filter((one: { mine: boolean }) => one.mine);
    expect(mine.map((one: { permission: string }) => one.permission)).toEqual(['payment:read', 'role:read']);
    expect(roles.map((one: { name: string }) => one.name)).toEqual([
      'admin',
      'developer',
      'finance',
      'support',
      'viewer',
    ]);
  });
});

describe('the operator', () => {
  test('suspends a tenant, whose credentials stop within a second, and lets it work again', async () => {
    const created = await tollgate.createTenant();
    const { tenantId: id } = created.tenant;
    const shop = merchantOf(tollgate.apiUrl, created.apiKeys.test);
    expect((await shop.send('GET', '/payments')).status).toBe(200);
    const suspended = await operator.send('PATCH', `/operator/tenants/${id}`, { body: { status: 'suspended' } });
    expect(suspended.body).toMatchObject({ id, status: 'suspended', mayHaveChildren: false });
    await until(async () => (await shop.send('GET', '/payments')).status === 401, 3_000);
    const list = await operator.send('GET', '/operator/tenants?status=suspended');
    expect(list.body.data.map((tenant: { id: string }) => tenant.id)).toEqual([id]);
    await operator.send('PATCH', `/operator/tenants/${id}`, { body: { status: 'active' } });
    await until(async () => (await shop.send('GET', '/payments')).status === 200, 3_000);
    expect((await operator.send('GET', `/operator/tenants/${id}`)).body.status).toBe('active');
  });

  test('lets a tenant have tenants of its own, which it then acts for', async () => {
    const child = { name: 'Kiosk', appName: 'kiosk-of-roles', currency: 'EUR' };
    expect((await admin.send('POST', '/child-tenants', { body: child })).body.code).toBe('forbidden');
    await operator.send('PATCH', `/operator/tenants/${tenantId}`, { body: { mayHaveChildren: true } });
    const made = await admin.send('POST', '/child-tenants', { body: child });
    expect(made.body, made.text).toMatchObject({
      parentTenantId: tenantId,
      mayHaveChildren: false,
      appName: child.appName,
    });
    const headers = { 'x-tollgate-tenant': made.body.id };
    expect((await admin.send('GET', '/payments', { headers })).status).toBe(200);
    const list = await admin.send('GET', '/child-tenants');
    expect(list.body.data.map((tenant: { id: string }) => tenant.id)).toEqual([made.body.id]);
    const elsewhere = { ...child, appName: 'kiosk-2', parentTenantId: 'ten_00000000000000000000000000' };
    expect((await admin.send('POST', '/child-tenants', { body: elsewhere })).status).toBe(422);
  });
});

test('the app secret is given to nobody who may do less than it opens', async () => {
  const lesser = await callerWith('payment:read', 'app-secret:update');
  expect((await lesser.send('POST', '/app-secret/rotate', { body: {} })).body.code).toBe('forbidden');
  const { appName, appSecret } = (await admin.send('POST', '/app-secret/rotate', { body: { overlapSeconds: 0 } })).body;
  const logIn = (secret: string) => admin.send('POST', '/tenants/login', { body: { appName, appSecret: secret } });
  expect((await logIn(appSecret)).status).toBe(200);
  expect((await logIn(tollgate.tenant.appSecret)).status).toBe(401);
});
