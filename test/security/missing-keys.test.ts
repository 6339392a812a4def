import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigRefused, readConfig } from '../../src/config.ts';
import { PROBLEMS } from '../../src/kernel/problem.ts';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { createLogger } from '../../src/platform/log.ts';
import { startTollgate, type Tollgate } from '../../src/roles/all.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { merchantOf } from '../support/merchant.ts';

let tollgate: Installation;

beforeAll(async () => {
  tollgate = await startInstallation();
});
afterAll(() => tollgate.close());

const silent = createLogger({ level: 'silent' });
const second = (changes: object = {}): Promise<Tollgate> => {
  const config = { ...tollgate.tollgate.config, port: 0, internalPort: 0, roles: ['api'] as const, ...changes };
  return startTollgate({ config, log: silent });
};

test('another master key does not start, and the right one is named by its id', async () => {
  const [row] = await tollgate.database.run<{ id: string }>('select distinct master_key_id as id from data_keys');
  const wrong = newMasterKeyText();
  const refusal = await second({ masterKey: wrong }).then(
    () => null,
    (error: unknown) => error as Error,
  );
  expect(refusal?.name).toBe('MasterKeyRefused');
  expect(refusal?.message).toContain(`master key ${row?.id};`);
  expect(refusal?.message).not.toContain(wrong);
  expect(refusal?.message).not.toContain(tollgate.tollgate.config.masterKey);
});

test('a database of its own without a master key does not start', () => {
  const environment = { DATABASE_URL: 'postgres://localhost/a' };
  expect(() => readConfig(environment)).toThrow(ConfigRefused);
  expect(() => readConfig(environment)).toThrow(/^TOLLGATE_MASTER_KEY: /);
  const weak = { ...environment, TOLLGATE_MASTER_KEY: 'changeme-changeme' };
  expect(() => readConfig(weak)).toThrow(/^TOLLGATE_MASTER_KEY: (?!.*changeme)/);
});

test.for([
  ['gone', 'internal_error', 'delete from data_keys where tenant_id = $1'],
  [
    'destroyed',
    'gone',
    `update data_keys set state = 'destroyed', wrapped = '', retired_at = created_at where tenant_id = $1`,
  ],
  [
    'wrapped by another master key',
    'unavailable',
    `update data_keys set master_key_id = 'another' where tenant_id = $1`,
  ],
  [
    'changed by a bit',
    'internal_error',
    'update data_keys set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) where tenant_id = $1',
  ],
  [
    "another tenant's",
    'internal_error',
    `update data_keys set wrapped = (select wrapped from data_keys where tenant_id = 'system') where tenant_id = $1`,
  ],
] as const)('a tenant whose data key is %s can neither seal nor open', async ([, code, statement]) => {
  const { tenant, apiKeys } = await tollgate.createTenant();
  const before = await merchantOf(tollgate.apiUrl, apiKeys.test).create({ customer: { name: 'canary-name' } });
  // A process that has not unwrapped the key before; one that has may use it for a minute.
  const other = await second();
  await tollgate.database.run(statement, [tenant.tenantId]);
  try {
    const keyless = merchantOf(`http://127.0.0.1:${other.config.port}`, apiKeys.test);
    const own = () =>
      tollgate.database.run(
        `select (select count(*) from payments where tenant_id = $1) as payments,
           (select count(*) from attempts where tenant_id = $1) as attempts,
           (select count(*) from webhook_endpoints where tenant_id = $1) as endpoints,
           (select count(*) from idempotency_keys where tenant_id = $1) as keys`,
        [tenant.tenantId],
      );
    const counts = await own();
    const answers = [
      await keyless.create({ customer: { name: 'Ada' } }),
      await keyless.create({}, { idempotencyKey: 'keyless' }),
      await keyless.confirm(before.body.id, 'tok_approve'),
      await keyless.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/keyless' } }),
      await keyless.send('GET', `/payments/${before.body.id}`),
    ];
    for (const answer of answers) {
      expect(answer, answer.text).toMatchObject({ status: PROBLEMS[code].status, body: { code } });
      expect(answer.text).not.toMatch(/data key|canary/);
    }
    expect(await own()).toEqual(counts);
  } finally {
    // No process starts where a master key is missing.
    await tollgate.database.run('delete from data_keys where tenant_id = $1', [tenant.tenantId]);
    await other.stop();
  }
});
