import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import type { Scope } from '../../src/kernel/endpoint.ts';
import { until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
let tollgate: Installation;
let shop: Merchant;
let operator: Merchant;

beforeAll(async () => {
  const environment = { TOLLGATE_ROLES: 'api,checkout,hooks', TOLLGATE_TRUST_PROXY: 'loopback' };
  tollgate = await startInstallation({ clock, environment });
  shop = as(tollgate.tenant.apiKeys.test);
  operator = as(tollgate.operatorKey);
});
afterAll(() => tollgate.close());

function as(key: string, headers: Readonly<Record<string, string>> = {}): Merchant {
  return merchantOf(tollgate.apiUrl, key, headers);
}

async function make(by: Merchant, body: object) {
  const made = await by.send('POST', '/api-keys', { body: { name: 'Made', scopes: ['payment:read'], ...body } });
  expect(made.status, made.text).toBe(201);
  return made.body;
}

/** A key with these scopes that was made before this API was there. */
async function keyWith(...scopes: (Scope | '*')[]): Promise<Merchant> {
  const { query } = tollgate.tollgate.gateway.payments.database;
  const { tenantId } = tollgate.tenant.tenant;
  return as(await createApiKey(query, clock, { tenantId, mode: 'test', name: scopes.join(' '), scopes }));
}

describe('a key', () => {
  test('shows its text once, works at once for its scopes, and says who made it', async () => {
    const made = await make(shop, { name: 'Reports' });
    expect(made).toMatchObject({
      ...{ object: 'api_key', mode: 'test', name: 'Reports', scopes: ['payment:read'], status: 'active' },
      ...{ allowedAddresses: [], expiresAt: null, revokedAt: null, createdBy: expect.stringMatching(/^key:key_/) },
    });
    const read = await shop.send('GET', `/api-keys/${made.id}`);
    const { key, ...facts } = made;
    expect(read.body).toEqual(facts);
    expect(read.text).not.toContain(key);
    expect((await as(key).send('GET', '/payments')).status).toBe(200);
    expect((await as(key).create()).body.code).toBe('forbidden');
    const list = await shop.send('GET', '/api-keys');
    expect(list.body.data).toContainEqual(expect.objectContaining({ id: made.id, name: 'Reports' }));
    expect(list.text).not.toContain(key);
  });

  test('tells when it was last used, to the minute, and no write waits on a request', async () => {
    const { id, key } = await make(shop, {});
    const lastUsed = async () => (await shop.send('GET', `/api-keys/${id}`)).body.lastUsedAt;
    expect(await lastUsed()).toBeNull();
    const first = clock.now().toString();
    await as(key).send('GET', '/payments');
    await until(async () => (await lastUsed()) === first);
    clock.advance({ seconds: 61 });
    const second = clock.now().toString();
    await until(async () => {
      await as(key).send('GET', '/payments');
      return (await lastUsed()) === second;
    });
  });

  test('ends at its end, at once', async () => {
    const { key } = await make(shop, { expiresAt: clock.now().add({ seconds: 60 }).toString() });
    expect((await as(key).send('GET', '/payments')).status).toBe(200);
    clock.advance({ seconds: 60 });
    expect((await as(key).send('GET', '/payments')).body.code).toBe('unauthenticated');
  });

  test('works from its addresses alone, as the trusted proxy tells them', async () => {
    const { key } = await make(shop, { allowedAddresses: ['203.0.113.0/24', '2001:db8::/32'] });
    const from = (address: string) =>
      as(key, { 'x-forwarded-for': address, 'x-forwarded-proto': 'https' }).send('GET', '/payments');
    expect((await from('203.0.113.9')).status).toBe(200);
    expect((await from('2001:db8::9')).status).toBe(200);
    expect((await from('198.51.100.9')).body.code).toBe('forbidden');
    expect((await as(key).send('GET', '/payments')).body.code).toBe('forbidden');
  });

  test('that is rotated works by both texts until the overlap ends, then by the new one', async () => {
    const { id, key } = await make(shop, {});
    const rotated = await shop.send('POST', `/api-keys/${id}/rotate`, { body: { overlapSeconds: 60 } });
    expect(rotated.body).toMatchObject({ id, previousSecretUntil: clock.now().add({ seconds: 60 }).toString() });
    expect(rotated.body.key).not.toBe(key);
    for (const text of [key, rotated.body.key]) expect((await as(text).send('GET', '/payments')).status).toBe(200);
    clock.advance({ seconds: 60 });
    expect((await as(key).send('GET', '/payments')).status).toBe(401);
    expect((await as(rotated.body.key).send('GET', '/payments')).status).toBe(200);
    const leaked = await shop.send('POST', `/api-keys/${id}/rotate`, { body: { overlapSeconds: 0 } });
    await until(async () => (await as(rotated.body.key).send('GET', '/payments')).status === 401, 3_000);
    expect((await as(leaked.body.key).send('GET', '/payments')).status).toBe(200);
  });

  test('that is revoked ends within a second, for ever', async () => {
    const { id, key } = await make(shop, {});
    expect((await as(key).send('GET', '/payments')).status).toBe(200);
    const revoked = await shop.send('DELETE', `/api-keys/${id}`);
    expect(revoked.body).toMatchObject({ id, status: 'revoked', revokedAt: clock.now().toString() });
    await until(async () => (await as(key).send('GET', '/payments')).status === 401, 3_000);
    expect((await shop.send('DELETE', `/api-keys/${id}`)).body).toEqual(revoked.body);
    expect((await shop.send('PATCH', `/api-keys/${id}`, { body: { name: 'Again' } })).body.code).toBe('state_conflict');
  });

  test('is made once for an Idempotency-Key, and told again with its text', async () => {
    const send = () =>
      shop.send('POST', '/api-keys', { body: { name: 'Once', scopes: ['*'] }, idempotencyKey: 'one key' });
    const [first, again] = [await send(), await send()];
    expect(again.text).toBe(first.text);
    expect((await as(first.body.key).create()).status).toBe(201);
  });
});

describe('nobody gives what they do not have', () => {
  test.each([
    ['a permission more', ['payment:read', 'refund:create']],
    ['a wildcard that covers more', ['payment:*']],
    ['everything', ['*']],
  ])('to a new key: %s', async (_what, scopes) => {
    const narrow = await keyWith('payment:read', 'api-key:create');
    const refused = await narrow.send('POST', '/api-keys', { body: { name: 'More', scopes } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(refused.body.errors[0]).toMatchObject({ detail: 'Must be within what you may do yourself' });
  });

  test('what only a name gives is not in everything', async () => {
    const body = { name: 'Pauses', scopes: ['notification-settings:pause'] };
    expect((await shop.send('POST', '/api-keys', { body })).body.errors[0].pointer).toBe('/scopes/0');
    const named = await keyWith('*', 'notification-settings:pause');
    expect((await named.send('POST', '/api-keys', { body })).status).toBe(201);
  });

  test('a key that may do more is neither changed nor rotated, since its text is all that it may do', async () => {
    const mighty = await make(shop, { scopes: ['*'] });
    const narrow = await keyWith('payment:read', 'api-key:update');
    const rotated = await narrow.send('POST', `/api-keys/${mighty.id}/rotate`, { body: { overlapSeconds: 0 } });
    expect(rotated.body.code).toBe('forbidden');
    const changed = await narrow.send('PATCH', `/api-keys/${mighty.id}`, { body: { name: 'Mine' } });
    expect(changed.body.code).toBe('forbidden');
    expect((await as(mighty.key).send('GET', '/payments')).status).toBe(200);
  });

  test('a key does not raise itself', async () => {
    const self = await make(shop, { scopes: ['payment:read', 'api-key:update'] });
    const answer = await as(self.key).send('PATCH', `/api-keys/${self.id}`, { body: { scopes: ['*'] } });
    expect(answer.body.code).toBe('validation_failed');
  });

  test('a key that ends or is bound makes no other, stretches none, and may still rotate itself', async () => {
    const expiresAt = clock.now().add({ hours: 1 }).toString();
    const bound = await make(shop, { scopes: ['*'], expiresAt });
    const by = as(bound.key);
    expect((await by.send('POST', '/api-keys', { body: { name: 'Free', scopes: ['*'] } })).body.code).toBe('forbidden');
    expect((await by.send('PATCH', `/api-keys/${bound.id}`, { body: { expiresAt: null } })).body.code).toBe(
      'forbidden',
    );
    const free = await make(shop, { scopes: ['*'] });
    expect((await by.send('POST', `/api-keys/${free.id}/rotate`, { body: {} })).body.code).toBe('forbidden');
    const rotated = await by.send('POST', `/api-keys/${bound.id}/rotate`, { body: {} });
    expect(rotated.body).toMatchObject({ id: bound.id, expiresAt });
  });

  test('keys of another tenant, or of the other mode, do not exist', async () => {
    const { id } = await make(shop, {});
    const stranger = as((await tollgate.createTenant()).apiKeys.test);
    const live = as(tollgate.tenant.apiKeys.live, { 'x-forwarded-proto': 'https' });
    for (const other of [stranger, live]) {
      expect((await other.send('GET', `/api-keys/${id}`)).status).toBe(404);
      expect((await other.send('DELETE', `/api-keys/${id}`)).status).toBe(404);
      expect((await other.send('POST', `/api-keys/${id}/rotate`, { body: {} })).status).toBe(404);
      expect((await other.send('GET', '/api-keys')).text).not.toContain(id);
    }
    expect((await shop.send('GET', `/api-keys/${id}`)).body.status).toBe('active');
  });
});

test.each([
  [{ scopes: [] }, '/scopes'],
  [{ scopes: ['payment:fly'] }, '/scopes/0'],
  [{ scopes: ['constructor'] }, '/scopes/0'],
  [{ scopes: ['payment:read', 'tenant:read'] }, '/scopes/1'],
  [{ scopes: ['payment:read'], expiresAt: '2026-11-21T00:00:00Z' }, '/expiresAt'],
  [{ scopes: ['payment:read'], allowedAddresses: ['203.0.113.0/24', '0.0.0.0/0'] }, '/allowedAddresses/1'],
  [{ scopes: ['payment:read'], tenantId: 'ten_1' }, '/tenantId'],
  [{ scopes: ['payment:read'], mode: 'live' }, '/mode'],
  [{ scopes: ['payment:read'], createdBy: 'user:usr_1' }, '/createdBy'],
])('of a key that is asked for with %j the field %s is refused', async (fields, pointer) => {
  const answer = await shop.send('POST', '/api-keys', { body: { name: 'Wrong', ...fields } });
  expect(answer.status).toBe(422);
  expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
});

describe('a key of the operator', () => {
  test('may be narrowed, bound and ended like any other', async () => {
    const body = { name: 'Monitoring', permissions: ['tenant:read', 'operator-key:create'] };
    const made = await operator.send('POST', '/operator/keys', { body });
    expect(made.body, made.text).toMatchObject({ object: 'operator_key', ...body });
    const narrow = as(made.body.key);
    expect((await narrow.send('GET', '/operator/tenants')).status).toBe(200);
    expect((await narrow.send('GET', '/operator/mails')).body.code).toBe('forbidden');
    const more = await narrow.send('POST', '/operator/keys', { body: { name: 'More', permissions: ['*'] } });
    expect(more.body.errors).toEqual([
      { pointer: '/permissions/0', detail: 'Must be within what you may do yourself' },
    ]);
    const id = made.body.id;
    const changed = await operator.send('PATCH', `/operator/keys/${id}`, { body: { permissions: ['mail:read'] } });
    expect(changed.body.permissions).toEqual(['mail:read']);
    const rotated = await operator.send('POST', `/operator/keys/${id}/rotate`, { body: { overlapSeconds: 0 } });
    expect((await as(rotated.body.key).send('GET', '/operator/mails')).status).toBe(200);
    await operator.send('DELETE', `/operator/keys/${id}`);
    await until(async () => (await as(rotated.body.key).send('GET', '/operator/mails')).status === 401, 3_000);
    expect((await operator.send('GET', `/operator/keys/${id}`)).body.status).toBe('revoked');
    expect((await operator.send('GET', '/operator/keys')).text).not.toContain(rotated.body.key.split('.')[1]);
  });
});
