import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newKeyPair, SECRET } from '../partner/partner-fixture.ts';
import { describeSignature, verifyMessage } from '../partner/verify-message.ts';
import { bluecomProfile } from './bluecom-profile.ts';
import { neopayProfile } from './neopay-profile.ts';
import { type PartnerProfile, partnerProfile } from './profile.ts';
import { writeMessage } from './read-message.ts';
import { type Members, signText, textToSign } from './sign-message.ts';

const keys = { secretKey: SECRET };
const IPN: Members = {
  ...{ merchantCode: 'M', orderId: 'O', providerRef: 'P', eventType: 'PAYMENT', status: 'SUCCESS' },
  ...{ amount: 100, currency: 'EUR', timestamp: '2026-03-01T12:00:00Z', nonce: 'n' },
};
const signed = (members: Members, secretKey = SECRET): Members => {
  const names =
    'merchantCode orderId providerRef refundId eventType status amount currency paidAt timestamp nonce'.split(' ');
  const text = names.map((name) => members[name] ?? '').join('|');
  return { ...members, signature: createHmac('sha256', secretKey).update(text).digest('hex') };
};
const verdictOf = (members: Members, profile: PartnerProfile = bluecomProfile) =>
  verifyMessage(profile, { name: 'ipn', members }, [keys]);

describe('the signed text', () => {
  test('has the values in the listed order, absent ones empty, whatever the order of the members', () => {
    const text = 'M|O|P||PAYMENT|SUCCESS|100|EUR||2026-03-01T12:00:00Z|n';
    expect(textToSign(bluecomProfile, 'ipn', IPN)).toEqual({ kind: 'text', text });
    const reversed = Object.fromEntries(Object.entries(IPN).reverse());
    expect(textToSign(bluecomProfile, 'ipn', { ...reversed, refundId: null, more: 'x' })).toEqual({
      kind: 'text',
      text,
    });
  });

  test.each([
    ['a separator', { orderId: 'O|P' }, 'orderId'],
    ['a line feed', { status: 'SUCCESS\n' }, 'status'],
    ['a zero byte', { nonce: 'a\u0000' }, 'nonce'],
    ['a C1 control', { nonce: 'a\u0085' }, 'nonce'],
    ['half a character', { providerRef: '\ud800' }, 'providerRef'],
    ['a fraction', { amount: 1.5 }, 'amount'],
    ['an amount beyond whole numbers', { amount: 2 ** 60 }, 'amount'],
    ['an object', { status: { a: 1 } }, 'status'],
    ['a list within a list', { status: [['a']] }, 'status'],
    ['a list with a comma in it', { status: ['a,b', 'c'] }, 'status'],
  ])('cannot be made of %s', (_what, changes, member) => {
    expect(textToSign(bluecomProfile, 'ipn', { ...IPN, ...changes })).toMatchObject({ kind: 'ambiguous', member });
    expect(verdictOf(signed({ ...IPN, ...changes }))).toBe('ambiguous');
  });

  test('of neopay leaves out what has another prefix, the hash itself, and what is listed as not hashed', () => {
    const members = {
      ...{ neo_b: '2', neo_a: 1, other: 'x', neo_SecureHash: 'h', neo_ExtData: { deep: 1 }, neo_TransAmount: 5 },
      ...{ neo_C: 'upper first', neo_empty: '', neo_null: null },
    };
    expect(textToSign(neopayProfile, 'ipn', members)).toEqual({ kind: 'text', text: 'upper first12' });
  });

  test('is different for different values: no two messages share one', () => {
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '|', '1', ' ', 'é'), maxLength: 4 });
    const message = fc.record({ orderId: value, providerRef: value, refundId: value, status: value });
    fc.assert(
      fc.property(message, message, (one, other) => {
        const [left, right] = [one, other].map((each) => textToSign(bluecomProfile, 'ipn', { ...IPN, ...each }));
        if (left?.kind !== 'text' || right?.kind !== 'text') return;
        expect(left.text === right.text).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});

describe('a signature', () => {
  test('is valid with the key it was made with, and with no other', () => {
    expect(verdictOf(signed(IPN))).toBe('valid');
    expect(verdictOf(signed(IPN, `${SECRET}!`))).toBe('invalid');
  });

  test.each(Object.keys(IPN))('ends with one change of %s', (member) => {
    const members = signed(IPN);
    const value = members[member];
    expect(verdictOf({ ...members, [member]: typeof value === 'number' ? value + 1 : `${value}x` })).toBe('invalid');
  });

  test('does not cover what is not listed', () => {
    expect(verdictOf({ ...signed(IPN), more: 'x' })).toBe('valid');
  });

  test.each([
    ['absent', undefined, 'missing'],
    ['null', null, 'missing'],
    ['empty', '', 'missing'],
    ['a number', 7, 'missing'],
    ['a list', ['x'], 'missing'],
    ['too short', 'ab', 'invalid'],
    ['too long', `${'a'.repeat(65)}`, 'invalid'],
    ['of the right length and no hexadecimal', 'z'.repeat(64), 'invalid'],
    ['of wider characters', 'é'.repeat(32), 'invalid'],
  ])('that is %s is %s → %s', (_what, signature, verdict) => {
    expect(verdictOf({ ...IPN, signature })).toBe(verdict);
  });

  test('in capitals is another one where small letters are asked for', () => {
    const members = signed(IPN);
    expect(verdictOf({ ...members, signature: String(members.signature).toUpperCase() })).toBe('invalid');
  });

  test('said twice over is none', () => {
    const members = signed(IPN);
    expect(verdictOf({ ...members, signature: `${members.signature}${members.signature}` })).toBe('invalid');
  });

  test.each([[''], ['   '], ['short'], [' '.repeat(40)]])('is never valid with the secret %j', (secretKey) => {
    expect(verifyMessage(bluecomProfile, { name: 'ipn', members: signed(IPN, secretKey) }, [{ secretKey }])).toBe(
      'no_key',
    );
    expect(signText(bluecomProfile, { secretKey }, 'text')).toBeNull();
  });

  test('is never valid without keys', () => {
    expect(verifyMessage(bluecomProfile, { name: 'ipn', members: signed(IPN) }, [])).toBe('no_key');
    expect(verifyMessage(bluecomProfile, { name: 'ipn', members: signed(IPN) }, [{}])).toBe('no_key');
  });

  test('may be made with either key while they are changed', () => {
    const both = [{ secretKey: `${SECRET} new` }, keys];
    expect(verifyMessage(bluecomProfile, { name: 'ipn', members: signed(IPN) }, both)).toBe('valid');
    expect(verifyMessage(bluecomProfile, { name: 'ipn', members: signed(IPN) }, both.slice(0, 1))).toBe('invalid');
  });

  test('with RSA is made by one private key and verified by its public half alone', () => {
    const [pair, other] = [newKeyPair(), newKeyPair()];
    const signature = signText(bluecomProfile, pair, 'M|O|P||PAYMENT|SUCCESS|100|EUR||2026-03-01T12:00:00Z|n');
    const message = { name: 'ipn', members: { ...IPN, signature } } as const;
    expect(verifyMessage(bluecomProfile, message, [{ publicKey: pair.publicKey }])).toBe('valid');
    expect(verifyMessage(bluecomProfile, message, [{ publicKey: other.publicKey }])).toBe('invalid');
    expect(verifyMessage(bluecomProfile, message, [{ publicKey: pair.privateKey }])).toBe('no_key');
    const spaced = { ...IPN, signature: `${signature}\n` };
    expect(verifyMessage(bluecomProfile, { name: 'ipn', members: spaced }, [pair])).toBe('invalid');
  });

  test('stands in a header where the profile says so, once', () => {
    const place = { in: 'header', name: 'x-signature' } as const;
    const profile = partnerProfile.parse({ ...bluecomProfile, signing: { ...bluecomProfile.signing, place } });
    const signature = String(signed(IPN).signature);
    const given = (headers: Record<string, string[]>) =>
      verifyMessage(profile, { name: 'ipn', members: IPN, headers }, [keys]);
    expect(given({ 'x-signature': [signature] })).toBe('valid');
    expect(given({ 'x-signature': [signature, signature] })).toBe('missing');
    expect(given({})).toBe('missing');
    const written = writeMessage(profile, 'queryRequest', { merchantCode: 'M', orderId: 'O', timestamp: 1 }, keys);
    expect(written).toMatchObject({
      kind: 'written',
      headers: { 'x-signature': expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });
});

test('a value that is too long for its member is not sent in part, unless it is a description', () => {
  const fields = bluecomProfile.messages.createRequest.fields.map((field) => ({ ...field, max: 8 }));
  const createRequest = { ...bluecomProfile.messages.createRequest, fields };
  const profile = { ...bluecomProfile, messages: { ...bluecomProfile.messages, createRequest } };
  const values = {
    ...{ merchantCode: 'M', orderId: 'O', amount: 1, currency: 'EUR', description: 'ten letters' },
    ...{ returnUrl: 'app://a', ipnUrl: 'app://b', expiresAt: 1 },
  };
  const written = writeMessage(profile, 'createRequest', values, keys);
  expect(written.kind === 'written' && JSON.parse(written.body).description).toBe('ten lett');
  const long = writeMessage(profile, 'createRequest', { ...values, orderId: 'O'.repeat(9) }, keys);
  expect(long).toEqual({ kind: 'ambiguous', member: 'orderId', because: 'is too long' });
});

describe('the description of a signature', () => {
  test('shows what was signed, what was expected and what was given', () => {
    const members: Members = { ...signed(IPN), amount: 101 };
    const description = describeSignature(bluecomProfile, { name: 'ipn', members }, keys);
    expect(description).toEqual({
      verdict: 'invalid',
      text: 'M|O|P||PAYMENT|SUCCESS|101|EUR||2026-03-01T12:00:00Z|n',
      expected: signed({ ...IPN, amount: 101 }).signature,
      given: members.signature,
    });
  });

  test('names the member that is at fault', () => {
    const members = { ...signed(IPN), orderId: 'a|b' };
    const description = describeSignature(bluecomProfile, { name: 'ipn', members }, keys);
    expect(description).toMatchObject({ verdict: 'ambiguous', text: null, because: 'orderId contains the separator' });
  });

  test('never holds the secret, also where it is appended to the text', () => {
    const members = { neo_Amount: 1, neo_SecureHash: 'A' };
    const description = describeSignature(neopayProfile, { name: 'ipn', members }, keys);
    expect(description).toMatchObject({ verdict: 'invalid', text: '1' });
    expect(JSON.stringify(description)).not.toContain(SECRET);
  });
});
