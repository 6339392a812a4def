import type { Meaning, MessageName, PartnerProfile } from './profile.ts';
import { type Members, signText, textToSign } from './sign-message.ts';
import type { SigningKeys } from './signing-keys.ts';

export type Scalar = string | number | boolean;
/** A message in our words. */
export type Values = { readonly [M in Meaning]?: Scalar };

export type ReadValues =
  | { readonly kind: 'values'; readonly values: Values }
  | { readonly kind: 'malformed'; readonly member: string };

/** Names and words become parts of keys, for which the database has a bound; texts and addresses do not. */
const WORD_CHARACTERS_MAX = 128;
const TEXT_CHARACTERS_MAX = 4_000;
const TEXTS: ReadonlySet<Meaning> = new Set([
  'description',
  'message',
  'returnUrl',
  'ipnUrl',
  'redirectUrl',
  'qrPayload',
] as const);

/** What a message says. An empty text is an absent value, since it is signed as one. */
export function readValues(profile: PartnerProfile, name: MessageName, members: Members): ReadValues {
  const values: { [M in Meaning]?: Scalar } = {};
  for (const field of profile.messages[name]?.fields ?? []) {
    if (!('means' in field)) continue;
    const value = valueAt(members, field.wire);
    if (value === undefined || value === null || value === '') {
      if (field.required) return { kind: 'malformed', member: field.wire };
      continue;
    }
    const max = field.max ?? (TEXTS.has(field.means) ? TEXT_CHARACTERS_MAX : WORD_CHARACTERS_MAX);
    if (!isScalar(value) || String(value).length > max) return { kind: 'malformed', member: field.wire };
    values[field.means] ??= value;
  }
  return { kind: 'values', values };
}

export type WrittenMessage =
  | { readonly kind: 'written'; readonly body: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'ambiguous'; readonly member: string; readonly because: string };

/** A signed message in the partner's words; refused where its text could be read in two ways, or keys are missing. */
export function writeMessage(
  profile: PartnerProfile,
  name: MessageName,
  values: Values,
  keys: SigningKeys,
): WrittenMessage {
  const composed = composeMessage(profile, name, values);
  if (composed.kind === 'ambiguous') return composed;
  const signature = signText(profile, keys, composed.text);
  if (signature === null) return { kind: 'ambiguous', member: 'signature', because: 'cannot be made with these keys' };
  return { kind: 'written', ...withSignature(profile, composed.members, signature) };
}

export type ComposedMessage =
  | { readonly kind: 'composed'; readonly members: Readonly<Record<string, Scalar>>; readonly text: string }
  | Extract<WrittenMessage, { readonly kind: 'ambiguous' }>;

/** The members of a message in the partner's words, and the text that is to be signed. */
export function composeMessage(profile: PartnerProfile, name: MessageName, values: Values): ComposedMessage {
  const members: Record<string, Scalar> = {};
  for (const field of profile.messages[name]?.fields ?? []) {
    const value = 'means' in field ? values[field.means] : field.literal;
    if (value === undefined || value === '') {
      if ('means' in field && field.required) {
        return { kind: 'ambiguous', member: field.wire, because: 'is missing' };
      }
      continue;
    }
    const max = 'means' in field ? field.max : undefined;
    const fitting = max === undefined ? value : fitted(value, max, 'means' in field && field.means === 'description');
    if (fitting === null) return { kind: 'ambiguous', member: field.wire, because: 'is too long' };
    members[field.wire] = fitting;
  }
  const signed = textToSign(profile, name, members);
  return signed.kind === 'ambiguous' ? signed : { kind: 'composed', members, text: signed.text };
}

/** A message with its signature where the profile has it: in the body or in a header. */
export function withSignature(
  { signing: { place } }: PartnerProfile,
  members: Readonly<Record<string, Scalar>>,
  signature: string,
): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  return place.in === 'header'
    ? { body: JSON.stringify(members), headers: { [place.name]: signature } }
    : { body: JSON.stringify({ ...members, [place.member]: signature }), headers: {} };
}

/** A body as the members of one object, or null. Says nothing about who wrote it. */
export function membersOf(json: unknown): Members | null {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Members) : null;
}

/** A member, or a member of a member by a name with a dot. */
export function valueAt(members: Members, wire: string): unknown {
  const [top = '', inner] = wire.split('.');
  const value = Object.hasOwn(members, top) ? members[top] : undefined;
  if (inner === undefined) return value;
  const nested = membersOf(value);
  return nested !== null && Object.hasOwn(nested, inner) ? nested[inner] : undefined;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Text for people is cut, between characters and never inside one; of anything else a part would be another value. */
function fitted(value: Scalar, max: number, mayCut: boolean): Scalar | null {
  if (typeof value !== 'string' || value.length <= max) return value;
  if (!mayCut) return null;
  const cut = value.slice(0, max);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
