import { createCipheriv } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { flippedBytes, reasonOf } from './rejection-fixture.ts';
import {
  type VerifyEncryptedWebhookInput,
  type VerifyLegacyWebhookInput,
  verifyEncryptedWebhook,
  verifyLegacyWebhook,
} from './verify-encrypted-webhook.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const KEY = Buffer.alloc(32, 7);
const OTHER_KEY = Buffer.alloc(32, 8);
const NOTIFICATION_KEY = KEY.toString('base64url');
const headers = { 'webhook-id': 'evt_1' };

const PLAIN =
  '{"webhookId":"evt_1","issuedAt":"2026-11-21T12:00:00.250Z","transactionId":"pay_1","reference":"order-1",' +
  '"amount":149.50,"currencyCode":"ZAR","status":"SUCCESS","date":"2026-11-21T11:59:58Z","refundId":null,' +
  '"cartItems":[{"description":"Kávé, 2 \\"grands\\" 12.50","quantity":2,"value":74.75}]}';

/** By jose, so that another's reading of the rules is the judge. */
function sealed(plain: string, { key = KEY, header = {} } = {}): Promise<string> {
  return new CompactEncrypt(Buffer.from(plain))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'key_1', cty: 'json', ...header })
    .encrypt(key);
}
const BODY = await sealed(PLAIN);

/** By hand, where jose refuses to write what no honest sender writes. */
function sealedAs(header: object, { tagBytes = 16, ivBytes = 12 } = {}): string {
  const first = Buffer.from(JSON.stringify(header)).toString('base64url');
  const iv = Buffer.alloc(ivBytes, 1);
  const cipher = createCipheriv('aes-256-gcm', KEY, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(first));
  const ciphertext = Buffer.concat([cipher.update(PLAIN), cipher.final()]);
  return [first, '', ...[iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}

function reason(changes: Partial<VerifyEncryptedWebhookInput>) {
  const keys = 'notificationKeys' in changes ? {} : { notificationKey: NOTIFICATION_KEY };
  return reasonOf(verifyEncryptedWebhook({ body: BODY, headers, ...keys, now: NOW, ...changes }));
}

describe('an encrypted notification', () => {
  it('says what it says, with every digit of its amounts', async () => {
    const input = { body: BODY, headers, notificationKey: NOTIFICATION_KEY, now: NOW };
    expect(await verifyEncryptedWebhook(input)).toMatchObject({
      ...{ webhookId: 'evt_1', transactionId: 'pay_1', status: 'SUCCESS', amount: '149.50', refundId: null },
      cartItems: [{ description: 'Kávé, 2 "grands" 12.50', quantity: 2, value: '74.75' }],
    });
  });

  it('opens with the key that it names, or with any of several', async () => {
    const byOther = await sealed(PLAIN, { key: OTHER_KEY, header: { kid: 'key_2' } });
    const other = OTHER_KEY.toString('base64url');
    const named = { key_1: NOTIFICATION_KEY, key_2: other };
    for (const body of [BODY, byOther]) {
      expect(await reason({ body, notificationKeys: named })).toBe('accepted');
      expect(await reason({ body, notificationKeys: [other, NOTIFICATION_KEY] })).toBe('accepted');
    }
    expect(await reason({ body: byOther, notificationKeys: { key_1: NOTIFICATION_KEY } })).toBe('unknown_key');
    expect(await reason({ body: byOther, notificationKeys: { key_2: NOTIFICATION_KEY } })).toBe('no_match');
    expect(await reason({ body: byOther })).toBe('no_match');
  });

  it('is refused with any byte turned, wherever', async () => {
    for (const body of flippedBytes(BODY)) expect(['no_match', 'malformed']).toContain(await reason({ body }));
  });

  it('is refused where its tag is shorter, however it was made so', async () => {
    const header = { alg: 'dir', enc: 'A256GCM' };
    expect(await reason({ body: sealedAs(header) })).toBe('accepted');
    for (const tagBytes of [4, 8, 12, 15]) {
      expect(await reason({ body: sealedAs(header, { tagBytes }) })).toBe('malformed');
    }
    expect(await reason({ body: sealedAs(header, { ivBytes: 16 }) })).toBe('malformed');
  });

  it.each([
    ['no algorithm', { enc: 'A256GCM' }],
    ['another algorithm', { alg: 'A256KW', enc: 'A256GCM' }],
    ['another encryption', { alg: 'dir', enc: 'A128GCM' }],
    ['no encryption', { alg: 'none' }],
    ['compression', { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }],
    ['an extension', { alg: 'dir', enc: 'A256GCM', crit: ['exp'] }],
  ])('that asks for %s is refused', async (_what, header) => {
    expect(await reason({ body: sealedAs(header) })).toBe('malformed');
  });

  it.each(['', '....', '.....', `${BODY}.`, BODY.replace('..', '.AAAA.'), `${BODY}=`, ` ${BODY}`, PLAIN])(
    'that is “%s” is refused',
    async (body) => {
      expect(await reason({ body })).toBe('malformed');
    },
  );

  it('is refused under another id, and too long after it was made', async () => {
    expect(await reason({ headers: { 'webhook-id': 'evt_2' } })).toBe('wrong_id');
    expect(await reason({ headers: {} })).toBe('missing_header');
    expect(await reason({ now: new Date('2026-11-21T12:05:01Z') })).toBe('too_old');
    expect(await reason({ now: new Date('2026-11-21T11:54:59Z') })).toBe('too_new');
  });

  it.each(['[]', '{}', 'null', '{"webhookId":"evt_1"}', PLAIN.replace('"SUCCESS"', 'null')])(
    'that is genuine and says %s is refused',
    async (plain) => {
      expect(await reason({ body: await sealed(plain) })).toBe('not_json');
    },
  );

  it('is refused where it says when in no known way', async () => {
    const body = await sealed(PLAIN.replace('2026-11-21T12:00:00.250Z', 'today'));
    expect(await reason({ body })).toBe('bad_timestamp');
  });

  it.each(['', 'AAAA', KEY.toString('hex'), `${NOTIFICATION_KEY}=`])('is not tried with the key “%s”', async (bad) => {
    expect(await reason({ notificationKey: bad })).toBe('bad_secret');
    expect(await reason({ notificationKeys: { key_1: bad } })).toBe('bad_secret');
    expect(await reason({ notificationKeys: [] })).toBe('bad_secret');
  });
});

describe('a legacy notification', () => {
  const LEGACY_KEY = '000102030405060708090a0b0c0d0e0f';

  function sealedByCbc(plain: string): string {
    const cipher = createCipheriv('aes-128-cbc', Buffer.from(LEGACY_KEY, 'hex'), Buffer.alloc(16));
    return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
  }
  const body = sealedByCbc(PLAIN);
  const legacyReason = (changes: Partial<VerifyLegacyWebhookInput>) =>
    reasonOf(verifyLegacyWebhook({ body, headers, notificationKey: LEGACY_KEY, now: NOW, ...changes }));

  it('says what it says, under any of several keys', async () => {
    const notificationKeys = ['ff'.repeat(16), LEGACY_KEY.toUpperCase()];
    expect(await verifyLegacyWebhook({ body, headers, notificationKeys, now: NOW })).toMatchObject({
      amount: '149.50',
    });
  });

  it('is refused for one reason, whatever is wrong with what it says', async () => {
    const wrong = [
      { body: sealedByCbc('no JSON') },
      { body: sealedByCbc(PLAIN.slice(0, -1)) },
      { body: body.slice(0, 64) },
      { notificationKey: 'ff'.repeat(16) },
      { headers: { 'webhook-id': 'evt_2' } },
      { now: new Date('2026-11-21T13:00:00Z') },
      { now: new Date('2026-11-21T11:00:00Z') },
    ];
    for (const changes of wrong) expect(await legacyReason(changes)).toBe('no_match');
  });

  it.each(['', 'AAAA', `${body}AAAA`, body.slice(1), `${body}\n`])('that is “%s” is none', async (bad) => {
    expect(await legacyReason({ body: bad })).toBe('malformed');
  });

  it.each(['', '00', 'zz'.repeat(16), '00'.repeat(32)])('is not tried with the key “%s”', async (bad) => {
    expect(await legacyReason({ notificationKey: bad })).toBe('bad_secret');
  });
});
