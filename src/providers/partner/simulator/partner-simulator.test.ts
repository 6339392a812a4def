import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../kernel/clock.ts';
import type { SimulatedMerchant } from './merchant.ts';
import { type PartnerSimulator, startPartnerSimulator } from './start-partner-simulator.ts';

const SECRET = 'the secret of the simulator';
const MERCHANTS: readonly SimulatedMerchant[] = [
  { wire: 'bluecom', merchantCode: 'A', secretKeys: [SECRET, 'the one before it'] },
  { wire: 'neopay', merchantCode: 'N', secretKeys: [SECRET] },
];
let clock: ManualClock;
let simulator: PartnerSimulator;
beforeEach(async () => {
  clock = new ManualClock('2026-03-01T12:00:00Z');
  simulator = await startPartnerSimulator({ host: '127.0.0.1', port: 0, clock, merchants: MERCHANTS });
});
afterEach(() => simulator.close());

async function post(path: string, body: string | object): Promise<{ status: number; body: Record<string, unknown> }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(simulator.url + path, { method: 'POST', body: text });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
function signed(order: string, members: Record<string, unknown>, key = SECRET): Record<string, unknown> {
  const text = order.split(' ').map((name) => members[name] ?? '');
  return { ...members, signature: createHmac('sha256', key).update(text.join('|')).digest('hex') };
}
const CREATE = 'merchantCode orderId amount currency description returnUrl ipnUrl expiresAt';
const QUERY = 'merchantCode orderId providerRef timestamp';
const REFUND = 'merchantCode orderId providerRef refundId amount currency timestamp';
const order = {
  ...{ merchantCode: 'A', orderId: 'o1', amount: 1_000, currency: 'EUR', description: 'Tea & <b>' },
  ...{ returnUrl: 'app://back?x=1', ipnUrl: 'http://127.0.0.1:1/ipn', expiresAt: '2026-03-01T12:15:00Z' },
};
const create = (changes = {}, key = SECRET) => post('/create-payment', signed(CREATE, { ...order, ...changes }, key));

describe('the partner', () => {
  test.each([
    ['a wrong key', () => create({}, 'another'), 401, 'invalid_signature'],
    ['no signature', () => post('/create-payment', order), 401, 'invalid_signature'],
    ['a merchant nobody knows', () => create({ merchantCode: 'B' }), 401, 'unknown_merchant'],
    ['no JSON', () => post('/create-payment', 'a=b'), 401, 'unknown_merchant'],
    ['a bar in a value', () => create({ description: 'a|b' }), 401, 'invalid_signature'],
    ['an amount of nothing', () => create({ amount: 0 }), 422, 'validation_failed'],
    ['an amount as text', () => create({ amount: '1000' }), 422, 'validation_failed'],
    ['no return address', () => create({ returnUrl: '' }), 422, 'validation_failed'],
    ['an expiry that has passed', () => create({ expiresAt: '2026-03-01T11:00:00Z' }), 422, 'validation_failed'],
  ])('refuses %s', async (_what, send, status, code) => {
    expect(await send()).toMatchObject({ status, body: { code } });
    expect(simulator.countOrders('o1')).toBe(0);
  });

  test('signs a refusal for those alone who have proven who they are', async () => {
    expect((await create({ amount: 0 })).body).toHaveProperty('signature');
    expect((await create({}, 'another')).body).not.toHaveProperty('signature');
  });

  test('takes the key before during a change of keys', async () => {
    expect((await create({}, 'the one before it')).status).toBe(200);
  });

  test('makes an order once, and refuses another one under its id', async () => {
    const first = await create();
    expect(await create()).toEqual(first);
    expect(await create({ amount: 999 })).toMatchObject({ status: 409, body: { code: 'order_conflict' } });
    expect(simulator.countOrders('o1')).toBe(1);
  });

  test('measures the age of questions and refunds', async () => {
    await create();
    const ask = (timestamp: string) =>
      post('/query-payment', signed(QUERY, { merchantCode: 'A', orderId: 'o1', timestamp }));
    expect(await ask('2026-03-01T12:05:00Z')).toMatchObject({ status: 200, body: { status: 'PENDING' } });
    expect(await ask('2026-03-01T11:54:59Z')).toMatchObject({ status: 401, body: { code: 'stale_timestamp' } });
    expect(await ask('never')).toMatchObject({ status: 400 });
  });

  test('gives back what was paid, and no more', async () => {
    await create();
    const asked = {
      merchantCode: 'A',
      orderId: 'o1',
      refundId: 'r1',
      amount: 600,
      currency: 'EUR',
      timestamp: '2026-03-01T12:00:00Z',
    };
    const refund = (changes = {}) => post('/refund', signed(REFUND, { ...asked, ...changes }));
    expect(await refund()).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
    await simulator.approve('o1');
    const first = await refund();
    expect(first).toMatchObject({ status: 200, body: { status: 'REFUNDED', amount: 600 } });
    expect(await refund()).toEqual(first);
    expect(await refund({ amount: 1 })).toMatchObject({ status: 409, body: { code: 'refund_conflict' } });
    expect(await refund({ refundId: 'r2' })).toMatchObject({ status: 422, body: { code: 'amount_not_available' } });
    expect(await refund({ refundId: 'r2', currency: 'USD' })).toMatchObject({ status: 422 });
    expect(await refund({ orderId: 'o2' })).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
    expect(await refund({ providerRef: 'PG0' })).toMatchObject({ status: 404 });
  });

  test('of NeoPay speaks by codes', async () => {
    const pay = { neo_Command: 'PAY', neo_MerchantCode: 'N', neo_MerchantTxnID: 'o1' };
    const answer = await post('/api/v1/paygate/neopay', { ...pay, neo_SecureHash: 'x' });
    expect(answer).toEqual({ status: 200, body: { neo_ResponseCode: 2, neo_ResponseMsg: expect.any(String) } });
  });

  test('knows no other address', async () => {
    expect((await post('/other', {})).status).toBe(404);
  });

  test('sends its notifications to this machine only, unless told otherwise', async () => {
    await create({ ipnUrl: 'http://192.0.2.1/ipn' });
    await simulator.approve('o1');
    expect(simulator.notifications).toHaveLength(0);
  });
});

describe('the bank page', () => {
  const pageOf = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(simulator.url + path, { redirect: 'manual', ...init });
    return { answer, text: await answer.text() };
  };
  const decide = (path: string, decision: string) =>
    pageOf(path, { method: 'POST', body: new URLSearchParams({ decision }) });

  test.each([
    ['approve', 'paid'],
    ['decline', 'failed'],
    ['cancel', 'canceled'],
  ])('takes the decision %s once, and leads back to the shop', async (decision, status) => {
    await create();
    const path = `/pay/${simulator.find('o1')?.providerRef}`;
    const { answer, text } = await pageOf(path);
    expect([answer.headers.get('x-frame-options'), answer.headers.get('set-cookie')]).toEqual([null, null]);
    expect(answer.headers.get('content-security-policy')).not.toContain('frame-ancestors');
    expect(text).toContain('Tea &amp; &lt;b&gt;');
    expect((await decide(path, decision)).answer.headers.get('location')).toBe(path);
    expect(simulator.find('o1')?.status).toBe(status);
    await decide(path, 'approve');
    expect(simulator.find('o1')?.status).toBe(status);
    expect((await pageOf(path)).text).toContain(`href="app://back?x=1&amp;orderId=o1&amp;status=${status}"`);
  });

  test('shows the payload of a QR code and another way', async () => {
    simulator.offer('qr');
    const { body } = await create();
    expect(body).toMatchObject({ qrPayload: expect.stringContaining('/qr/') });
    expect(body).not.toHaveProperty('redirectUrl');
    const { pathname } = new URL(String(body.qrPayload));
    expect((await pageOf(pathname)).text).toContain(String(body.qrPayload));
  });

  test('is closed when the time is up', async () => {
    await create();
    clock.advance({ minutes: 15 });
    await decide(`/pay/${simulator.find('o1')?.providerRef}`, 'approve');
    expect(simulator.find('o1')?.status).toBe('expired');
  });

  test('is nowhere else', async () => {
    expect((await pageOf('/pay/NONE')).answer.status).toBe(404);
  });
});

test('a merchant with a key pair is known by it', async () => {
  const newKeyPair = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2_048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
  const [ours, theirs] = [newKeyPair(), newKeyPair()];
  const rsa = { merchantPublicKey: ours.publicKey, partnerPrivateKey: theirs.privateKey };
  await simulator.close();
  const merchants = [{ wire: 'bluecom', merchantCode: 'A', secretKeys: [], rsa }] as const;
  simulator = await startPartnerSimulator({ host: '127.0.0.1', port: 0, clock, merchants });
  const text = CREATE.split(' ')
    .map((name) => order[name as keyof typeof order])
    .join('|');
  const signature = sign('sha256', Buffer.from(text), ours.privateKey).toString('base64');
  expect((await post('/create-payment', { ...order, signature })).status).toBe(200);
  expect((await post('/create-payment', { ...order, amount: 1, signature })).status).toBe(401);
});
