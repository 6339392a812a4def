import { randomBytes } from 'node:crypto';
import { assert, present } from '../../kernel/assert.ts';
import { Problem } from '../../kernel/problem.ts';
import type { SecretPurpose } from '../store.ts';
import type { Dialect } from './dialect.ts';
import { newStandardSecret, parseStandardSecret } from './standard.ts';
import { newStandardPrivateKey, parseStandardPrivateKey } from './standard-key-pair.ts';

/** How secrets for one purpose are made, and which given ones are taken. */
interface SecretRule {
  make(): string;
  isKept(secret: string): boolean;
  /** In words, for whoever broke it. */
  readonly rule: string;
}

type SecretRules = Readonly<Partial<Record<SecretPurpose, SecretRule>>>;

/** The part of a dialect that is about its secrets. The first that is required is what the API calls `secret`. */
export function dialectSecrets(
  required: SecretRules,
  optional: SecretRules = {},
): Pick<Dialect, 'secrets' | 'newSecret' | 'brokenRule'> {
  const rules: SecretRules = { ...required, ...optional };
  const purposesOf = (some: SecretRules) => Object.keys(some) as SecretPurpose[];
  return {
    secrets: { required: purposesOf(required), optional: purposesOf(optional) },
    newSecret: (purpose) => present(rules[purpose], `a rule for ${purpose} secrets`).make(),
    brokenRule(secret, purpose) {
      const rule = rules[purpose];
      if (rule === undefined) return 'Must be left out: this dialect has no such secret';
      return rule.isKept(secret) ? null : rule.rule;
    },
  };
}

const SHARED_TEXT_BYTES = 32;

function newText(): string {
  return randomBytes(SHARED_TEXT_BYTES).toString('base64url');
}

/** `whsec_` and base64, as Standard Webhooks spells a shared secret. */
export const STANDARD_SECRET: SecretRule = {
  make: newStandardSecret,
  isKept: (secret) => !throwsProblem(() => parseStandardSecret(secret)),
  rule: 'Must be whsec_ and 24 to 64 bytes in base64',
};

/** `whsk_` and base64, as Standard Webhooks spells the private half of an Ed25519 pair. */
export const STANDARD_PRIVATE_KEY: SecretRule = {
  make: newStandardPrivateKey,
  isKept: (secret) => !throwsProblem(() => parseStandardPrivateKey(secret)),
  rule: 'Must be whsk_ and 64 bytes in base64: the seed and the public key of an Ed25519 pair',
};

const PARTNER_SECRET_CHARACTERS_MAX = 512;

/** What a partner shares with us: any text. */
export const PARTNER_SECRET: SecretRule = {
  make: newText,
  isKept: (secret) => secret.trim() !== '' && secret.length <= PARTNER_SECRET_CHARACTERS_MAX && secret.isWellFormed(),
  rule: `Must be a text of at most ${PARTNER_SECRET_CHARACTERS_MAX} characters, and not blank`,
};

/** BlueSnap's own generator makes keys of nine characters; its portal's field, like our adapter's, cuts spaces off the ends. */
const BLUESNAP_KEY_CHARACTERS_MIN = 8;
const BLUESNAP_KEY_CHARACTERS_MAX = 200;

/** A key as merchants enter them at BlueSnap: any text, its UTF-8 bytes being the key. */
export const BLUESNAP_KEY: SecretRule = {
  make: newText,
  isKept: (secret) =>
    secret.length >= BLUESNAP_KEY_CHARACTERS_MIN &&
    secret.length <= BLUESNAP_KEY_CHARACTERS_MAX &&
    secret.trim() === secret &&
    secret.isWellFormed() &&
    !/\p{Cc}/u.test(secret),
  rule: `Must be ${BLUESNAP_KEY_CHARACTERS_MIN} to ${BLUESNAP_KEY_CHARACTERS_MAX} characters without control characters, and no space at either end`,
};

const JWE_KEY_BYTES = 32;
const AES_128_KEY_BYTES = 16;

/** The key of `encrypted`, A256GCM used directly. */
export const JWE_KEY: SecretRule = {
  make: () => randomBytes(JWE_KEY_BYTES).toString('base64url'),
  isKept: (secret) => keyBytesOf(secret, 'base64url', JWE_KEY_BYTES) !== null,
  rule: 'Must be 32 bytes in base64url without padding, and not all zeros',
};

/** The key of `encrypted-legacy`, as the portal of the original shows it. */
export const LEGACY_KEY: SecretRule = {
  make: () => randomBytes(AES_128_KEY_BYTES).toString('hex'),
  isKept: (secret) => keyBytesOf(secret.toLowerCase(), 'hex', AES_128_KEY_BYTES) !== null,
  rule: 'Must be 32 hexadecimal digits, and not all zeros',
};

/** The bytes of a notification key of `encrypted`. @throws AssertionFailed where it is none, which no stored one is */
export function jweKeyOf(secret: string): Buffer {
  return present(keyBytesOf(secret, 'base64url', JWE_KEY_BYTES), 'a key of 32 bytes');
}

/** The bytes of a notification key of `encrypted-legacy`. @throws AssertionFailed where it is none, which no stored one is */
export function legacyKeyOf(secret: string): Buffer {
  return present(keyBytesOf(secret.toLowerCase(), 'hex', AES_128_KEY_BYTES), 'a key of 16 bytes');
}

/** Only the canonical spelling: Buffer skips what does not belong, and two readers would read different bytes. */
function keyBytesOf(secret: string, encoding: 'hex' | 'base64url', bytes: number): Buffer | null {
  const key = Buffer.from(secret, encoding);
  const isCanonical = key.toString(encoding) === secret && key.length === bytes;
  return isCanonical && key.some((byte) => byte !== 0) ? key : null;
}

function throwsProblem(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    assert(error instanceof Problem, 'a secret breaks a rule, or none');
    return true;
  }
}
