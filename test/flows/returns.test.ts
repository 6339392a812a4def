import { afterAll, beforeAll, expect, test } from 'vitest';
import { call } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';
import { changesNothing, untilQuiet } from '../support/table-fingerprint.ts';

let tollgate: Installation;
let shop: PaymentWatch;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = watchPayments(tollgate);
  const settings = { returnOrigins: ['https://shop.example'], appSchemes: ['bluecomshop'] };
  expect((await shop.merchant.send('PATCH', '/settings', { body: settings })).status).toBe(200);
});
afterAll(() => tollgate.close());

const RETURN_URL = 'https://shop.example/thanks?cart=7#top';
const FORGED = 'status=SUCCESS&paymentStatus=succeeded&result=00&returnUrl=https%3A%2F%2Fevil.example&signature=x';

const get = (path: string, headers = {}) => call(`${tollgate.apiUrl}${path}`, { headers });

function decide(bankPage: string, decision: string) {
  return call(bankPage, {
    rawBody: `decision=${decision}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
}

/** A payment whose shopper was sent to the bank by the tenant's own back end. */
async function atTheBank(fields = {}) {
  const created = await shop.create({ returnUrl: RETURN_URL, ...fields });
  const { nextAction, latestAttempt } = await shop.confirm(created.id, 'tok_redirect');
  const returnPath = `/return/${created.tenantId}/${latestAttempt.id}`;
  return { id: String(created.id), reference: String(created.reference), bankPage: String(nextAction.url), returnPath };
}

function expectReturn(location: unknown, expected: { id: string; reference: string; status: string }): void {
  const url = new URL(String(location));
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    paymentId: expected.id,
    reference: expected.reference,
    status: expected.status,
  });
}

test('S0.13 S2.14 a return that claims success changes nothing, whatever it says', async () => {
  const { id, checkoutToken } = await shop.create({ returnUrl: RETURN_URL });
  const before = await shop.read(id);
  await untilQuiet(tollgate.database);
  await changesNothing(tollgate.database, async () => {
    for (const path of [`/c/${checkoutToken}`, `/c/${checkoutToken}/return`]) {
      const page = await get(`${path}?${FORGED}`);
      expect(page.status).toBe(200);
      expect(page.text).toContain('data-kind="choose"');
      expect(page.text).not.toContain('evil.example');
    }
  });
  expect(await shop.read(id)).toEqual(before);
});

test('S0.13 a forged return of a payment that waits for the bank leaves it waiting', async () => {
  const { id, reference, returnPath } = await atTheBank();
  const before = await shop.read(id);
  const answer = await get(`${returnPath}?${FORGED}`);
  expect(answer.status).toBe(303);
  expectReturn(answer.headers.location, { id, reference, status: 'processing' });
  await untilQuiet(tollgate.database);
  expect(await shop.read(id)).toEqual(before);
  expect(await shop.eventTypes(id)).toEqual(['payment.created', 'payment.processing']);
});

test('S0.12 S2.22 a return makes us ask: what the bank has decided is what the shop is told', async () => {
  const { id, reference, bankPage, returnPath } = await atTheBank();
  await decide(bankPage, 'approve');
  const answer = await get(`${returnPath}?status=FAILED`);
  expectReturn(answer.headers.location, { id, reference, status: 'succeeded' });
  expect(await shop.read(id)).toMatchObject({ status: 'succeeded' });
});

test.each([
  ['approve', 'succeeded'],
  ['cancel', 'created'],
  ['decline_fraud', 'created'],
])(
  'S0.25 after "%s" the browser goes on to the returnUrl with status %s and everything that stood there',
  async (decision, status) => {
    const { id, reference, bankPage, returnPath } = await atTheBank();
    await decide(bankPage, decision);
    const answer = await get(`${returnPath}?sandboxReference=x`);
    expect(answer.status).toBe(303);
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    const url = new URL(String(answer.headers.location));
    expect([url.origin, url.pathname, url.searchParams.get('cart'), url.hash]).toEqual([
      'https://shop.example',
      '/thanks',
      '7',
      '#top',
    ]);
    expect(url.searchParams.has('sandboxReference')).toBe(false);
    expectReturn(url, { id, reference, status });
  },
);

test('S0.26 a registered app scheme is returned to', async () => {
  const { id, reference, bankPage, returnPath } = await atTheBank({
    returnUrl: 'bluecomshop://payment-result?from=app',
  });
  await decide(bankPage, 'approve');
  const { headers } = await get(returnPath);
  expect(headers.location).toMatch(/^bluecomshop:\/\/payment-result\?from=app&/);
  expectReturn(headers.location, { id, reference, status: 'succeeded' });
});

test.each([
  'https://evil.example/thanks',
  'https://shop.example.evil.example/',
  'https://shop.example@evil.example/',
  'https://shop.example:8443/',
  'http://shop.example/',
  'otherapp://payment-result',
  'javascript:alert(1)',
  'data:text/html,x',
  '//evil.example',
  'thanks.html',
  'https:\\\\evil.example',
])('no payment takes the address %s for its return', async (url) => {
  for (const field of ['returnUrl', 'cancelUrl']) {
    const answer = await shop.merchant.create({ [field]: url });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    expect(answer.body.errors[0].pointer).toBe(`/${field}`);
    expect(answer.text).not.toContain(url);
  }
});

test('no address of ours sends a browser anywhere but to itself or to the registered place', async () => {
  const { id, checkoutToken, tenantId } = await shop.create({ returnUrl: RETURN_URL });
  const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example', referer: 'https://evil.example/' };
  const post = (path: string, rawBody: string) =>
    call(`${tollgate.apiUrl}${path}`, {
      rawBody,
      headers: { ...evil, 'content-type': 'application/x-www-form-urlencoded' },
    });
  const away = 'returnUrl=https://evil.example&next=//evil.example&action=bank_page';
  const posts = [
    await post(`/c/${checkoutToken}/test?${FORGED}`, away),
    await post(`/c/${checkoutToken}/pay?${FORGED}`, away),
    await post(`/c/${checkoutToken}/cancel?${FORGED}`, away),
  ];
  expect(posts.map(({ status, headers }) => `${status} ${headers.location}`)).toEqual(
    Array(3).fill(`303 /c/${checkoutToken}/leave`),
  );
  const [attempt] = await shop.attempts(id);
  const left = await get(`/return/${tenantId}/${attempt?.id}?${FORGED}`, evil);
  expect(new URL(String(left.headers.location)).origin).toBe('https://shop.example');
  for (const path of ['//evil.example', '/return//evil.example', '/%2f%2fevil.example', '/c//evil.example/return']) {
    expect((await get(path, evil)).headers.location, path).toBeUndefined();
  }
});

test('S0.25 a cancel leaves for the cancelUrl where there is one', async () => {
  const { id, checkoutToken, reference } = await shop.create({
    returnUrl: RETURN_URL,
    cancelUrl: 'https://shop.example/basket',
  });
  const canceled = await call(`${tollgate.apiUrl}/api/v1/checkout-sessions/${checkoutToken}/cancel`, { body: {} });
  expect(new URL(canceled.body.leaveUrl).pathname).toBe('/basket');
  expectReturn(canceled.body.leaveUrl, { id, reference, status: 'canceled' });
});

test('a return nobody is waiting for finds nothing: another tenant, an unknown attempt, no returnUrl', async () => {
  const { returnPath } = await atTheBank();
  const other = await tollgate.createTenant();
  const attemptId = returnPath.split('/').at(-1);
  const homeless = await atTheBank({ returnUrl: undefined });
  const answers = await Promise.all([
    get(`/return/${other.tenant.tenantId}/${attemptId}`),
    get(`${returnPath.slice(0, -1)}_`),
    get(homeless.returnPath),
  ]);
  expect(answers.map(({ status, headers }) => [status, headers.location])).toEqual(Array(3).fill([404, undefined]));
});

test('a return that is opened again and again, also by many at once, tells the same', async () => {
  const { id, reference, bankPage, returnPath } = await atTheBank();
  await decide(bankPage, 'approve');
  const answers = await Promise.all(Array.from({ length: 10 }, () => get(returnPath)));
  for (const { headers } of answers) expectReturn(headers.location, { id, reference, status: 'succeeded' });
  await untilQuiet(tollgate.database);
  expect(await shop.eventTypes(id)).toEqual(
    ['capture.succeeded', 'payment.created', 'payment.processing', 'payment.succeeded'].sort(),
  );
});
