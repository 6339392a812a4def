import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { flippedBytes, reasonOf } from './rejection-fixture.ts';
import { verifyWebhook } from './verify-webhook.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const TIMESTAMP = String(NOW.getTime() / 1000);
const BODY = JSON.stringify({ id: 'evt_1', type: 'payment.succeeded', data: { object: { description: '☕' } } });
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

function pair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { raw, publicKey: `whpk_${raw.toString('base64')}`, privateKey };
}
const current = pair();
const former = pair();

function signatureBy({ privateKey }: typeof current, signed = `evt_1.${TIMESTAMP}.${BODY}`): string {
  return `v1a,${sign(null, Buffer.from(signed), privateKey).toString('base64')}`;
}

function hmacBy(key: Buffer, version = 'v1'): string {
  return `${version},${createHmac('sha256', key).update(`evt_1.${TIMESTAMP}.${BODY}`).digest('base64')}`;
}

function headersWith(...signatures: string[]) {
  return { 'webhook-id': 'evt_1', 'webhook-timestamp': TIMESTAMP, 'webhook-signature': signatures.join(' ') };
}
const headers = headersWith(signatureBy(current));
const { publicKey } = current;

describe('a notification signed with Ed25519', () => {
  it('is believed under the public key', async () => {
    expect(await verifyWebhook({ body: BODY, headers, publicKey, now: NOW })).toEqual(JSON.parse(BODY));
  });

  it('is believed under either key during a rotation, and under either of two kinds', async () => {
    const both = headersWith(hmacBy(Buffer.alloc(32, 9)), signatureBy(former), signatureBy(current));
    for (const key of [current, former]) {
      expect(await verifyWebhook({ body: BODY, headers: both, publicKey: key.publicKey, now: NOW })).toBeTruthy();
    }
    const publicKeys = [former.publicKey, current.publicKey];
    expect(await verifyWebhook({ body: BODY, headers, publicKeys, now: NOW })).toBeTruthy();
    expect(await verifyWebhook({ body: BODY, headers, secret: SECRET, publicKey, now: NOW })).toBeTruthy();
  });

  it('is refused with any byte of the body turned, another id or another time', async () => {
    for (const body of flippedBytes(BODY)) {
      expect(await reasonOf(verifyWebhook({ body, headers, publicKey, now: NOW }))).toBe('no_match');
    }
    for (const changed of [{ 'webhook-id': 'evt_2' }, { 'webhook-timestamp': String(Number(TIMESTAMP) + 1) }]) {
      const input = { body: BODY, headers: { ...headers, ...changed }, publicKey, now: NOW };
      expect(await reasonOf(verifyWebhook(input))).toBe('no_match');
    }
  });

  it.each([
    ['signed by another', headersWith(signatureBy(former))],
    ['signed with HMAC alone', headersWith(hmacBy(Buffer.alloc(32, 7)))],
    ['with a truncated signature', headersWith(signatureBy(current).slice(0, -4))],
    ['with a signature of 64 zeros', headersWith(`v1a,${Buffer.alloc(64).toString('base64')}`)],
    ['under the name of the other version', headersWith(signatureBy(current).replace('v1a,', 'v1,'))],
    ['with its signature behind sixteen others', headersWith(...Array(16).fill('v1a,AAAA'), signatureBy(current))],
  ])('is refused %s', async (_what, changed) => {
    expect(await reasonOf(verifyWebhook({ body: BODY, headers: changed, publicKey, now: NOW }))).toBe('no_match');
  });

  it('cannot be forged by whoever takes the public key, which everybody may know, for a secret', async () => {
    const forged = headersWith(hmacBy(current.raw), hmacBy(current.raw, 'v1a'));
    expect(await reasonOf(verifyWebhook({ body: BODY, headers: forged, publicKey, now: NOW }))).toBe('no_match');
    for (const secret of [publicKey, current.raw.toString('base64')]) {
      expect(await reasonOf(verifyWebhook({ body: BODY, headers: forged, secret, now: NOW }))).toBe('bad_secret');
    }
  });

  it.each(['', 'whpk_', `whpk_${Buffer.alloc(31, 1).toString('base64')}`, SECRET, 'whsk_AAAA'])(
    'is not compared with “%s”, which is no public key',
    async (bad) => {
      expect(await reasonOf(verifyWebhook({ body: BODY, headers, publicKey: bad, now: NOW }))).toBe('bad_secret');
    },
  );
});
