import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../kernel/problem.ts';
import { signStandard, verifyStandard } from './standard.ts';
import {
  newStandardPrivateKey,
  parseStandardPrivateKey,
  parseStandardPublicKey,
  standardPublicKeyOf,
} from './standard-key-pair.ts';

/** The vector of RFC 8032 section 7.1, test 3: seed, public key, message, signature. */
const RFC_8032 = {
  seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
  publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
};
const whsk = (hex: string) => `whsk_${Buffer.from(hex, 'hex').toString('base64')}`;
const RFC_KEY = whsk(RFC_8032.seed + RFC_8032.publicKey);

const message = { id: 'evt_1', at: Temporal.Instant.from('2026-11-21T09:30:00Z'), body: '{"note":"Kávé"}' };
const now = message.at;

describe('a pair', () => {
  it('is new each time, spelled as Standard Webhooks has it, and shows its public half', () => {
    const one = newStandardPrivateKey();
    expect(one).toMatch(/^whsk_[A-Za-z0-9+/]{86}==$/);
    expect(newStandardPrivateKey()).not.toBe(one);
    expect(standardPublicKeyOf(one)).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    const shown = Buffer.from(standardPublicKeyOf(one).slice(5), 'base64');
    expect(Buffer.from(one.slice(5), 'base64').subarray(32)).toEqual(shown);
  });

  it('of RFC 8032 has the public key that stands there', () => {
    expect(standardPublicKeyOf(RFC_KEY)).toBe(`whpk_${Buffer.from(RFC_8032.publicKey, 'hex').toString('base64')}`);
  });

  it.each([
    ['without its prefix', RFC_KEY.slice(5)],
    ['with the prefix of a shared secret', RFC_KEY.replace('whsk_', 'whsec_')],
    ['of the seed alone', whsk(RFC_8032.seed)],
    ['of another public key', whsk(RFC_8032.seed + '00'.repeat(32))],
    ['with its halves changed over', whsk(RFC_8032.publicKey + RFC_8032.seed)],
    ['without padding', RFC_KEY.replace(/=+$/, '')],
    ['with a line break', `${RFC_KEY}\n`],
  ])('%s is refused, and not repeated', (_what, text) => {
    const refusal = problemOf(() => parseStandardPrivateKey(text));
    expect(refusal.code).toBe('validation_failed');
    expect(JSON.stringify(refusal.errors) + refusal.message).not.toContain(text.slice(8));
  });

  it.each(['', 'whpk_', 'whpk_AAAA', RFC_KEY, `whpk_${Buffer.alloc(33).toString('base64')}`])(
    '%j is no public key',
    (text) => {
      expect(parseStandardPublicKey(text)).toBeNull();
    },
  );
});

describe('a signature', () => {
  const key = newStandardPrivateKey();
  const publicKey = standardPublicKeyOf(key);
  const headers = signStandard({ ...message, secrets: [key] });

  it('is v1a and Ed25519 over id, stamp and body', () => {
    const { 'webhook-signature': signature, 'webhook-timestamp': stamp } = headers;
    expect(signature).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    const x = Buffer.from(publicKey.slice(5), 'base64').toString('base64url');
    const jwk = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const signed = Buffer.from(`evt_1.${stamp}.${message.body}`);
    expect(verify(null, signed, jwk, Buffer.from(signature.slice(4), 'base64'))).toBe(true);
  });

  it('verifies with the public key, and with nothing else', () => {
    const received = { headers, body: message.body, now };
    expect(verifyStandard({ ...received, secrets: [publicKey] })).toEqual({ ok: true });
    const other = standardPublicKeyOf(newStandardPrivateKey());
    for (const changes of [{ secrets: [other] }, { body: `${message.body} ` }, { secrets: [] }]) {
      const verdict = verifyStandard({ ...received, secrets: [publicKey], ...changes });
      expect(verdict).toEqual({ ok: false, reason: 'bad_signature' });
    }
    const late = verifyStandard({ ...received, secrets: [publicKey], now: now.add({ seconds: 301 }) });
    expect(late).toEqual({ ok: false, reason: 'stale_timestamp' });
  });

  it('of one kind is none of the other', () => {
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
    const shared = signStandard({ ...message, secrets: [secret] });
    const body = message.body;
    const renamed = { ...shared, 'webhook-signature': shared['webhook-signature'].replace('v1,', 'v1a,') };
    expect(verifyStandard({ headers: renamed, body, now, secrets: [secret] }).ok).toBe(false);
    expect(verifyStandard({ headers: shared, body, now, secrets: [publicKey] }).ok).toBe(false);
    expect(verifyStandard({ headers, body, now, secrets: [secret] }).ok).toBe(false);
  });
});

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Nothing was refused');
}
