import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { compactDecrypt } from 'jose';
import { describe, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { until } from '../support/api-client.ts';
import type { OpenEndpoint } from '../support/open-endpoint.ts';
import { openToldShop } from '../support/told-shop.ts';
import type { Received } from '../support/webhook-sink.ts';

const { clock, tollgate, sink, shop, endpoint } = await openToldShop();

let keys = 0;
const give = (paymentId: string, what: 'captures' | 'capture' | 'refunds' | 'reversals', body: object) =>
  shop.merchant.send('POST', `/payments/${paymentId}/${what}`, { body, idempotencyKey: `dialects-${keys++}` });

const formOf = ({ body }: Received) => Object.fromEntries(new URLSearchParams(body));
const untilFormOf = (one: OpenEndpoint, type: string) =>
  until(async () =>
    one
      .received()
      .map(formOf)
      .find(({ transactionType }) => transactionType === type),
  );

function expectSigned({ headers, body }: Received, secret: string): void {
  const signed = `${headers['bls-ipn-timestamp']}${body}`;
  expect(headers['bls-signature']).toBe(createHmac('sha256', secret).update(signed).digest('hex'));
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
}

describe('S3.1 an endpoint of the dialect bluesnap', () => {
  test('is told of a payment under the id of its capture, and of a refund of a part under the refund’s', async () => {
    const one = await endpoint({ dialect: 'bluesnap' });
    const { id, reference } = await shop.merchant.pay({ amount: 1250, statementDescriptor: 'TEAPOT & SHOP' });
    const refund = (await give(id, 'refunds', { amount: 625, reason: 'One came broken' })).body;
    const charge = await untilFormOf(one, 'CHARGE');
    expect(charge).toMatchObject({
      ...{ merchantTransactionId: reference, accountId: tollgate.tenant.tenant.tenantId, testMode: 'Y' },
      ...{ invoiceChargeAmount: '12.50', invoiceChargeCurrency: 'EUR', softDescriptor: 'TEAPOT & SHOP' },
    });
    const capture = (await shop.merchant.send('GET', `/captures/${charge.referenceNumber}`)).body;
    expect(capture).toMatchObject({ object: 'capture', paymentId: id, amount: 1250 });
    expect(await untilFormOf(one, 'REFUND')).toMatchObject({
      ...{ referenceNumber: refund.id, reversalRefNum: refund.id, reversalReason: 'One came broken' },
      ...{ merchantTransactionId: reference, invoiceChargeAmount: '-6.25' },
    });
    expect(new Set(one.received().map((received) => formOf(received).transactionType))).toEqual(
      new Set(['CHARGE', 'REFUND']),
    );
    for (const received of one.received()) expectSigned(received, one.secret);
  });

  test('is told of a reversal how much was given back, though nothing is captured any more', async () => {
    const one = await endpoint({ dialect: 'bluesnap', eventTypes: ['payment.reversed'] });
    const { id } = await shop.merchant.pay({ amount: 5_000 });
    const reversal = (await give(id, 'reversals', { reason: 'Ordered twice' })).body;
    expect(await untilFormOf(one, 'CANCELLATION_REFUND')).toMatchObject({
      ...{ referenceNumber: reversal.id, reversalRefNum: reversal.id },
      ...{ invoiceChargeAmount: '-50.00', reversalReason: 'Ordered twice' },
    });
  });

  test('is told of all that was captured in parts as one charge, under the last capture', async () => {
    const one = await endpoint({ dialect: 'bluesnap', eventTypes: ['payment.authorized', 'payment.succeeded'] });
    const { id } = await shop.create({ amount: 5_000, captureMethod: 'manual' });
    await shop.confirm(id, 'tok_approve');
    await give(id, 'capture', { amount: 1_000, final: false });
    const last = (await give(id, 'capture', { amount: 2_000, final: true })).body;
    expect(await untilFormOf(one, 'CHARGE')).toMatchObject({ referenceNumber: last.id, invoiceChargeAmount: '30.00' });
    expect(await untilFormOf(one, 'AUTH_ONLY')).toMatchObject({ referenceNumber: id, invoiceChargeAmount: '50.00' });
  });

  test('hears nothing of money that came twice and went back: a resend still names the capture that counts', async () => {
    const one = await endpoint({ dialect: 'bluesnap', eventTypes: ['payment.succeeded', 'refund.succeeded'] });
    const { id } = await shop.create();
    await shop.confirm(id, 'tok_decline_then_approve');
    await shop.confirm(id, 'tok_approve');
    const charge = await untilFormOf(one, 'CHARGE');
    clock.advance({ seconds: 3 });
    await tollgate.sandbox.tick();
    await shop.untilLike(id, { duplicatePayment: true });
    const told = async () => (await one.deliveries()) as { id: string; eventType: string; status: string }[];
    await until(async () => (await told()).some(({ status }) => status === 'canceled'));
    const [first] = (await told()).filter(({ status }) => status === 'succeeded');
    await shop.merchant.send('POST', `/deliveries/${first?.id}/resend`);
    const [, again] = (await one.untilReceived(2)).map(formOf);
    expect(again).toEqual(charge);
    const capture = (await shop.merchant.send('GET', `/captures/${charge.referenceNumber}`)).body;
    expect(capture).toMatchObject({ paymentId: id, duplicate: false });
    expect(one.received().map((received) => formOf(received).transactionType)).toEqual(['CHARGE', 'CHARGE']);
  });

  test('S3.6 acknowledges with 200 alone, and each attempt is stamped and signed anew under one webhook-id', async () => {
    const one = await endpoint({ dialect: 'bluesnap', eventTypes: ['payment.succeeded'] });
    let answers = 0;
    sink.answer = () => [204, 201, 302][answers++] ?? 200;
    await shop.merchant.pay();
    for (const tries of [1, 2, 3]) {
      const { nextAttemptAt } = await one.untilAttempts(tries);
      clock.set(nextAttemptAt);
    }
    expect(await one.untilAttempts(4)).toMatchObject({ status: 'succeeded', attemptsMade: 4, lastStatusCode: 200 });
    const received = one.received();
    for (const each of received) expectSigned(each, one.secret);
    const different = (name: string) => new Set(received.map(({ headers }) => headers[name])).size;
    expect(['webhook-id', 'bls-ipn-timestamp', 'bls-signature', 'webhook-timestamp'].map(different)).toEqual([
      1, 4, 4, 4,
    ]);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  });
});

describe('S3.20 an endpoint of the dialect bluesnap-receipt', () => {
  const receiptOf = (key: string) => createHash('md5').update(`OK${key}`).digest('hex');

  test('S3.22 S3.23 gets an authKey and takes nothing but 200 with the receipt for an answer', async () => {
    const dataProtectionKey = 'the data protection key';
    const one = await endpoint({ dialect: 'bluesnap-receipt', dataProtectionKey, eventTypes: ['payment.succeeded'] });
    let answers = 0;
    const receipt = receiptOf(dataProtectionKey);
    sink.answer = () => {
      const say = [
        { status: 200, body: '' },
        { status: 200, body: 'OK' },
        { status: 201, body: receipt },
      ][answers++];
      return say ?? { status: 200, body: `${receipt.toUpperCase()}\n` };
    };
    await shop.merchant.pay();
    for (const tries of [1, 2, 3]) clock.set((await one.untilAttempts(tries)).nextAttemptAt);
    expect(await one.untilAttempts(4)).toMatchObject({ status: 'succeeded', attemptsMade: 4 });
    for (const received of one.received()) {
      expectSigned(received, one.secret);
      const { authKey, referenceNumber, contractId = '' } = formOf(received);
      const text = `${referenceNumber}${contractId}${dataProtectionKey}`;
      expect(authKey).toBe(createHash('md5').update(text).digest('hex'));
      expect(received.body).not.toContain(dataProtectionKey);
    }
    clock.set(Temporal.Instant.fromEpochMilliseconds(Date.now()));
  });

  test('S3.21 is given a key where it brings none', async () => {
    const url = `${sink.url}/receipts`;
    const { status, body } = await shop.merchant.send('POST', '/webhook-endpoints', {
      body: { url, dialect: 'bluesnap-receipt' },
    });
    expect([status, body.dataProtectionKey.length > 30]).toEqual([201, true]);
    expect(body.dataProtectionKey).not.toBe(body.secret);
    await shop.merchant.send('DELETE', `/webhook-endpoints/${body.id}`);
  });
});

describe('an endpoint of the dialect partner', () => {
  const hashOf = (members: Readonly<Record<string, unknown>>, secret: string) => {
    const values = Object.keys(members)
      .sort()
      .map((name) => members[name]);
    return createHash('sha256')
      .update(`${values.join('')}${secret}`)
      .digest('hex')
      .toUpperCase();
  };

  test('speaks as its profile does, and of another currency than the profile’s says nothing', async () => {
    const secret = 'a secret of us and of them';
    const one = await endpoint({ dialect: 'partner', profile: 'neopay', merchantCode: 'SHOP_N', secret });
    const { id, reference } = await shop.merchant.pay({ amount: 250_000, currency: 'VND' });
    await shop.merchant.pay({ amount: 1250, currency: 'EUR' });
    const [first] = await one.untilReceived(1);
    const { neo_SecureHash: hash, ...members } = JSON.parse(first?.body ?? '');
    expect(members).toEqual({
      ...{ neo_Command: 'PAY', neo_MerchantCode: 'SHOP_N', neo_OrderID: reference, neo_TransactionID: id },
      ...{ neo_ResponseCode: '0', neo_Amount: 250_000, neo_Currency: 'VND' },
    });
    expect(hash).toBe(hashOf(members, secret));
    const settled = await until(async () => {
      const statuses = (await one.deliveries()).map(({ status }: { status: string }) => status);
      return statuses.length === 2 && !statuses.includes('pending') && statuses.toSorted();
    });
    expect(settled).toEqual(['canceled', 'succeeded']);
    expect(one.received()).toHaveLength(1);
  });

  test('has the profile bluecom unless it names one, and none in another dialect', async () => {
    const one = await endpoint({ dialect: 'partner' });
    const read = async () => (await shop.merchant.send('GET', `/webhook-endpoints/${one.id}`)).body;
    expect((await read()).profile).toBe('bluecom');
    expect((await one.patch({ profile: 'neopay' })).body.profile).toBe('neopay');
    expect((await one.patch({ description: 'Theirs' })).body.profile).toBe('neopay');
    expect((await one.patch({ dialect: 'standard' })).body.profile).toBeNull();
    const refused = await one.patch({ profile: 'neopay' });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/profile']);
    expect((await one.patch({ dialect: 'partner' })).body.profile).toBe('bluecom');
    const body = { url: sink.url, profile: 'neopay' };
    const created = await shop.merchant.send('POST', '/webhook-endpoints', { body });
    expect([created.status, created.body.errors[0].pointer]).toEqual([422, '/profile']);
  });
});

describe('an endpoint of an encrypted dialect', () => {
  test('S1.13 S1.14 hears of the end of a payment alone, as a JWE that its key opens', async () => {
    const one = await endpoint({ dialect: 'encrypted' });
    const { id, reference } = await shop.merchant.pay({
      ...{ amount: 14_950, rrn2: '123', cartItems: [{ description: 'Airtime', quantity: 1, value: 14_950 }] },
    });
    const [first] = await one.untilReceived(1);
    const { headers, body } = present(first, 'a notification');
    const { plaintext, protectedHeader } = await compactDecrypt(body, Buffer.from(one.secret, 'base64url'));
    expect(protectedHeader).toMatchObject({ alg: 'dir', enc: 'A256GCM', kid: expect.stringMatching(/^key_/) });
    const text = Buffer.from(plaintext).toString();
    expect(text).toContain('"amount":149.50,');
    expect(JSON.parse(text)).toMatchObject({
      ...{ webhookId: headers['webhook-id'], transactionId: id, reference, currencyCode: 'EUR', status: 'SUCCESS' },
      ...{ rrn2: '000000000123', cartItems: [{ description: 'Airtime', quantity: 1, value: 149.5 }] },
    });
    await give(id, 'refunds', { amount: 50, reason: 'Too much' });
    const [, second] = await one.untilReceived(2);
    const opened = await compactDecrypt(second?.body ?? '', Buffer.from(one.secret, 'base64url'));
    expect(JSON.parse(Buffer.from(opened.plaintext).toString())).toMatchObject({
      ...{ transactionId: id, reference, amount: 0.5, status: 'REFUNDED', refundId: expect.stringMatching(/^re_/) },
    });
    expect(one.received()).toHaveLength(2);
  });

  test('S1.14 of the old kind hears the same, encrypted as receivers of the original read it', async () => {
    const one = await endpoint({ dialect: 'encrypted-legacy', secret: '00112233445566778899AABBCCDDEEFF' });
    const { id } = await shop.merchant.pay({ amount: 5_000 });
    const reversal = (await give(id, 'reversals', { reason: 'Ordered twice' })).body;
    const received = await one.untilReceived(2);
    const opened = received.map(({ body }) => {
      const decipher = createDecipheriv('aes-128-cbc', Buffer.from(one.secret, 'hex'), Buffer.alloc(16));
      return JSON.parse(decipher.update(body, 'base64', 'utf8') + decipher.final('utf8'));
    });
    expect(opened.find(({ status }) => status === 'REVERSED')).toMatchObject({
      ...{ transactionId: id, amount: 50, reversalId: reversal.id },
    });
    expect(opened.map(({ status }) => status).sort()).toEqual(['REVERSED', 'SUCCESS']);
  });
});

test.each([
  ['bluesnap', 'short', '8 to 200 characters'],
  ['bluesnap', ' ipn-key-with-a-space', '8 to 200 characters'],
  ['encrypted', 'whsec_AAAA', '32 bytes in base64url'],
  ['encrypted-legacy', '0'.repeat(32), 'not all zeros'],
  ['encrypted-legacy', '0011', '32 hexadecimal digits'],
])('S3.15 a secret of the dialect %s is not %j', async (dialect, secret, rule) => {
  const { status, body, text } = await shop.merchant.send('POST', '/webhook-endpoints', {
    body: { url: `${sink.url}/never`, dialect, secret },
  });
  expect([status, body.code, body.errors]).toEqual([
    422,
    'validation_failed',
    [{ pointer: '/secret', detail: expect.stringContaining(rule) }],
  ]);
  expect(text).not.toContain(secret);
});
