import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { ManualClock } from '../../src/kernel/clock.ts';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';

const clock = new ManualClock('2026-03-01T00:00:00Z');
let tollgate: Installation;

beforeAll(async () => {
  tollgate = await startInstallation({
    clock,
    environment: {
      TOLLGATE_TRUST_PROXY: 'loopback',
      TOLLGATE_RATE_LIMIT_CALLERS: '10/20',
      TOLLGATE_RATE_LIMIT_ADDRESSES: '10/60',
      TOLLGATE_RATE_LIMIT_BAD_CREDENTIALS: '3/60',
      TOLLGATE_RATE_LIMIT_BAD_TOKENS: '3/60',
      TOLLGATE_RATE_LIMIT_DOMAIN_QUESTIONS: '5/10',
    },
  });
});
afterAll(() => tollgate?.close());
// Longer than any bucket here takes to fill up.
beforeEach(() => clock.advance({ minutes: 2 }));

let hosts = 0;
const newAddress = () => `203.0.113.${++hosts}`;

function send(address: string, path: string, options: Parameters<typeof call>[1] = {}) {
  const headers = { 'x-forwarded-for': address, 'x-forwarded-proto': 'https', ...options.headers };
  return call(`${tollgate.apiUrl}${path}`, { ...options, headers });
}

/** The statuses of so many requests, one after the other. */
async function statuses(times: number, ask: () => Promise<{ readonly status: number }>): Promise<readonly number[]> {
  const found: number[] = [];
  for (let index = 0; index < times; index++) found.push((await ask()).status);
  return found;
}

const many = (status: number, times: number) => Array.from({ length: times }, () => status);
const LIMITED = { status: 429, body: { code: 'too_many_requests' } };

describe('a key', () => {
  it('is refused beyond its limit, told when to come again, and let in then', async () => {
    const { test: key } = (await tollgate.createTenant()).apiKeys;
    const list = () => send(newAddress(), '/api/v1/payments', { key });
    expect(await statuses(10, list)).toEqual(many(200, 10));
    const refused = await list();
    expect(refused).toMatchObject(LIMITED);
    expect(refused.headers['retry-after']).toBe('2');
    clock.advance({ milliseconds: 1_999 });
    expect((await list()).headers['retry-after']).toBe('1');
    clock.advance({ milliseconds: 1 });
    expect(await statuses(2, list)).toEqual([200, 429]);
  });

  it('that floods does not slow another tenant’s, nor the same tenant’s of the other mode', async () => {
    const [flooder, other] = [await tollgate.createTenant(), await tollgate.createTenant()];
    const from = newAddress();
    const list = (key: string) => () => send(from, '/api/v1/payments', { key });
    const flood = await Promise.all(Array.from({ length: 100 }, list(flooder.apiKeys.test)));
    expect(flood.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(await statuses(10, list(other.apiKeys.test))).toEqual(many(200, 10));
    expect(await statuses(10, list(flooder.apiKeys.live))).toEqual(many(200, 10));
  });

  it('that is refused has written nothing', async () => {
    const { test: key } = (await tollgate.createTenant()).apiKeys;
    await statuses(10, () => send(newAddress(), '/api/v1/payments', { key }));
    const body = { reference: 'limited', amount: 1250 };
    const idempotencyKey = 'limited';
    expect(await send(newAddress(), '/api/v1/payments', { key, body, idempotencyKey })).toMatchObject(LIMITED);
    clock.advance({ seconds: 20 });
    const created = await send(newAddress(), '/api/v1/payments', { key, body, idempotencyKey });
    expect([created.status, created.headers['idempotency-replayed']]).toEqual([201, undefined]);
  });
});

describe('an address', () => {
  it('that names no caller is refused beyond its limit, and others are not', async () => {
    const [flooder, other] = [newAddress(), newAddress()];
    expect(await statuses(11, () => send(flooder, '/docs'))).toEqual([...many(200, 10), 429]);
    expect(await send(flooder, '/docs')).toMatchObject(LIMITED);
    expect((await send(flooder, '/docs')).headers['retry-after']).toBe('6');
    expect((await send(other, '/docs')).status).toBe(200);
  });

  it('counts for whoever is not let in for want of credentials', async () => {
    const from = newAddress();
    const answers = await statuses(11, () => send(from, '/api/v1/payments'));
    expect(answers).toEqual([...many(401, 10), 429]);
  });

  it('is asked nothing where providers notify, nor about health', async () => {
    const from = newAddress();
    await statuses(11, () => send(from, '/docs'));
    const body = { any: 'thing' };
    expect(await statuses(30, () => send(from, '/hooks/sandbox/pa_none', { body }))).toEqual(many(404, 30));
    expect(await statuses(15, () => send(from, '/api/payment/ipn', { body }))).toEqual(many(401, 15));
    expect(await statuses(15, () => send(from, '/healthz'))).toEqual(many(200, 15));
    expect((await send(from, '/docs')).status).toBe(429);
  });

  it('is the one before the trusted proxy, by its /64 where it is IPv6', async () => {
    expect(await statuses(10, () => send('2001:db8:0:1::1', '/docs'))).toEqual(many(200, 10));
    expect((await send('2001:db8:0:1:ffff::2', '/docs')).status).toBe(429);
    expect((await send('2001:db8:0:2::1', '/docs')).status).toBe(200);
  });
});

describe('wrong credentials', () => {
  it('are looked at three times from one address, and the right ones of others there still serve', async () => {
    const { test: key } = (await tollgate.createTenant()).apiKeys;
    const from = newAddress();
    expect((await send(from, '/api/v1/payments', { key })).status).toBe(200);
    let guesses = 0;
    const guess = () =>
      send(from, '/api/v1/payments', { key: `sk_test_${String(guesses++).padStart(26, '0')}.${'A'.repeat(43)}` });
    expect(await statuses(5, guess)).toEqual([401, 401, 401, 429, 429]);
    expect((await guess()).headers['retry-after']).toBe('20');
    expect((await send(from, '/api/v1/payments', { key })).status).toBe(200);
    expect((await send(newAddress(), '/api/v1/payments', { key })).status).toBe(200);
    clock.advance({ seconds: 20 });
    expect(await statuses(2, guess)).toEqual([401, 429]);
  });

  it('at one key are counted together, wherever they come from', async () => {
    const { test: key } = (await tollgate.createTenant()).apiKeys;
    const [prefix] = key.split('.');
    const guess = (letter: string) => send(newAddress(), '/api/v1/payments', { key: `${prefix}.${letter.repeat(43)}` });
    expect((await send(newAddress(), '/api/v1/payments', { key })).status).toBe(200);
    for (const letter of 'abc') expect((await guess(letter)).status).toBe(401);
    expect(await guess('d')).toMatchObject(LIMITED);
    expect((await send(newAddress(), '/api/v1/payments', { key })).status).toBe(200);
  });

  it('that are access tokens, which all begin alike, are counted by address alone', async () => {
    const { tenant, appSecret } = await tollgate.createTenant();
    const logIn = { appName: tenant.appName, appSecret };
    const { accessToken } = (await send(newAddress(), '/api/v1/tenants/login', { body: logIn })).body;
    const [head, claims] = accessToken.split('.');
    const list = (key: string) => send(newAddress(), '/api/v1/payments', { key });
    for (const letter of 'abcdef') expect((await list(`${head}.${claims}.${letter.repeat(86)}`)).status).toBe(401);
    expect((await list(accessToken)).status).toBe(200);
  });

  it('of an app are counted together where it logs in and where it sends Basic', async () => {
    const { tenant, appSecret } = await tollgate.createTenant();
    const { appName } = tenant;
    const logIn = (secret: string) =>
      send(newAddress(), '/api/v1/tenants/login', { body: { appName, appSecret: secret } });
    const basic = (secret: string) =>
      send(newAddress(), '/bluebox/secure/transactions/pay_1', {
        headers: { authorization: `Basic ${Buffer.from(`${appName}:${secret}`).toString('base64')}` },
      });
    expect((await logIn(appSecret)).status).toBe(200);
    expect([(await logIn('as_test_a')).status, (await basic('as_test_b')).status]).toEqual([401, 401]);
    expect((await logIn('as_test_c')).status).toBe(401);
    expect([(await logIn('as_test_d')).status, (await basic('as_test_d')).status]).toEqual([429, 429]);
    expect((await logIn(appSecret)).status).toBe(200);
  });
});

describe('checkout tokens that open nothing', () => {
  it('are looked at three times from one address, at the page and behind it, and who pays there is not disturbed', async () => {
    const { test: key } = (await tollgate.createTenant()).apiKeys;
    const paying = await send(newAddress(), '/api/v1/payments', { key, body: { reference: 'known', amount: 1250 } });
    const from = newAddress();
    const page = `/c/${paying.body.checkoutToken}`;
    expect((await send(from, page)).status).toBe(200);
    const guess = (letter: string) => `/c/${letter.repeat(43)}`;
    const session = (letter: string) => `/api/v1/checkout-sessions/${letter.repeat(43)}`;
    expect((await send(from, guess('a'))).status).toBe(404);
    expect((await send(from, session('b'))).status).toBe(404);
    expect((await send(from, guess('c'))).status).toBe(404);
    const refused = await send(from, session('d'));
    expect(refused).toMatchObject(LIMITED);
    expect(refused.headers['retry-after']).toBe('20');
    expect((await send(from, guess('d'))).status).toBe(429);
    expect((await send(from, page)).status).toBe(200);
    expect((await send(newAddress(), guess('d'))).status).toBe(404);
  });
});

it('S4.6 the proxy is refused beyond its limit what would have to be looked up, and told what is no name at all', async () => {
  let names = 0;
  const ask = (name = `unknown${names++}.example`) =>
    call(`${tollgate.tollgate.internalUrl}/api/v1/domains/verify?domain=${name}`);
  expect(await statuses(5, () => ask())).toEqual(many(404, 5));
  expect((await ask()).headers['retry-after']).toBe('2');
  expect((await ask('127.0.0.1')).status).toBe(404);
  clock.advance({ seconds: 2 });
  expect(await statuses(2, () => ask())).toEqual([404, 429]);
});

it('refusals are counted by their limit', async () => {
  const text = await (await fetch(`${tollgate.tollgate.internalUrl}/metrics`)).text();
  for (const limit of ['callers', 'addresses', 'bad_credentials', 'bad_tokens', 'domain_questions']) {
    expect(text).toMatch(new RegExp(`tollgate_rate_limited_total\\{limit="${limit}"\\} [1-9]`));
  }
});

it('a limit that cannot be read names its variable', () => {
  expect(() => readConfig({ TOLLGATE_RATE_LIMIT_CALLERS: 'a lot' })).toThrow(/^TOLLGATE_RATE_LIMIT_CALLERS: Must be/);
});
