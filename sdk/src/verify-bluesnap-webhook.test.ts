import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { flippedBytes, reasonOf } from './rejection-fixture.ts';
import { receiptFor, type VerifyBluesnapWebhookInput, verifyBluesnapWebhook } from './verify-bluesnap-webhook.ts';

const SECRET = 'clé de test';
const STAMP = '2026-11-21 12:00:00.250';
const NOW = new Date('2026-11-21T12:00:00.900Z');
const PROTECTION_KEY = 'protect-me-2026';
const BODY =
  'transactionType=CHARGE&referenceNumber=cap_1&merchantTransactionId=order-1&contractId=prd_7&testMode=Y&name=Zo%C3%AB+L';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function signed(body = BODY, { secret = SECRET, stamp = STAMP } = {}) {
  const signature = createHmac('sha256', secret).update(stamp).update(body).digest('hex');
  return { body, headers: { 'bls-signature': signature, 'bls-ipn-timestamp': stamp } };
}

function reason(changes: Partial<VerifyBluesnapWebhookInput>) {
  return reasonOf(verifyBluesnapWebhook({ ...signed(), secret: SECRET, now: NOW, ...changes }));
}
const headersWith = (changes: object) => ({ headers: { ...signed().headers, ...changes } });

describe('a BlueSnap notification', () => {
  it('gives its parameters, once it is proven', async () => {
    expect(await verifyBluesnapWebhook({ ...signed(), secret: SECRET, now: NOW })).toEqual({
      transactionType: 'CHARGE',
      referenceNumber: 'cap_1',
      isTest: true,
      parameters: expect.objectContaining({ merchantTransactionId: 'order-1', name: 'Zoë L' }),
      signedAt: new Date('2026-11-21T12:00:00.250Z'),
      webhookId: null,
      answer: '',
    });
  });

  it('has an id where the headers of Standard Webhooks prove it, with the bytes of the same secret', async () => {
    const { headers } = signed();
    const seconds = String(Math.floor(NOW.getTime() / 1000));
    const standard = createHmac('sha256', SECRET).update(`evt_1.${seconds}.${BODY}`).digest('base64');
    const ids = { 'webhook-id': 'evt_1', 'webhook-timestamp': seconds, 'webhook-signature': `v1,${standard}` };
    const input = { ...signed(), secret: SECRET, now: NOW };
    expect(await verifyBluesnapWebhook({ ...input, headers: { ...headers, ...ids } })).toMatchObject({
      webhookId: 'evt_1',
    });
    const forged = { ...headers, ...ids, 'webhook-id': 'evt_2' };
    expect(await verifyBluesnapWebhook({ ...input, headers: forged })).toMatchObject({ webhookId: null });
  });

  it('is believed in capitals, and under either secret during a rotation', async () => {
    const { headers } = signed();
    expect(await reason(headersWith({ 'bls-signature': headers['bls-signature'].toUpperCase() }))).toBe('accepted');
    const { secret: _, ...rest } = { ...signed(), secret: '', secrets: ['new one', SECRET], now: NOW };
    expect(await reasonOf(verifyBluesnapWebhook(rest))).toBe('accepted');
  });

  it('is refused with any byte turned, of the body or of the stamp', async () => {
    for (const body of flippedBytes(BODY)) expect(await reason({ body })).toBe('no_match');
    for (const stamp of flippedBytes(STAMP)) {
      const turned = await reason(headersWith({ 'bls-ipn-timestamp': Buffer.from(stamp).toString('latin1') }));
      expect(['no_match', 'bad_timestamp', 'too_old', 'too_new']).toContain(turned);
    }
  });

  it.each([
    ['no signature', headersWith({ 'bls-signature': undefined }), 'missing_header'],
    ['two signatures', headersWith({ 'bls-signature': ['a', 'b'] }), 'missing_header'],
    ['no stamp', headersWith({ 'bls-ipn-timestamp': '' }), 'missing_header'],
    ['a truncated signature', headersWith({ 'bls-signature': 'ab'.repeat(31) }), 'no_match'],
    ['a signature that is no hex', headersWith({ 'bls-signature': 'zz'.repeat(32) }), 'no_match'],
    ['another’s signature', signed(BODY, { secret: 'another' }), 'no_match'],
    ['the stamp behind the body', { body: `${BODY}${STAMP}` }, 'no_match'],
  ])('with %s is refused', async (_what, changes, expected) => {
    expect(await reason(changes)).toBe(expected);
  });

  it.each(['2026-11-21T12:00:00.250Z', '1795262400', '2026-02-30 00:00:00.000', '2026-11-21 12:00:00', 'now'])(
    'stamped “%s” is refused, though it is signed so',
    async (stamp) => {
      expect(await reason(signed(BODY, { stamp }))).toBe('bad_timestamp');
    },
  );

  it('is believed up to five minutes off, both ways, and not beyond', async () => {
    expect(await reason(signed(BODY, { stamp: '2026-11-21 11:55:00.000' }))).toBe('accepted');
    expect(await reason(signed(BODY, { stamp: '2026-11-21 11:54:59.999' }))).toBe('too_old');
    expect(await reason(signed(BODY, { stamp: '2026-11-21 12:05:00.999' }))).toBe('accepted');
    expect(await reason(signed(BODY, { stamp: '2026-11-21 12:05:01.000' }))).toBe('too_new');
    expect(await reason({ ...signed(BODY, { stamp: '2026-11-21 12:00:20.000' }), toleranceSeconds: 10 })).toBe(
      'too_new',
    );
  });

  it.each(['', 'transactionType=CHARGE', '{"id":"evt_1"}', `${BODY}&testMode=N`, `${BODY}&x=%ff`, `${BODY}&=1`])(
    'that says “%s” is refused, though it is signed so',
    async (body) => {
      expect(await reason(signed(body))).toBe('malformed');
    },
  );

  it('cannot put a parameter where objects keep their nature', async () => {
    const { parameters } = await verifyBluesnapWebhook({
      ...signed(`${BODY}&__proto__=x&constructor=y`),
      ...{ secret: SECRET, now: NOW },
    });
    expect(Object.getPrototypeOf(parameters)).toBe(Object.prototype);
    expect(Object.keys(parameters)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
  });

  it.each([undefined, ''])('is not compared with the secret %s', async (secret) => {
    const input = { ...signed(BODY, { secret: '' }), secret: secret as string, now: NOW };
    expect(await reasonOf(verifyBluesnapWebhook(input))).toBe('bad_secret');
  });
});

describe('a data protection key', () => {
  const body = `${BODY}&authKey=${md5(`cap_1prd_7${PROTECTION_KEY}`)}`;

  it('gives the receipt to answer with', async () => {
    const input = { ...signed(body), secret: SECRET, now: NOW, dataProtectionKey: PROTECTION_KEY };
    expect(await verifyBluesnapWebhook(input)).toMatchObject({ answer: md5(`OK${PROTECTION_KEY}`) });
    expect(receiptFor(PROTECTION_KEY)).toBe(md5(`OK${PROTECTION_KEY}`));
  });

  it('refuses a body whose authKey is missing or made with another key', async () => {
    const dataProtectionKey = PROTECTION_KEY;
    for (const bad of [BODY, `${BODY}&authKey=`, `${BODY}&authKey=${md5('cap_1prd_7another')}`]) {
      expect(await reason({ ...signed(bad), dataProtectionKey })).toBe('bad_auth_key');
    }
  });

  it('is one of two during a rotation, and the receipt is made with the one that was used', async () => {
    const input = { ...signed(body), secret: SECRET, now: NOW, dataProtectionKeys: ['the next one', PROTECTION_KEY] };
    expect(await verifyBluesnapWebhook(input)).toMatchObject({ answer: md5(`OK${PROTECTION_KEY}`) });
  });

  it('proves nothing without the signature', async () => {
    const forged = { body, headers: { ...signed(body).headers, 'bls-signature': '00'.repeat(32) } };
    expect(await reason({ ...forged, dataProtectionKey: PROTECTION_KEY })).toBe('no_match');
  });

  it('that is empty gives no receipt', async () => {
    expect(await reason({ dataProtectionKey: '' })).toBe('bad_secret');
    expect(() => receiptFor('')).toThrow('Copy the whole of it');
  });
});
