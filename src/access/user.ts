export type UserStatus = 'active' | 'suspended';

/** Where a person acts: for a tenant, or for the installation, which is told by `SYSTEM` in the tenant's place. */
export interface Membership {
  readonly tenantId: string;
  /** A built-in role's name, or the id of a tenant's own. */
  readonly role: string;
}

const PASSWORD_CHARACTERS_MIN = 12;
/** Long sentences fit; argon2 need not read a book. */
export const PASSWORD_CHARACTERS_MAX = 128;

/** One spelling of an e-mail address, so that one person is not two. Providers that tell cases apart are not known. */
export function canonicalEmail(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}

/** What is hashed of a password: the same characters however a keyboard composes them (NIST SP 800-63B, 3.1.1.2). */
export function canonicalPassword(password: string): string {
  return password.normalize('NFKC');
}

/** The rule that a new password breaks; null: none. */
export function brokenPasswordRule(password: string, email: string): string | null {
  const text = canonicalPassword(password).toLowerCase();
  if ([...text].length < PASSWORD_CHARACTERS_MIN) return `Must have at least ${PASSWORD_CHARACTERS_MIN} characters`;
  if (text.includes(canonicalEmail(email))) return 'Must not contain the e-mail address';
  if (new Set(text).size < DISTINCT_CHARACTERS_MIN) {
    return `Must have at least ${DISTINCT_CHARACTERS_MIN} different characters`;
  }
  return null;
}

const DISTINCT_CHARACTERS_MIN = 5;

/** The ways in that a person has. */
export interface WaysIn {
  readonly hasPassword: boolean;
  readonly hasTotp: boolean;
  readonly passkeys: number;
  /** Accounts elsewhere that this installation still takes. */
  readonly identities: number;
}

/** Whether a person with these can sign in: a password alone opens nothing. */
export function canSignIn({ hasPassword, hasTotp, passkeys, identities }: WaysIn): boolean {
  return passkeys > 0 || identities > 0 || (hasPassword && hasTotp);
}

/** Whether there is anything to prove a second time. */
export function hasSecondFactor({ hasTotp, passkeys }: WaysIn): boolean {
  return hasTotp || passkeys > 0;
}
