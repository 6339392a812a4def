import { timingSafeEqual, verify } from 'node:crypto';
import type { MessageName, PartnerProfile, SigningMethod } from '../partner-profiles/profile.ts';
import { type Members, signText, textToSign } from '../partner-profiles/sign-message.ts';
import { methodFor, rsaKeyOf, type SigningKeys } from '../partner-profiles/signing-keys.ts';

/** `ambiguous`: a value could be read in two ways, so that no signature says which was meant. */
export type Verdict = 'valid' | 'invalid' | 'missing' | 'ambiguous' | 'no_key';

/** A message whose signature is asked about. */
export interface GivenMessage {
  readonly name: MessageName;
  readonly members: Members;
  /** Header names in lower case, repeated ones kept; only where the profile signs in a header. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

/** For a person who looks for the fault in a signature. Never holds a key. */
export interface SignatureDescription {
  readonly verdict: Verdict;
  /** What is signed; null where a value makes it ambiguous. A secret that is appended to it is left out. */
  readonly text: string | null;
  /** What these keys sign it with; null for a key pair whose private half is the other side's. */
  readonly expected: string | null;
  readonly given: string | null;
  /** The member that is at fault, and why. */
  readonly because?: string;
}

/** Whether one of the keys signed the message. Compares with each, without telling by time how much of which matched. */
export function verifyMessage(profile: PartnerProfile, message: GivenMessage, keys: readonly SigningKeys[]): Verdict {
  const usable = keys.filter((each) => canVerify(profile, each));
  if (usable.length === 0) return 'no_key';
  const given = givenSignature(profile, message);
  if (given === null) return 'missing';
  const signed = textToSign(profile, message.name, message.members);
  if (signed.kind === 'ambiguous') return 'ambiguous';
  let matches = false;
  for (const each of usable) if (isSignedBy(profile, each, signed.text, given)) matches = true;
  return matches ? 'valid' : 'invalid';
}

/** Everything there is to see about a message's signature. Pure. */
export function describeSignature(
  profile: PartnerProfile,
  message: GivenMessage,
  keys: SigningKeys,
): SignatureDescription {
  const verdict = verifyMessage(profile, message, [keys]);
  const given = givenSignature(profile, message);
  const signed = textToSign(profile, message.name, message.members);
  if (signed.kind === 'ambiguous') {
    const because = `${signed.member} ${signed.because}`;
    return { verdict, text: null, expected: null, given, because };
  }
  // Our own private key signs what we send; what the other side signs cannot be computed here.
  const expected = keys.secretKey === undefined ? null : signText(profile, keys, signed.text);
  return { verdict, text: signed.text, expected, given };
}

/** The one signature a message carries; null where there is none, or more than one. */
function givenSignature({ signing: { place } }: PartnerProfile, { members, headers }: GivenMessage): string | null {
  if (place.in === 'header') {
    const [value, ...others] = headers?.[place.name] ?? [];
    return value === undefined || value === '' || others.length > 0 ? null : value;
  }
  const value = Object.hasOwn(members, place.member) ? members[place.member] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

function canVerify(profile: PartnerProfile, keys: SigningKeys): boolean {
  const method = methodFor(profile, keys);
  if (method === null) return false;
  return method.algorithm !== 'rsa-sha256' || rsaKeyOf('public', keys.publicKey) !== null;
}

function isSignedBy(profile: PartnerProfile, keys: SigningKeys, text: string, given: string): boolean {
  const method = methodFor(profile, keys);
  if (method === null) return false;
  if (method.algorithm === 'rsa-sha256') return isSignedByPair(method, keys, text, given);
  const expected = signText(profile, keys, text);
  if (expected === null) return false;
  const anyCase = profile.signing.letterCase === 'any' && method.encoding !== 'base64';
  const [ours, theirs] = anyCase ? [expected.toLowerCase(), given.toLowerCase()] : [expected, given];
  const [left, right] = [Buffer.from(ours), Buffer.from(theirs)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function isSignedByPair({ encoding }: SigningMethod, { publicKey }: SigningKeys, text: string, given: string): boolean {
  const key = rsaKeyOf('public', publicKey);
  const signature = decode(encoding, given);
  return key !== null && signature !== null && verify('sha256', Buffer.from(text), key, signature);
}

/** The bytes of a signature that is spelled in its one way; Buffer would skip over what does not belong. */
function decode(encoding: SigningMethod['encoding'], given: string): Buffer | null {
  const bytes = Buffer.from(given, encoding === 'base64' ? 'base64' : 'hex');
  const spelled = encoding === 'base64' ? bytes.toString('base64') : bytes.toString('hex');
  return spelled === (encoding === 'hex-upper' ? given.toLowerCase() : given) ? bytes : null;
}
