import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { SYSTEM } from '../../src/keys/sealer.ts';
import { rotateAppSecret } from '../../src/tenants/rotate-secret.ts';
import { type Answer, call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { sendRaw } from '../support/raw-http.ts';
import { changesNothing } from '../support/table-fingerprint.ts';
import { forge, TOKEN_ATTACKS, type TokenKit } from './token-attacks.ts';

const clock = new ManualClock('2026-11-21T12:00:00Z');
const SECURE = { 'x-forwarded-proto': 'https' };
let tollgate: Installation;

beforeAll(async () => {
  // No worker: the clock stands still, and nothing but the requests may write.
  const environment = { TOLLGATE_ROLES: 'api,checkout,hooks', TOLLGATE_TRUST_PROXY: 'loopback' };
  tollgate = await startInstallation({ clock, environment });
});
afterAll(() => tollgate.close());

function logIn(appName: string, appSecret: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return call(`${tollgate.apiUrl}/api/v1/tenants/login`, { body: { appName, appSecret }, headers });
}

function list(authorization: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return call(`${tollgate.apiUrl}/api/v1/payments`, { headers: { authorization, ...headers } });
}

function db() {
  return tollgate.tollgate.gateway.payments.database.query;
}

function expectUnauthenticated(answer: Answer): void {
  expect({ status: answer.status, code: answer.body?.code }, answer.text).toEqual({
    status: 401,
    code: 'unauthenticated',
  });
  expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
}

describe('an app name and its secret are exchanged for a token', () => {
  test('of the mode that the secret is for', async () => {
    const { tenant, appSecret, liveAppSecret } = tollgate.tenant;
    const forTest = await logIn(tenant.appName, appSecret);
    expect(forTest).toMatchObject({
      status: 200,
      body: { tokenType: 'Bearer', expiresIn: 3_600, tenantId: tenant.tenantId, mode: 'test' },
    });
    const forLive = await logIn(tenant.appName, liveAppSecret, SECURE);
    expect(forLive).toMatchObject({ status: 200, body: { mode: 'live' } });
    expect((await list(`Bearer ${forTest.body.accessToken}`)).status).toBe(200);
    expect((await list(`Bearer ${forLive.body.accessToken}`, SECURE)).status).toBe(200);
  });

  test('every wrong pair gets the same answer', async () => {
    const { tenant, appSecret, liveAppSecret } = tollgate.tenant;
    const other = await tollgate.createTenant();
    const wrong = [
      await logIn('nobody', appSecret),
      await logIn(tenant.appName, `${appSecret}x`),
      await logIn(tenant.appName, appSecret.slice(0, -1)),
      await logIn(tenant.appName, appSecret.toUpperCase()),
      await logIn(tenant.appName, ` ${appSecret}`),
      await logIn(tenant.appName, liveAppSecret.replace('as_live', 'as_test')),
      await logIn(tenant.appName, other.appSecret),
      await logIn(tenant.appName.toUpperCase(), appSecret),
      await logIn(tenant.tenantId, appSecret),
      await logIn("' or '1'='1", "' or '1'='1"),
    ];
    for (const answer of wrong) {
      expectUnauthenticated(answer);
      expect({ ...answer.body, correlationId: '' }).toEqual({ ...wrong[0]?.body, correlationId: '' });
    }
  });

  test('not of a suspended tenant, whose tokens end too', async () => {
    const { tenant, appSecret } = await tollgate.createTenant();
    const { accessToken } = (await logIn(tenant.appName, appSecret)).body;
    await tollgate.database.run(`update tenants set status = 'suspended' where tenant_id = $1`, [tenant.tenantId]);
    expectUnauthenticated(await logIn(tenant.appName, appSecret));
    expectUnauthenticated(await list(`Bearer ${accessToken}`));
  });
});

describe('live mode goes over HTTPS only', () => {
  test('its credentials are refused over plain HTTP, also from this machine', async () => {
    const { tenant, liveAppSecret, apiKeys } = tollgate.tenant;
    for (const answer of [await logIn(tenant.appName, liveAppSecret), await list(`Bearer ${apiKeys.live}`)]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'https_required' } });
    }
  });

  test('what a peer that is no trusted proxy says about HTTPS counts for nothing', async () => {
    const wary = await startInstallation({ environment: { TOLLGATE_TRUST_PROXY: '10.9.8.7' } });
    try {
      const { tenant, liveAppSecret, apiKeys } = wary.tenant;
      const claims = { ...SECURE, forwarded: 'proto=https', 'x-forwarded-ssl': 'on', 'x-forwarded-for': '10.9.8.7' };
      const login = { body: { appName: tenant.appName, appSecret: liveAppSecret }, headers: claims };
      for (const answer of [
        await call(`${wary.apiUrl}/api/v1/tenants/login`, login),
        await call(`${wary.apiUrl}/api/v1/payments`, { key: apiKeys.live, headers: claims }),
      ]) {
        expect(answer).toMatchObject({ status: 403, body: { code: 'https_required' } });
        expect(answer.headers).not.toHaveProperty('strict-transport-security');
      }
    } finally {
      await wary.close();
    }
  });

  test('an outsider behind the trusted proxy is refused over plain HTTP in test mode as well', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'http' };
    const answer = await list(`Bearer ${tollgate.tenant.apiKeys.test}`, headers);
    expect(answer).toMatchObject({ status: 403, body: { code: 'https_required' } });
  });
});

describe('a token that is not wholly ours is refused, and nothing is written', () => {
  let kit: TokenKit;

  beforeAll(async () => {
    const { tenant, appSecret } = tollgate.tenant;
    const [row] = await tollgate.database.run<{ kid: string; public_jwk: JWK; private_jwk_sealed: Buffer }>(
      `select * from signing_keys where state = 'primary'`,
    );
    if (row === undefined) throw new Error('The installation has no signing key');
    const place = { tenantId: SYSTEM, table: 'signing_keys', column: 'private_jwk_sealed', row: row.kid };
    kit = {
      kid: row.kid,
      publicJwk: row.public_jwk,
      privateJwk: JSON.parse(
        String(await tollgate.tollgate.gateway.payments.sealer.open(place, row.private_jwk_sealed)),
      ),
      tenantId: tenant.tenantId,
      appName: tenant.appName,
      nowSeconds: clock.now().epochMilliseconds / 1_000,
      granted: (await logIn(tenant.appName, appSecret)).body.accessToken,
    };
  });

  test('the tools of these attacks make a good token where nothing is attacked', async () => {
    expect((await list(`Bearer ${await forge(kit)}`)).status).toBe(200);
  });

  test.for(Object.entries(TOKEN_ATTACKS))('%s', async ([, attack]) => {
    const token = await attack(kit);
    const answer = await changesNothing(tollgate.database, () => list(`Bearer ${token}`));
    expectUnauthenticated(answer);
    expect(answer.text).not.toContain(kit.appName);
  });

  test('a token ends an hour after it was given', async () => {
    const { tenant, appSecret } = await tollgate.createTenant();
    const { accessToken } = (await logIn(tenant.appName, appSecret)).body;
    clock.advance({ seconds: 3_599 });
    expect((await list(`Bearer ${accessToken}`)).status).toBe(200);
    clock.advance({ seconds: 1 });
    // A credential that was just checked is believed for one second more.
    await until(async () => (await list(`Bearer ${accessToken}`)).status === 401, 2_000);
  });
});

describe('an API key is taken whole or not at all', () => {
  const spoiled: Readonly<Record<string, (key: string, other: string) => string>> = {
    'another secret': (key, other) => `${key.split('.')[0]}.${other.split('.')[1]}`,
    'a secret one letter longer': (key) => `${key}A`,
    'a secret one letter shorter': (key) => key.slice(0, -1),
    'the prefix of the other mode': (key) => key.replace('sk_test', 'sk_live'),
    'a prefix of nobody': (key) => key.replace('sk_test', 'sk_root'),
    'no prefix': (key) => key.replace('sk_test_', ''),
    'no secret': (key) => `${key.split('.')[0]}.`,
    'no dot': (key) => key.replace('.', ''),
    'an id in capitals': (key) => key.replace(/_[^_.]+\./, (id) => id.toUpperCase()),
    'the id of nobody': (key) => key.replace(/_[^_.]+\./, '_00000000000000000000000000.'),
    'the id as it stands in the database': (key) => key.replace('sk_test_', 'key_'),
    'a quoted key': (key) => `"${key}"`,
    'two keys': (key) => `${key},${key}`,
    'ten thousand letters': (key) => key + 'A'.repeat(10_000),
    nothing: () => '',
  };

  test.for(Object.entries(spoiled))('not %s', async ([, spoil]) => {
    const other = await tollgate.createTenant();
    const key = spoil(tollgate.tenant.apiKeys.test, other.apiKeys.test);
    expectUnauthenticated(await changesNothing(tollgate.database, () => list(`Bearer ${key}`, SECURE)));
  });

  test('a revoked key ends within a second', async () => {
    const { tenantId } = tollgate.tenant.tenant;
    const key = await createApiKey(db(), clock, { tenantId, mode: 'test', name: 'Short-lived', scopes: ['*'] });
    expect((await list(`Bearer ${key}`)).status).toBe(200);
    await tollgate.database.run(`update api_keys set revoked_at = $1 where name = 'Short-lived'`, [
      clock.now().toString(),
    ]);
    await until(async () => (await list(`Bearer ${key}`)).status === 401, 1_500);
  });

  test("the operator's key with another secret is none", async () => {
    const [id] = tollgate.operatorKey.split('.');
    for (const key of [`${id}.${'A'.repeat(43)}`, `${tollgate.operatorKey}A`, `sk_test_${id}.${'A'.repeat(43)}`]) {
      expectUnauthenticated(await call(`${tollgate.apiUrl}/api/v1/operator/tenants`, { key }));
    }
  });
});

describe('other ways to say who calls', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  test('Basic is taken only where it is declared, also with the right secret', async () => {
    const { tenant, appSecret } = tollgate.tenant;
    const answer = await list(basic(`${tenant.appName}:${appSecret}`));
    expectUnauthenticated(answer);
    expect(answer.headers['www-authenticate']).toContain('Basic');
  });

  test.for([
    '',
    ':',
    'nobody:wrong',
    'no colon',
    ':secret',
    'a\u0000b:c',
    'shop:\u0000',
    '\ud83d\ude00:\uffff',
    '::::',
  ])('broken Basic credentials are no fault of ours: %j', async (text) => {
    expectUnauthenticated(await list(basic(text)));
  });

  test.for(['Bearer', 'Bearer ', 'Token abc', 'Digest username="shop"', 'Basic', 'Bearer a b', 'bearer é'])(
    'no scheme of ours: %j',
    async (authorization) => {
      expectUnauthenticated(await list(Buffer.from(authorization).toString('latin1')));
    },
  );

  test.for(['authorization', 'x-tollgate-tenant', 'idempotency-key', 'host'])(
    'two %s headers are refused, since a proxy may believe the other one',
    async (name) => {
      const { host } = new URL(tollgate.apiUrl);
      const lines = [
        'GET /api/v1/payments HTTP/1.1',
        `Host: ${host}`,
        `Authorization: Bearer ${tollgate.tenant.apiKeys.test}`,
        ...(name === 'x-tollgate-tenant' || name === 'idempotency-key' ? [`${name}: ten_a`] : []),
        `${name}: Bearer x`,
        'Connection: close',
      ];
      const answer = await sendRaw(tollgate.apiUrl, `${lines.join('\r\n')}\r\n\r\n`);
      expect(answer.status, answer.text).toBe(400);
      expect(answer.text).toContain('malformed_request');
    },
  );
});

test('during a rotation the old and the new secret work, and the old one ends with the overlap', async () => {
  const { tenant, appSecret, liveAppSecret } = await tollgate.createTenant();
  const { database } = tollgate.tollgate.gateway.payments;
  const fresh = await rotateAppSecret({ database, clock }, tenant.tenantId, 'test', 3_600);
  expect((await logIn(tenant.appName, appSecret)).status).toBe(200);
  expect((await logIn(tenant.appName, fresh)).status).toBe(200);
  clock.advance({ seconds: 3_599 });
  expect((await logIn(tenant.appName, appSecret)).status).toBe(200);
  clock.advance({ seconds: 1 });
  expectUnauthenticated(await logIn(tenant.appName, appSecret));
  expect((await logIn(tenant.appName, fresh)).status).toBe(200);
  expect((await logIn(tenant.appName, liveAppSecret, SECURE)).status).toBe(200);
});
