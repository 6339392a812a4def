import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { ManualClock } from '../../src/kernel/clock.ts';
import {
  type PartnerSimulator,
  startPartnerSimulator,
} from '../../src/providers/partner/simulator/start-partner-simulator.ts';
import type { RegisteredProvider } from '../../src/providers/registry.ts';
import {
  type ScantopaySimulator,
  startScantopaySimulator,
} from '../../src/providers/scantopay/simulator/start-scantopay-simulator.ts';
import { type Answer, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freshReference } from '../support/merchant.ts';
import { type PaymentWatch, stoppedClock, watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';

const SCANTOPAY = {
  ...{ username: 'merchant-25', password: 'a password of the portal', currency: 'ZAR' },
  notificationKey: '00112233445566778899aabbccddeeff',
};
const NEOPAY_KEY = 'a secret key of neopay';

let clock: ManualClock;
let tollgate: Installation;
let shop: PaymentWatch;
let scantopay: ScantopaySimulator;
let neopay: PartnerSimulator;
let accounts: Readonly<Record<'scantopay' | 'neopay' | 'bluecom', Answer['body']>>;

beforeAll(async () => {
  clock = stoppedClock();
  tollgate = await startInstallation({ clock });
  shop = watchPayments(tollgate);
  scantopay = await startScantopaySimulator({ clock, ...SCANTOPAY, notificationUrl: null });
  const merchant = { merchantCode: 'SHOP_1', secretKeys: [NEOPAY_KEY] };
  neopay = await startPartnerSimulator({
    ...{ host: '127.0.0.1', port: 0, clock, merchants: [{ wire: 'neopay' as const, ...merchant }] },
  });
  const partner = { merchantCode: 'SHOP_1', secretKey: NEOPAY_KEY, apiUrl: neopay.url };
  accounts = {
    scantopay: await addAccount('scantopay', { ...SCANTOPAY, apiUrl: scantopay.url }),
    neopay: await addAccount('partner', { ...partner, profile: 'neopay' }),
    bluecom: await addAccount('partner', { ...partner, profile: 'bluecom' }),
  };
  scantopay.setNotificationUrl(accounts.scantopay.notificationUrl);
});
afterAll(async () => {
  await Promise.all([scantopay?.close(), neopay?.close()]);
  await tollgate?.close();
});

async function addAccount(provider: string, credentials: object): Promise<Answer['body']> {
  const reversalCutOff = provider === 'scantopay' ? { afterSeconds: 3_600 } : undefined;
  const body = { provider, credentials, priority: 900, reversalCutOff };
  const answer = await shop.merchant.send('POST', '/provider-accounts', { body });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

/** A hosted checkout that its payer has paid. */
async function paidHosted() {
  const providerAccountId = accounts.scantopay.id;
  const { id } = await shop.create({ reference: freshReference(), amount: 14_950, currency: 'ZAR', providerAccountId });
  const method = { type: 'scantopay', flow: 'hosted' };
  const confirmed = await shop.merchant.send('POST', `/payments/${id}/confirm`, { body: { method } });
  expect(confirmed.body.nextAction?.type, confirmed.text).toBe('redirect');
  const attemptId = String(confirmed.body.latestAttempt.id);
  const number = String(await scantopay.approve(attemptId));
  const paid = await shop.untilLike(id, { status: 'succeeded' });
  return { id: String(id), attemptId, number, paid };
}

const ask = (id: string, body: object, key = `key-${freshReference()}`) =>
  shop.merchant.send('POST', `/payments/${id}/refunds`, { body: { reason: 'broken', ...body }, idempotencyKey: key });

async function refundsOf(id: string): Promise<readonly { readonly status: string; readonly amount: number }[]> {
  return tollgate.database.run('select status, amount::int from refunds where payment_id = $1 order by created_at', [
    id,
  ]);
}

describe('S1.36 a name for the money that exists only once it is paid', () => {
  test('is told by the notification, shown, and used for the refund, which ends by notification', async () => {
    const { id, number, paid } = await paidHosted();
    expect(paid.latestAttempt).toMatchObject({ chargeRef: number });
    const asked = await ask(id, {});
    expect(asked.body, asked.text).toMatchObject({ status: 'pending', amount: 14_950 });
    expect(scantopay.requests).toContain(`POST /pluto/purchase/${number}/refund`);
    await scantopay.tick();
    await shop.untilLike(id, { amountRefunded: 14_950 });
    await untilQuiet(tollgate.database);
    expect(await refundsOf(id)).toEqual([{ status: 'succeeded', amount: 14_950 }]);
  });

  test('serves reversals as well', async () => {
    const { id, number } = await paidHosted();
    const asked = await shop.merchant.send('POST', `/payments/${id}/reversals`, { body: {} });
    expect(asked.body, asked.text).toMatchObject({ status: 'pending' });
    expect(scantopay.requests).toContain(`DELETE /pluto/purchase/${number}`);
    await scantopay.tick();
    await shop.untilLike(id, { status: 'reversed' });
  });

  test('lets a refund whose answer was lost be made once, and end', async () => {
    const { id, number } = await paidHosted();
    scantopay.failNext('lost_after');
    const asked = await ask(id, {});
    expect(asked.body, asked.text).toMatchObject({ status: 'pending' });
    const path = `POST /pluto/purchase/${number}/refund`;
    await until(async () => scantopay.requests.filter((each) => each === path).length === 2);
    await untilQuiet(tollgate.database);
    await scantopay.tick();
    await shop.untilLike(id, { amountRefunded: 14_950 });
    expect(scantopay.ledger.transactions.filter(({ originalId }) => String(originalId) === number)).toHaveLength(1);
  });
});

describe('what a provider cannot do is refused before anything is promised or sent', () => {
  test('S2.25 a part of a payment, where only the whole is refunded', async () => {
    const { id, number } = await paidHosted();
    const answer = await ask(id, { amount: 5_000 });
    expect([answer.status, answer.body.code]).toEqual([422, 'not_supported_by_provider']);
    expect(answer.body.errors).toEqual([{ pointer: '/amount', detail: 'Must be 14950 minor units, or left out' }]);
    expect(await refundsOf(id)).toEqual([]);
    expect(scantopay.requests).not.toContain(`POST /pluto/purchase/${number}/refund`);
    const { body } = await shop.merchant.send('GET', `/payments/${id}/explain`);
    expect(body.possible.find(({ action }: { action: string }) => action === 'refund')).toMatchObject({
      allowed: true,
    });
  });

  test('a second refund, also one at the same moment, where there can be one', async () => {
    const registry = tollgate.tollgate.gateway.payments.registry as Map<string, RegisteredProvider>;
    const sandbox = present(registry.get('sandbox'), 'the sandbox');
    const limits = () => ({ refund: { partial: true, multiple: false } });
    registry.set('sandbox', { ...sandbox, provider: { ...sandbox.provider, limits } });
    try {
      const { id } = await shop.merchant.pay();
      const answers = await Promise.all([1, 2, 3].map((units) => ask(id, { amount: units * 100 })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422]);
      expect(await refundsOf(id)).toHaveLength(1);
      const { body } = await shop.merchant.send('GET', `/payments/${id}/explain`);
      const refund = body.possible.find(({ action }: { action: string }) => action === 'refund');
      expect(refund).toMatchObject({ allowed: false, why: expect.stringContaining('once') });
    } finally {
      registry.set('sandbox', sandbox);
    }
  });

  test('S2.25 any refund at all, where the account’s profile has none', async () => {
    const providerAccountId = accounts.neopay.id;
    const { id } = await shop.create({ amount: 50_000, currency: 'VND', providerAccountId });
    const confirmed = await shop.merchant.send('POST', `/payments/${id}/confirm`, { body: {} });
    expect(confirmed.body.status, confirmed.text).toBe('processing');
    await neopay.approve(confirmed.body.latestAttempt.id);
    await shop.merchant.send('POST', `/payments/${id}/sync`);
    await shop.untilLike(id, { status: 'succeeded' });
    const answer = await ask(id, {});
    expect([answer.status, answer.body.code]).toEqual([422, 'not_supported_by_provider']);
    expect(await refundsOf(id)).toEqual([]);
  });
});

test('S2.5 an account tells what it can do, which may be less than its provider', async () => {
  const read = async (id: string) => (await shop.merchant.send('GET', `/provider-accounts/${id}`)).body.capabilities;
  expect(await read(accounts.neopay.id)).toMatchObject({ refund: false });
  expect(await read(accounts.bluecom.id)).toMatchObject({ refund: { partial: true, multiple: true } });
  expect(await read(accounts.scantopay.id)).toMatchObject({
    ...{ currencies: ['ZAR'], refund: { partial: false, multiple: false }, complete: false },
  });
  const { body } = await shop.merchant.send('GET', '/providers');
  const partner = body.data.find(({ id }: { id: string }) => id === 'partner');
  expect(partner.capabilities.refund).toEqual({ partial: true, multiple: true });
});
