import { createDecipheriv, createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { compactDecrypt } from 'jose';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { DialectKey } from './dialect.ts';
import { findDialect } from './find-dialect.ts';
import {
  type Answer,
  type Key,
  sentBy,
  VECTOR_DIALECTS,
  VECTOR_EVENTS,
  type Vector,
  vectorsOf,
} from './vectors-fixture.ts';

/** Every vector worked out again from its own words: nothing here calls the code that made it. */

const vectorOf = (id: string, name: string): Vector =>
  present(
    vectorsOf(id).find((one) => one.name === name),
    name,
  );
const newest = (vector: Vector, kind: Key['kind']) => vector.keys.filter((key) => key.kind === kind);
const oldest = (vector: Vector, kind: Key['kind']) => present(newest(vector, kind).at(-1), `a key of ${kind}`);
const stampOf = ({ at }: Vector) => String(Math.floor(Temporal.Instant.from(at).epochMilliseconds / 1000));

const REQUIRED = [
  'payment.succeeded',
  'payment.attempt_failed',
  'refund.succeeded, of a part',
  'dispute.opened',
  'payment.reversed',
  'letters beyond ASCII',
  'nothing that is optional',
  'a currency without decimals',
  'a currency with three decimals',
];

describe.each(VECTOR_DIALECTS)('%s', (id) => {
  it('has a vector of everything that is easily got wrong, said or not said', () => {
    expect(vectorsOf(id).map(({ name }) => name)).toEqual(expect.arrayContaining(REQUIRED));
    expect(new Set(vectorsOf(id).map(({ name }) => name)).size).toBe(vectorsOf(id).length);
  });

  it('says nothing exactly where it has no word', () => {
    const dialect = findDialect(id);
    for (const { name, event, request } of vectorsOf(id)) {
      const { type } = present(VECTOR_EVENTS[event], event).event;
      const isVnd = /Viet Nam/.test(event);
      // NeoPay knows one currency.
      const hasWord = dialect.speaks(type) && (!name.startsWith('neopay') || isVnd);
      expect(request !== null, name).toBe(hasWord);
    }
  });

  it.each(sentBy(id))('takes the answers that acknowledge “$name”, and no others', (vector) => {
    const dialect = findDialect(id);
    const accepts = ({ status, body }: Answer) =>
      dialect.acknowledged({ status, body: Buffer.from(body) }, vector.keys as readonly DialectKey[]);
    expect(vector.acknowledgedBy.filter((answer) => !accepts(answer))).toEqual([]);
    expect(vector.notAcknowledgedBy.filter(accepts)).toEqual([]);
    expect(vector.acknowledgedBy.length * vector.notAcknowledgedBy.length).toBeGreaterThan(0);
  });

  it('keeps its keys out of what it sends', () => {
    for (const { request, plaintext = '', keys } of sentBy(id)) {
      const said = `${JSON.stringify(request)}${decodeURIComponent(request.body.replaceAll('+', ' '))}${plaintext}`;
      for (const { text } of keys) expect(said).not.toContain(text);
    }
  });
});

describe.each(['bluesnap', 'bluesnap-receipt'])('%s', (id) => {
  it.each(sentBy(id))('is signed by both formulas: $name', (vector) => {
    const { headers, body } = vector.request;
    const stamp = vector.at.replace('T', ' ').replace('Z', '');
    const { text } = oldest(vector, 'secret');
    expect(headers['bls-ipn-timestamp']).toBe(stamp);
    expect(headers['bls-signature']).toBe(createHmac('sha256', text).update(`${stamp}${body}`).digest('hex'));
    const signatures = newest(vector, 'secret').map(({ text: key }) =>
      createHmac('sha256', Buffer.from(key, 'utf8'))
        .update(`${headers['webhook-id']}.${stampOf(vector)}.${body}`)
        .digest('base64'),
    );
    expect(headers['webhook-signature']).toBe(signatures.map((signature) => `v1,${signature}`).join(' '));
    expect(headers).toMatchObject({ 'webhook-timestamp': stampOf(vector) });
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const protection = newest(vector, 'data_protection').at(-1);
    const form = new URLSearchParams(body);
    const joined = `${form.get('referenceNumber')}${form.get('contractId') ?? ''}${protection?.text}`;
    expect(form.get('authKey')).toBe(protection === undefined ? null : createHash('md5').update(joined).digest('hex'));
  });

  it('writes amounts with the digits of their currencies, below zero where money goes back', () => {
    const amountOf = (name: string) => {
      const form = new URLSearchParams(vectorOf(id, name).request?.body);
      return `${form.get('invoiceChargeAmount')} ${form.get('invoiceChargeCurrency')}`;
    };
    expect(
      [
        'payment.succeeded',
        'payment.reversed',
        'refund.succeeded, of a part',
        'dispute.opened',
        'a currency without decimals',
        'a currency with three decimals',
      ].map(amountOf),
    ).toEqual(['12.50 EUR', '-12.50 EUR', '-6.25 EUR', '-12.50 EUR', '1250 JPY', '1.250 KWD']);
  });

  it('leaves absent values out, and escapes letters as UTF-8', () => {
    const plain = new URLSearchParams(vectorOf(id, 'nothing that is optional').request?.body);
    expect(['contractId', 'softDescriptor'].filter((name) => plain.has(name))).toEqual([]);
    expect(vectorOf(id, 'letters beyond ASCII').request?.body).toContain('softDescriptor=TEEHAUS+%26+CAF%C3%89');
  });
});

describe('standard', () => {
  it.each(sentBy('standard'))('is signed by every key: $name', (vector) => {
    const { headers, body } = vector.request;
    const signed = Buffer.from(`${headers['webhook-id']}.${stampOf(vector)}.${body}`);
    const signatures = (headers['webhook-signature'] ?? '').split(' ');
    expect(headers['webhook-timestamp']).toBe(stampOf(vector));
    expect(signatures).toHaveLength(vector.keys.length);
    for (const { kind, text, publicKey = '' } of vector.keys) {
      const key = Buffer.from(text.replace(/^whs(ec|k)_/, ''), 'base64');
      if (kind === 'secret') {
        expect(signatures).toContain(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
        continue;
      }
      const x = Buffer.from(publicKey.replace('whpk_', ''), 'base64').toString('base64url');
      const jwk = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
      const verified = signatures.filter(
        (one) => one.startsWith('v1a,') && verify(null, signed, jwk, Buffer.from(one.slice(4), 'base64')),
      );
      expect(verified).toHaveLength(1);
    }
  });

  it('is verified by the specification’s own library, whatever else is in the header', () => {
    const vector = vectorOf('standard', 'a rotation of both: two of each sign');
    // The library has the machine's clock in it, so that it signs again instead of verifying a stamp of 2026.
    for (const { text } of newest(vector, 'secret')) {
      const { headers, body } = present(vector.request, 'a message');
      const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
      const signature = new StandardWebhook(text).sign(String(headers['webhook-id']), at, body);
      expect(headers['webhook-signature']?.split(' ')).toContain(signature);
    }
  });
});

describe('encrypted', () => {
  it.each(sentBy('encrypted'))('opens with jose under the key that kid names: $name', async (vector) => {
    const { text, keyId } = oldest(vector, 'notification');
    const opened = await compactDecrypt(vector.request.body, Buffer.from(text, 'base64url'), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    expect(opened.protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM', kid: keyId, cty: 'json' });
    expect(Buffer.from(opened.plaintext).toString()).toBe(vector.plaintext);
    expect(vector.request.headers).toEqual({
      'webhook-id': JSON.parse(vector.plaintext ?? '').webhookId,
      'content-type': 'application/jose',
    });
  });

  it('never has the same initialization vector twice', () => {
    const vectors = sentBy('encrypted').map(({ request }) => request.body.split('.')[2]);
    expect(new Set(vectors).size).toBe(vectors.length);
  });
});

describe('encrypted-legacy', () => {
  it.each(sentBy('encrypted-legacy'))('opens with AES-128-CBC and a vector of zeros: $name', (vector) => {
    const key = Buffer.from(oldest(vector, 'notification').text, 'hex');
    const decipher = createDecipheriv('aes-128-cbc', key, Buffer.alloc(16));
    const opened = decipher.update(vector.request.body, 'base64', 'utf8') + decipher.final('utf8');
    expect(opened).toBe(vector.plaintext);
  });
});

describe.each(['encrypted', 'encrypted-legacy'])('the notification inside %s', (id) => {
  it.each([
    ['payment.succeeded', 'SUCCESS', '12.50'],
    ['payment.failed', 'FAILED', '12.50'],
    ['payment.canceled', 'CLIENT_CANCEL', '12.50'],
    ['payment.expired', 'EXPIRED', '12.50'],
    ['payment.reversed', 'REVERSED', '12.50'],
    ['refund.succeeded, of a part', 'REFUNDED', '6.25'],
    ['a currency without decimals', 'SUCCESS', '1250'],
    ['a currency with three decimals', 'SUCCESS', '1.250'],
  ])('S1.14 says of %s %s and %s', (name, status, amount) => {
    const { plaintext = '' } = vectorOf(id, name);
    expect(JSON.parse(plaintext).status).toBe(status);
    expect(plaintext).toContain(`"amount":${amount},`);
  });
});

describe('partner', () => {
  const NAMES = [
    ...['merchantCode', 'orderId', 'providerRef', 'refundId', 'eventType', 'status', 'amount', 'currency', 'paidAt'],
    ...['timestamp', 'nonce'],
  ];

  const sentAs = (profile: string) => sentBy('partner').filter(({ endpoint }) => endpoint?.profile === profile);

  it.each(sentAs('neopay'))('is hashed over its values in the order of their names: $name', (vector) => {
    const { neo_SecureHash: hash, ...members } = JSON.parse(vector.request.body);
    const names = Object.keys(members).sort();
    const text = names.map((name) => members[name]).join('') + oldest(vector, 'secret').text;
    expect(hash).toBe(createHash('sha256').update(text).digest('hex').toUpperCase());
    expect(members.neo_Currency).toBe('VND');
  });

  it('tells NeoPay’s receivers in NeoPay’s codes', () => {
    const codes = sentAs('neopay').map(({ request }) => {
      const { neo_Command: command, neo_ResponseCode: code, neo_Amount: amount } = JSON.parse(request.body);
      return `${command} ${code} ${amount}`;
    });
    expect(codes).toEqual(['PAY 0 250000', 'PAY 1 250000', 'PAY -1 250000', 'REFUND 0 50000']);
  });

  it.each(sentAs('bluecom'))('is signed over its values in order: $name', (vector) => {
    const members = JSON.parse(vector.request.body);
    const text = NAMES.map((name) => members[name] ?? '').join('|');
    const { text: key } = oldest(vector, 'secret');
    expect(members.signature).toBe(createHmac('sha256', key).update(text, 'utf8').digest('hex'));
    expect(Object.keys(members).filter((name) => ![...NAMES, 'signature'].includes(name))).toEqual([]);
    expect(members.timestamp).toBe(`${vector.at.slice(0, 19)}Z`);
  });
});
