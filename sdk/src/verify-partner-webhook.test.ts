import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { NEOPAY } from './partner-profile.ts';
import { flippedBytes, reasonOf } from './rejection-fixture.ts';
import { type VerifyPartnerWebhookInput, verifyPartnerWebhook, verifySignedMembers } from './verify-partner-webhook.ts';

interface Vector {
  readonly name: string;
  readonly secret: string;
  readonly members: Readonly<Record<string, string | number>>;
  readonly text: string;
  readonly signature: string;
}

const page = await readFile(new URL('../../docs/dialects/partner.md', import.meta.url), 'utf8');
const vectors = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, json = '']) => JSON.parse(json) as Vector);
const [first] = vectors;
if (first === undefined) throw new Error('docs/dialects/partner.md has no vectors');
const { secret, members, text, signature } = first;
const at = (instant: unknown, seconds = 0) => new Date(Date.parse(String(instant)) + seconds * 1000);
const NOW = at(members.timestamp);
const BODY = JSON.stringify({ ...members, signature });

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = String(publicKey.export({ type: 'spki', format: 'pem' }));
const bySecret = (signed: string) => createHmac('sha256', secret).update(signed).digest('hex');
const byRsa = sign('sha256', Buffer.from(text), privateKey).toString('base64');

function reason(changes: Partial<VerifyPartnerWebhookInput>) {
  return reasonOf(verifyPartnerWebhook({ body: BODY, secret, now: NOW, ...changes }));
}
const bodyWith = (changes: object) => ({ body: JSON.stringify({ ...members, signature, ...changes }) });

describe('a partner’s notification', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))('is believed: %s', async (_name, vector) => {
    const body = JSON.stringify({ ...vector.members, signature: vector.signature });
    const now = at(vector.members.timestamp);
    const { providerRef, eventType, refundId = '', amount } = vector.members;
    expect(await verifyPartnerWebhook({ body, secret: vector.secret, now })).toMatchObject({
      ...{ providerRef, amount, factKey: `${providerRef}|${eventType}|${refundId}` },
    });
  });

  it('is believed under an RSA key, and under any of several keys', async () => {
    const body = JSON.stringify({ ...members, signature: byRsa });
    expect(await reasonOf(verifyPartnerWebhook({ body, gatewayPublicKey: PEM, now: NOW }))).toBe('accepted');
    expect(await reasonOf(verifyPartnerWebhook({ body, secret, gatewayPublicKeys: [PEM], now: NOW }))).toBe('accepted');
    expect(await reasonOf(verifyPartnerWebhook({ body: BODY, secrets: ['new', secret], now: NOW }))).toBe('accepted');
  });

  it('is refused with any byte turned', async () => {
    for (const body of flippedBytes(BODY)) expect(['no_match', 'malformed']).toContain(await reason({ body }));
  });

  it.each(Object.keys(members))('is refused with another %s', async (name) => {
    const value = members[name];
    expect(await reason(bodyWith({ [name]: typeof value === 'number' ? value + 1 : `${value}x` }))).toBe('no_match');
    expect(await reason(bodyWith({ [name]: undefined }))).toBe('no_match');
  });

  it.each([
    ['no signature', bodyWith({ signature: undefined }), 'no_match'],
    ['a signature that is no text', bodyWith({ signature: 7 }), 'no_match'],
    ['a truncated signature', bodyWith({ signature: signature.slice(2) }), 'no_match'],
    ['an RSA signature where a secret is shared', bodyWith({ signature: byRsa }), 'no_match'],
    ['a member with the separator', bodyWith({ status: 'SUCC|ESS' }), 'malformed'],
    ['an amount that is not whole', bodyWith({ amount: 0.5 }), 'malformed'],
    ['a member that is an object', bodyWith({ nonce: {} }), 'malformed'],
    ['a name that is there twice', { body: BODY.replace('{', '{"status":"FAILED",') }, 'malformed'],
    ['a name that is there twice, written otherwise', { body: BODY.replace('{', '{"st\\u0061tus":"",') }, 'malformed'],
    ['a list around it', { body: `[${BODY}]` }, 'malformed'],
    ['no body', { body: '' }, 'malformed'],
    ['an empty object', { body: '{}' }, 'no_match'],
  ])('with %s is refused', async (_what, changes, expected) => {
    expect(await reason(changes)).toBe(expected);
  });

  it('is refused where it is meant for somebody else', async () => {
    expect(await reason({ merchantCode: String(members.merchantCode) })).toBe('accepted');
    expect(await reason({ merchantCode: 'OTHER' })).toBe('no_match');
  });

  it('is believed up to five minutes off, both ways, and not beyond', async () => {
    for (const [seconds, expected] of [
      [300, 'accepted'],
      [301, 'too_old'],
      [-300, 'accepted'],
      [-301, 'too_new'],
    ] as const) {
      expect(await reason({ now: at(members.timestamp, seconds) }), String(seconds)).toBe(expected);
    }
  });

  it('that says when in no known way is refused, though it is signed so', async () => {
    const timestamp = 'today';
    const signed = text.replace(String(members.timestamp), timestamp);
    expect(await reason(bodyWith({ timestamp, signature: bySecret(signed) }))).toBe('bad_timestamp');
  });

  it('that is genuine but says nothing of the kind is refused', async () => {
    const signed = text.replace('|PAYMENT|', '|GREETING|');
    expect(await reason(bodyWith({ eventType: 'GREETING', signature: bySecret(signed) }))).toBe('malformed');
  });

  it.each(['', 'no PEM', String(privateKey.export({ type: 'pkcs8', format: 'pem' })), shortKey()])(
    'is not compared with a public key that is none',
    async (gatewayPublicKey) => {
      const body = JSON.stringify({ ...members, signature: byRsa });
      expect(await reasonOf(verifyPartnerWebhook({ body, gatewayPublicKey, now: NOW }))).toBe('bad_secret');
    },
  );

  it('is not compared with no key at all', async () => {
    expect(await reasonOf(verifyPartnerWebhook({ body: BODY, now: NOW }))).toBe('bad_secret');
    expect(await reason({ secret: ' ' })).toBe('bad_secret');
  });
});

describe('a profile', () => {
  const said = { neo_Command: 'PAY', neo_Amount: 1000, neo_ExtData: 'unsigned', neo_Empty: '', other: 'x' };
  const hash = createHash('sha256').update('1000PAYthe secret').digest('hex').toUpperCase();

  it('of values sorted by their names verifies', async () => {
    const body = JSON.stringify({ ...said, neo_SecureHash: hash });
    const input = { body, profile: NEOPAY, secret: 'the secret' };
    expect(await verifySignedMembers(input)).toMatchObject({ neo_Amount: 1000 });
    const changed = { ...input, body: body.replace('1000', '1001') };
    expect(await reasonOf(verifySignedMembers(changed))).toBe('no_match');
  });
});

function shortKey(): string {
  return String(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }));
}
