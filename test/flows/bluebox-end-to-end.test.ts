import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TransactionNotification, verifyEncryptedWebhook, verifyLegacyWebhook } from '../../sdk/src/tollgate.ts';
import { present } from '../../src/kernel/assert.ts';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { openRequest } from '../../src/payments/attempt-request.ts';
import { readAttempt } from '../../src/payments/read-payment.ts';
import { forTenants } from '../../src/platform/tenant-scope.ts';
import type { CreatedTenant } from '../../src/tenants/create-tenant.ts';
import { type Answer, call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';
import { openEndpoint } from '../support/open-endpoint.ts';
import { stoppedClock } from '../support/payment-watch.ts';
import { openReversingEndpoint, type ReversingEndpoint } from '../support/reversing-endpoint.ts';
import { type Received, startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

let clock: ManualClock;
let tollgate: Installation;
let sink: WebhookSink;
let owner: CreatedTenant;
let merchant: Merchant;

beforeAll(async () => {
  clock = stoppedClock();
  [tollgate, sink] = await Promise.all([startInstallation({ clock }), startWebhookSink()]);
  owner = await tollgate.createTenant({ currency: 'ZAR' });
  merchant = merchantOf(tollgate.apiUrl, owner.apiKeys.test);
});
afterAll(async () => {
  // First, so that nobody waits for a request that is never answered.
  await sink?.close();
  await tollgate?.close();
});

const ORDER = {
  ...{ callbackUrl: 'https://shop.example/done', amount: '1249.00', description: 'Coffee for a month' },
  ...{ requestShipping: true, subMerchantName: 'Corner Shop', terminalId: 'T-7', mcc: '5411', rrn2: '4711' },
  cartItems: [
    { description: 'Coffee, 250 g', quantity: 2, value: '99.50', imageURL: 'https://shop.example/coffee.png' },
    { description: 'Airtime', quantity: 1, value: 50, destination: '+27830000000', itemType: 'AIRTIME' },
  ],
};
const ADDRESS = {
  ...{ country: 'ZA', name: 'Thandi Ngcobo', line1: '12 Long Street', district: 'Gardens' },
  ...{ city: 'Cape Town', postalCode: '8001', phone: '+27 83 000 0000' },
};
const LEGACY_KEY = '00112233445566778899AABBCCDDEEFF';

const basic = () => `Basic ${Buffer.from(`${owner.tenant.appName}:${owner.appSecret}`).toString('base64')}`;
async function bearer(): Promise<string> {
  const body = { appName: owner.tenant.appName, appSecret: owner.appSecret };
  return `Bearer ${(await call(`${tollgate.apiUrl}/api/v1/tenants/login`, { body })).body.accessToken}`;
}

async function createTx(authorization: string): Promise<Answer['body']> {
  const body = { ...ORDER, reference: freshReference() };
  const created = await call(`${tollgate.apiUrl}/bluebox/secure/createTx`, { headers: { authorization }, body });
  expect(created.status, created.text).toBe(201);
  return created.body;
}

/** What the shopper's browser sends by a form of the page. */
async function submit(url: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const rawBody = new URLSearchParams(fields).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await call(url, { rawBody, headers });
  expect(answer.status, answer.text).toBe(303);
}

/** The shopper says where it goes, and pays. */
async function buy({ redirectUrl, transactionId }: Answer['body']): Promise<void> {
  await submit(`${redirectUrl}/shipping`, { ...ADDRESS, act: 'save' });
  await submit(`${redirectUrl}/test`, { action: 'no_callback' });
  await untilStatus(transactionId, 'SUCCESS');
}

const untilStatus = (id: string, status: string) =>
  until(async () => {
    const { body } = await merchant.send('GET', `/bluebox/secure/transactions/${id}`);
    return body.status === status && body;
  });
const look = ({ redirectUrl }: Answer['body']) => call(redirectUrl, { headers: { accept: 'text/html' } });

/** The browser is led to the shop. */
async function expectLedBack(transaction: Answer['body']): Promise<void> {
  const { status, headers } = await look(transaction);
  const location = `https://shop.example/done?transactionId=${transaction.transactionId}&status=SUCCESS`;
  expect([status, headers.location]).toEqual([302, location]);
}

type Opens = (received: Received, key: string) => Promise<TransactionNotification>;

const DIALECTS: readonly (readonly [string, object, Opens])[] = [
  [
    'encrypted',
    {},
    (received, notificationKey) => verifyEncryptedWebhook({ ...received, notificationKey, now: now() }),
  ],
  [
    'encrypted-legacy',
    { secret: LEGACY_KEY },
    (received, notificationKey) => verifyLegacyWebhook({ ...received, notificationKey, now: now() }),
  ],
];
const now = () => new Date(clock.now().epochMilliseconds);

describe.each(DIALECTS)('S1.9 a transaction whose merchant is told by %s', (dialect, fields, open) => {
  let endpoint: ReversingEndpoint;
  beforeEach(async () => {
    endpoint = await openReversingEndpoint(tollgate, merchant, sink, { windowSeconds: 5 }, { dialect, ...fields });
  });
  afterEach(async () => {
    sink.answer = () => 200;
    await endpoint.remove();
  });

  const told = async (id: string, status: string): Promise<TransactionNotification> =>
    until(async () => {
      const all = await Promise.all(endpoint.received().map((received) => open(received, endpoint.secret)));
      return all.find((one) => one.transactionId === id && one.status === status);
    });

  test('S1.15 S1.25 S1.27 tells all of it while the browser is back already', async () => {
    const browserIsBack = Promise.withResolvers<number>();
    sink.answer = () => browserIsBack.promise;
    const transaction = await createTx(basic());
    await buy(transaction);
    await expectLedBack(transaction);
    const { transactionId, reference } = transaction;
    expect(await told(transactionId, 'SUCCESS')).toMatchObject({
      ...{
        transactionId,
        reference,
        amount: '1249.00',
        currencyCode: 'ZAR',
        status: 'SUCCESS',
        date: expect.any(String),
      },
      ...{
        clientMsisdn: '+27 83 000 0000',
        retrievalReferenceNumber: expect.stringMatching(/^ch_/),
        rrn2: '000000004711',
      },
      ...{ authCode: '831000', bankResponse: null, subMerchantName: 'Corner Shop', terminalId: 'T-7', mcc: '5411' },
      cardInfo: { cardType: 'visa', binLast4: '424242******4242', accountType: 'credit' },
      shippingAddress: ADDRESS,
      cartItems: [
        { description: 'Coffee, 250 g', quantity: 2, value: '99.50', imageUrl: 'https://shop.example/coffee.png' },
        { description: 'Airtime', quantity: 1, value: '50.00', destination: '+27830000000', itemType: 'AIRTIME' },
      ],
    });
    expect(await endpoint.deadlineOf(transactionId)).toMatchObject({ status: 'armed' });
    browserIsBack.resolve(200);
    await endpoint.untilDeadline(transactionId, { status: 'acknowledged' });
    await expectLedBack(transaction);
  });

  test('S1.2 S1.15 is the same where the notification comes before the browser, and a refund names the address too', async () => {
    const transaction = await createTx(await bearer());
    const { transactionId } = transaction;
    await buy(transaction);
    await endpoint.untilDeadline(transactionId, { status: 'acknowledged' });
    expect((await told(transactionId, 'SUCCESS')).shippingAddress).toEqual(ADDRESS);
    await expectLedBack(transaction);
    const path = `/bluebox/secure/transactions/${transactionId}`;
    const refund = await merchant.send('POST', `${path}/refund`, {
      body: { amount: '1.00', reference: freshReference() },
    });
    expect(refund.status, refund.text).toBe(201);
    expect(await told(transactionId, 'REFUNDED')).toMatchObject({ amount: '1.00', shippingAddress: ADDRESS });
  });

  test('S1.19 S1.21 S1.22 is given back where nobody acknowledges, and the shopper is told that nothing was charged', async () => {
    sink.answer = () => 'never';
    const transaction = await createTx(basic());
    const { transactionId, reference } = transaction;
    await buy(transaction);
    await told(transactionId, 'SUCCESS');
    sink.answer = () => 200;
    await endpoint.untilDeadline(transactionId, { status: 'armed' });
    clock.advance({ seconds: 5 });
    await endpoint.untilDeadline(transactionId, { status: 'reversed', cause: 'silence' }, 20_000);
    await untilStatus(transactionId, 'REVERSED');
    const byReference = await merchant.send('GET', `/bluebox/secure/transactions?reference=${reference}`);
    expect(byReference.body).toMatchObject({ transactionId, status: 'REVERSED' });
    const { status, text } = await look(transaction);
    expect(status).toBe(200);
    expect(text).toContain('data-kind="reversed"');
    expect(text).toContain('Nothing was charged.');
    expect(await told(transactionId, 'REVERSED')).toMatchObject({ amount: '1249.00', shippingAddress: ADDRESS });
  });
});

test('S1.27 S1.38 a super-merchant’s transaction for a sub-merchant is told to the sub-merchant’s endpoint, by its name', async () => {
  const child = await tollgate.createTenant({ currency: 'ZAR', parentTenantId: owner.tenant.tenantId });
  const acting = merchantOf(tollgate.apiUrl, owner.apiKeys.test, { 'x-tollgate-tenant': child.tenant.tenantId });
  const endpoint = await openEndpoint(merchantOf(tollgate.apiUrl, child.apiKeys.test), sink, { dialect: 'encrypted' });
  const body = { ...ORDER, requestShipping: false, reference: freshReference() };
  const { transactionId, redirectUrl } = (await acting.send('POST', '/bluebox/secure/createTx', { body })).body;
  await submit(`${redirectUrl}/test`, { action: 'no_callback' });
  const [received] = await endpoint.untilReceived(1);
  const notificationKey = endpoint.secret;
  expect(
    await verifyEncryptedWebhook({ ...present(received, 'a notification'), notificationKey, now: now() }),
  ).toMatchObject({
    ...{ transactionId, status: 'SUCCESS', subMerchantName: 'Corner Shop', terminalId: 'T-7', mcc: '5411' },
  });
  expect((await merchant.send('GET', `/bluebox/secure/transactions/${transactionId}`)).status).toBe(404);
});

test('S1.27 S1.28 S1.29 the sub-merchant’s details are in the request that the provider gets', async () => {
  const { transactionId, redirectUrl } = await createTx(basic());
  await submit(`${redirectUrl}/shipping`, { ...ADDRESS, act: 'save' });
  await submit(`${redirectUrl}/test`, { action: 'no_callback' });
  await untilStatus(transactionId, 'SUCCESS');
  const { database, sealer } = tollgate.tollgate.gateway.payments;
  const { latestAttempt } = (await merchant.send('GET', `/payments/${transactionId}`)).body;
  const { tenantId } = owner.tenant;
  const attempt = await forTenants([tenantId], () => readAttempt(database.query, tenantId, latestAttempt.id));
  expect(await openRequest(sealer, present(attempt, 'the attempt'))).toMatchObject({
    ...{ subMerchantName: 'Corner Shop', terminalId: 'T-7', mcc: '5411', rrn2: '000000004711' },
  });
});

test('S1.25 a transaction that asks for an address is not paid without one', async () => {
  const { redirectUrl, transactionId } = await createTx(basic());
  await submit(`${redirectUrl}/test`, { action: 'pay' });
  expect((await merchant.send('GET', `/bluebox/secure/transactions/${transactionId}`)).body.status).toBe('PENDING');
  expect((await call(redirectUrl, { headers: { accept: 'text/html' } })).text).toContain('data-kind="shipping"');
});

test('S1.30 the page lists the basket, escaped and without the shop’s pictures', async () => {
  const body = {
    ...{ ...ORDER, requestShipping: false, reference: freshReference() },
    cartItems: [
      {
        description: '<img src=x onerror=alert(1)>',
        quantity: 3,
        value: '1.50',
        imageURL: 'https://evil.example/x.png',
      },
    ],
  };
  const { redirectUrl } = (
    await call(`${tollgate.apiUrl}/bluebox/secure/createTx`, { headers: { authorization: basic() }, body })
  ).body;
  const { text } = await call(redirectUrl, { headers: { accept: 'text/html' } });
  expect(text).toContain('3 × <bdi>&lt;img src=x onerror=alert(1)&gt;</bdi>');
  expect(text).toContain('4.50');
  expect(text).not.toContain('evil.example');
});
