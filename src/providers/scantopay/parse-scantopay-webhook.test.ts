import { createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebhookOutcome } from '../provider-webhook.ts';
import { decryptNotification } from './decrypt-scantopay-notification.ts';
import {
  encrypt,
  NOTIFICATION_KEY,
  PAID,
  type ScantopayStage,
  startScantopayStage,
  webhook,
} from './scantopay-fixture.ts';

let stage: ScantopayStage;
beforeAll(async () => {
  stage = await startScantopayStage();
});
afterAll(() => stage.stop());

const KEY = Buffer.from(NOTIFICATION_KEY, 'hex');
const OTHER_KEY = Buffer.from('ffeeddccbbaa99887766554433221100', 'hex');

const parse = (body: string | Uint8Array, call = stage.call()) => stage.provider.parseWebhook(call, webhook(body));
const parseJson = (members: object) => parse(encrypt(JSON.stringify(members)));
const eventOf = async (members: object) => {
  const outcome = await parseJson(members);
  if (outcome.kind !== 'events') throw new Error(`Not read: ${JSON.stringify(outcome)}`);
  return outcome.events[0];
};

const REJECTED: WebhookOutcome = { kind: 'rejected', reason: 'bad_signature', reply: { status: 401 } };

describe('what is not believed', () => {
  const bodies: readonly (readonly [string, () => string | Uint8Array])[] = [
    ['an empty body', () => ''],
    ['plain JSON', () => JSON.stringify(PAID)],
    ['no base64', () => `${encrypt(JSON.stringify(PAID))}!`],
    [
      'base64 of another alphabet',
      () => encrypt('x'.repeat(200)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
    ],
    ['a byte order mark', () => `\uFEFF${encrypt(JSON.stringify(PAID))}`],
    [
      'a block too short',
      () =>
        Buffer.from(encrypt(JSON.stringify(PAID)), 'base64')
          .subarray(1)
          .toString('base64'),
    ],
    [
      'half a body',
      () =>
        Buffer.from(encrypt(JSON.stringify(PAID)), 'base64')
          .subarray(0, 32)
          .toString('base64'),
    ],
    ['two bodies', () => encrypt(JSON.stringify(PAID)).repeat(2)],
    ['another key', () => encrypt(JSON.stringify(PAID), OTHER_KEY)],
    ['a padding of zero', () => encrypt(Buffer.alloc(32), KEY, false)],
    ['a padding too long', () => encrypt(Buffer.alloc(32, 17), KEY, false)],
    ['an uneven padding', () => encrypt(Buffer.from(`${JSON.stringify({ ...PAID }).padEnd(126)}\x01\x02`), KEY, false)],
    ['no UTF-8', () => encrypt(Buffer.from([0xff, 0xfe, 0x7b, 0x7d]))],
    ['a byte order mark within', () => encrypt(`\uFEFF${JSON.stringify(PAID)}`)],
    ['no JSON', () => encrypt('transactionId=1')],
    ['JSON that is no object', () => encrypt('[1]')],
    ['no reference', () => encrypt(JSON.stringify({ ...PAID, reference: undefined }))],
    ['two references', () => encrypt(JSON.stringify({ ...PAID, merchantReference: 'another' }))],
    ['no number', () => encrypt(JSON.stringify({ ...PAID, transactionId: 'abc' }))],
    ['no amount', () => encrypt(JSON.stringify({ ...PAID, amount: 0 }))],
    ['a negative amount', () => encrypt(JSON.stringify({ ...PAID, amount: -7 }))],
    ['an amount finer than a cent', () => encrypt(JSON.stringify({ ...PAID, amount: 7.001 }))],
    ['an amount in powers of ten', () => encrypt(JSON.stringify(PAID).replace('"amount":7', '"amount":7e0'))],
    ['no currency of this world', () => encrypt(JSON.stringify({ ...PAID, currencyCode: 'ZZZ' }))],
    ['a body beyond the limit', () => encrypt('x'.repeat(200_000))],
  ];

  it.each(bodies)('%s gets the one answer', async (_, body) => {
    expect(await parse(body())).toEqual(REJECTED);
  });

  it('changing any single byte of a body never yields another fact', async () => {
    const body = Buffer.from(encrypt(JSON.stringify(PAID)), 'base64');
    const first = await eventOf(PAID);
    for (let at = 0; at < body.length; at++) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const outcome = await parse(changed.toString('base64'));
      if (outcome.kind === 'events') expect(outcome.events).toEqual([first]);
      else expect(outcome).toEqual(REJECTED);
    }
  });

  it('a faulty padding and faulty JSON cannot be told apart', async () => {
    const body = Buffer.from(encrypt(JSON.stringify(PAID)), 'base64');
    const answers = new Set<string>();
    for (let guess = 0; guess < 256; guess++) {
      const forged = Buffer.concat([body, Buffer.alloc(15), Buffer.from([guess]), body.subarray(-16)]);
      answers.add(JSON.stringify(await parse(forged.toString('base64'))));
    }
    expect([...answers]).toEqual([JSON.stringify(REJECTED)]);
  });

  it('without a key nothing is believed, also what no key encrypts', async () => {
    const { notificationKey: _, ...bare } = stage.call().credentials;
    const zeros = { ...bare, notificationKey: '0'.repeat(32) };
    const empty = { ...bare, notificationKey: '' };
    const body = encrypt(JSON.stringify(PAID), Buffer.alloc(16));
    for (const credentials of [bare, zeros, empty]) {
      const outcome = await parse(body, stage.call({ credentials }));
      expect(outcome).toEqual({ kind: 'rejected', reason: 'not_configured', reply: { status: 503 } });
    }
  });

  it('the key before a rotation is believed beside the new one, and no other', async () => {
    const { credentials } = stage.call();
    const rotated = { ...credentials, notificationKey: OTHER_KEY.toString('hex') };
    const old = encrypt(JSON.stringify(PAID));
    expect(await parse(old, stage.call({ credentials: rotated }))).toEqual(REJECTED);
    const during = stage.call({ credentials: rotated, previousCredentials: credentials });
    expect(await parse(old, during)).toMatchObject({ kind: 'events', events: [{ dedupeKey: '4071:SUCCESS' }] });
    const fresh = encrypt(JSON.stringify(PAID), OTHER_KEY);
    expect(await parse(fresh, during)).toMatchObject({ kind: 'events', events: [{ dedupeKey: '4071:SUCCESS' }] });
    const { notificationKey: __, ...bare } = credentials;
    const polled = stage.call({ credentials: bare, previousCredentials: credentials });
    expect(await parse(old, polled)).toMatchObject({ reason: 'not_configured' });
  });

  it('a body broken into lines is read', async () => {
    const lines = encrypt(JSON.stringify(PAID)).replace(/.{76}/g, '$&\r\n');
    expect(await parse(`${lines}\r\n`)).toMatchObject({ kind: 'events' });
  });
});

describe('probes', () => {
  it.each([
    '{ "result": "TEST" }',
    '{ result: TEST }',
    '{\n  "result": "TEST"\n}\r\n',
    'result: TEST',
    'V2 Check: TEST',
    'V1 Check: TEST',
    'TEST',
  ])('the check %j is answered and creates no event', async (body) => {
    expect(await parse(body)).toEqual({ kind: 'probe', reply: { status: 200 } });
  });

  it.each(['GET', 'HEAD'])('%s is answered, also without a key', async (method) => {
    const { notificationKey: _, ...credentials } = stage.call().credentials;
    const outcome = await stage.provider.parseWebhook(stage.call({ credentials }), webhook('', { method }));
    expect(outcome).toEqual({ kind: 'probe', reply: { status: 200 } });
  });

  it.each(['{"result":"SUCCESS"}', 'TESTING', '{"result":"TEST","amount":1}', `TEST${' '.repeat(100)}`])(
    '%j is no check',
    async (body) => {
      expect(await parse(body)).toMatchObject({ kind: 'rejected' });
    },
  );

  it('other methods are no notification', async () => {
    const outcome = await stage.provider.parseWebhook(stage.call(), webhook('TEST', { method: 'PUT' }));
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'malformed' });
  });
});

describe('for any body', () => {
  it('decryption agrees with the padding of the platform', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.string(), (noise, text) => {
        const honest = Buffer.from(encrypt(text), 'base64');
        expect(decryptNotification(KEY, honest)).toBe(text);
        const forged = Buffer.concat([honest, Buffer.alloc(16, noise)]);
        expect(decryptNotification(KEY, forged)).toBe(platformDecrypts(forged));
      }),
    );
  });

  it('nothing is thrown, and what is refused is refused alike', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map(Buffer.from),
          fc.json().map((json) => encrypt(json)),
        ),
        async (body) => {
          const outcome = await parse(body);
          if (outcome.kind === 'rejected') expect(outcome).toEqual(REJECTED);
        },
      ),
    );
  });

  it('amounts come back to the unit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 1n, max: 999_999_999_999n }), async (amount) => {
        const digits = `${amount / 100n}.${(amount % 100n).toString().padStart(2, '0')}00`;
        const outcome = await parse(encrypt(JSON.stringify({ ...PAID, amount: '#' }).replace('"#"', digits)));
        expect(outcome).toMatchObject({ events: [{ fact: { report: { amount: { amount } } } }] });
      }),
    );
  });
});

function platformDecrypts(ciphertext: Uint8Array): string | null {
  try {
    const decipher = createDecipheriv('aes-128-cbc', KEY, Buffer.alloc(16));
    const bytes = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
