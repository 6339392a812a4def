import { generateKeyPairSync, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../kernel/clock.ts';
import { verifyMessage } from '../../providers/partner/verify-message.ts';
import { bluecomProfile } from '../../providers/partner-profiles/bluecom-profile.ts';
import type { DialectEvent, DialectKey } from './dialect.ts';
import { partnerDialect } from './partner.ts';

interface Vector {
  readonly name: string;
  readonly secret: string;
  readonly members: Readonly<Record<string, string | number>>;
  readonly text: string;
  readonly signature: string;
}

const page = await readFile(new URL('../../../docs/dialects/partner.md', import.meta.url), 'utf8');
const vectors = [...page.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, json = '']) => JSON.parse(json) as Vector);

const KEY: DialectKey = { keyId: 'key_1', kind: 'secret', text: 'a secret of both sides' };
const AT = Temporal.Instant.from('2026-03-01T12:00:00.999Z');
const clock = new ManualClock(AT);
const toPartner = { merchantCode: 'BLUESHOP', partnerKeyId: 'key_1' };
const PAYMENT = { id: 'pay_1', reference: 'order-1', amount: 1250, amountCaptured: 1250, currency: 'EUR' };
const REFUND = { id: 're_1', amount: 500, currency: 'EUR', reference: null, duplicate: false };

function eventOf(type: string, object: unknown, changes: Partial<DialectEvent> = {}): DialectEvent {
  return {
    ...{ tenantId: 'ten_1', eventId: 'evt_1', mode: 'test', type, apiVersion: '2026-11-21', paymentId: 'pay_1' },
    ...{ notificationUrl: null, object, createdAt: AT, payment: PAYMENT, ...changes },
  };
}

function encode(event: DialectEvent, endpoint = toPartner, keys: readonly DialectKey[] = [KEY]) {
  const message = partnerDialect.encode(event, endpoint, keys, clock);
  return message === null ? null : JSON.parse(String(message.body));
}

describe('the vectors of the documentation', () => {
  it('are four', () => {
    expect(vectors).toHaveLength(4);
  });

  it.each(vectors)('hold for $name', ({ members, secret, signature, text }) => {
    const { orderId, providerRef, amount, currency, refundId, nonce, timestamp, paidAt = timestamp } = members;
    const [type = ''] = TYPES.filter(
      ([, eventType, status]) => eventType === members.eventType && status === members.status,
    ).map(([each]) => each);
    const own = String(refundId ?? '').replace('gateway:', '');
    const object =
      members.eventType === 'PAYMENT'
        ? { ...PAYMENT, id: providerRef, reference: orderId, amount, amountCaptured: amount, currency }
        : { ...REFUND, id: own, amount, currency, reference: own === refundId ? `key_1/${refundId}` : null };
    const event = eventOf(type, object, {
      payment: { ...PAYMENT, id: providerRef, reference: orderId },
      createdAt: Temporal.Instant.from(String(paidAt)),
    });
    const now = new ManualClock(String(timestamp));
    const keys = [{ keyId: 'key_1', kind: 'secret', text: secret } as const];
    const sent = JSON.parse(String(partnerDialect.encode(event, toPartner, keys, now)?.body));
    const signed = { ...members, nonce: sent.nonce };
    const { signature: ours, ...said } = sent;
    expect(said).toEqual(signed);
    // The number is made anew each time, so it is the text with the vector's own number that must come to its signature.
    const given = { name: 'ipn', members: { ...members, signature } } as const;
    expect(verifyMessage(bluecomProfile, given, [{ secretKey: secret }])).toBe('valid');
    expect(text.endsWith(`|${timestamp}|${nonce}`)).toBe(true);
    expect(
      verifyMessage(bluecomProfile, { name: 'ipn', members: { ...said, signature: ours } }, [{ secretKey: secret }]),
    ).toBe('valid');
  });
});

const TYPES = [
  ['payment.succeeded', 'PAYMENT', 'SUCCESS'],
  ['payment.failed', 'PAYMENT', 'FAILED'],
  ['payment.expired', 'PAYMENT', 'EXPIRED'],
  ['payment.canceled', 'PAYMENT', 'CANCELLED'],
  ['refund.succeeded', 'REFUND', 'REFUNDED'],
  ['refund.failed', 'REFUND', 'FAILED'],
  ['reversal.succeeded', 'REFUND', 'REFUNDED'],
] as const;

describe('a message', () => {
  it.each(TYPES)('about %s says %s %s', (type, eventType, status) => {
    expect(encode(eventOf(type, eventType === 'PAYMENT' ? PAYMENT : REFUND))).toMatchObject({ eventType, status });
  });

  it('is stamped in whole seconds, cut and never rounded up, and numbered anew', () => {
    const [one, other] = [encode(eventOf('payment.succeeded', PAYMENT)), encode(eventOf('payment.succeeded', PAYMENT))];
    expect(one.timestamp).toBe('2026-03-01T12:00:00Z');
    expect(one.nonce).toMatch(/^[0-9a-f]{32}$/);
    expect(other.nonce).not.toBe(one.nonce);
  });

  it('names a refund as the partner does, and one that is not the partner’s so that it cannot be mistaken', () => {
    const named = (reference: string | null, endpoint = toPartner) =>
      encode(eventOf('refund.succeeded', { ...REFUND, reference }), endpoint).refundId;
    expect(named('key_1/re_theirs')).toBe('re_theirs');
    expect(named('key_2/re_theirs')).toBe('gateway:re_1');
    expect(named(null)).toBe('gateway:re_1');
    expect(named('key_1/re_theirs', { ...toPartner, partnerKeyId: null as never })).toBe('gateway:re_1');
  });

  it('has no word for a refund of money that arrived twice, nor for what happens on the way', () => {
    expect(encode(eventOf('refund.succeeded', { ...REFUND, duplicate: true }))).toBeNull();
    for (const type of [
      'payment.created',
      'payment.processing',
      'refund.created',
      'capture.succeeded',
      'dispute.opened',
    ]) {
      expect(partnerDialect.speaks(type), type).toBe(false);
      expect(encode(eventOf(type, PAYMENT))).toBeNull();
    }
  });

  it('S0.38 is signed with the old key of a rotation', () => {
    const old: DialectKey = { keyId: 'key_1', kind: 'secret', text: 'the secret of before' };
    const members = encode(eventOf('payment.succeeded', PAYMENT), toPartner, [KEY, old]);
    const given = { name: 'ipn', members } as const;
    expect(verifyMessage(bluecomProfile, given, [{ secretKey: 'the secret of before' }])).toBe('valid');
    expect(verifyMessage(bluecomProfile, given, [{ secretKey: 'a secret of both sides' }])).toBe('invalid');
  });

  it('S0.32 is signed with our half of an RSA pair', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const rsa: DialectKey = { keyId: 'key_1', kind: 'rsa', privateKey: pem };
    const { signature, ...said } = encode(eventOf('payment.failed', PAYMENT), toPartner, [rsa]);
    const text = `BLUESHOP|order-1|pay_1||PAYMENT|FAILED|1250|EUR||${said.timestamp}|${said.nonce}`;
    expect(verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'))).toBe(true);
  });
});

it.each([
  [200, true],
  [201, false],
  [204, false],
  [302, false],
  [401, false],
  [500, false],
])('status %i acknowledges: %s', (status, acknowledged) => {
  expect(partnerDialect.acknowledged({ status, body: new Uint8Array() }, [KEY])).toBe(acknowledged);
});

it.each([
  ['any text', true],
  ['x'.repeat(512), true],
  ['', false],
  [' '.repeat(20), false],
  ['x'.repeat(513), false],
])('a secret %j is taken: %s', (secret, taken) => {
  expect(partnerDialect.brokenRule(secret, 'signing') === null).toBe(taken);
});
