import { describe, expect, it } from 'vitest';
import { AssertionFailed } from '../../kernel/assert.ts';
import { DIALECT_IDS } from '../endpoint.ts';
import type { SecretPurpose } from '../store.ts';
import { findDialect } from './find-dialect.ts';
import { BLUESNAP_KEY, JWE_KEY, jweKeyOf, LEGACY_KEY, legacyKeyOf } from './secret-rules.ts';

const PURPOSES: readonly SecretPurpose[] = ['signing', 'signing_ed25519', 'data_protection', 'notification'];

describe('the secrets of a dialect', () => {
  it.each([
    ['standard', ['signing'], ['signing_ed25519']],
    ['bluesnap', ['signing'], ['data_protection']],
    ['bluesnap-receipt', ['signing', 'data_protection'], []],
    ['encrypted', ['notification'], []],
    ['encrypted-legacy', ['notification'], []],
    ['partner', ['signing'], []],
  ] as const)('%s: %j always, %j if wanted', (id, required, optional) => {
    expect(findDialect(id).secrets).toEqual({ required, optional });
  });

  it.each(DIALECT_IDS)('of %s are new each time and keep its own rules; there are none for another purpose', (id) => {
    const dialect = findDialect(id);
    const { required, optional } = dialect.secrets;
    for (const purpose of PURPOSES) {
      if (![...required, ...optional].includes(purpose)) {
        expect(() => dialect.newSecret(purpose)).toThrow(AssertionFailed);
        expect(dialect.brokenRule('any text of a key', purpose)).toContain('left out');
        continue;
      }
      const [one, other] = [dialect.newSecret(purpose), dialect.newSecret(purpose)];
      expect(dialect.brokenRule(one, purpose)).toBeNull();
      expect(one).not.toBe(other);
      for (const bad of ['', ' ', 'x'.repeat(1_000)]) expect(dialect.brokenRule(bad, purpose)).toMatch(/^Must /);
    }
  });
});

it.each([
  [BLUESNAP_KEY, 'w66vk4cn', true],
  [BLUESNAP_KEY, 'w66vk4c', false],
  [BLUESNAP_KEY, 'é'.repeat(200), true],
  [BLUESNAP_KEY, 'x'.repeat(201), false],
  [BLUESNAP_KEY, 'a key\tof two', false],
  [BLUESNAP_KEY, ' w66vk4cnr', false],
  [BLUESNAP_KEY, 'w66vk4cnr\n', false],
  [BLUESNAP_KEY, 'w66vk4cnr\ud800', false],
  [JWE_KEY, Buffer.alloc(32, 1).toString('base64url'), true],
  [JWE_KEY, Buffer.alloc(32).toString('base64url'), false],
  [JWE_KEY, Buffer.alloc(31, 1).toString('base64url'), false],
  [JWE_KEY, Buffer.alloc(33, 1).toString('base64url'), false],
  [JWE_KEY, Buffer.alloc(32, 1).toString('base64'), false],
  [JWE_KEY, Buffer.alloc(32, 0xff).toString('base64').replace('=', ''), false],
  [LEGACY_KEY, '00112233445566778899aabbccddeeff', true],
  [LEGACY_KEY, '00112233445566778899AABBCCDDEEFF', true],
  [LEGACY_KEY, '00112233445566778899aabbccddeef', false],
  [LEGACY_KEY, '00112233445566778899aabbccddeeff00', false],
  [LEGACY_KEY, '00112233445566778899aabbccddeefg', false],
  [LEGACY_KEY, '0'.repeat(32), false],
])('by the rule “$rule” %j is taken: %s', ({ isKept }, secret, taken) => {
  expect(isKept(secret)).toBe(taken);
});

it('a key is the bytes that its text stands for', () => {
  expect(jweKeyOf(Buffer.alloc(32, 7).toString('base64url'))).toEqual(Buffer.alloc(32, 7));
  expect(legacyKeyOf('00112233445566778899AABBccddeeff').toString('hex')).toBe('00112233445566778899aabbccddeeff');
  expect(() => jweKeyOf('0'.repeat(32))).toThrow(AssertionFailed);
  expect(() => legacyKeyOf('')).toThrow(AssertionFailed);
});

describe('the schedule of resends', () => {
  it.each([...DIALECT_IDS])('of %s has as many as its page says, each later than the one before', (id) => {
    const { defaultSchedule } = findDialect(id);
    // S3.24 a receipt is asked for five more times, S3.7 anything else eleven.
    expect(defaultSchedule).toHaveLength(id === 'bluesnap-receipt' ? 5 : 11);
    expect(defaultSchedule).toEqual([...defaultSchedule].sort((one, other) => one - other));
    const hours = defaultSchedule.reduce((sum, seconds) => sum + seconds, 0) / 3_600;
    expect(hours).toBeGreaterThan(id === 'bluesnap-receipt' ? 24 : 76);
  });
});
