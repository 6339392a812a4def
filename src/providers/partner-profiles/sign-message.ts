import { createHash, createHmac, sign } from 'node:crypto';
import { covers, type MessageName, type PartnerProfile, type SigningMethod } from './profile.ts';
import { methodFor, rsaKeyOf, type SigningKeys } from './signing-keys.ts';

/** The members of a message as JSON has them. */
export type Members = Readonly<Record<string, unknown>>;

/** The text that a signature covers, or the member that would make it readable in two ways. */
export type SigningText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ambiguous'; readonly member: string; readonly because: string };

/** Puts together what a signature covers: the values alone, in the profile's order. Pure. */
export function textToSign(profile: PartnerProfile, name: MessageName, members: Members): SigningText {
  const { separator, absent } = profile.signing;
  const parts: string[] = [];
  for (const member of signedMembers(profile, name, members)) {
    const value = textOf(Object.hasOwn(members, member) ? members[member] : undefined);
    if (value === null) return { kind: 'ambiguous', member, because: 'is neither text nor a whole number' };
    const because = ambiguityOf(value, separator);
    if (because !== null) return { kind: 'ambiguous', member, because };
    if (value !== '' || absent === 'empty') parts.push(value);
  }
  return { kind: 'text', text: parts.join(separator) };
}

/** The signature of a text in the profile's encoding; null where the keys are none for it. */
export function signText(profile: PartnerProfile, keys: SigningKeys, text: string): string | null {
  const method = methodFor(profile, keys);
  return method === null ? null : signTextBy(profile, method, keys, text);
}

/** The same by a method that was chosen before, whatever the length of its secret. */
export function signTextBy(
  profile: PartnerProfile,
  method: SigningMethod,
  keys: SigningKeys,
  text: string,
): string | null {
  const digest = digestOf(profile, method, keys, text);
  return digest === null ? null : encode(digest, method);
}

function digestOf(profile: PartnerProfile, method: SigningMethod, keys: SigningKeys, text: string): Buffer | null {
  const secret = keys.secretKey ?? '';
  switch (method.algorithm) {
    case 'hmac-sha256':
      return createHmac('sha256', secret).update(text).digest();
    case 'sha256':
      return createHash('sha256').update(`${text}${profile.signing.separator}${secret}`).digest();
    case 'rsa-sha256': {
      const key = rsaKeyOf('private', keys.privateKey);
      return key === null ? null : sign('sha256', Buffer.from(text), key);
    }
  }
}

function encode(digest: Buffer, { encoding }: SigningMethod): string {
  if (encoding === 'base64') return digest.toString('base64');
  return encoding === 'hex-upper' ? digest.toString('hex').toUpperCase() : digest.toString('hex');
}

function signedMembers(profile: PartnerProfile, name: MessageName, members: Members): readonly string[] {
  const message = profile.messages[name];
  if (message === undefined) return [];
  const isListed = profile.signing.order === 'listed';
  const names = isListed ? message.fields.map(({ wire }) => wire) : Object.keys(members).sort();
  return names.filter((wire) => covers(profile, message, wire));
}

/**
 * A value as both sides write it. A number with a fraction has more than one spelling and an object has many, so neither
 * can be signed; a list is its elements with commas between, where none of them has one.
 */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (!Array.isArray(value)) return null;
  const texts = value.map((one: unknown) => (Array.isArray(one) ? null : textOf(one)));
  return texts.every((one) => one !== null && one !== '' && !one.includes(',')) ? texts.join(',') : null;
}

function ambiguityOf(value: string, separator: string): string | null {
  if (separator !== '' && value.includes(separator)) return 'contains the separator';
  if (/\p{Cc}/u.test(value)) return 'contains a control character';
  // A lone surrogate is written as the same bytes as any other one.
  return value.isWellFormed() ? null : 'is not well-formed Unicode';
}
