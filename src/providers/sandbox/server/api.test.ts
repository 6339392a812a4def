import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../kernel/clock.ts';
import { type Receiver, SILENT, startReceiver } from '../sandbox-fixture.ts';
import { type Merchant, merchantAt, send } from './merchant-fixture.ts';
import { type SandboxServer, startSandboxServer } from './start-sandbox-server.ts';

let clock: ManualClock;
let receiver: Receiver;
let sandbox: SandboxServer;
let merchant: Merchant;
beforeEach(async () => {
  clock = new ManualClock();
  receiver = await startReceiver(clock);
  sandbox = await startSandboxServer({ host: '127.0.0.1', port: 0, dataFile: ':memory:', clock, log: SILENT });
  merchant = merchantAt(sandbox.url, clock);
  await merchant.say('PUT', '/v1/merchants/shop', { secretKey: merchant.secret });
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const codeOf = ({ status, body }: { status: number; body: Record<string, unknown> }): string => {
  return `${status} ${(body.error as { code?: string } | undefined)?.code ?? 'ok'}`;
};

describe('accounts', () => {
  test('the first key wins, the same key again is fine, another one is refused', async () => {
    const again = await merchant.say('PUT', '/v1/merchants/shop', { secretKey: merchant.secret });
    expect(codeOf(again)).toBe('200 ok');
    const thief = merchantAt(sandbox.url, clock);
    expect(codeOf(await thief.say('PUT', '/v1/merchants/shop', { secretKey: thief.secret }))).toBe(
      '409 merchant_exists',
    );
    expect(codeOf(await thief.say('GET', '/v1/charges'))).toBe('401 bad_signature');
    expect(codeOf(await merchant.say('GET', '/v1/charges'))).toBe('200 ok');
  });

  test('nobody opens an account for another, or without holding the key', async () => {
    const other = merchantAt(sandbox.url, clock);
    expect(codeOf(await merchant.say('PUT', '/v1/merchants/new', { secretKey: merchant.secret }))).toBe(
      '401 bad_signature',
    );
    const unheld = await merchantAt(sandbox.url, clock, other.secret, 'new').say('PUT', '/v1/merchants/new', {
      secretKey: 'a key that others hold',
    });
    expect(codeOf(unheld)).toBe('401 bad_signature');
  });

  test('a key shorter than 16 characters opens nothing', async () => {
    const weak = merchantAt(sandbox.url, clock, 'fifteen letters', 'weak');
    expect(codeOf(await weak.say('PUT', '/v1/merchants/weak', { secretKey: weak.secret }))).toBe(
      '422 validation_failed',
    );
  });

  test('two keys are valid during a rotation, and a third retires the oldest', async () => {
    const keys = [merchant, merchantAt(sandbox.url, clock), merchantAt(sandbox.url, clock)] as const;
    await keys[0].say('POST', '/v1/merchants/shop/secrets', { secretKey: keys[1].secret });
    const reads = () => Promise.all(keys.map(async (key) => (await key.say('GET', '/v1/charges')).status));
    expect(await reads()).toEqual([200, 200, 401]);
    await keys[1].say('POST', '/v1/merchants/shop/secrets', { secretKey: keys[2].secret });
    expect(await reads()).toEqual([401, 200, 200]);
  });
});

describe('signed requests', () => {
  test('with any byte of the body, path, method, timestamp or signature changed are refused', async () => {
    const said = merchant.sign('POST', '/v1/charges/ref_1/refunds', { reference: 'r', amount: 1 });
    expect(codeOf(await send(sandbox.url, said))).toBe('422 validation_failed');
    const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === '1' ? '2' : '1') + text.slice(at + 1);
    const forgeries = [
      ...Array.from(said.body, (_, at) => ({ ...said, body: flip(said.body, at) })),
      ...['ref_2', 'ref_11', 'Ref_1'].map((other) => ({ ...said, path: said.path.replace('ref_1', other) })),
      { ...merchant.sign('GET', '/v1/charges'), method: 'POST' },
      ...['sandbox-timestamp', 'sandbox-signature'].flatMap((name) => {
        const value = said.headers[name] ?? '';
        return Array.from(value, (_, at) => ({ ...said, headers: { ...said.headers, [name]: flip(value, at) } }));
      }),
    ];
    const codes = await Promise.all(forgeries.map(async (forgery) => codeOf(await send(sandbox.url, forgery))));
    expect(codes.length).toBeGreaterThan(100);
    expect(new Set(codes)).toEqual(new Set(['401 bad_signature']));
  });

  test.each([
    [300, '200 ok'],
    [301, '401 stale_timestamp'],
    [-300, '200 ok'],
    [-301, '401 stale_timestamp'],
  ])('sent %i seconds after their stamp: %s', async (seconds, expected) => {
    const said = merchant.sign('GET', '/v1/charges');
    clock.advance({ seconds });
    expect(codeOf(await send(sandbox.url, said))).toBe(expected);
  });

  test('no address has a dot, so two requests never share one signed text', async () => {
    for (const path of ['/v1/charges/a.b', '/v1/merchants/a.b', '/v1/charges?a.b']) {
      expect(codeOf(await merchant.say('GET', path))).toBe('404 not_found');
    }
  });

  test('a merchant does not see the charges of another', async () => {
    const reference = await merchant.charge('tok_approve', receiver.url);
    const other = merchantAt(sandbox.url, clock, undefined, 'other');
    await other.say('PUT', '/v1/merchants/other', { secretKey: other.secret });
    expect(codeOf(await other.say('GET', `/v1/charges/${reference}`))).toBe('404 charge_not_found');
    expect((await other.say('GET', '/v1/charges')).body.totals).toEqual([]);
  });

  test.each([
    ['no JSON', 'x', '400 malformed'],
    ['an unknown member', { bonus: 1 }, '422 validation_failed'],
    ['amount 0', { amount: 0 }, '422 validation_failed'],
    ['a fractional amount', { amount: 1.5 }, '422 validation_failed'],
    ['an amount as text', { amount: '1250' }, '422 validation_failed'],
    ['an amount beyond the limit', { amount: 1_000_000_000_000 }, '422 validation_failed'],
    ['a currency that is none', { currency: 'EUX' }, '422 validation_failed'],
    ['an unknown token', { token: 'tok_free_money' }, '422 validation_failed'],
    ['a passed expiry', { expiresAt: '2025-12-31T23:59:59Z' }, '422 validation_failed'],
    ['a script as return address', { returnUrl: 'javascript:alert(1)' }, '422 validation_failed'],
    ['notifications to another machine', { notificationUrl: 'http://10.0.0.1/' }, '422 target_not_allowed'],
    ['notifications to a deceptive name', { notificationUrl: 'http://127.0.0.1.example/' }, '422 target_not_allowed'],
  ])('a charge with %s is refused', async (_, change, expected) => {
    const good = {
      ...{ reference: 'ref_1', amount: 1250, currency: 'EUR', captureMethod: 'automatic', token: 'tok_approve' },
      ...{ returnUrl: 'https://shop.example/', notificationUrl: receiver.url, expiresAt: '2026-01-02T00:00:00Z' },
    };
    const said = merchant.sign('POST', '/v1/charges', { ...good, ...(typeof change === 'string' ? {} : change) });
    if (typeof change === 'string') {
      const { timestamp, text } = { timestamp: said.headers['sandbox-timestamp'], text: `POST./v1/charges.${change}` };
      const signature = createHmac('sha256', merchant.secret).update(`${timestamp}.${text}`).digest('hex');
      const headers = { ...said.headers, 'sandbox-signature': signature };
      expect(codeOf(await send(sandbox.url, { ...said, headers, body: change }))).toBe(expected);
    } else {
      expect(codeOf(await send(sandbox.url, said))).toBe(expected);
    }
    expect(sandbox.countCharges('ref_1')).toBe(0);
  });

  test('a body over 128 KiB is refused', async () => {
    expect(codeOf(await merchant.say('POST', '/v1/charges', { reference: 'x'.repeat(2_000_000) }))).toBe(
      '413 body_too_large',
    );
  });
});

test('a refund is found by its reference and by no other charge', async () => {
  const [reference, other] = [
    await merchant.charge('tok_approve', receiver.url),
    await merchant.charge('tok_approve', receiver.url),
  ];
  const wanted = { reference: 'r1', amount: 100, currency: 'EUR', notificationUrl: receiver.url };
  expect((await merchant.say('POST', `/v1/charges/${reference}/refunds`, wanted)).status).toBe(201);
  expect((await merchant.say('POST', `/v1/charges/${reference}/refunds`, wanted)).status).toBe(200);
  expect(codeOf(await merchant.say('POST', `/v1/charges/${other}/refunds`, wanted))).toBe('409 reference_conflict');
  expect((await merchant.say('GET', `/v1/charges/${reference}/refunds/r1`)).body).toMatchObject({ amount: 100 });
  expect(codeOf(await merchant.say('GET', `/v1/charges/${other}/refunds/r1`))).toBe('404 refund_not_found');
});
