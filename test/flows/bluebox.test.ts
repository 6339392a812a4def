import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type Answer, call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';

let tollgate: Installation;
let shop: PaymentWatch;
let basic: string;
let url: string;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = watchPayments(tollgate);
  url = `${tollgate.apiUrl}/bluebox/secure`;
  const { tenant, appSecret } = tollgate.tenant;
  basic = `Basic ${Buffer.from(`${tenant.appName}:${appSecret}`).toString('base64')}`;
});
afterAll(() => tollgate?.close());

let count = 0;
const body = (fields: object = {}) => ({
  reference: `bluebox-${count++}`,
  callbackUrl: 'https://shop.example/done?order=7#top',
  amount: '12.50',
  ...fields,
});
const send = (path: string, payload?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  call(`${url}${path}`, {
    headers: { authorization: basic, ...headers },
    ...(payload === undefined ? {} : { body: payload }),
  });
const create = (fields?: object) => send('/createTx', body(fields));

async function created(fields?: object): Promise<Answer['body']> {
  const answer = await create(fields);
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

/** Pays or declines by the sandbox. */
async function confirm(transactionId: string, token: string): Promise<void> {
  await shop.confirm(transactionId, token);
}

async function paid(fields?: object): Promise<Answer['body']> {
  const transaction = await created(fields);
  await confirm(transaction.transactionId, 'tok_approve');
  await shop.untilLike(transaction.transactionId, { status: 'succeeded' });
  return transaction;
}

/** What the hosted page answers to a browser. */
const look = ({ redirectUrl }: Answer['body']) => call(redirectUrl, { headers: { accept: 'text/html' } });

describe('S1.1 creating a transaction', () => {
  it('answers where the shopper pays, and makes a payment of the same id', async () => {
    const transaction = await created({ description: 'Coffee', terminalId: 'T1', mcc: '5411', rrn2: '4711' });
    expect(transaction).toEqual({
      transactionId: expect.stringMatching(/^pay_/),
      reference: expect.stringMatching(/^bluebox-/),
      redirectUrl: expect.stringContaining('/c/'),
      status: 'PENDING',
    });
    expect(await shop.read(transaction.transactionId)).toMatchObject({
      amount: 1250,
      currency: 'EUR',
      terminalId: 'T1',
      mcc: '5411',
      rrn2: '000000004711',
    });
  });

  it('S1.2 takes Basic and tokens of the role EXTERNAL, and nobody else', async () => {
    const { tenant, appSecret } = tollgate.tenant;
    const login = { appName: tenant.appName, appSecret };
    const { accessToken } = (await call(`${tollgate.apiUrl}/api/v1/tenants/login`, { body: login })).body;
    const byToken = await call(`${url}/createTx`, { key: accessToken, body: body() });
    expect(byToken.status, byToken.text).toBe(201);
    const wrong = `Basic ${Buffer.from(`${tenant.appName}:wrong`).toString('base64')}`;
    expect((await send('/createTx', body(), { authorization: wrong })).status).toBe(401);
    expect((await call(`${url}/createTx`, { body: body() })).status).toBe(401);
    expect((await call(`${url}/createTx`, { key: tollgate.operatorKey, body: body() })).status).toBe(403);
  });

  it('S1.3 takes JSON alone', async () => {
    const form = { rawBody: 'reference=x', headers: { authorization: basic, 'content-type': 'text/plain' } };
    expect((await call(`${url}/createTx`, form)).status).toBe(415);
  });

  it('S1.4 refuses plain HTTP in live mode', async () => {
    const { tenant, liveAppSecret } = tollgate.tenant;
    const live = `Basic ${Buffer.from(`${tenant.appName}:${liveAppSecret}`).toString('base64')}`;
    const answer = await send('/createTx', body(), { authorization: live });
    expect([answer.status, answer.body.code]).toEqual([403, 'https_required']);
  });

  it('S1.6 refuses a reference that was used, and names its transaction', async () => {
    const { transactionId, reference } = await created();
    const again = await create({ reference });
    expect([again.status, again.body.code]).toEqual([409, 'reference_already_used']);
    expect(again.body).toMatchObject({ transactionId });
    expect(again.body).not.toHaveProperty('paymentId');
  });

  it('gives the same answer for the same idempotency key, apart from keys of /payments', async () => {
    const asked = body();
    const key = { 'idempotency-key': 'bluebox-key' };
    const first = await send('/createTx', asked, key);
    const second = await send('/createTx', asked, key);
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    const other = await shop.merchant.send('POST', '/payments', {
      idempotencyKey: 'bluebox-key',
      body: { reference: 'not-bluebox', amount: 100 },
    });
    expect(other.status, other.text).toBe(201);
  });
});

const BROKEN: readonly (readonly [string, object, string])[] = [
  ['S1.5 no reference', { reference: undefined }, '/reference'],
  ['a reference of 46 characters', { reference: 'x'.repeat(46) }, '/reference'],
  ['S1.7 no callbackUrl', { callbackUrl: undefined }, '/callbackUrl'],
  ['S1.7 a callbackUrl of 401 characters', { callbackUrl: `https://shop.example/${'x'.repeat(380)}` }, '/callbackUrl'],
  ['a callbackUrl that runs code', { callbackUrl: 'javascript:alert(1)' }, '/callbackUrl'],
  ['S1.8 no amount', { amount: undefined }, '/amount'],
  ['S1.8 three decimals', { amount: '12.505' }, '/amount'],
  ['S1.33 nothing', { amount: '0.00' }, '/amount'],
  ['S1.33 less than nothing', { amount: '-1.00' }, '/amount'],
  ['S1.24 a description of 4 characters', { description: 'four' }, '/description'],
  ['S1.24 a description of 46 characters', { description: 'x'.repeat(46) }, '/description'],
  ['S1.25 a shipping wish that is no yes or no', { requestShipping: 'yes' }, '/requestShipping'],
  ['S1.26 a terminal of 41 characters', { terminalId: 'x'.repeat(41) }, '/terminalId'],
  ['S1.27 a sub-merchant of 41 characters', { subMerchantName: 'x'.repeat(41) }, '/subMerchantName'],
  ['S1.28 three digits', { mcc: '541' }, '/mcc'],
  ['S1.29 thirteen characters', { rrn2: '1234567890123' }, '/rrn2'],
  ['S1.30 a basket that is no list', { cartItems: {} }, '/cartItems'],
  [
    'S1.30 a piece of three decimals',
    { cartItems: [{ description: 'a', quantity: 1, value: 1.005 }] },
    '/cartItems/0/value',
  ],
  ['S1.32 a currency', { currency: 'USD' }, '/currency'],
];

describe('a broken rule is named, and nothing is made', () => {
  it.each(BROKEN)('%s', async (_name, fields, pointer) => {
    const asked = body(fields);
    const answer = await send('/createTx', asked);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    expect(answer.body.errors.map((one: { pointer: string }) => one.pointer)).toEqual([pointer]);
    const { reference = 'none' } = asked;
    if (reference.length <= 45) expect((await send(`/transactions?reference=${reference}`)).status).toBe(404);
  });

  it('S1.31 an address of our own network for its notification', async () => {
    const answer = await create({ notificationUrl: 'http://169.254.169.254/' });
    expect([answer.status, answer.body.code]).toEqual([422, 'target_not_allowed']);
  });
});

describe('S1.10, S1.11 the browser’s callback', () => {
  const locationOf = async (transaction: Answer['body']) => {
    const answer = await until(async () => {
      const seen = await look(transaction);
      return seen.status === 302 && seen;
    });
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    return String(answer.headers.location);
  };
  const told = (transaction: Answer['body'], status: string) =>
    `https://shop.example/done?order=7&transactionId=${transaction.transactionId}&status=${status}#top`;

  it('tells of success', async () => {
    const transaction = await paid();
    expect(await locationOf(transaction)).toBe(told(transaction, 'SUCCESS'));
  });

  it('tells that the shopper canceled', async () => {
    const transaction = await created();
    const left = await call(`${transaction.redirectUrl}/cancel`, {
      rawBody: '',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(left.status).toBe(303);
    expect(await locationOf(transaction)).toBe(told(transaction, 'CANCELLED'));
  });

  it('tells of failure once no try is left', async () => {
    const transaction = await created();
    for (const _try of [1, 2, 3]) {
      expect((await look(transaction)).status).toBe(200);
      await confirm(transaction.transactionId, 'tok_decline_fraud');
    }
    expect(await locationOf(transaction)).toBe(told(transaction, 'FAILED'));
  });

  it('is a page of ours while the transaction is open', async () => {
    const answer = await look(await created());
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('12.50');
  });

  it('replaces what the callback address says of itself', async () => {
    const transaction = await paid({
      callbackUrl: 'https://shop.example/done?status=SUCCESS&transactionId=forged&a=1',
    });
    expect(await locationOf(transaction)).toBe(
      `https://shop.example/done?a=1&transactionId=${transaction.transactionId}&status=SUCCESS`,
    );
  });

  it('S1.23 tells the shopper of a reversal instead', async () => {
    const transaction = await paid();
    const reversed = await send(`/transactions/${transaction.transactionId}/reverse`, {});
    expect(reversed.status, reversed.text).toBe(201);
    await shop.untilLike(transaction.transactionId, { status: 'reversed' });
    expect((await look(transaction)).status).toBe(200);
  });
});

describe('a transaction', () => {
  it('is read by its id and by its reference', async () => {
    const { transactionId, reference } = await paid({ amount: 30 });
    const byId = await send(`/transactions/${transactionId}`);
    expect(byId.body).toMatchObject({
      transactionId,
      reference,
      amount: '30.00',
      currencyCode: 'EUR',
      status: 'SUCCESS',
    });
    expect((await send(`/transactions?reference=${reference}`)).body).toEqual(byId.body);
  });

  it('of another tenant is not there', async () => {
    const { transactionId, reference } = await created();
    const stranger = await tollgate.createTenant();
    const name = `${stranger.tenant.appName}:${stranger.appSecret}`;
    const authorization = `Basic ${Buffer.from(name).toString('base64')}`;
    for (const path of [`/transactions/${transactionId}`, `/transactions?reference=${reference}`]) {
      expect((await send(path, undefined, { authorization })).status).toBe(404);
    }
    for (const verb of ['refund', 'reverse']) {
      const answer = await send(`/transactions/${transactionId}/${verb}`, { reference: 'r' }, { authorization });
      expect(answer.status === 404 || answer.status === 422, answer.text).toBe(true);
    }
  });

  it('S1.36 is refunded in parts, and then as a whole', async () => {
    const { transactionId } = await paid();
    const part = await send(`/transactions/${transactionId}/refund`, {
      amount: 2.5,
      reference: `part-${transactionId}`,
    });
    expect(part.body).toMatchObject({ transactionId, amount: '2.50', currencyCode: 'EUR', status: 'SUCCESS' });
    const rest = await send(`/transactions/${transactionId}/refund`, { reference: `rest-${transactionId}` });
    expect(rest.body).toMatchObject({ amount: '10.00', status: 'SUCCESS' });
    expect((await send(`/transactions/${transactionId}`)).body).toMatchObject({
      status: 'REFUNDED',
      amountRefunded: '12.50',
    });
  });

  it('that is refunded in part is not reversed, and a reversed one is not refunded', async () => {
    const first = await paid();
    await send(`/transactions/${first.transactionId}/refund`, {
      amount: '1.00',
      reference: `a-${first.transactionId}`,
    });
    expect((await send(`/transactions/${first.transactionId}/reverse`, {})).status).toBe(409);
    const second = await paid();
    const reversal = await send(`/transactions/${second.transactionId}/reverse`, {});
    expect(reversal.body).toMatchObject({ transactionId: second.transactionId, amount: '12.50', status: 'SUCCESS' });
    const refund = await send(`/transactions/${second.transactionId}/refund`, {
      reference: `b-${second.transactionId}`,
    });
    expect(refund.status).toBe(409);
  });

  it('is refunded only by what repeats safely', async () => {
    const { transactionId } = await paid();
    const answer = await send(`/transactions/${transactionId}/refund`, { amount: '1.00' });
    expect([answer.status, answer.body.code]).toEqual([400, 'idempotency_required']);
    const none = await send(`/transactions/${transactionId}/refund`, { amount: '0.00', reference: 'none' });
    expect([none.status, none.body.errors[0].pointer]).toEqual([422, '/amount']);
  });
});

test('S1.38 a super-merchant makes transactions for its sub-merchants', async () => {
  const child = await tollgate.createTenant({ parentTenantId: tollgate.tenant.tenant.tenantId });
  const answer = await send('/createTx', body({ subMerchantName: 'Corner Shop' }), {
    'x-tollgate-tenant': child.tenant.tenantId,
  });
  expect(answer.status, answer.text).toBe(201);
  const own = await send(`/transactions/${answer.body.transactionId}`);
  expect(own.status).toBe(404);
});
