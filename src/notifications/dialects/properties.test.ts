import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { compactDecrypt } from 'jose';
import { expect, test } from 'vitest';
import { ManualClock } from '../../kernel/clock.ts';
import { currencyExponent } from '../../kernel/currency.ts';
import { verifyMessage } from '../../providers/partner/verify-message.ts';
import { PARTNER_PROFILE_IDS } from '../endpoint.ts';
import type { DialectEndpoint, DialectEvent, DialectKey, EncodedMessage } from './dialect.ts';
import { anyEvent, NOON } from './event-fixture.ts';
import { findDialect } from './find-dialect.ts';
import { PARTNER_PROFILES } from './partner.ts';
import { verifyStandard } from './standard.ts';
import { standardPublicKeyOf } from './standard-key-pair.ts';

const ENDPOINT = { merchantCode: 'BLUESHOP', partnerKeyId: null };
const newKey = (
  id: Parameters<typeof findDialect>[0],
  purpose: 'signing' | 'signing_ed25519' | 'data_protection' | 'notification',
  keyId: string,
) => {
  const kinds = {
    signing: 'secret',
    signing_ed25519: 'ed25519',
    data_protection: 'data_protection',
    notification: 'notification',
  } as const;
  return { keyId, kind: kinds[purpose], text: findDialect(id).newSecret(purpose) };
};
type TextKey = ReturnType<typeof newKey>;

interface Settings {
  readonly endpoint?: DialectEndpoint;
  readonly numRuns?: number;
}

/** Any event, said at noon and once more at any later time; whatever it may not say is not in it. */
async function everyMessage(
  id: Parameters<typeof findDialect>[0],
  keys: readonly TextKey[],
  check: (message: EncodedMessage, event: DialectEvent, at: Temporal.Instant) => unknown,
  { endpoint = ENDPOINT, numRuns = 100 }: Settings = {},
): Promise<number> {
  const dialect = findDialect(id);
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(anyEvent, fc.integer({ min: 1_000, max: 10 ** 9 }), async (event, laterMs) => {
      const again = NOON.add({ milliseconds: laterMs });
      const messages = [NOON, again].map((at) =>
        dialect.encode(event, endpoint, keys as readonly DialectKey[], new ManualClock(at)),
      );
      const [first, second] = messages;
      if (first === null || first === undefined || second === null || second === undefined) {
        expect(first).toEqual(second);
        return;
      }
      expect(dialect.speaks(event.type)).toBe(true);
      sent += 1;
      await check(first, event, NOON);
      await check(second, event, again);
      // No stamp and no signature is ever used again, and a repeat is known by its id.
      expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
      for (const name of ['webhook-timestamp', 'webhook-signature', 'bls-signature', 'bls-ipn-timestamp']) {
        if (first.headers[name] !== undefined) expect(second.headers[name], name).not.toBe(first.headers[name]);
      }
      for (const { text } of keys) {
        for (const message of [first, second]) expect(JSON.stringify(message)).not.toContain(text);
      }
    }),
    { numRuns },
  );
  return sent;
}

test('standard: every event is sent, and verifies under each key alone', async () => {
  const keys = [
    newKey('standard', 'signing', 'key_2'),
    newKey('standard', 'signing', 'key_1'),
    newKey('standard', 'signing_ed25519', 'key_3'),
  ];
  const secrets = keys.map(({ kind, text }) => (kind === 'ed25519' ? standardPublicKeyOf(text) : text));
  const sent = await everyMessage('standard', keys, ({ headers, body }, event, now) => {
    for (const secret of secrets)
      expect(verifyStandard({ headers, body, secrets: [secret], now })).toEqual({ ok: true });
    expect(JSON.parse(String(body)).data.object).toEqual(JSON.parse(JSON.stringify(event.object)));
  });
  expect(sent).toBe(100);
});

test.each(['bluesnap', 'bluesnap-receipt'] as const)(
  '%s: every form is signed, says each thing once, and gives the amount to the unit',
  async (id) => {
    const keys = [newKey(id, 'signing', 'key_1'), newKey(id, 'data_protection', 'key_2')];
    const [signing, protection] = keys.map(({ text }) => text);
    const sent = await everyMessage(id, keys, ({ headers, body }, { mode }) => {
      const signed = `${headers['bls-ipn-timestamp']}${body}`;
      expect(headers['bls-signature']).toBe(
        createHmac('sha256', signing ?? '')
          .update(signed)
          .digest('hex'),
      );
      const pairs = [...new URLSearchParams(String(body))];
      const form = new Map(pairs);
      expect(form.size).toBe(pairs.length);
      expect(pairs.filter(([, value]) => value === '')).toEqual([]);
      expect(String(body)).toMatch(/^[\x21-\x7e]+$/);
      const currency = form.get('invoiceChargeCurrency') ?? '';
      const exponent = currencyExponent(currency);
      expect(form.get('invoiceChargeAmount')).toMatch(
        exponent === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${exponent}}$`),
      );
      expect(form.get('testMode')).toBe(mode === 'live' ? 'N' : 'Y');
      expect(form.get('transactionDate')).toMatch(/^(0\d|1[0-2])\/\d\d\/\d{4} (0[1-9]|1[0-2]):[0-5]\d [AP]M$/);
      const text = `${form.get('referenceNumber')}${form.get('contractId') ?? ''}${protection}`;
      expect(form.get('authKey')).toBe(createHash('md5').update(text).digest('hex'));
    });
    expect(sent).toBeGreaterThan(20);
  },
);

test('encrypted: jose opens every message, and no initialization vector comes twice', async () => {
  const key = newKey('encrypted', 'notification', 'key_1');
  const vectors: (string | undefined)[] = [];
  const sent = await everyMessage('encrypted', [key], async ({ headers, body }, event, at) => {
    const { plaintext, protectedHeader } = await compactDecrypt(String(body), Buffer.from(key.text, 'base64url'));
    vectors.push(String(body).split('.')[2]);
    expect(protectedHeader.kid).toBe('key_1');
    const opened = JSON.parse(Buffer.from(plaintext).toString());
    expect(opened).toMatchObject({ webhookId: event.eventId, issuedAt: at.toString({ fractionalSecondDigits: 3 }) });
    expect(headers['webhook-id']).toBe(event.eventId);
  });
  expect(sent).toBeGreaterThan(5);
  expect(new Set(vectors).size).toBe(2 * sent);
});

test('encrypted-legacy: every message opens with the key alone', async () => {
  const key = newKey('encrypted-legacy', 'notification', 'key_1');
  const sent = await everyMessage('encrypted-legacy', [key], ({ body }, event) => {
    const decipher = createDecipheriv('aes-128-cbc', Buffer.from(key.text, 'hex'), Buffer.alloc(16));
    const opened = JSON.parse(decipher.update(String(body), 'base64', 'utf8') + decipher.final('utf8'));
    expect(opened.webhookId).toBe(event.eventId);
  });
  expect(sent).toBeGreaterThan(5);
});

test.each(PARTNER_PROFILE_IDS)('partner: every message of %s verifies as our own adapter verifies', async (profile) => {
  const key = newKey('partner', 'signing', 'key_1');
  const sent = await everyMessage(
    'partner',
    [key],
    ({ body }) => {
      const given = { name: 'ipn', members: JSON.parse(String(body)) } as const;
      expect(verifyMessage(PARTNER_PROFILES[profile], given, [{ secretKey: key.text }])).toBe('valid');
      expect(verifyMessage(PARTNER_PROFILES[profile], given, [{ secretKey: 'not the key at all' }])).toBe('invalid');
    },
    { endpoint: { ...ENDPOINT, profile }, numRuns: 500 },
  );
  expect(sent).toBeGreaterThan(0);
});
