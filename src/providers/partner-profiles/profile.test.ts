import { describe, expect, test } from 'vitest';
import { bluecomProfile } from './bluecom-profile.ts';
import { neopayProfile } from './neopay-profile.ts';
import { isUnambiguous, type PartnerProfile, partnerProfile } from './profile.ts';

/** What a profile is refused for, after one change to the contract's. */
function faultsOf(change: (profile: PartnerProfile) => unknown): string {
  const parsed = partnerProfile.safeParse(change(structuredClone(bluecomProfile)));
  return parsed.success ? 'accepted' : parsed.error.issues.map(({ message }) => message).join('; ');
}
const withSigning = (changes: object) => (profile: PartnerProfile) => ({
  ...profile,
  signing: { ...profile.signing, ...changes },
});
const withMessage = (name: keyof PartnerProfile['messages'], changes: object) => (profile: PartnerProfile) => ({
  ...profile,
  messages: { ...profile.messages, [name]: { ...profile.messages[name], ...changes } },
});

describe('a profile', () => {
  test('is accepted as it was parsed', () => {
    expect(faultsOf((profile) => profile)).toBe('accepted');
  });

  test('has no members that are not known', () => {
    expect(faultsOf((profile) => ({ ...profile, trustEverything: true }))).toContain('Unrecognized key');
  });

  test('signs requests and notifications', () => {
    for (const name of ['createRequest', 'queryRequest', 'refundRequest', 'ipn'] as const) {
      expect(faultsOf(withMessage(name, { signature: 'if_present' }))).toBe(`${name}: must be signed`);
    }
  });

  test('signs everything that money is moved by', () => {
    for (const name of ['amount', 'status', 'orderId', 'merchantCode', 'eventType']) {
      expect(faultsOf(withMessage('ipn', { unsigned: [name] }))).toContain(`ipn: ${name} is missing or not signed`);
    }
  });

  test('signs everything that is read of a notification', () => {
    const unsigned = { unsigned: ['providerRef'] };
    expect(faultsOf(withMessage('ipn', unsigned))).toContain('ipn: a member that is read is not signed');
  });

  test('does not sign with a separator that values consist of', () => {
    for (const separator of ['a', '7', '\n', 'đ']) {
      expect(faultsOf(withSigning({ separator }))).toContain('signing: values contain such a separator');
    }
  });

  test('does not skip values of a list, so that none takes the place of another', () => {
    expect(faultsOf(withSigning({ absent: 'skipped' }))).toContain('lets the next one take its place');
  });

  test('has one method for a secret and one for a key pair', () => {
    const [hmac] = bluecomProfile.signing.methods;
    expect(faultsOf(withSigning({ methods: [hmac, hmac] }))).toContain('one for a key pair');
  });

  test('has no two messages of which one could pass for the other', () => {
    const fields = bluecomProfile.messages.refundAnswer?.fields.slice(0, 8) ?? [];
    expect(faultsOf(withMessage('refundAnswer', { fields }))).toBe(
      'refundAnswer: another message has as many signed values',
    );
  });

  test('needs a signed timestamp where it measures age', () => {
    expect(faultsOf(withMessage('ipn', { unsigned: ['timestamp'] }))).toContain('a tolerance needs a signed timestamp');
  });

  test('cannot offer refunds without saying how', () => {
    expect(faultsOf(({ paths: { refund: _, ...paths }, ...profile }) => ({ ...profile, paths }))).toContain('refunds:');
    expect(faultsOf((profile) => ({ ...profile, refunds: 'none' }))).toContain('refunds:');
  });

  test('does not sign its signature, nor name a member twice', () => {
    const { fields } = bluecomProfile.messages.ipn;
    const own = [...fields, { wire: 'signature', means: 'nonce' }];
    expect(faultsOf(withMessage('ipn', { fields: own }))).toContain('signs itself');
    expect(faultsOf(withMessage('ipn', { fields: [...fields, fields[0]] }))).toContain('there twice');
  });

  test('reads members of members in answers only, unsigned', () => {
    const nested = [...bluecomProfile.messages.ipn.fields, { wire: 'data.more', means: 'message' }];
    expect(faultsOf(withMessage('ipn', { fields: nested }))).toContain('never signed');
  });
});

test('a signature covers only names with the prefix, so nothing else is relied on', () => {
  const signing = { ...neopayProfile.signing, namePrefix: 'other_' };
  const parsed = partnerProfile.safeParse({ ...neopayProfile, signing });
  const faults = parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
  expect(faults).toEqual(expect.arrayContaining(['ipn: status is missing or not signed']));
});

test('values sorted by the names that happen to be there are never taken at their word', () => {
  const sorted = partnerProfile.parse({ ...neopayProfile, signing: { ...neopayProfile.signing, separator: '|' } });
  expect(isUnambiguous(sorted)).toBe(false);
});

test('the contract of Bluecom can be read in one way only, the one of NeoPay cannot', () => {
  expect([isUnambiguous(bluecomProfile), isUnambiguous(neopayProfile)]).toEqual([true, false]);
});
