import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { reasonOf } from './rejection-fixture.ts';
import { verifyBluesnapWebhook } from './verify-bluesnap-webhook.ts';
import { verifyEncryptedWebhook, verifyLegacyWebhook } from './verify-encrypted-webhook.ts';
import { verifyPartnerWebhook } from './verify-partner-webhook.ts';
import { verifyWebhook } from './verify-webhook.ts';
import type { ReceivedWebhook, WebhookHeaders } from './webhook-request.ts';

const run = promisify(execFile);
const NOW = new Date('2026-11-21T12:00:00Z');
const TIMESTAMP = String(NOW.getTime() / 1000);
const STAMP = '2026-11-21 12:00:00.000';
const KEY = Buffer.alloc(32, 7);

/** Each under keys of its own, with what its sender would have signed the body with. */
const VERIFIERS: Readonly<Record<string, (received: ReceivedWebhook) => Promise<unknown>>> = {
  standard: (received) => verifyWebhook({ secret: `whsec_${KEY.toString('base64')}`, now: NOW, ...received }),
  ed25519: (received) => verifyWebhook({ publicKey: `whpk_${KEY.toString('base64')}`, now: NOW, ...received }),
  bluesnap: (received) => verifyBluesnapWebhook({ secret: 'secret', now: NOW, ...received }),
  encrypted: (received) =>
    verifyEncryptedWebhook({ notificationKey: KEY.toString('base64url'), now: NOW, ...received }),
  legacy: (received) => verifyLegacyWebhook({ notificationKey: '07'.repeat(16), now: NOW, ...received }),
  partner: (received) => verifyPartnerWebhook({ secret: 'secret', now: NOW, ...received }),
};

/** Signed in every dialect's way, so that what is hostile is read, not only compared. */
function signed(body: Uint8Array): Record<string, string> {
  const hmac = createHmac('sha256', KEY).update(`evt_1.${TIMESTAMP}.`).update(body).digest('base64');
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': TIMESTAMP,
    'webhook-signature': `v1,${hmac}`,
    'bls-ipn-timestamp': STAMP,
    'bls-signature': createHmac('sha256', 'secret').update(STAMP).update(body).digest('hex'),
  };
}

const MEBIBYTE = 1024 * 1024;
const BODIES: readonly (readonly [what: string, body: Uint8Array])[] = [
  ['nothing', new Uint8Array()],
  ['one zero', new Uint8Array(1)],
  ['no UTF-8', Uint8Array.from([0xff, 0xfe, 0xc0, 0x80])],
  ['half a surrogate', Buffer.from('eda080', 'hex')],
  ['a byte order mark', Buffer.from('\ufeff{}')],
  ['a mebibyte of the letter a', Buffer.alloc(MEBIBYTE, 'a')],
  ['a mebibyte of percent signs', Buffer.alloc(MEBIBYTE, '%')],
  ['a mebibyte of ampersands', Buffer.alloc(MEBIBYTE, '&')],
  ['a mebibyte of quotation marks', Buffer.alloc(MEBIBYTE, '"')],
  ['a mebibyte of backslashes', Buffer.alloc(MEBIBYTE, '\\')],
  ['half a million open brackets', Buffer.alloc(MEBIBYTE / 2, '[')],
  ['half a million open braces', Buffer.from('{"a":'.repeat(MEBIBYTE / 8))],
  ['one text of a mebibyte', Buffer.from(`{"a":"${'x'.repeat(MEBIBYTE - 10)}"}`)],
  ['one text of escapes', Buffer.from(`{"a":"${'\\n'.repeat(MEBIBYTE / 2 - 10)}"}`)],
  ['a member named __proto__', Buffer.from('{"__proto__":{"id":"evt_1"}}')],
  ['more than a mebibyte', Buffer.alloc(MEBIBYTE + 1, 'a')],
];

const good = signed(Buffer.from('{}'));
const HEADERS: readonly (readonly [what: string, headers: unknown])[] = [
  ['none', undefined],
  ['null', null],
  ['a text', 'webhook-id: evt_1'],
  ['a list', ['webhook-id', 'evt_1']],
  ['an empty object', {}],
  ['one that is named “get”', { get: 'x', ...good, 'webhook-id': undefined, 'bls-signature': undefined }],
  ['numbers', Object.fromEntries(Object.keys(good).map((name) => [name, 7]))],
  ['lists', Object.fromEntries(Object.entries(good).map(([name, value]) => [name, [value, value]]))],
  ['lists of lists', Object.fromEntries(Object.entries(good).map(([name, value]) => [name, [[value]]]))],
  ['empty lists', Object.fromEntries(Object.keys(good).map((name) => [name, []]))],
  ['twice, in two spellings', { ...good, 'WEBHOOK-ID': 'evt_2', 'BLS-SIGNATURE': 'ab' }],
  ['joined by a comma', Object.fromEntries(Object.entries(good).map(([name, value]) => [name, `${value}, ${value}`]))],
  ['a hundred thousand signatures', { ...good, 'webhook-signature': 'v1,AAAA '.repeat(100_000) }],
  [
    'a mebibyte of signature',
    { ...good, 'webhook-signature': `v1,${'A'.repeat(MEBIBYTE)}`, 'bls-signature': 'a'.repeat(MEBIBYTE) },
  ],
  ['no ASCII', { ...good, 'webhook-signature': 'v1,☕', 'bls-signature': '☕', 'webhook-timestamp': '１２３' }],
];

describe.each(Object.entries(VERIFIERS))('%s', (_name, verify) => {
  it.each(BODIES)(
    'refuses a body of %s, however it is signed, with an error of its own and at once',
    async (_what, body) => {
      const startedMs = performance.now();
      expect(await reasonOf(verify({ body, headers: signed(body) }))).not.toBe('accepted');
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    },
  );

  it.each([undefined, null, 7, true, {}, [], [1, 2], new Date(), { type: 'Buffer', data: [1] }])(
    'says of the body %s that it is not raw',
    async (body) => {
      expect(await reasonOf(verify({ body: body as never, headers: good }))).toBe('not_raw');
    },
  );

  it.each(HEADERS)('refuses headers that are %s with an error of its own', async (_what, headers) => {
    expect(await reasonOf(verify({ body: '{}', headers: headers as WebhookHeaders }))).not.toBe('accepted');
  });

  it('reads the bytes before it waits, so that nobody can change them afterwards', async () => {
    const body = Buffer.from('{"id":"evt_1","type":"payment.succeeded","data":{"object":{}}}');
    const verdict = verify({ body, headers: signed(body) }).catch(() => null);
    body.write('evt_9', 7);
    expect(JSON.stringify(await verdict)).not.toContain('evt_9');
  });
});

describe('the verifiers', () => {
  it('find WebCrypto where it is no global, as in Node 18', async () => {
    const address = new URL('verify-webhook.ts', import.meta.url);
    const body = JSON.stringify({ id: 'evt_1', type: 'payment.succeeded', data: { object: {} } });
    const input = { body, headers: signed(Buffer.from(body)), secret: `whsec_${KEY.toString('base64')}` };
    const script = `delete globalThis.crypto;
      if (globalThis.crypto !== undefined) throw new Error('still there');
      const { verifyWebhook } = await import(${JSON.stringify(address.href)});
      const event = await verifyWebhook({ ...${JSON.stringify(input)}, now: new Date(${NOW.getTime()}) });
      console.log(event.id);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    expect(stdout.trim()).toBe('evt_1');
  });
});
