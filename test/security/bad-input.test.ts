import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PROBLEMS, type ProblemCode } from '../../src/kernel/problem.ts';
import { tenantSettings } from '../../src/tenants/settings.ts';
import type { Answer } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';
import { fingerprintTables } from '../support/table-fingerprint.ts';
import { BAD_BODIES } from './bad-bodies.ts';
import { BAD_OTHERS, BAD_QUERIES, type Places } from './bad-others.ts';
import { BAD_FIELDS, BAD_RETURN_URLS, CARD_FIELDS, CARD_SPELLINGS } from './bad-payments.ts';

let tollgate: Installation;
let shop: Merchant;
let listed: Merchant;
let places: Places;
let before: Readonly<Record<string, string>>;

beforeAll(async () => {
  // Without a worker nothing but the requests themselves could write, so that every row counts.
  const environment = { TOLLGATE_ROLES: 'api,checkout,hooks', TOLLGATE_ALLOW_PRIVATE_TARGETS: 'false' };
  tollgate = await startInstallation({ environment });
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  const settings = tenantSettings.parse({ returnOrigins: ['https://shop.example'], appSchemes: ['bluecomshop'] });
  listed = merchantOf(tollgate.apiUrl, (await tollgate.createTenant({ settings })).apiKeys.test);
  const { body: open } = await shop.create();
  const endpoint = await shop.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/hook' } });
  places = {
    open: open.id,
    paid: (await shop.pay()).id,
    endpoint: endpoint.body.id,
    account: (await shop.send('GET', '/provider-accounts')).body.data[0].id,
    partnerKey: (await shop.send('POST', '/partner-keys', { body: {} })).body.id,
    token: open.checkoutToken,
    appName: tollgate.tenant.tenant.appName,
  };
  before = await fingerprintTables(tollgate.database);
});
afterAll(() => tollgate.close());
afterEach(async () => {
  const after = await fingerprintTables(tollgate.database);
  expect(after, 'a refused request wrote something').toEqual(before);
});

function expectRefusal(answer: Answer, code: string, pointers?: readonly string[]): void {
  expect({ status: answer.status, code: answer.body?.code }, answer.text).toEqual({
    status: PROBLEMS[code as ProblemCode].status,
    code,
  });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const errors = answer.body.errors as readonly { pointer: string; detail: string }[];
  if (pointers !== undefined) expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
  // The sender's own field names are named; nothing that was sent as a value is repeated.
  const words = JSON.stringify([answer.body.title, answer.body.detail, errors.map(({ detail }) => detail)]);
  expect(words).not.toContain('zq7');
  expect(words).not.toMatch(/4111|3782|４１|٤١|④/);
}

describe('a payment whose field breaks a rule is refused by name, and nothing is written', () => {
  test.for(BAD_FIELDS)('$title', async ({ fields, pointer, code = 'validation_failed' }) => {
    const answer = await shop.create(fields);
    expectRefusal(answer, code, code === 'no_provider_account' ? [] : [pointer]);
    for (const value of Object.values(fields)) {
      // Shorter ones are found in any text.
      if (typeof value === 'string' && value.length > 5)
        expect(answer.text).not.toContain(JSON.stringify(value).slice(1, -1));
    }
  });

  test('every broken rule is told at once', async () => {
    const answer = await shop.create({ amount: -1, currency: 'zq7', zq7: 1, customer: { email: 'zq7' } });
    expectRefusal(answer, 'validation_failed');
    const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer);
    expect(pointers.sort()).toEqual(['/amount', '/currency', '/customer/email', '/zq7']);
  });
});

describe('a card number in a text is refused and stored nowhere', () => {
  test.for(Object.entries(CARD_SPELLINGS))('%s', async ([, description]) => {
    const answer = await shop.create({ description });
    expectRefusal(answer, 'card_number_not_allowed', ['/description']);
    expect(answer.text).not.toContain(description);
  });

  test.for(CARD_FIELDS)('at %s', async ([pointer, fields]) => {
    const answer = await shop.create(fields);
    expectRefusal(answer, 'card_number_not_allowed', [pointer]);
  });

  test('a number that only looks like one is none', async () => {
    // The same digits with a wrong check digit get past this rule, and stop at the next.
    expectRefusal(await shop.create({ description: '4111111111111112', currency: 'zq7' }), 'validation_failed');
    const answer = await shop.create({ description: '4111 1111 1111 1112', providerAccountId: 'pa_none' });
    expectRefusal(answer, 'no_provider_account');
  });
});

describe('a body that is not the JSON of money is refused before it is looked at', () => {
  test.for(BAD_BODIES)('$title', async ({ body, headers, status, code, pointers, hidden }) => {
    const answer = await shop.send('POST', '/payments', {
      rawBody: body,
      headers: { 'x-correlation-id': 'bad-body', ...headers },
    });
    expectRefusal(answer, code, pointers);
    expect(answer.status).toBe(status);
    if (hidden !== undefined) expect(answer.text).not.toContain(hidden);
  });
});

describe('where shoppers may be sent is kept to what the tenant registered', () => {
  const elsewhere = {
    'another host': 'https://zq7.example/',
    'a host that begins alike': 'https://shop.example.zq7.example/',
    'a host that ends alike': 'https://zq7shop.example/',
    'another port': 'https://shop.example:8443/zq7',
    'plain HTTP': 'http://shop.example/zq7',
    'an app scheme that is not registered': 'zq7shop://payment-result',
  };
  test.for(Object.entries({ ...elsewhere, ...BAD_RETURN_URLS }))('not %s', async ([, returnUrl]) => {
    expectRefusal(await listed.create({ returnUrl }), 'validation_failed', ['/returnUrl']);
  });
});

describe('every other endpoint with a body names what is wrong with it, and writes nothing', () => {
  test.for(BAD_OTHERS)('$title', async ({ as, method = 'POST', path, body, rawBody, key, code, pointers }) => {
    const credential = as === 'operator' ? tollgate.operatorKey : tollgate.tenant.apiKeys.test;
    const answer = await merchantOf(tollgate.apiUrl, credential).send(method, path(places), {
      ...(rawBody === undefined ? { body: typeof body === 'function' ? body(places) : body } : { rawBody }),
      ...(key === undefined ? {} : { idempotencyKey: key }),
    });
    expectRefusal(answer, code, pointers);
  });
});

describe('a query that breaks a rule is refused by name', () => {
  test.for(BAD_QUERIES)('%s', async ([query, code, pointer]) => {
    expectRefusal(await shop.send('GET', query), code, pointer === undefined ? [] : [pointer]);
  });
});

describe('what lies just inside the rules is taken', () => {
  test.for([
    { amount: 1 },
    { amount: 999_999_999_999 },
    { reference: `${freshReference()}-`.padEnd(64, '.:/_') },
    { currency: 'JPY', amount: 1250 },
    { returnUrl: 'https://anywhere.example/?a=1#b' },
    { returnUrl: 'http://127.0.0.1:8081/thanks' },
    { notificationUrl: 'https://shop.example/hook' },
    { description: 'Größe 中文 🍰 4111 1111 1111 1112' },
  ])('%j', async (fields) => {
    const { status, body, text } = await shop.create(fields);
    expect(status, text).toBe(201);
    expect(body).toMatchObject(fields);
    before = await fingerprintTables(tollgate.database);
  });

  test.for([{ expiresIn: 30 }, { expiresIn: 31 * 86_400 }])('%j', async (fields) => {
    expect((await shop.create(fields)).status).toBe(201);
    before = await fingerprintTables(tollgate.database);
  });

  test('a registered origin and a registered app scheme', async () => {
    for (const returnUrl of ['https://shop.example/orders/1', 'bluecomshop://payment-result']) {
      expect((await listed.create({ returnUrl })).status).toBe(201);
    }
    before = await fingerprintTables(tollgate.database);
  });
});
