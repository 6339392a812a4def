import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Answer, until } from '../../test/support/api-client.ts';
import type { Merchant } from '../../test/support/merchant.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import { merchantAt } from '../providers/sandbox/server/merchant-fixture.ts';
import { type AccountDesk, openAccountDesk } from './account-desk-fixture.ts';
import { openPreviousCredentials } from './credentials.ts';
import { openOwnAccount } from './open-provider-account.ts';

const DAY = 86_400;

let desk: AccountDesk;
beforeAll(async () => {
  desk = await openAccountDesk();
});
afterAll(() => desk.close());

async function openPayment(shop: Merchant): Promise<string> {
  const answer = await shop.create();
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id;
}

/** Connections to the test's own database that wait for somebody's lock. */
const WAITING = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

describe('a rotation', () => {
  async function rotate(shop: Merchant, path: string, credentials: object, fields = {}): Promise<Answer['body']> {
    const answer = await shop.send('POST', `${path}/rotate`, { body: { credentials, ...fields } });
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  }

  test('sends with the new secret, and takes notifications of both until the overlap ends', async () => {
    const { shop, path, account } = await desk.openShop();
    const { providerAccountId, merchantCode, secretKey: old } = account;
    const body = await desk.approvalOf(shop, await openPayment(shop));
    const fresh = desk.freshSecret();
    const rotated = await rotate(shop, path, { merchantCode, secretKey: fresh }, { overlapSeconds: 3_600 });
    expect(rotated.previousCredentialsUntil).toBe(desk.clock.now().add({ seconds: 3_600 }).toString());
    // The sandbox learns the new one from the first request that is signed with it.
    expect((await shop.send('POST', `${path}/test`)).body).toEqual({ outcome: 'accepted' });
    const office = merchantAt(desk.tollgate.sandbox.url, desk.clock, fresh, merchantCode);
    expect((await office.say('GET', '/v1/charges')).status).toBe(200);
    await shop.pay();
    const taken = async () => [
      (await desk.deliver(providerAccountId, body, old)).status,
      (await desk.deliver(providerAccountId, body, fresh)).status,
    ];
    expect(await taken()).toEqual([200, 200]);
    desk.clock.advance({ seconds: 3_599 });
    expect(await taken()).toEqual([200, 200]);
    desk.clock.advance({ seconds: 1 });
    expect(await taken()).toEqual([401, 200]);
    expect((await shop.send('GET', path)).body.previousCredentialsUntil).toBeNull();
  });

  test('within the overlap of another replaces the older secret, and lasts a day unless told otherwise', async () => {
    const { shop, path, account } = await desk.openShop();
    const { providerAccountId, merchantCode, secretKey: first } = account;
    const body = await desk.approvalOf(shop, await openPayment(shop));
    const [second, third] = [desk.freshSecret(), desk.freshSecret()];
    await rotate(shop, path, { merchantCode, secretKey: second });
    const rotated = await rotate(shop, path, { merchantCode, secretKey: third });
    expect(rotated.previousCredentialsUntil).toBe(desk.clock.now().add({ seconds: DAY }).toString());
    const statuses = [];
    for (const key of [first, second, third]) statuses.push((await desk.deliver(providerAccountId, body, key)).status);
    expect(statuses).toEqual([401, 200, 200]);
  });

  test('without an overlap gives up the old secret at once, and its bytes', async () => {
    const { shop, path, account } = await desk.openShop();
    const { providerAccountId, merchantCode, secretKey: old } = account;
    const body = await desk.approvalOf(shop, await openPayment(shop));
    const rotated = await rotate(shop, path, { merchantCode, secretKey: desk.freshSecret() }, { overlapSeconds: 0 });
    expect(rotated.previousCredentialsUntil).toBeNull();
    expect((await desk.deliver(providerAccountId, body, old)).status).toBe(401);
    // Nobody introduces the new one to the sandbox, which shows that it alone goes out.
    expect((await shop.send('POST', `${path}/test`)).body.outcome).toBe('refused');
    const [row] = await desk.tollgate.database.run(
      'select previous_credentials_sealed as sealed from provider_accounts where provider_account_id = $1',
      [providerAccountId],
    );
    expect(row).toEqual({ sealed: null });
  });

  test('waits for another of the same moment, so that the older secret is that of the one before', async () => {
    const { shop, path, account, tenant } = await desk.openShop();
    const { providerAccountId, merchantCode, secretKey: old } = account;
    const body = await desk.approvalOf(shop, await openPayment(shop));
    const fresh = [desk.freshSecret(), desk.freshSecret()];
    const { database, tollgate } = desk.tollgate;
    const { rotations } = await tollgate.gateway.payments.database.transaction(async (tx) => {
      const lock = sql`select 1 from provider_accounts where provider_account_id = ${providerAccountId} for update`;
      await forTenants([tenant.tenant.tenantId], () => lock.execute(tx));
      const under = fresh.map((secretKey) => rotate(shop, path, { merchantCode, secretKey }));
      await until(async () => (await database.run(WAITING)).length === under.length);
      return { rotations: under };
    });
    await Promise.all(rotations);
    expect((await desk.deliver(providerAccountId, body, old)).status).toBe(401);
    for (const key of fresh) expect((await desk.deliver(providerAccountId, body, key)).status).toBe(200);
  });

  test('happens once for an Idempotency-Key, so that the old secret stays good', async () => {
    const { shop, path, account } = await desk.openShop();
    const body = await desk.approvalOf(shop, await openPayment(shop));
    const { providerAccountId, merchantCode, secretKey: old } = account;
    const rotation = { credentials: { merchantCode, secretKey: desk.freshSecret() } };
    const send = () => shop.send('POST', `${path}/rotate`, { body: rotation, idempotencyKey: 'rotation' });
    const [first, second] = [await send(), await send()];
    expect([second.headers['idempotency-replayed'], second.body]).toEqual(['true', first.body]);
    expect((await desk.deliver(providerAccountId, body, old)).status).toBe(200);
  });

  test('does not move to another account at the provider, nor to credentials that break a rule', async () => {
    const { shop, path, account } = await desk.openShop();
    const { merchantCode, secretKey } = account;
    for (const [credentials, pointer] of [
      [{ merchantCode: 'zq7', secretKey: desk.freshSecret() }, '/credentials/merchantCode'],
      [{ merchantCode, secretKey: 'zq7' }, '/credentials/secretKey'],
      [{ merchantCode, secretKey, zq7: 1 }, '/credentials/zq7'],
    ] as const) {
      const answer = await shop.send('POST', `${path}/rotate`, { body: { credentials } });
      expect([answer.status, answer.body.errors.map((one: { pointer: string }) => one.pointer)]).toEqual([
        422,
        [pointer],
      ]);
    }
    const late = { credentials: { merchantCode, secretKey: desk.freshSecret() }, overlapSeconds: 31 * DAY };
    expect((await shop.send('POST', `${path}/rotate`, { body: late })).body.errors).toMatchObject([
      { pointer: '/overlapSeconds' },
    ]);
    expect((await shop.send('POST', `${path}/test`)).body).toEqual({ outcome: 'accepted' });
  });
});

test('old credentials that the provider would not take any more verify nothing, and do not stop the new ones', async () => {
  const { shop, path, account, tenant } = await desk.openShop();
  const { merchantCode, secretKey, providerAccountId } = account;
  await shop.send('POST', `${path}/rotate`, { body: { credentials: { merchantCode, secretKey: desk.freshSecret() } } });
  const { payments } = desk.tollgate.tollgate.gateway;
  const owner = { tenantId: tenant.tenant.tenantId, mode: 'test' } as const;
  const opened = await forTenants([owner.tenantId], () => openOwnAccount(payments, owner, providerAccountId));
  const readBy = (provider: PaymentProvider) => openPreviousCredentials(payments, provider, opened.account);
  expect(await readBy(opened.provider)).toEqual({ merchantCode, secretKey });
  expect(await readBy({ ...opened.provider, credentials: z.never() })).toBeNull();
});

test('the database keeps no old credentials without an end, and no end without them', async () => {
  for (const half of [`previous_credentials_sealed = '\\x00'`, `previous_credentials_until = '2030-01-01'`]) {
    await expect(desk.tollgate.database.run(`update provider_accounts set ${half}`)).rejects.toThrow(
      'provider_accounts_previous_credentials_check',
    );
  }
});

// The last one, so that everything above has been sent.
test('no secret that was sent is in an answer, a line of the log or the database', () => desk.expectSecrecy('Sandbox'));
