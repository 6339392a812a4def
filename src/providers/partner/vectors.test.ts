import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bluecomProfile } from '../partner-profiles/bluecom-profile.ts';
import { neopayProfile } from '../partner-profiles/neopay-profile.ts';
import type { MessageName, PartnerProfile } from '../partner-profiles/profile.ts';
import { type Members, textToSign } from '../partner-profiles/sign-message.ts';
import { describeSignature, verifyMessage } from './verify-message.ts';

interface Vector {
  readonly name: string;
  readonly message: MessageName | null;
  readonly fields: Members;
  readonly stringToSign: string;
  readonly signature: string;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const bluecom: {
  hmac: { secretKey: string; vectors: Vector[] };
  rsa: { publicKey: string; vectors: Vector[] };
} = read('bluecom-vectors.json');
const neopay: { vectors: (Vector & { secretKey: string })[] } = read('neopay-vectors.json');

function signed(profile: PartnerProfile, { fields, signature }: Vector): Members {
  const { place } = profile.signing;
  return place.in === 'body' ? { ...fields, [place.member]: signature } : fields;
}

describe('the published vectors hold for node:crypto alone', () => {
  test.each(bluecom.hmac.vectors)('bluecom: $name', ({ stringToSign, signature }) => {
    expect(createHmac('sha256', bluecom.hmac.secretKey).update(stringToSign).digest('hex')).toBe(signature);
  });
  test.each(bluecom.rsa.vectors)('bluecom with RSA: $name', ({ stringToSign, signature }) => {
    const key = createPublicKey(bluecom.rsa.publicKey);
    expect(verify('sha256', Buffer.from(stringToSign), key, Buffer.from(signature, 'base64'))).toBe(true);
  });
  test.each(neopay.vectors)('neopay: $name', ({ stringToSign, signature, secretKey, fields }) => {
    const values = Object.keys(fields).sort();
    expect(values.map((name) => String(fields[name])).join('')).toBe(stringToSign);
    const hash = createHash('sha256').update(stringToSign + secretKey);
    expect(hash.digest('hex').toUpperCase()).toBe(signature.toUpperCase());
  });
});

describe('the published vectors hold for the adapter', () => {
  const secret = { secretKey: bluecom.hmac.secretKey };
  test.each(bluecom.hmac.vectors)('bluecom: $name', (vector) => {
    const message = { name: vector.message ?? 'ipn', members: signed(bluecomProfile, vector) };
    expect(describeSignature(bluecomProfile, message, secret)).toEqual({
      ...{ verdict: 'valid', text: vector.stringToSign, expected: vector.signature, given: vector.signature },
    });
  });
  test.each(bluecom.rsa.vectors)('bluecom with RSA: $name', (vector) => {
    const message = { name: vector.message ?? 'ipn', members: signed(bluecomProfile, vector) };
    expect(verifyMessage(bluecomProfile, message, [{ publicKey: bluecom.rsa.publicKey }])).toBe('valid');
    const { publicKey } = bluecom.rsa;
    const other = { name: 'ipn', members: { ...message.members, amount: 1 } } as const;
    expect(verifyMessage(bluecomProfile, other, [{ publicKey }])).toBe('invalid');
  });
  test.each(neopay.vectors.filter(({ message }) => message !== null))('neopay: $name', (vector) => {
    const message = { name: vector.message ?? 'ipn', members: signed(neopayProfile, vector) };
    const text = textToSign(neopayProfile, message.name, message.members);
    // The payment method is hashed in requests alone, and this list of one is written as its element.
    expect(text).toEqual({ kind: 'text', text: vector.stringToSign });
    expect(verifyMessage(neopayProfile, message, [vector])).toBe('valid');
  });
  test('covers every message of the contract that is signed with a secret', () => {
    const names = bluecom.hmac.vectors.map(({ message }) => message);
    expect(new Set(names).size).toBe(6);
  });
});
