import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { call, until } from '../support/api-client.ts';
import { openEndpoint } from '../support/open-endpoint.ts';
import { type PartnerPair, type Partnership, startPartnerPair } from '../support/partner-pair.ts';
import { stoppedClock } from '../support/payment-watch.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

/** A shop whose gateway pays through another gateway: the one is the other's partner. */
let clock: ManualClock;
let pair: PartnerPair;
let sink: WebhookSink;
let blueshop: Partnership;

beforeAll(async () => {
  clock = stoppedClock();
  [pair, sink] = await Promise.all([startPartnerPair(clock), startWebhookSink()]);
  blueshop = await pair.becomePartner({ merchantCode: 'BLUESHOP' });
});
afterAll(async () => {
  await pair.close();
  await sink.close();
});
beforeEach(() => {
  clock.advance({ seconds: 1 });
});

const begin = (fields?: Readonly<Record<string, unknown>>) => pair.begin(blueshop.accountId, fields);

/** A payment that is paid on both sides. */
async function paid() {
  const begun = await begin();
  await pair.pay(begun);
  await pair.untilStatus(begun, 'succeeded');
  await pair.settled();
  return begun;
}

const refund = ({ id }: { readonly id: string }, amount: number) =>
  pair.shop.send('POST', `/payments/${id}/refunds`, {
    body: { amount, reason: 'broken' },
    idempotencyKey: crypto.randomUUID(),
  });

describe('a payment through another gateway', () => {
  test('S0.3 S0.4 S0.28 is made there under our attempt’s name, with its expiry, and shown on its page', async () => {
    const begun = await begin({ description: 'Đơn hàng 7 & eSIM' });
    expect(begun.nextAction).toMatchObject({ type: 'redirect', embeddable: true });
    const { expiresAt } = await pair.read(begun);
    expect(await pair.readTheirs(begun)).toMatchObject({
      ...{ reference: begun.orderId, amount: 1250, currency: 'EUR', description: 'Đơn hàng 7 & eSIM' },
      ...{ status: 'created', mode: 'test', expiresAt: `${expiresAt.slice(0, 19)}Z` },
      notificationUrl: `${pair.telling.url}/hooks/partner/${blueshop.accountId}`,
    });
    const page = await call(begun.nextAction.url);
    expect([page.status, page.headers['x-frame-options']]).toEqual([200, undefined]);
  });

  test('S0.12 is settled by the notification of the gateway that took the money', async () => {
    const begun = await paid();
    expect(await pair.read(begun)).toMatchObject({ status: 'succeeded', amountCaptured: 1250, late: false });
    expect(await pair.verdicts(begun)).toEqual(['accepted']);
    const [message] = pair.told(begun);
    expect(Object.keys(message?.members)).toEqual([
      ...['merchantCode', 'orderId', 'providerRef', 'eventType', 'status', 'amount', 'currency', 'paidAt'],
      ...['timestamp', 'nonce', 'signature'],
    ]);
    expect(message?.members).toMatchObject({
      ...{ merchantCode: 'BLUESHOP', orderId: begun.orderId, providerRef: begun.providerRef },
      ...{ eventType: 'PAYMENT', status: 'SUCCESS', amount: 1250, currency: 'EUR' },
    });
  });

  test('S0.25 leads the shopper back by the address that we gave', async () => {
    const begun = await paid();
    const page = await call(`${pair.theirs.apiUrl}/c/${begun.token}`);
    const { tenantId } = pair.ours.tenant.tenant;
    expect(page.text).toContain(`${pair.ours.apiUrl}/return/${tenantId}/${begun.orderId}`);
  });

  test('S0.22 is a QR code where the key says so', async () => {
    const inQr = await pair.becomePartner({ presentation: 'qr' });
    const begun = await pair.begin(inQr.accountId);
    expect(begun.nextAction).toMatchObject({ type: 'qr' });
    await pair.pay(begun);
    await pair.untilStatus(begun, 'succeeded');
  });

  test('S0.32 works the same where each side signs with a private RSA key of its own', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const byPair = await pair.becomePartner(
      { merchantCode: 'RSA_SHOP', algorithm: 'rsa-sha256', publicKey },
      ({ gatewayPublicKey }) => ({ publicKey: gatewayPublicKey, privateKey }),
    );
    expect(byPair.secretKey).toBeNull();
    const begun = await pair.begin(byPair.accountId);
    await pair.pay(begun);
    await pair.untilStatus(begun, 'succeeded');
    expect((await refund(begun, 100)).body.status).toBe('succeeded');
    await pair.settled();
    expect(await pair.verdicts(begun)).toEqual(['accepted', 'accepted']);
  });

  test('is told to the tenant’s own endpoints as ever, and to the partner only where its wire has a word', async () => {
    const endpoint = await openEndpoint(pair.provider, sink);
    const begun = await paid();
    const about = (type: string) => endpoint.received().filter(({ body }) => JSON.parse(body).type === type);
    await until(async () => about('payment.succeeded').length === 1);
    expect([about('payment.created').length, pair.told(begun).length]).toEqual([1, 1]);
    const deliveries = await pair.provider.send('GET', `/deliveries?paymentId=${begun.providerRef}&limit=100`);
    const toPartner = deliveries.body.data.filter(({ partnerKeyId }: { partnerKeyId: string | null }) => partnerKeyId);
    expect(toPartner).toMatchObject([
      { eventType: 'payment.succeeded', partnerKeyId: blueshop.keyId, endpointId: null, status: 'succeeded' },
    ]);
    await endpoint.remove();
  });
});

describe('money that goes back', () => {
  test('refunds asked for by the partner arrive one by one, and their notifications change nothing', async () => {
    const begun = await paid();
    const first = await refund(begun, 500);
    const second = await refund(begun, 750);
    expect([first.body.status, second.body.status]).toEqual(['succeeded', 'succeeded']);
    await pair.settled();
    expect(await pair.read(begun)).toMatchObject({ amountRefunded: 1250 });
    expect(await pair.readTheirs(begun)).toMatchObject({ amountRefunded: 1250 });
    expect(await pair.verdicts(begun)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(
      pair
        .told(begun)
        .slice(1)
        .map(({ members }) => [members.refundId, members.amount])
        .sort(),
    ).toEqual(
      [
        [first.body.id, 500],
        [second.body.id, 750],
      ].sort(),
    );
  });

  test('S0.35 two partial refunds of one amount are two', async () => {
    const begun = await paid();
    await refund(begun, 400);
    await refund(begun, 400);
    await pair.settled();
    expect(await pair.read(begun)).toMatchObject({ amountRefunded: 800 });
    expect(await pair.readTheirs(begun)).toMatchObject({ amountRefunded: 800 });
  });

  test('a refund that the provider makes by itself is told, and booked as made there', async () => {
    const begun = await paid();
    const own = await pair.provider.refund(begun.providerRef, { amount: 300, reason: 'goodwill' }, 'own-refund');
    await until(async () => (await pair.read(begun)).amountRefunded === 300);
    expect(pair.told(begun).at(-1)?.members).toMatchObject({ refundId: `gateway:${own.body.id}`, status: 'REFUNDED' });
  });

  test('a reversal at the provider is told as all the money going back', async () => {
    const begun = await paid();
    const reversed = await pair.provider.send('POST', `/payments/${begun.providerRef}/reversals`, { body: {} });
    expect(reversed.status, reversed.text).toBe(201);
    await until(async () => (await pair.read(begun)).amountRefunded === 1250);
  });

  test('a refund that is in doubt there is pending here, and told when it is known', async () => {
    const begun = await paid();
    pair.bank.state = 'cut';
    const asked = await refund(begun, 600);
    expect(asked.body.status).toBe('pending');
    pair.bank.state = 'open';
    clock.advance({ seconds: 11 });
    await until(async () => (await pair.read(begun)).amountRefunded === 600);
    await pair.settled();
    expect((await pair.shop.send('GET', `/refunds/${asked.body.id}`)).body.status).toBe('succeeded');
    expect(await pair.readTheirs(begun)).toMatchObject({ amountRefunded: 600 });
  });

  test('a refund whose answer was lost is asked about under its own name, and made once', async () => {
    const begun = await paid();
    pair.asking.loses = 'answers';
    expect((await refund(begun, 200)).body.status).toBe('pending');
    pair.asking.loses = 'nothing';
    await until(async () => (await pair.read(begun)).amountRefunded === 200);
    await pair.settled();
    expect(await pair.readTheirs(begun)).toMatchObject({ amountRefunded: 200 });
  });
});

describe('a payment that comes to nothing', () => {
  test('S0.14 is declined here once the last try was declined there', async () => {
    const begun = await begin({ attemptsMax: 1 });
    for (const _ of [1, 2, 3]) {
      expect((await pair.read(begun)).status).toBe('processing');
      await pair.pay(begun, 'tok_decline_insufficient_funds');
    }
    await pair.untilStatus(begun, 'failed');
    await pair.settled();
    expect(await pair.verdicts(begun)).toEqual(['accepted']);
    expect(pair.told(begun).map(({ members }) => members.status)).toEqual(['FAILED']);
  });

  test('is payable again here once the shopper has left it there', async () => {
    const begun = await begin();
    await call(`${pair.theirs.apiUrl}/api/v1/checkout-sessions/${begun.token}/cancel`, { method: 'POST' });
    await until(async () => (await pair.read(begun)).latestAttempt.state === 'canceled');
    await pair.settled();
    expect(pair.told(begun).map(({ members }) => members.status)).toEqual(['CANCELLED']);
  });

  test('S0.30 expires on both sides when nobody pays', async () => {
    const begun = await begin({ expiresIn: 120 });
    clock.advance({ seconds: 125 });
    await pair.untilStatus(begun, 'expired');
    await pair.settled();
    expect(await pair.readTheirs(begun)).toMatchObject({ status: 'expired' });
    expect(pair.told(begun).map(({ members }) => members.status)).toEqual(['EXPIRED']);
  });
});

test('a payment that was paid after its end is late on both sides', async () => {
  const begun = await begin({ expiresIn: 120 });
  await pair.pay(begun, 'tok_late_approve');
  clock.advance({ seconds: 121 });
  await pair.theirs.sandbox.tick();
  await pair.untilStatus(begun, 'expired');
  clock.advance({ seconds: 5 });
  await pair.theirs.sandbox.tick();
  await pair.untilStatus(begun, 'succeeded');
  expect(await pair.readTheirs(begun)).toMatchObject({ status: 'succeeded', late: true });
  expect(await pair.read(begun)).toMatchObject({ late: true, amountCaptured: 1250 });
  expect(pair.told(begun).map(({ members }) => members.status)).toEqual(['EXPIRED', 'SUCCESS']);
  // It says other than the first: set aside, and the partner was asked.
  expect(await pair.verdicts(begun)).toEqual(['accepted', 'conflicting_duplicate']);
});

describe('what gets lost on the way', () => {
  test('S0.12 a lost notification is made up for by asking', async () => {
    const begun = await begin();
    pair.telling.loses = 'requests';
    await pair.pay(begun);
    await until(async () => pair.told(begun).length > 0);
    expect(await pair.read(begun)).toMatchObject({ status: 'processing' });
    clock.advance({ seconds: 61 });
    await pair.untilStatus(begun, 'succeeded');
    pair.telling.loses = 'nothing';
    clock.advance({ minutes: 30 });
    await pair.settled();
    expect(await pair.read(begun)).toMatchObject({ status: 'succeeded', amountCaptured: 1250 });
    expect(await pair.verdicts(begun)).toEqual(['accepted']);
  });

  test('S0.33 S0.36 a notification that nobody acknowledged comes again, stamped, numbered and signed anew', async () => {
    const begun = await begin();
    pair.telling.loses = 'answers';
    await pair.pay(begun);
    await pair.untilStatus(begun, 'succeeded');
    await until(async () => pair.told(begun).length === 1);
    pair.telling.loses = 'nothing';
    clock.advance({ minutes: 6 });
    await until(async () => pair.told(begun).length === 2);
    await pair.settled();
    const [first, again] = pair.told(begun).map(({ members }) => members);
    for (const name of ['timestamp', 'nonce', 'signature']) expect(again[name], name).not.toBe(first[name]);
    for (const name of ['providerRef', 'amount', 'paidAt', 'status']) expect(again[name], name).toBe(first[name]);
    expect(await pair.verdicts(begun)).toEqual(['accepted', 'duplicate']);
    expect(await pair.read(begun)).toMatchObject({ amountCaptured: 1250 });
  });

  test('a creation whose answer was lost is repeated, and is one payment there', async () => {
    pair.asking.loses = 'answers';
    const { id, latestAttempt } = await pair.confirm(blueshop.accountId);
    expect(latestAttempt.state).toBe('unknown');
    pair.asking.loses = 'nothing';
    clock.advance({ seconds: 61 });
    await until(async () => (await pair.read({ id })).latestAttempt.state !== 'unknown');
    const made = await pair.provider.send('GET', `/payments?reference=${latestAttempt.id}`);
    expect(made.body.data).toHaveLength(1);
  });

  test('a creation that never arrived is made by the repeat', async () => {
    pair.asking.loses = 'requests';
    const { id } = await pair.confirm(blueshop.accountId);
    pair.asking.loses = 'nothing';
    clock.advance({ seconds: 61 });
    await until(async () => (await pair.read({ id })).latestAttempt.state === 'requires_action');
  });
});

describe('S0.38 S0.39 while the key is rotated', () => {
  test('payments go on, whoever changes first, and the old key ends with the overlap', async () => {
    const partner = await pair.becomePartner({ merchantCode: 'ROTATING' });
    const rotateTheirs = () =>
      pair.provider.send('POST', `/partner-keys/${partner.keyId}/rotate`, { body: { overlapSeconds: 600 } });
    const before = await pair.begin(partner.accountId);
    const rotated = await rotateTheirs();
    expect(rotated.status, rotated.text).toBe(200);
    const between = await pair.begin(partner.accountId);
    const credentials = { ...partner.credentials, secretKey: rotated.body.secretKey };
    const changed = await pair.shop.send('POST', `/provider-accounts/${partner.accountId}/rotate`, {
      body: { credentials, overlapSeconds: 1_200 },
    });
    expect(changed.status, changed.text).toBe(200);
    const after = await pair.begin(partner.accountId);
    for (const begun of [before, between, after]) {
      await pair.pay(begun);
      await pair.untilStatus(begun, 'succeeded');
    }
    clock.advance({ seconds: 601 });
    // Every process remembers an account for a second, and asks under the key of before until then.
    await until(async () => (await pair.confirm(partner.accountId)).latestAttempt.state === 'requires_action');
    const later = await pair.begin(partner.accountId);
    await pair.pay(later);
    await pair.untilStatus(later, 'succeeded');
    await pair.settled();
    expect((await pair.verdicts(later)).concat(await pair.verdicts(before))).toEqual(['accepted', 'accepted']);
  });

  test('a partner that stays with the old key is refused after the overlap', async () => {
    const partner = await pair.becomePartner({ merchantCode: 'LATE_SHOP' });
    await pair.provider.send('POST', `/partner-keys/${partner.keyId}/rotate`, { body: { overlapSeconds: 0 } });
    const { status, latestAttempt } = await pair.confirm(partner.accountId);
    expect([status, latestAttempt.state, latestAttempt.failureCode]).toEqual([
      'created',
      'refused',
      'invalid_signature',
    ]);
  });

  test('a revoked key opens nothing, and its partner is told nothing more', async () => {
    const partner = await pair.becomePartner({ merchantCode: 'GONE_SHOP' });
    const begun = await pair.begin(partner.accountId);
    const revoked = await pair.provider.send('POST', `/partner-keys/${partner.keyId}/revoke`);
    expect(revoked.body).toMatchObject({ status: 'revoked', previousKeyUntil: null });
    expect((await pair.confirm(partner.accountId)).latestAttempt.failureCode).toBe('invalid_signature');
    await pair.pay(begun);
    await pair.settled();
    const deliveries = await pair.provider.send('GET', `/deliveries?paymentId=${begun.providerRef}`);
    expect(deliveries.body.data).toMatchObject([{ partnerKeyId: partner.keyId, status: 'canceled', attemptsMade: 0 }]);
    expect(pair.told(begun)).toEqual([]);
    const resent = await pair.provider.send('POST', `/deliveries/${deliveries.body.data[0].id}/resend`);
    expect([resent.status, resent.body.code]).toEqual([409, 'state_conflict']);
  });
});

describe('a notification in other hands', () => {
  test('S0.34 S0.36 is acknowledged again within five minutes, refused afterwards, and moves nothing', async () => {
    const begun = await paid();
    const [{ path, body } = { path: '', body: '' }] = pair.told(begun);
    const deliver = (rawBody: string) => call(pair.ours.apiUrl + path, { rawBody });
    expect((await deliver(body)).status).toBe(200);
    const forged = [
      ...['amount', 'nonce', 'timestamp', 'status', 'orderId'].map((name) => {
        const members = JSON.parse(body);
        return JSON.stringify({ ...members, [name]: name === 'amount' ? 1 : `${members[name]}0` });
      }),
      JSON.stringify({ ...JSON.parse(body), signature: undefined }),
    ];
    for (const each of forged) expect((await deliver(each)).status, each).toBe(401);
    clock.advance({ seconds: 301 });
    expect((await deliver(body)).status).toBe(401);
    await pair.settled();
    expect(await pair.read(begun)).toMatchObject({ status: 'succeeded', amountCaptured: 1250, amountRefunded: 0 });
    expect(await pair.verdicts(begun)).toEqual(expect.arrayContaining(['accepted', 'duplicate', 'stale_timestamp']));
  });
});

test('the credentials of the account are proven by asking for an order that nobody has', async () => {
  const test = await pair.shop.send('POST', `/provider-accounts/${blueshop.accountId}/test`);
  expect(test.body).toEqual({ outcome: 'accepted' });
});
