import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { signedBody } from '../../src/providers/partner/bluecom-messages-fixture.ts';
import { newKeyPair } from '../../src/providers/partner/partner-fixture.ts';
import {
  type PartnerSimulator,
  startPartnerSimulator,
} from '../../src/providers/partner/simulator/start-partner-simulator.ts';
import { type Answer, call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';
import { stoppedClock } from '../support/payment-watch.ts';

const SECRET = 'the secret of this shop at the partner';
/** Live credentials need HTTPS; the proxy that says so is trusted here. */
const SECURE = { 'x-forwarded-proto': 'https' };

let clock: ManualClock;
let tollgate: Installation;
let partner: PartnerSimulator;
let shop: Merchant;
let live: Merchant;
let account: string;

beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock, environment: { TOLLGATE_TRUST_PROXY: 'loopback' } });
  const merchants = [{ wire: 'bluecom' as const, merchantCode: 'SHOP_1', secretKeys: [SECRET] }];
  partner = await startPartnerSimulator({ host: '127.0.0.1', port: 0, clock, merchants });
  partner.notify('dropped');
  const { apiKeys } = tollgate.tenant;
  shop = merchantOf(tollgate.apiUrl, apiKeys.test);
  live = merchantOf(tollgate.apiUrl, apiKeys.live, SECURE);
  account = await add(shop, credentialsWith(SECRET));
});
afterAll(async () => {
  await tollgate.close();
  await partner.close();
});

function credentialsWith(secretKey: string, apiUrl = partner.url) {
  return { profile: 'bluecom', merchantCode: 'SHOP_1', secretKey, apiUrl };
}

async function add(merchant: Merchant, credentials: object, provider = 'partner'): Promise<string> {
  const made = await merchant.send('POST', '/provider-accounts', { body: { provider, credentials } });
  expect(made.status, made.text).toBe(201);
  return made.body.id;
}

function check(body: string, more: object = {}, id = account, merchant = shop): Promise<Answer> {
  return merchant.send('POST', `/provider-accounts/${id}/check-notification`, { body: { body, ...more } });
}

/** A payment that waits for its shopper on the partner's page. */
async function begin(): Promise<{ readonly id: string; readonly attemptId: string; readonly providerRef: string }> {
  const body = { reference: freshReference(), amount: 1250, providerAccountId: account };
  const { id } = (await shop.send('POST', '/payments', { body })).body;
  const confirmed = await shop.send('POST', `/payments/${id}/confirm`, { body: { method: { type: 'partner' } } });
  const attemptId = String(confirmed.body.latestAttempt.id);
  return { id, attemptId, providerRef: String(partner.find(attemptId)?.providerRef) };
}

function ipn(order: { attemptId: string; providerRef: string }, changes: object = {}, key = SECRET): string {
  const now = clock.now().toString();
  const members = {
    ...{ merchantCode: 'SHOP_1', orderId: order.attemptId, providerRef: order.providerRef, eventType: 'PAYMENT' },
    ...{ status: 'SUCCESS', amount: 1250, currency: 'EUR', paidAt: now, timestamp: now },
    ...{ nonce: randomBytes(8).toString('hex'), ...changes },
  };
  return signedBody('ipn', members, key);
}

const NOBODY = { attemptId: `att_${'0'.repeat(26)}`, providerRef: 'PG0' };

/** Everything that a notification leaves behind. */
function left(): Promise<readonly object[]> {
  return tollgate.database.run(`
    select (select count(*) from inbound_events) as events, (select count(*) from provider_facts) as facts,
      (select count(*) from inbound_nonces) as nonces, (select count(*) from provider_questions) as questions,
      (select count(*) from provider_calls) as calls, (select count(*) from signals) as signals,
      (select count(*) from outbox) as outbox, (select max(version) from payments) as version`);
}

describe('a check of a notification', () => {
  test('shows the fields, the string to sign, both signatures, the age and what would happen, and changes nothing', async () => {
    const order = await begin();
    // What the order left for the relay is on its way.
    await until(async () => (await tollgate.database.run('select from outbox')).length === 0);
    const before = await left();
    const body = ipn(order, { nonce: 'n7' });
    const { signature } = JSON.parse(body);
    const now = clock.now().toString();
    const { status, body: seen, text } = await check(body);
    expect(status, text).toBe(200);
    expect(seen).toEqual({
      ...{ object: 'notification_check', mode: 'test', provider: 'partner', providerAccountId: account, asOf: now },
      ...{ verdict: 'accepted', replyStatus: 200 },
      explanation: expect.stringMatching(
        /^It verifies and would be taken\. Its attempt \(captured\) would be applied to/,
      ),
      signature: {
        scheme:
          'HMAC-SHA256, lower-case hex, over the values in the order of the contract, joined by “|”; in the member signature',
        signedText: `SHOP_1|${order.attemptId}|${order.providerRef}||PAYMENT|SUCCESS|1250|EUR|${now}|${now}|n7`,
        ...{ separator: '|', received: signature, problem: null },
        keys: [{ key: 'current', verdict: 'valid', expected: signature, expectedShown: 'whole' }],
      },
      timestamp: { sent: now, at: now, ageSeconds: 0, toleranceSeconds: 300, verdict: 'fresh' },
      members: expect.arrayContaining([{ name: 'refundId', value: '', means: 'refundId', signed: true }]),
      facts: [
        {
          ...{ about: 'attempt', state: 'captured', isNew: true, authoritative: true },
          ...{ attemptId: order.attemptId, paymentId: order.id, paymentStatus: 'processing' },
        },
      ],
    });
    expect(seen.members.map(({ name }: { name: string }) => name).slice(0, 4)).toEqual([
      ...['merchantCode', 'orderId', 'providerRef', 'refundId'],
    ]);
    expect(await left()).toEqual(before);
    expect((await shop.send('GET', `/payments/${order.id}`)).body.status).toBe('processing');
    // What was only looked at can still be taken.
    expect((await call(`${tollgate.apiUrl}/hooks/partner/${account}`, { rawBody: body })).status).toBe(200);
    expect((await check(body)).body).toMatchObject({ verdict: 'duplicate', facts: [{ isNew: false }] });
    const other = ipn(order, { status: 'FAILED', nonce: 'n8' });
    expect((await check(other)).body).toMatchObject({ verdict: 'conflicting_duplicate', replyStatus: 200 });
    const reused = ipn(order, { status: 'FAILED', nonce: 'n7' });
    expect((await check(reused)).body).toMatchObject({ verdict: 'nonce_reused', replyStatus: 401 });
  });

  test('shows what the keys would sign where the signature is another', async () => {
    const body = ipn(NOBODY, {}, 'a wrong key of sixteen');
    const right = JSON.parse(ipn(NOBODY, { nonce: JSON.parse(body).nonce })).signature;
    const { body: seen } = await check(body);
    expect(seen).toMatchObject({ verdict: 'bad_signature', replyStatus: 401, facts: [] });
    expect(seen.signature.keys).toEqual([
      { key: 'current', verdict: 'invalid', expected: right, expectedShown: 'whole' },
    ]);
  });

  test.each([
    [
      'no JSON',
      'a=b',
      { verdict: 'malformed', signature: { signedText: null, problem: 'The body is no JSON object.' } },
    ],
    ['no signature', '{"orderId":"1"}', { verdict: 'bad_signature', signature: { received: null } }],
    [
      'the separator in a value',
      '{"orderId":"a|b","signature":"x"}',
      { verdict: 'malformed', signature: { signedText: null, problem: 'orderId contains the separator.' } },
    ],
  ])('says what is wrong with %s', async (_what, body, expected) => {
    expect((await check(body)).body).toMatchObject(expected);
  });

  test('judges the age as of now, or as of the time it was received', async () => {
    const old = ipn(NOBODY, { timestamp: clock.now().subtract({ seconds: 301 }).toString() });
    expect((await check(old)).body).toMatchObject({
      ...{ verdict: 'stale_timestamp', replyStatus: 401 },
      timestamp: { verdict: 'too_old', ageSeconds: 301 },
    });
    const receivedAt = clock.now().subtract({ seconds: 2 }).toString();
    const then = await check(old, { receivedAt });
    expect(then.body).toMatchObject({ verdict: 'accepted', timestamp: { verdict: 'fresh', ageSeconds: 299 } });
    const early = ipn(NOBODY, { timestamp: clock.now().add({ seconds: 301 }).toString() });
    expect((await check(early)).body.timestamp).toMatchObject({ verdict: 'too_new', ageSeconds: -301 });
  });

  test('names an attempt of nobody as unmatched, and looks nothing up that is not verified', async () => {
    expect((await check(ipn(NOBODY))).body.explanation).toMatch(/set aside as unmatched/);
    const order = await begin();
    const forged = await check(ipn(order, {}, 'a wrong key of sixteen'));
    expect(forged.body.facts).toEqual([]);
    expect(forged.text).not.toContain(order.id);
  });

  test('shows no signature that only the partner can make', async () => {
    const { publicKey } = newKeyPair();
    const { privateKey } = newKeyPair();
    const credentials = { profile: 'bluecom', merchantCode: 'SHOP_K', publicKey, privateKey, apiUrl: partner.url };
    const { body } = await check(ipn(NOBODY), {}, await add(shop, credentials));
    expect(body.verdict).toBe('bad_signature');
    expect(body.signature.scheme).toMatch(/^RSA-SHA256 \(PKCS #1\), base64/);
    expect(body.signature.keys).toEqual([
      { key: 'current', verdict: 'invalid', expected: null, expectedShown: 'nothing' },
    ]);
  });

  test('tells which key of a rotation verified', async () => {
    const id = await add(shop, { ...credentialsWith('the key before the rotation'), merchantCode: 'SHOP_R' });
    const credentials = { ...credentialsWith('the key after the rotation'), merchantCode: 'SHOP_R' };
    await shop.send('POST', `/provider-accounts/${id}/rotate`, { body: { credentials } });
    const { body } = await check(ipn(NOBODY, { merchantCode: 'SHOP_R' }, 'the key before the rotation'), {}, id);
    expect(body.verdict).toBe('accepted');
    expect(body.signature.keys).toMatchObject([
      { key: 'current', verdict: 'invalid' },
      { key: 'previous', verdict: 'valid' },
    ]);
  });
});

describe('no signature over contents of the caller’s choice is handed out', () => {
  const whole = /[0-9a-f]{64}/;

  test('by a live key: of what it expects, only the beginning is shown', async () => {
    const secret = 'a live secret of the shop';
    const id = await add(live, credentialsWith(secret, 'https://partner.example'));
    const forged = ipn(NOBODY, { signature: 'zz' }, 'zz');
    const { body, text } = await check(forged.replace(/"signature":"[^"]*"/, '"signature":"zz"'), {}, id, live);
    const expected = String(body.signature.keys[0].expected);
    expect(body.signature.keys).toMatchObject([{ verdict: 'invalid', expectedShown: 'beginning' }]);
    expect(expected).toMatch(/^[0-9a-f]{8}…$/);
    expect(text).not.toMatch(whole);
    const { nonce: _, signature: __, ...members } = JSON.parse(forged);
    expect(text).not.toContain(createHmac('sha256', secret).update(Object.values(members).join('|')).digest('hex'));
    // The provider's own signature, which whoever asks has in hand, is confirmed.
    const signature = JSON.parse(ipn(NOBODY, {}, secret));
    const valid = await check(JSON.stringify(signature), {}, id, live);
    expect(valid.body.signature.keys).toMatchObject([{ verdict: 'valid', expected: signature.signature }]);
  });

  test('by a test key that is a live key as well', async () => {
    const secret = 'a secret that serves in both modes';
    const id = await add(shop, credentialsWith(secret));
    const forged = ipn(NOBODY, {}, 'a wrong key of sixteen');
    expect((await check(forged, {}, id)).body.signature.keys[0].expectedShown).toBe('whole');
    await add(live, credentialsWith(secret, 'https://partner.example'));
    expect((await check(forged, {}, id)).body.signature.keys[0]).toMatchObject({
      ...{ verdict: 'invalid', expectedShown: 'beginning', expected: expect.stringMatching(/^[0-9a-f]{8}…$/) },
    });
  });

  test('to another mode or another tenant, for whom there is no such account', async () => {
    const stranger = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
    for (const caller of [live, stranger]) expect((await check('{}', {}, account, caller)).status).toBe(404);
  });
});

test('card numbers in a pasted notification are masked in the answer', async () => {
  const { text, status } = await check(
    JSON.stringify({ note: '4111 1111 1111 1111', merchantCode: '4111111111111111' }),
  );
  expect([status, text.includes('1111')]).toEqual([200, false]);
  expect(text).toContain('[masked]');
});

describe('other providers', () => {
  test('of Stripe the timestamp and the body are shown as they are signed', async () => {
    const webhookSecret = `whsec_${'s'.repeat(32)}`;
    const id = await add(shop, { secretKey: `sk_test_${'s'.repeat(24)}`, webhookSecret }, 'stripe');
    const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'ping', livemode: false });
    const stamp = String(Math.floor(clock.now().epochMilliseconds / 1_000));
    const signature = createHmac('sha256', webhookSecret).update(`${stamp}.${body}`).digest('hex');
    const { body: seen } = await check(body, { headers: { 'Stripe-Signature': `t=${stamp},v1=${signature}` } }, id);
    expect(seen.signature).toMatchObject({
      ...{ signedText: `${stamp}.${body}`, received: signature, problem: null },
      keys: [{ verdict: 'valid', expected: signature }],
    });
    const wrong = { 'stripe-signature': `t=${stamp},v1=${'0'.repeat(64)}` };
    expect((await check(body, { headers: wrong }, id)).body).toMatchObject({
      ...{ verdict: 'bad_signature', signature: { keys: [{ verdict: 'invalid', expected: signature }] } },
    });
    expect((await check(body, {}, id)).body.signature).toMatchObject({ keys: [{ verdict: 'missing' }] });
  });

  test('of BlueSnap the header’s time and the form are shown as they are signed', async () => {
    const keys = { apiUser: 'u', apiPassword: 'password-of-shop', merchantId: '1', ipnKey: 'the ipn key' };
    const id = await add(shop, keys, 'bluesnap');
    const body = 'transactionType=CHARGE&referenceNumber=1';
    const stamp = clock.now().toString({ fractionalSecondDigits: 3 }).replace('T', ' ').replace('Z', '');
    const signature = createHmac('sha256', keys.ipnKey)
      .update(stamp + body)
      .digest('hex');
    const headers = { 'bls-ipn-timestamp': stamp, 'bls-signature': signature };
    expect((await check(body, { headers }, id)).body).toMatchObject({
      signature: { signedText: stamp + body, keys: [{ verdict: 'valid', expected: signature }] },
      timestamp: { verdict: 'fresh' },
      members: [{ name: 'transactionType', value: 'CHARGE' }, { name: 'referenceNumber' }],
    });
  });

  test('of the sandbox the same is shown', async () => {
    const accounts: { id: string; provider: string }[] = (await shop.send('GET', '/provider-accounts')).body.data;
    const sandbox = accounts.find(({ provider }) => provider === 'sandbox')?.id;
    const headers = { 'sandbox-signature': `t=1,v1=${'0'.repeat(64)}` };
    expect((await check('{"a":1}', { headers }, sandbox)).body).toMatchObject({
      ...{ verdict: 'bad_signature', members: [{ name: 'a', value: '1' }] },
      signature: { signedText: '1.{"a":1}', keys: [{ verdict: 'invalid', expected: expect.any(String) }] },
    });
  });
});
