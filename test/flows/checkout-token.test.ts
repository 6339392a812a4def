import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';

let clock: ManualClock;
let tollgate: Installation;
let shop: PaymentWatch;

beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock });
  shop = watchPayments(tollgate);
});
afterAll(() => tollgate.close());

const session = (token: string, act = '') => `${tollgate.apiUrl}/api/v1/checkout-sessions/${token}${act}`;
const page = (token: string) => call(`${tollgate.apiUrl}/c/${token}`);
const freshToken = (id: string) => shop.merchant.send('POST', `/payments/${id}/checkout-token`, { body: {} });
const kindOf = (text: string) => /data-kind="(\w+)"/.exec(text)?.[1];

test('S2.19 S2.20 create gives a token and the address of its page, and reading the payment does not', async () => {
  const created = await shop.create();
  expect(created.checkoutToken).toMatch(/^[\w-]{43}$/);
  expect(created.paymentUrl).toBe(`${tollgate.apiUrl}/c/${created.checkoutToken}`);
  const read = await shop.read(created.id);
  expect([read.checkoutToken, read.paymentUrl]).toEqual([undefined, undefined]);
  const stored = await tollgate.database.run<{ token: string }>(
    'select checkout_tokens::text as token from checkout_tokens',
  );
  expect(
    stored.some(({ token }) => token.includes(created.checkoutToken)),
    'only its hash is stored',
  ).toBe(false);
});

test('S2.4 the token opens one payment for a browser: to see it, to pay it', async () => {
  const { id, checkoutToken } = await shop.create({ description: 'One bag of beans' });
  const seen = await call(session(checkoutToken));
  expect(seen.body).toMatchObject({ paymentId: id, amount: 1250, status: 'created', secondsLeft: 900 });
  const confirmed = await call(session(checkoutToken, '/confirm'), {
    body: { method: { type: 'sandbox', token: 'tok_approve' } },
  });
  expect(confirmed.body).toMatchObject({ paymentId: id, status: 'succeeded' });
  expect(await shop.read(id)).toMatchObject({ status: 'succeeded', amountCaptured: 1250 });
});

test('S2.13 what a token shows names no credential, no tenant and no other payment', async () => {
  const { checkoutToken } = await shop.create({
    customer: { email: 'kim@example.com' },
    metadata: { note: 'internal' },
  });
  const { text } = await call(session(checkoutToken));
  const html = (await page(checkoutToken)).text;
  for (const secret of ['kim@example.com', 'internal', tollgate.tenant.tenant.tenantId, 'sk_test', 'whsec_']) {
    expect(text).not.toContain(secret);
    expect(html).not.toContain(secret);
  }
});

test('S2.13 the token calls no tenant endpoint, in whatever place it is sent', async () => {
  const { id, checkoutToken } = await shop.create();
  const url = `${tollgate.apiUrl}/api/v1/payments/${id}`;
  const basic = Buffer.from(`${tollgate.tenant.tenant.appName}:${checkoutToken}`).toString('base64');
  const answers = await Promise.all([
    call(url, { key: checkoutToken }),
    call(url, { headers: { authorization: `Basic ${basic}` } }),
    call(`${url}/refunds`, { key: checkoutToken, idempotencyKey: 'x', body: { reason: 'Mine' } }),
    call(`${url}/checkout-token`, { key: checkoutToken, body: {} }),
    call(`${tollgate.apiUrl}/api/v1/payments`, { key: checkoutToken, body: { reference: 'theft', amount: 1 } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
});

test('a fresh token ends the one before it, everywhere', async () => {
  const { id, checkoutToken } = await shop.create();
  const fresh = await freshToken(id);
  expect(fresh.status, fresh.text).toBe(201);
  const token = fresh.body.checkoutToken;
  expect(token).not.toBe(checkoutToken);
  expect(fresh.body.paymentUrl).toBe(`${tollgate.apiUrl}/c/${token}`);
  expect(kindOf((await page(token)).text)).toBe('choose');
  const old = await Promise.all([
    page(checkoutToken),
    call(session(checkoutToken)),
    call(session(checkoutToken, '/confirm'), { body: {} }),
    call(session(checkoutToken, '/cancel'), { body: {} }),
    call(`${tollgate.apiUrl}/c/${checkoutToken}/pay`, { rawBody: '' }),
    call(`${tollgate.apiUrl}/c/${checkoutToken}/return`),
  ]);
  expect(old.map(({ status }) => status)).toEqual(Array(6).fill(404));
  expect(await shop.read(id)).toMatchObject({ status: 'created' });
});

test('S2.9 the same Idempotency-Key gets the same fresh token, which stays valid', async () => {
  const { id } = await shop.create();
  const send = () =>
    shop.merchant.send('POST', `/payments/${id}/checkout-token`, { body: {}, idempotencyKey: `token-${id}` });
  const [first, second] = [await send(), await send()];
  expect(second.body).toEqual(first.body);
  expect((await page(first.body.checkoutToken)).status).toBe(200);
});

test('unknown and forged tokens look like each other', async () => {
  const { checkoutToken } = await shop.create();
  const other = `${checkoutToken.slice(0, -1)}${checkoutToken.endsWith('A') ? 'B' : 'A'}`;
  const answers = await Promise.all([page(other), page('x'), page('A'.repeat(43)), page('%00')]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  const [first, ...others] = answers.map(({ text }) => text.replace(/nonce="[^"]*"/g, ''));
  for (const text of others) expect(text).toBe(first);
});

test("S2.10 nobody makes a token for another tenant's payment", async () => {
  const { id, checkoutToken } = await shop.create();
  const key = (await tollgate.createTenant()).apiKeys.test;
  const answer = await call(`${tollgate.apiUrl}/api/v1/payments/${id}/checkout-token`, { key, body: {} });
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  expect((await page(checkoutToken)).status).toBe(200);
});

test('S2.15 after the end the page shows the result for a day, lets nobody act, and is gone then', async () => {
  const { id, checkoutToken } = await shop.create({ expiresIn: 60 });
  await shop.confirm(id, 'tok_approve');
  clock.advance({ hours: 23, minutes: 59 });
  const shown = await page(checkoutToken);
  expect([shown.status, kindOf(shown.text)]).toEqual([200, 'succeeded']);
  const confirmed = await call(session(checkoutToken, '/confirm'), { body: {} });
  expect([confirmed.status, confirmed.body.code]).toEqual([409, 'state_conflict']);
  clock.advance({ minutes: 2 });
  const gone = await Promise.all([page(checkoutToken), call(session(checkoutToken))]);
  expect(gone.map(({ status }) => status)).toEqual([404, 404]);
  expect(await shop.read(id)).toMatchObject({ status: 'succeeded' });
});

test('a payment with nothing left to pay gets no fresh token', async () => {
  const { id } = await shop.merchant.pay();
  const answer = await freshToken(id);
  expect([answer.status, answer.body.code]).toEqual([409, 'state_conflict']);
});

test('S0.29 the page and the session count down to the end by the server’s clock', async () => {
  const { checkoutToken } = await shop.create({ expiresIn: 300 });
  clock.advance({ seconds: 100 });
  expect((await call(session(checkoutToken))).body.secondsLeft).toBe(200);
  expect((await page(checkoutToken)).text).toContain('data-seconds-left="200"');
});

test('S0.20 S0.21 the page is framed by the origins the tenant lists and by nobody else, without X-Frame-Options', async () => {
  const { checkoutToken } = await shop.create();
  const ancestors = async () => {
    const { headers } = await page(checkoutToken);
    expect(headers['x-frame-options']).toBeUndefined();
    return /frame-ancestors ([^;]*)/.exec(String(headers['content-security-policy']))?.[1];
  };
  expect(await ancestors()).toBe("'none'");
  const listed = ['https://shop.example', 'https://app.shop.example:8443'];
  await shop.merchant.send('PATCH', '/settings', { body: { frameAncestors: listed } });
  // Settings are seen everywhere within a second.
  await until(async () => (await ancestors()) === listed.join(' '));
  const refused = await shop.merchant.send('PATCH', '/settings', { body: { frameAncestors: ["https://x 'self'; *"] } });
  expect(refused.status).toBe(422);
  expect(await ancestors()).toBe(listed.join(' '));
});
