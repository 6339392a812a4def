import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { bluecomProfile } from '../partner-profiles/bluecom-profile.ts';
import { addressOf, isUsable, type PartnerCredentials, partnerCredentials } from './partner-credentials.ts';
import { newKeyPair, SECRET } from './partner-fixture.ts';

const base = { profile: 'bluecom', merchantCode: 'SHOP', apiUrl: 'https://pay.example/v1' };
const accepts = (changes: object) => partnerCredentials.safeParse({ ...base, ...changes }).success;
const pair = newKeyPair();

describe('credentials', () => {
  test.each([
    ['a secret', { secretKey: SECRET }, true],
    ['a key pair', pair, true],
    ['a profile of their own', { secretKey: SECRET, profile: bluecomProfile }, true],
    ['other paths', { secretKey: SECRET, paths: { create: '/pay' } }, true],
    ['http, which test mode allows', { secretKey: SECRET, apiUrl: 'http://127.0.0.1:8080' }, true],
    ['no keys', {}, false],
    ['a short secret', { secretKey: 'fifteen letters' }, false],
    ['a secret of blanks', { secretKey: ' '.repeat(32) }, false],
    ['both kinds of keys', { ...pair, secretKey: SECRET }, false],
    ['half a key pair', { publicKey: pair.publicKey }, false],
    ['the other half of it', { privateKey: pair.privateKey }, false],
    ['a private key as the public one', { publicKey: pair.privateKey, privateKey: pair.privateKey }, false],
    ['a key pair for a profile without RSA', { ...pair, profile: 'neopay' }, false],
    ['a profile that is none', { secretKey: SECRET, profile: 'other' }, false],
    ['a profile that would sign in two ways', { secretKey: SECRET, profile: unclear() }, false],
    ['a member nobody knows', { secretKey: SECRET, more: 1 }, false],
    ['an address with a user', { secretKey: SECRET, apiUrl: 'https://a:b@pay.example' }, false],
    ['an address with a query', { secretKey: SECRET, apiUrl: 'https://pay.example/?a=1' }, false],
    ['an address with an empty query', { secretKey: SECRET, apiUrl: 'https://pay.example/?' }, false],
    ['an address of another kind', { secretKey: SECRET, apiUrl: 'file:///etc/passwd' }, false],
    ['a path that leads elsewhere', { secretKey: SECRET, paths: { create: '@evil.example' } }, false],
    ['a merchant code with a bar', { secretKey: SECRET, merchantCode: 'a|b' }, false],
  ])('with %s', (_what, changes, expected) => {
    expect(accepts(changes)).toBe(expected);
  });

  test('refuse an RSA key that is too short', () => {
    const short = generateKeyPairSync('rsa', {
      modulusLength: 1_024,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    expect(accepts(short)).toBe(false);
  });

  test('mark what a form must hide', () => {
    const fields = partnerCredentials.shape;
    expect(fields.secretKey.meta()).toMatchObject({ secret: true });
    expect(fields.privateKey.meta()).toMatchObject({ secret: true });
    expect(fields.merchantCode.meta()).toEqual({ title: 'Merchant code' });
  });

  test('say nothing of the secret where they are refused', () => {
    const parsed = partnerCredentials.safeParse({
      ...base,
      secretKey: SECRET,
      merchantCode: 'a|b',
      privateKey: SECRET,
    });
    expect(JSON.stringify(parsed.error)).not.toContain(SECRET);
  });

  test('that are unset are not usable, wherever they came from', () => {
    expect(isUsable(undefined)).toBe(false);
    expect(isUsable({ ...base, secretKey: '' } as PartnerCredentials)).toBe(false);
  });

  test('lead to one address per operation', () => {
    const own = { ...base, secretKey: SECRET, apiUrl: 'https://pay.example/v1/', paths: { query: '/q' } };
    const credentials = partnerCredentials.parse(own);
    const addresses = (['create', 'query', 'refund'] as const).map((each) => addressOf(credentials, each));
    expect(addresses).toEqual([
      'https://pay.example/v1/create-payment',
      'https://pay.example/v1/q',
      'https://pay.example/v1/refund',
    ]);
    const neopay = partnerCredentials.parse({ ...base, secretKey: SECRET, profile: 'neopay' });
    expect(addressOf(neopay, 'refund')).toBeNull();
  });
});

function unclear(): unknown {
  return { ...bluecomProfile, signing: { ...bluecomProfile.signing, separator: 'a' } };
}
