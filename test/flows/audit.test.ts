import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { writeCheckpoints } from '../../src/audit/checkpoint-folder.ts';
import { takeCheckpoints } from '../../src/audit/take-checkpoints.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { forInstallation } from '../../src/platform/tenant-scope.ts';
import { call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { runTollgate } from '../support/tollgate-process.ts';

let tollgate: Installation;
let operator: Merchant;
let shop: Merchant;
let live: Merchant;
let tenantId: string;

beforeAll(async () => {
  tollgate = await startInstallation({ environment: { TOLLGATE_TRUST_PROXY: 'loopback' } });
  operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
});
afterAll(() => tollgate.close());

beforeEach(async () => {
  const { tenant, apiKeys } = await tollgate.createTenant();
  tenantId = tenant.tenantId;
  shop = merchantOf(tollgate.apiUrl, apiKeys.test);
  live = merchantOf(tollgate.apiUrl, apiKeys.live, { 'x-forwarded-proto': 'https' });
});

async function entries(query = '', who = shop) {
  const answer = await who.send('GET', `/audit-entries?limit=100${query}`);
  expect(answer.status, answer.text).toBe(200);
  // That the record is read is recorded too, and in the way here.
  return answer.body.data.filter(({ action }: { action: string }) => action !== 'listAuditEntries');
}

test('a change is told with what it was and what it is, and what is personal or secret only by name', async () => {
  const product = await shop.send('POST', '/products', { body: { name: 'Tickets' } });
  await shop.send('PATCH', `/products/${product.body.id}`, { body: { name: 'Season tickets' } });
  await shop.send('PATCH', '/notification-settings', { body: { adminEmail: 'ada@shop.example', enabled: false } });
  const [settings, changed, created] = await entries();
  expect(created).toMatchObject({ action: 'createProduct', target: { type: 'product', id: product.body.id } });
  expect(changed).toMatchObject({
    ...{ id: '2', actor: expect.stringMatching(/^key:key_/), address: '127.0.0.1', mode: 'test', outcome: 'done' },
    fields: [{ field: 'name', before: 'Tickets', after: 'Season tickets' }],
  });
  expect(settings.fields).toContainEqual(expect.objectContaining({ field: 'enabled', after: false }));
  expect(settings.fields).toContainEqual({ field: 'adminEmail' });
  expect(JSON.stringify(settings)).not.toContain('ada@shop.example');
});

test('what is refused is not recorded as done, and a repeat under its key is no act of its own', async () => {
  expect((await shop.send('POST', '/products', { body: { name: '' } })).status).toBe(422);
  expect((await shop.send('PATCH', '/products/prd_00000000000000000000000000', { body: { name: 'x' } })).status).toBe(
    404,
  );
  const once = { body: { name: 'Once', reference: 'once' }, idempotencyKey: 'once' };
  const first = await shop.send('POST', '/products', once);
  expect((await shop.send('POST', '/products', once)).body.id).toBe(first.body.id);
  const taken = await shop.send('POST', '/products', { body: { name: 'Again', reference: 'once' } });
  expect(taken.status).toBe(409);
  expect((await entries()).map(({ action }: { action: string }) => action)).toEqual(['createProduct']);
});

test('a refund names the payment and what was made of it; a cancel that changes nothing is recorded as that', async () => {
  const { id } = await shop.pay();
  const refund = await shop.refund(id, { amount: 100, reason: 'Ada asked for it', reference: 'r-1' });
  const open = (await shop.create()).body.id;
  await shop.send('POST', `/payments/${open}/cancel`);
  await shop.send('POST', `/payments/${open}/cancel`);
  const [again, canceled, refunded, ...others] = await entries('&class=money');
  expect(others).toEqual([]);
  expect(refunded).toMatchObject({ target: { type: 'payment', id }, made: refund.body.id });
  expect(refunded.fields).toEqual([{ field: 'amount', after: 100 }, { field: 'reason' }, { field: 'reference' }]);
  expect([canceled.outcome, again.outcome]).toEqual(['done', 'unchanged']);
});

test('twenty changes at once are numbered without a gap', async () => {
  const { id } = (await shop.send('POST', '/products', { body: { name: 'Many' } })).body;
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => shop.send('PATCH', `/products/${id}`, { body: { name: `Name ${n}` } })),
  );
  const ids = (await entries()).map((entry: { id: string }) => Number(entry.id));
  expect(ids.toSorted((a: number, b: number) => a - b)).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
});

test('pages and filters show all of it and nothing else, and test credentials nothing of live mode', async () => {
  for (const name of ['a', 'b', 'c']) await shop.send('POST', '/products', { body: { name } });
  await live.send('POST', '/products', { body: { name: 'live' } });
  const first = await shop.send('GET', '/audit-entries?limit=2&action=createProduct');
  const second = await shop.send('GET', `/audit-entries?limit=2&action=createProduct&cursor=${first.body.nextCursor}`);
  expect([first.body.data, second.body.data].flat().map(({ id }) => id)).toEqual(['3', '2', '1']);
  expect([first.body.hasMore, second.body.hasMore]).toEqual([true, false]);
  expect(await entries(`&until=${first.body.data[1].at}`)).toHaveLength(1);
  expect(await entries('&actor=key:key_nobody')).toEqual([]);
  expect((await entries('', live)).map(({ id }: { id: string }) => id)).toEqual(['4']);
  expect(await entries('&action=createProduct&allModes=true', live)).toHaveLength(4);
  expect((await shop.send('GET', '/audit-entries?allModes=true')).body.code).toBe('forbidden');
  expect((await shop.send('GET', '/audit-entries?cursor=1~abc')).status).toBe(422);
});

test('that a whole list is taken along is recorded before its first row leaves', async () => {
  await shop.send('POST', '/products', { body: { name: 'Tickets' } });
  const taken = await call(`${tollgate.apiUrl}/api/v1/products`, {
    key: tollgate.tenant.apiKeys.test,
    headers: { accept: 'text/csv' },
  });
  expect(taken.status, taken.text).toBe(200);
  const owner = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  const [entry] = await entries('&class=security&action=listProducts.export', owner);
  expect(entry).toMatchObject({ action: 'listProducts.export', outcome: 'done', mode: 'test' });
});

test('it is exported as JSON Lines and as CSV that no spreadsheet takes for formulas', async () => {
  await shop.send('POST', '/products', { body: { name: '=HYPERLINK("https://evil.example")' } });
  const lines = (await shop.send('GET', '/audit-entries/export?action=createProduct')).text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).fields[0].after)).toEqual(['=HYPERLINK("https://evil.example")']);
  const csv = await shop.send('GET', '/audit-entries/export?format=csv');
  expect(csv.headers['content-disposition']).toBe('attachment; filename="audit-entries.csv"');
  expect(csv.text.split('\r\n')[0]).toMatch(/^id,at,class,mode,actor,/);
  expect(await entries('&action=exportAuditEntries')).toHaveLength(2);
});

test('wrong credentials and too few rights are recorded with whom they name; a flood is counted', async () => {
  const { database } = tollgate.tollgate.gateway.payments;
  const key = await createApiKey(database.query, systemClock, {
    ...{ tenantId, mode: 'test', name: 'Reads products', scopes: ['product:read'] },
  });
  const [name = ''] = key.split('.');
  for (let n = 0; n < 5; n++) {
    expect((await call(`${tollgate.apiUrl}/api/v1/payments`, { key })).status).toBe(403);
    expect((await call(`${tollgate.apiUrl}/api/v1/payments`, { key: `${name}.${'x'.repeat(43)}` })).status).toBe(401);
  }
  const refused = await until(async () => {
    const found = await entries('&outcome=refused');
    return found.length === 2 && found;
  });
  const actor = name.replace('sk_test_', 'key:key_');
  const told = refused.map(({ code, class: kept, actor: who }: Record<string, string>) => [code, kept, who]);
  expect(told).toEqual(
    expect.arrayContaining([
      ['forbidden', 'security', actor],
      ['unauthenticated', 'security', actor],
    ]),
  );
  expect(await call(`${tollgate.apiUrl}/api/v1/payments`)).toMatchObject({ status: 401 });
});

test('acts of operators stand with the installation, and no tenant sees them', async () => {
  const body = { enabled: true };
  await operator.send('PATCH', `/operator/notification-settings?tenantId=${tenantId}&mode=test`, { body });
  const { data } = (await operator.send('GET', '/operator/audit-entries?limit=1')).body;
  expect(data[0]).toMatchObject({ action: 'updateNotificationSettingsAsOperator', tenantId, mode: null });
  expect(await entries()).toEqual([]);
  await shop.send('POST', '/products', { body: { name: 'Seen' } });
  const seen = await operator.send('GET', `/operator/audit-entries?tenantId=${tenantId}&action=createProduct`);
  expect(seen.body.data).toHaveLength(1);
});

test('the command line records what it does, and of a record in which one entry was changed by hand it names that one and exits with 1', async () => {
  const { config, gateway, database: addresses } = tollgate.tollgate;
  const environment = { DATABASE_URL: addresses.url, TOLLGATE_MASTER_KEY: config.masterKey ?? '' };
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-checkpoints-'));
  const rotated = await runTollgate(['tenants', 'rotate-secret', tenantId], environment);
  expect(rotated.code, rotated.stderr).toBe(0);
  const [entry] = await entries();
  expect(entry).toMatchObject({ action: 'tenants rotate-secret', actor: expect.stringMatching(/^command-line:/) });
  await takeCheckpoints({ ...gateway.payments, log: gateway.log });
  await writeCheckpoints(gateway.payments.database.query, folder);
  const published = (await call(`${tollgate.apiUrl}/api/v1/audit-keys`)).body.data[0].publicKey;
  await writeFile(join(folder, 'key.txt'), published);
  await tollgate.database.run(`update audit_entries set actor = 'key:key_9' where tenant_id = $1 and seq = 1`, [
    tenantId,
  ]);
  const options = ['--checkpoints', folder, '--key', join(folder, 'key.txt')];
  const found = await runTollgate(['audit', 'verify', ...options], environment);
  expect(found.code, found.stderr).toBe(1);
  expect(found.stdout.split('\n')[0]).toBe(`${tenantId}: entry 1 does not say what it said when it was written`);
  expect(found.stdout).toMatch(/ entries and 1 checkpoints in .*: 1 faults, told above\.\n$/);
  await rm(folder, { recursive: true });
}, 90_000);

test.for([
  `insert into audit_entries (tenant_id, seq, at, class, content_hash, hash) values ('t', 1, '2026-01-01Z', 'change', '', '')`,
  `update audit_entries set actor = 'nobody'`,
  'delete from audit_entries',
  'truncate audit_entries',
  'update audit_heads set entries = 0',
  'delete from audit_heads',
  `update audit_checkpoints set line = ''`,
  'delete from audit_checkpoints',
  'drop function append_audit_entry(text, timestamptz, text, json)',
])('the gateway’s own role is refused: %s', async (statement) => {
  const { query } = tollgate.tollgate.gateway.payments.database;
  const done = forInstallation('operator', () => sql.raw(statement).execute(query));
  await expect(done).rejects.toThrow(/permission denied|must be owner/);
});
