import { afterAll, beforeAll, expect, test } from 'vitest';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { openStripeShop, type StripeShop } from '../support/stripe-shop.ts';
import { runTollgate } from '../support/tollgate-process.ts';

const masterKey = newMasterKeyText();
let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop({ TOLLGATE_MASTER_KEY: masterKey, TOLLGATE_ROLES: 'api,checkout,hooks' });
});
afterAll(() => shop.close());

function reconcile(...args: readonly string[]) {
  return runTollgate(['reconcile', 'run', ...args], {
    DATABASE_URL: shop.tollgate.database.runtimeUrl,
    TOLLGATE_MASTER_KEY: masterKey,
    TOLLGATE_ALLOW_PRIVATE_TARGETS: 'true',
  });
}

test('reconcile run reads on, compares and proves, and exits with 0 where everything agrees', async () => {
  const { captureId } = await shop.pay(1250);
  const ran = await reconcile('--tenant', shop.tollgate.tenant.tenant.appName, '--json');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    isRight: true,
    accounts: [
      {
        ...{ providerAccountId: shop.providerAccountId, provider: 'stripe', mode: 'test', failures: [] },
        reports: [{ currency: 'EUR', ledgerReceivable: 1207, linesNet: 1207, unexplained: 0, exceptionsOpen: 0 }],
      },
    ],
  });
  expect((await shop.get(`/captures/${captureId}`)).settlement).toMatchObject({ gross: 1250, fee: 43, net: 1207 });
  expect((await reconcile()).stdout).toMatch(/EUR: 12\.07 owed, 0 exceptions open\n1 accounts: everything agrees\.\n$/);
});

test('it exits with 1 where something differs, and where a listing could not be read', async () => {
  await shop.chargeElsewhere(900);
  const differs = await reconcile();
  expect(differs.code).toBe(1);
  expect(differs.stdout).toMatch(/EUR: 12\.07 owed, 1 exceptions open\n/);
  shop.simulator.failNext({ kind: 'answer', executed: false, status: 500, body: '{}' });
  const failed = await reconcile('--account', shop.providerAccountId, '--from', '2026-01-01T00:00:00Z');
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(/could not be read: st_\w+: /);
});

test('it refuses a period that is none', async () => {
  const refusals = await Promise.all([reconcile('--from', 'yesterday'), reconcile('--to', '2026-01-01T00:00:00Z')]);
  expect(refusals.map(({ code, stderr }) => [code, stderr])).toEqual([
    [1, '--from must be an instant such as 2026-11-21T00:00:00Z.\n'],
    [1, '--to needs --from.\n'],
  ]);
});
