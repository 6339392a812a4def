import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { rotateSigningKey } from '../../src/access/rotate-signing-key.ts';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { newSecret } from '../../src/kernel/id.ts';
import { decrypt, localMasterKey, newMasterKeyText } from '../../src/keys/master-key.ts';
import { masterKeysFrom } from '../../src/keys/master-keys.ts';
import { resealOnce, SETTLE_MS } from '../../src/keys/reseal-values.ts';
import { rewrapDataKeys } from '../../src/keys/rewrap-data-keys.ts';
import { rotateDataKey } from '../../src/keys/rotate-data-key.ts';
import { SEALED_COLUMNS } from '../../src/keys/sealed-columns.ts';
import { SYSTEM } from '../../src/keys/sealer.ts';
import { rotateAppSecret } from '../../src/tenants/rotate-secret.ts';
import { type Answer, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { openSandboxAccount } from '../support/sandbox-account.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

const [first, second] = [newMasterKeyText(), newMasterKeyText()];
let tollgate: Installation;
let sink: WebhookSink;
/** Changes when the tenant's key or secret does. */
let shop: Merchant;
let appSecret: string;
let before: Answer['body'];
const customer = { name: 'Ada Rotating', email: 'ada.rotating@shop.example' };
const ORIGINAL = { reference: 'before-any-rotation', amount: 1250, customer };

beforeAll(async () => {
  [tollgate, sink] = await Promise.all([
    startInstallation({ environment: { TOLLGATE_MASTER_KEY: first, TOLLGATE_MASTER_KEYS_PREVIOUS: second } }),
    startWebhookSink(),
  ]);
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  appSecret = tollgate.tenant.appSecret;
  before = (await shop.send('POST', '/payments', { body: ORIGINAL, idempotencyKey: 'original' })).body;
});
afterAll(async () => {
  await tollgate.close();
  await sink.close();
});

/** A clock that is ahead of the machine's, for what waits until every process has heard of a rotation. */
function aheadBy(milliseconds: number): Clock {
  return { now: () => systemClock.now().add({ milliseconds }) };
}

const PER_SECOND = 50;

/** Requests of every kind that needs a key, fifty a second, until told to stop; what did not succeed. */
function startLoad() {
  const running: Promise<void>[] = [];
  const failed: string[] = [];
  let sent = 0;
  const note = ({ status, text }: Answer) => {
    if (status >= 400) failed.push(`${status} ${text}`);
  };
  const kinds: (() => Promise<void>)[] = [
    async () => note(await shop.create({ customer }, { idempotencyKey: `load-${sent}` })),
    async () => note(await shop.send('GET', `/payments/${before.id}`)),
    async () => note(await shop.send('POST', '/payments', { body: ORIGINAL, idempotencyKey: 'original' })),
    async () => {
      const login = { appName: tollgate.tenant.tenant.appName, appSecret };
      const answer = await shop.send('POST', '/tenants/login', { body: login });
      note(answer);
      note(await merchantOf(tollgate.apiUrl, answer.body.accessToken).send('GET', `/payments/${before.id}`));
    },
    async () => {
      const { body } = await shop.create({ notificationUrl: `${sink.url}/load` });
      note(await shop.confirm(body.id, 'tok_no_ipn'));
    },
  ];
  const timer = setInterval(() => {
    const kind = kinds[sent % kinds.length];
    sent += 1;
    if (kind !== undefined) running.push(kind().catch((error: unknown) => void failed.push(String(error))));
  }, 1_000 / PER_SECOND);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      return { failed, sent };
    },
  };
}

async function sendFine(path: string, body: unknown): Promise<Answer['body']> {
  const answer = await shop.send('POST', path, { body });
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.body;
}

/** Every kind of key there is, each while the others are used. */
async function rotateEverything(): Promise<void> {
  const { keys, tokens, payments } = tollgate.tollgate.gateway;
  const { tenantId } = tollgate.tenant.tenant;
  const db = payments.database.query;
  const webhook = await sendFine('/webhook-endpoints', { url: `${sink.url}/told` });
  const encrypted = { url: `${sink.url}/encrypted`, dialect: 'encrypted' };
  const notified = await sendFine('/webhook-endpoints', encrypted);
  const partner = await sendFine('/partner-keys', { merchantCode: 'ROTATING' });
  const { providerAccountId, ...credentials } = await openSandboxAccount(tollgate);

  const primary = masterKeysFrom(localMasterKey(second), [localMasterKey(first)]);
  expect(await rewrapDataKeys({ db, masterKeys: primary }, 60_000)).toMatchObject({ remaining: 0, refused: [] });
  await rotateDataKey(keys, tenantId);
  await rotateDataKey(keys, SYSTEM);
  await rotateSigningKey({ ...keys, tokens, clock: aheadBy(180_000) });
  await sendFine(`/webhook-endpoints/${webhook.id}/rotate-secret`, {});
  await sendFine(`/webhook-endpoints/${notified.id}/rotate-secret`, {});
  await sendFine(`/partner-keys/${partner.id}/rotate`, {});
  const renewed = { ...credentials, secretKey: newSecret() };
  await sendFine(`/provider-accounts/${providerAccountId}/rotate`, { credentials: renewed });
  appSecret = await rotateAppSecret(keys, tenantId, 'test', 60);
  const named = { tenantId, mode: 'test', name: 'Next', scopes: ['*'] } as const;
  shop = merchantOf(tollgate.apiUrl, await createApiKey(db, systemClock, named));
  await resealUntilDone(systemClock);
}

async function resealUntilDone(clock: Clock): Promise<void> {
  const { keys, log } = tollgate.tollgate.gateway;
  while (await resealOnce({ ...keys, clock, log, resealed: () => {} }));
}

/** How many values each version of the tenant's key has sealed that still stand somewhere. */
async function versionsOf(tenantId: string): Promise<readonly number[]> {
  const versions = new Set<number>();
  for (const { table, column, form, owner } of SEALED_COLUMNS) {
    if (form !== 'bytes' || owner !== 'tenant') continue;
    const rows = await tollgate.database.run<{ version: number }>(
      `select distinct get_byte(${column}, 4) as version from ${table} where tenant_id = $1 and length(${column}) > 5`,
      [tenantId],
    );
    for (const { version } of rows) versions.add(version);
  }
  return [...versions].sort();
}

test('C10 S0.38 every kind of key rotates, and of fifty requests a second none fails', async () => {
  const load = startLoad();
  await pause(500);
  await rotateEverything();
  await pause(500);
  const { failed, sent } = await load.stop();
  expect(failed).toEqual([]);
  expect(sent).toBeGreaterThan(PER_SECOND);
}, 60_000);

test('what was sealed before opens afterwards, and the older keys are destroyed', async () => {
  const { tenantId } = tollgate.tenant.tenant;
  await untilQuiet(tollgate.database);
  for (const passes of [1, 2, 3]) await resealUntilDone(aheadBy(passes * SETTLE_MS + 60_000));
  expect(await versionsOf(tenantId)).toEqual([2]);
  const rows = await tollgate.database.run(
    `select state, count(*)::int as n from data_keys where version = 1 group by state order by state`,
  );
  expect(rows).toEqual([{ state: 'destroyed', n: 2 }]);
  const replayed = await shop.send('POST', '/payments', { body: ORIGINAL, idempotencyKey: 'original' });
  expect(replayed.body).toEqual(before);
  expect(replayed.headers['idempotency-replayed']).toBe('true');
  const other = await shop.send('POST', '/payments', { body: { ...ORIGINAL, amount: 1 }, idempotencyKey: 'original' });
  expect(other.body.code).toBe('idempotency_key_reused');
  expect((await shop.send('GET', `/payments/${before.id}`)).body.customer).toMatchObject(customer);
});

describe('G6 G7 whoever has the database alone', () => {
  test('opens nothing: no value in it is a key of another', async () => {
    const candidates: Buffer[] = [];
    const blobs: Buffer[] = [];
    for (const { table, column } of await tollgate.database.run<{ table: string; column: string }>(
      `select c.table_name as "table", c.column_name as "column" from information_schema.columns c
       where c.table_schema = 'public' and c.data_type = 'bytea'`,
    )) {
      const rows = await tollgate.database.run<{ bytes: Buffer }>(
        `select "${column}" as bytes from "${table}" where "${column}" is not null limit 4`,
      );
      for (const { bytes } of rows) {
        for (let at = 0; at + 32 <= Math.min(bytes.length, 64); at++) candidates.push(bytes.subarray(at, at + 32));
        if (/sealed|wrapped/.test(column) && bytes.length > 33) blobs.push(bytes);
      }
    }
    expect(blobs.length).toBeGreaterThan(10);
    const opened = blobs.filter((blob) => candidates.some((key) => opensWith(key, blob)));
    expect(opened).toEqual([]);
  });

  test('cannot have an older version, or the key of another, taken for the one that was wrapped', async () => {
    const { payments } = tollgate.tollgate.gateway;
    const { tenantId } = tollgate.tenant.tenant;
    const [row] = await tollgate.database.run<{ wrapped: Buffer; master_key_id: string }>(
      `select wrapped, master_key_id from data_keys where tenant_id = $1 and state = 'primary'`,
      [tenantId],
    );
    const context = (tenant: string, version: number) => JSON.stringify(['tollgate data key', tenant, version]);
    const wrapped = row?.wrapped ?? Buffer.alloc(0);
    const masterKey = masterKeysFrom(localMasterKey(first), [localMasterKey(second)]).named(row?.master_key_id ?? '');
    expect(await masterKey.unwrap(wrapped, context(tenantId, 2))).toHaveLength(32);
    for (const elsewhere of [context(tenantId, 1), context(SYSTEM, 2)]) {
      await expect(masterKey.unwrap(wrapped, elsewhere)).rejects.toThrow();
    }
    const place = { tenantId, table: 'payments', column: 'customer_sealed', row: before.id };
    const sealed = await payments.sealer.seal(place, 'x');
    const downgraded = Buffer.from(sealed);
    downgraded.writeUInt32BE(1, 1);
    await expect(payments.sealer.open(place, downgraded)).rejects.toThrow();
    await expect(payments.sealer.open(place, sealed.subarray(0, -12))).rejects.toThrow();
  });
});

/** The thief knows the format, and of what a value is bound to he tries what a careless author would have left out. */
function opensWith(key: Buffer, blob: Buffer): boolean {
  return [blob, blob.subarray(5)].some((bytes) => {
    try {
      decrypt(key, bytes, Buffer.alloc(0));
      return true;
    } catch {
      return false;
    }
  });
}

/** What waited to be sent for a tenant that was removed comes due, and is not tried for ever. */
async function untilDeliveriesEnd(tenantId: string): Promise<void> {
  const { database } = tollgate;
  await until(async () => {
    await database.run(`update deliveries set due_at = now() where tenant_id = $1 and status = 'pending'`, [tenantId]);
    await database.run(`update lanes set next_due_at = now() where tenant_id = $1 and kind = 'delivery'`, [tenantId]);
    const ends = await database.run<{ status: string; last_error: string | null }>(
      'select status, last_error from deliveries where tenant_id = $1',
      [tenantId],
    );
    return ends.length > 0 && ends.every(({ status, last_error: why }) => status === 'canceled' && why === REMOVED);
  });
}
const REMOVED = 'The tenant was removed';

test('a tenant that was removed cannot be read by anybody, and nothing breaks over it', async () => {
  const { tenant, apiKeys } = await tollgate.createTenant();
  const { tenantId, appName } = tenant;
  const operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
  const gone = merchantOf(tollgate.apiUrl, apiKeys.test);
  const remove = (name = appName) =>
    operator.send('POST', `/operator/tenants/${tenantId}/remove`, { body: { appName: name } });
  const suspendedLongAgo = () =>
    tollgate.database.run(`update tenants set updated_at = updated_at - interval '3 minutes' where tenant_id = $1`, [
      tenantId,
    ]);
  const paid = await gone.pay({ customer });
  const open = (await gone.create({ customer, notificationUrl: 'http://127.0.0.1:9/never' })).body;
  const transfers = () =>
    tollgate.database.run('select count(*)::int as n from ledger_transfers where tenant_id = $1', [tenantId]);
  const booked = await transfers();
  expect((await remove('another')).status).toBe(422);
  expect((await remove()).body.status).toBe('suspended');
  // Credentials are remembered for a moment.
  await until(async () => (await gone.send('GET', `/payments/${paid.id}`)).status === 401);
  expect((await remove()).body.code).toBe('state_conflict');
  await suspendedLongAgo();
  expect((await remove()).body).toMatchObject({
    code: 'state_conflict',
    detail: expect.stringContaining('1 payments'),
  });
  await tollgate.database.run(`update payments set status = 'canceled', due_at = null where payment_id = $1`, [
    open.id,
  ]);
  expect((await remove()).body.status).toBe('removed');
  expect((await remove()).body.status).toBe('removed');

  const keys = await tollgate.database.run('select state, length(wrapped) as n from data_keys where tenant_id = $1', [
    tenantId,
  ]);
  expect(keys).toEqual([{ state: 'destroyed', n: 0 }]);
  expect(await transfers()).toEqual(booked);
  const { sealer } = tollgate.tollgate.gateway.payments;
  const place = { tenantId, table: 'payments', column: 'customer_sealed', row: paid.id };
  await expect(sealer.seal(place, 'x')).rejects.toMatchObject({ code: 'gone' });
  const [account] = await tollgate.database.run<{ id: string }>(
    'select provider_account_id as id from provider_accounts where tenant_id = $1',
    [tenantId],
  );
  const nobody = merchantOf(tollgate.apiUrl, 'nobody');
  const answers = await Promise.all([
    fetch(`${tollgate.apiUrl}/c/${open.checkoutToken}`),
    fetch(`${tollgate.apiUrl}/api/v1/checkout-sessions/${open.checkoutToken}`),
    fetch(`${tollgate.apiUrl}/hooks/sandbox/${account?.id}`, { method: 'POST', body: '{}' }),
  ]);
  for (const { status, url } of answers) expect(status, url).toBeLessThan(500);
  expect((await gone.send('GET', `/payments/${paid.id}`)).status).toBe(401);
  expect((await nobody.send('GET', '/payments')).status).toBe(401);
  expect((await operator.send('GET', '/operator/tenants')).body.data).toContainEqual(
    expect.objectContaining({ id: tenantId, status: 'removed' }),
  );
  expect(
    (await operator.send('POST', '/operator/encryption-keys/rotate', { body: { what: 'data', tenantId } })).status,
  ).toBe(404);
  await untilDeliveriesEnd(tenantId);
  const listed = await until(
    async () => (await operator.send('GET', `/operator/encryption-keys?tenantId=${tenantId}`)).body,
  );
  expect(listed.versions).toMatchObject([{ version: 1, state: 'destroyed' }]);
});
