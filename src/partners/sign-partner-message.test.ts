import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIGNED } from '../partner-gateway/messages.ts';
import {
  isPartnerSignature,
  type PartnerSecret,
  partnerPublicKeyOf,
  partnerTextOf,
  signPartnerText,
} from './sign-partner-message.ts';

interface Vector {
  readonly name: string;
  readonly message: keyof typeof SIGNED;
  readonly secret: string;
  readonly members: Readonly<Record<string, string | number>>;
  readonly text: string;
  readonly signature: string;
}

const page = await readFile(new URL('../../docs/partner-gateway.md', import.meta.url), 'utf8');
const vectors = [...page.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, json = '']) => JSON.parse(json) as Vector);

const shared = (secretKey: string): PartnerSecret => ({ algorithm: 'hmac-sha256', secretKey });
const pairs = [1, 2].map(() =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }),
);
const [ours = { publicKey: '', privateKey: '' }, theirs = ours] = pairs;

describe('the vectors of the documentation', () => {
  it('are eight, and one of every message', () => {
    expect(vectors).toHaveLength(8);
    expect(new Set(vectors.map(({ message }) => message))).toEqual(new Set(Object.keys(SIGNED)));
  });

  it.each(vectors)('hold for $name', ({ message, members, secret, text, signature }) => {
    expect(partnerTextOf(SIGNED[message], members)).toEqual({ ok: true, text });
    expect(signPartnerText(shared(secret), text)).toBe(signature);
    expect(isPartnerSignature(shared(secret), text, signature)).toBe(true);
    // In another order, or with its name among the values, the table of the page would say something else.
    const row = SIGNED[message].join(', ');
    expect(page).toContain(`\`${row}\``);
  });
});

describe('what is signed', () => {
  it('belongs to one message: none of them has as many values as another', () => {
    const counts = Object.values(SIGNED).map(({ length }) => length);
    const inbound = ['create-payment', 'query-payment', 'refund'].map(
      (name) => SIGNED[name as keyof typeof SIGNED].length,
    );
    for (const count of inbound) expect(counts.filter((each) => each === count)).toHaveLength(1);
  });

  it('is read in one way only: other values have another text, or none', () => {
    const names = ['a', 'b', 'c'];
    // Few letters and the bar among them, so that texts would meet all the time if they could.
    const value = fc.string({ unit: fc.constantFrom('x', '|', '\n'), maxLength: 3 });
    const message = fc.tuple(value, value, value);
    const textOf = (values: readonly string[]) =>
      partnerTextOf(names, Object.fromEntries(values.map((one, at) => [names[at], one])));
    const property = fc.property(message, message, (one, other) => {
      const [left, right] = [textOf(one), textOf(other)];
      return !left.ok || !right.ok || left.text !== right.text || isDeepStrictEqual(one, other);
    });
    fc.assert(property, { numRuns: 20_000, seed: 7 });
  });

  it.each([[undefined], [null], ['']])('an absent value and %j are the same empty one', (value) => {
    expect(partnerTextOf(['a', 'b', 'c'], { a: 1, b: value, c: 'x' })).toEqual({ ok: true, text: '1||x' });
  });

  it('is nothing that was inherited', () => {
    expect(partnerTextOf(['toString'], {})).toEqual({ ok: true, text: '' });
  });

  it.each([
    ['a|b'],
    ['a\nb'],
    ['\u0000'],
    ['\u0085'],
    ['\ud800'],
    [1.5],
    [Number.NaN],
    [2 ** 53],
    [true],
    [{}],
    [['a']],
  ])('is not %j', (value) => {
    expect(partnerTextOf(['a', 'b'], { a: 'x', b: value })).toMatchObject({ ok: false, member: 'b' });
  });
});

describe('a signature', () => {
  const text = 'BLUESHOP|order-1|1250';
  const rsa = { algorithm: 'rsa-sha256', privateKey: ours.privateKey, publicKey: theirs.publicKey } as const;
  const mirrored = { algorithm: 'rsa-sha256', privateKey: theirs.privateKey, publicKey: ours.publicKey } as const;

  it('of a pair verifies on the other side, and never on one’s own', () => {
    const signature = signPartnerText(rsa, text);
    expect(isPartnerSignature(mirrored, text, signature)).toBe(true);
    expect(isPartnerSignature(rsa, text, signature)).toBe(false);
    expect(isPartnerSignature(mirrored, `${text}0`, signature)).toBe(false);
  });

  it('has one spelling', () => {
    const hex = signPartnerText(shared('a secret of both sides'), text);
    for (const spelled of [hex.toUpperCase(), ` ${hex}`, `${hex}\n`, hex.slice(1), '']) {
      expect(isPartnerSignature(shared('a secret of both sides'), text, spelled), spelled).toBe(false);
    }
    const base64 = signPartnerText(mirrored, text);
    for (const spelled of [`${base64}\n`, base64.replace(/=+$/, ''), ` ${base64}`, base64.replaceAll('/', '_'), '']) {
      if (spelled !== base64) expect(isPartnerSignature(rsa, text, spelled), spelled).toBe(false);
    }
  });
});

describe('a partner’s public key', () => {
  it('is an RSA key of 2048 bits or more, and its public half', () => {
    const pemOf = (type: 'ec' | 'short') => {
      const { publicKey } =
        type === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('rsa', { modulusLength: 1024 });
      return publicKey.export({ type: 'spki', format: 'pem' }).toString();
    };
    expect(partnerPublicKeyOf(ours.publicKey)).not.toBeNull();
    for (const pem of [pemOf('ec'), pemOf('short'), ours.privateKey, '', 'no key']) {
      expect(partnerPublicKeyOf(pem)).toBeNull();
    }
  });
});
