import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { checkInstallation } from '../../src/system/check-installation.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { runTollgate } from '../support/tollgate-process.ts';

let tollgate: Installation;
let operator: Merchant;

beforeAll(async () => {
  tollgate = await startInstallation();
  operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
});
afterAll(() => tollgate.close());

async function readSystem() {
  const { status, body, text } = await operator.send('GET', '/operator/system');
  expect(status, text).toBe(200);
  return body;
}

function statusesOf(checks: readonly { readonly name: string; readonly status: string }[]) {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

describe('the state of an installation', () => {
  test('is told row by row, with the processes that run and the work that is due', async () => {
    const { checks, processes, lanes, jobs, version } = await until(async () => {
      const body = await readSystem();
      // What a process says of itself first is written beside its start.
      return body.processes.length === 1 && statusesOf(body.checks).worker === 'ok' && body;
    });
    expect(statusesOf(checks)).toMatchObject({
      ...{ database: 'ok', clock: 'ok', migrations: 'ok', keys: 'ok', worker: 'ok' },
      ...{ disk: 'unknown', backup: 'unknown', addresses: 'warning', mail: 'warning', egress: 'warning' },
    });
    expect(processes).toMatchObject([{ version, alive: true, roles: expect.arrayContaining(['api', 'worker']) }]);
    expect(lanes.map(({ kind }: { kind: string }) => kind)).toContain('relay');
    expect(jobs.map(({ name }: { name: string }) => name)).toEqual(['relay', 'sums', 'emails', 'mails']);
  });

  test('says that no worker was seen when the last one is silent', async () => {
    const { system } = tollgate.tollgate.gateway;
    const inAnHour = { now: () => system.clock.now().add({ hours: 1 }) };
    const checks = await checkInstallation({ ...system, clock: inAnHour });
    expect(statusesOf(checks)).toMatchObject({ worker: 'failed' });
  });

  test('says which part is not well, and never more than is good for everybody', async () => {
    const { system } = tollgate.tollgate.gateway;
    const late = { now: () => system.clock.now().subtract({ minutes: 10 }) };
    const checks = await checkInstallation({
      ...system,
      clock: late,
      schemaIsCurrent: async () => false,
      checkKeys: () => Promise.reject(new Error('postgres://user:canary-password@db')),
    });
    expect(statusesOf(checks)).toMatchObject({ database: 'ok', clock: 'failed', migrations: 'failed', keys: 'failed' });
    expect(JSON.stringify(checks)).not.toContain('canary');
    for (const { status, fix } of checks) if (status === 'failed') expect(fix).not.toBeNull();
  });

  test('is told by `tollgate doctor` too, which exits with 1 where something has failed', async () => {
    const key = { TOLLGATE_MASTER_KEY: newMasterKeyText() };
    const [doctor, away] = await Promise.all([
      runTollgate(['doctor', '--json'], { ...key, DATABASE_URL: tollgate.database.runtimeUrl }),
      runTollgate(['doctor'], { ...key, DATABASE_URL: 'postgres://somebody:canary@127.0.0.1:9/none' }),
    ]);
    expect(doctor.code, doctor.stderr).toBe(1);
    const { ok, checks } = JSON.parse(doctor.stdout);
    expect(ok).toBe(false);
    expect(statusesOf(checks)).toMatchObject({ database: 'ok', migrations: 'ok', worker: 'ok', keys: 'failed' });
    expect([away.code, away.stderr]).toEqual([1, '']);
    expect(away.stdout).toMatch(/^\[FAIL\] database +It could not be looked at\.\n +→ Check DATABASE_URL/);
    expect(away.stdout).not.toContain('canary');
  }, 120_000);

  test('is for the operator alone', async () => {
    const shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
    expect((await shop.send('GET', '/operator/system')).status).toBe(403);
  });
});
