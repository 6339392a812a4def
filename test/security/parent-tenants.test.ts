import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { CreatedTenant } from '../../src/tenants/create-tenant.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { changesNothing, untilQuiet } from '../support/table-fingerprint.ts';

let tollgate: Installation;
let parent: CreatedTenant;
let child: CreatedTenant;
let others: Readonly<Record<string, string>>;

beforeAll(async () => {
  // Live credentials need HTTPS; the proxy that says so is trusted here.
  tollgate = await startInstallation({ environment: { TOLLGATE_TRUST_PROXY: 'loopback' } });
  parent = await tollgate.createTenant();
  const parentTenantId = parent.tenant.tenantId;
  child = await tollgate.createTenant({ parentTenantId });
  const suspended = await tollgate.createTenant({ parentTenantId });
  const grandchild = await tollgate.createTenant({ parentTenantId: child.tenant.tenantId });
  await tollgate.database.run(`update tenants set status = 'suspended' where tenant_id = $1`, [
    suspended.tenant.tenantId,
  ]);
  others = {
    'a stranger': tollgate.tenant.tenant.tenantId,
    'a grandchild': grandchild.tenant.tenantId,
    'a suspended child': suspended.tenant.tenantId,
    nobody: 'ten_00000000000000000000000000',
    'the system': 'system',
    'a child in capitals': child.tenant.tenantId.toUpperCase(),
    'two children': `${child.tenant.tenantId}, ${child.tenant.tenantId}`,
    'an injection': "ten_' or '1'='1",
    'an empty id': '',
  };
});
afterAll(() => tollgate.close());

function as(key: string, headers: Readonly<Record<string, string>> = {}): Merchant {
  return merchantOf(tollgate.apiUrl, key, { 'x-forwarded-proto': 'https', ...headers });
}

function actingFor({ apiKeys }: CreatedTenant, id: string): Merchant {
  return as(apiKeys.test, { 'x-tollgate-tenant': id });
}

test('a parent creates and reads as its child', async () => {
  const acting = actingFor(parent, child.tenant.tenantId);
  const created = await acting.create();
  expect(created).toMatchObject({ status: 201, body: { tenantId: child.tenant.tenantId } });
  const path = `/payments/${created.body.id}`;
  expect((await as(child.apiKeys.test).send('GET', path)).status).toBe(200);
  expect((await acting.send('GET', path)).status).toBe(200);
  expect((await as(parent.apiKeys.test).send('GET', path)).status).toBe(404);
  expect((await as(parent.apiKeys.test).send('GET', '/payments')).body.data).toEqual([]);
});

test("a parent's own id changes nothing", async () => {
  const created = await actingFor(parent, parent.tenant.tenantId).create();
  expect(created).toMatchObject({ status: 201, body: { tenantId: parent.tenant.tenantId } });
});

test("a parent's live credentials act for the child in live mode only", async () => {
  const headers = { 'x-tollgate-tenant': child.tenant.tenantId };
  const { body } = await actingFor(parent, child.tenant.tenantId).create();
  expect((await as(parent.apiKeys.live, headers).send('GET', `/payments/${body.id}`)).status).toBe(404);
});

test('a parent acts with the scopes of its key', async () => {
  const db = tollgate.tollgate.gateway.payments.database.query;
  const { tenantId } = parent.tenant;
  const key = await createApiKey(db, systemClock, { tenantId, mode: 'test', name: 'Reads', scopes: ['*:read'] });
  const reading = as(key, { 'x-tollgate-tenant': child.tenant.tenantId });
  expect((await reading.send('GET', '/payments')).status).toBe(200);
  expect(await reading.create()).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

test('for everybody but its children a parent gets the same 404, and nothing is written', async () => {
  await untilQuiet(tollgate.database);
  for (const [who, id] of Object.entries(others)) {
    const acting = actingFor(parent, id);
    const answers = await changesNothing(tollgate.database, async () => [
      await acting.create(),
      await acting.send('GET', '/payments'),
      await acting.send('GET', '/settings'),
      await acting.send('PATCH', '/settings', { body: { defaultMcc: '1234' } }),
    ]);
    for (const answer of answers) {
      expect(answer, who).toMatchObject({
        status: 404,
        body: { code: 'not_found', detail: 'There is no such tenant among yours.' },
      });
    }
  }
});

test('a child does not act for its parent, nor for a sibling', async () => {
  const sibling = await tollgate.createTenant({ parentTenantId: parent.tenant.tenantId });
  for (const id of [parent.tenant.tenantId, sibling.tenant.tenantId]) {
    expect((await actingFor(child, id).send('GET', '/payments')).status).toBe(404);
  }
});

test('a suspended parent acts for nobody', async () => {
  const gone = await tollgate.createTenant();
  const ward = await tollgate.createTenant({ parentTenantId: gone.tenant.tenantId });
  const acting = actingFor(gone, ward.tenant.tenantId);
  expect((await acting.send('GET', '/payments')).status).toBe(200);
  await tollgate.database.run(`update tenants set status = 'suspended' where tenant_id = $1`, [gone.tenant.tenantId]);
  await until(async () => (await acting.send('GET', '/payments')).status === 401, 2_000);
});
