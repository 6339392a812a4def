import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenSimulators, openSimulators } from '../../src/roles/demo-simulators.ts';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';

let installation: Installation;
let running: OpenSimulators;

beforeAll(async () => {
  installation = await startInstallation({
    environment: { TOLLGATE_DEMO: 'true', TOLLGATE_SIMULATORS: 'scantopay,partner', LOG_LEVEL: 'silent' },
  });
});
afterAll(async () => {
  await running?.close();
  await installation.close();
});

const start = async () => {
  running = await openSimulators(installation.tollgate.gateway, installation.tenant.tenant.tenantId);
  return running.open;
};

async function accounts() {
  const { apiUrl, tenant } = installation;
  const { data } = (await call(`${apiUrl}/api/v1/provider-accounts`, { key: tenant.apiKeys.test })).body;
  return data.filter(({ provider }: { readonly provider: string }) => provider !== 'sandbox');
}

const check = (providerAccountId: string) =>
  call(`${installation.apiUrl}/api/v1/provider-accounts/${providerAccountId}/test`, {
    method: 'POST',
    key: installation.tenant.apiKeys.test,
  });

test('each simulator of the list comes with an account that it accepts, behind the sandbox', async () => {
  const open = await start();
  expect(open.map(({ provider }) => provider)).toEqual(['scantopay', 'partner']);
  expect(await accounts()).toHaveLength(2);
  for (const account of await accounts())
    expect(account).toMatchObject({ mode: 'test', status: 'active', priority: 200 });
  for (const { providerAccountId } of open) {
    expect((await check(providerAccountId)).body).toMatchObject({ outcome: 'accepted' });
  }
});

test('a second start has the same accounts at the same addresses', async () => {
  const before = running.open;
  await running.close();
  expect(await start()).toEqual(before);
  expect(await accounts()).toHaveLength(2);
  for (const { providerAccountId } of before) {
    expect((await check(providerAccountId)).body).toMatchObject({ outcome: 'accepted' });
  }
});

test('where somebody else has taken a port, the account that leads there is disabled and another one made', async () => {
  const [scantopay, partner] = running.open;
  await running.close();
  const stranger = createServer().listen(Number(new URL(partner?.url ?? '').port), '127.0.0.1');
  await once(stranger, 'listening');
  const [again, other] = await start();
  stranger.close();
  expect(again).toEqual(scantopay);
  expect(other?.url).not.toBe(partner?.url);
  const statuses = (await accounts()).map(({ id, status }: Record<string, string>) => [id, status]);
  expect(Object.fromEntries(statuses)).toEqual({
    [scantopay?.providerAccountId ?? '']: 'active',
    [partner?.providerAccountId ?? '']: 'disabled',
    [other?.providerAccountId ?? '']: 'active',
  });
});

test('a tenant that the file does not know gets accounts of its own', async () => {
  await running.close();
  const another = await installation.createTenant({ currency: 'ZAR' });
  running = await openSimulators(installation.tollgate.gateway, another.tenant.tenantId);
  expect(running.open).toHaveLength(2);
  const { data } = (await call(`${installation.apiUrl}/api/v1/provider-accounts`, { key: another.apiKeys.test })).body;
  expect(data).toHaveLength(3);
});
