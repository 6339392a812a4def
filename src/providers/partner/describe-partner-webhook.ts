import { covers, type PartnerMessage, type PartnerProfile } from '../partner-profiles/profile.ts';
import { membersOf } from '../partner-profiles/read-message.ts';
import { type Members, textToSign } from '../partner-profiles/sign-message.ts';
import { methodFor } from '../partner-profiles/signing-keys.ts';
import { instantFromWire } from '../partner-profiles/wire-instant.ts';
import type { DescribedMember, KeyFinding, RawWebhook, WebhookDescription } from '../provider-webhook.ts';
import { jsonOf } from '../read-answer.ts';
import type { PartnerCall } from './partner-client.ts';
import { isUsable, type PartnerCredentials, profileOf } from './partner-credentials.ts';
import { describeSignature } from './verify-message.ts';

/** How a partner's IPN is checked, member by member and key by key. Asks nobody and never throws. */
export function describePartnerWebhook(call: PartnerCall, request: RawWebhook): WebhookDescription {
  const { credentials, previousCredentials } = call;
  const profile = profileOf(credentials);
  const members = membersOf(jsonOf(request.body));
  const keys = [
    ...(isUsable(credentials) ? [{ key: 'current' as const, credentials }] : []),
    ...(isUsable(previousCredentials) && profileOf(previousCredentials).id === profile.id
      ? [{ key: 'previous' as const, credentials: previousCredentials }]
      : []),
  ];
  const scheme = schemeOf(profile, credentials);
  const { separator } = profile.signing;
  if (members === null) {
    const findings = keys.map(({ key }): KeyFinding => ({ key, verdict: 'missing', expected: null }));
    const because = 'The body is no JSON object.';
    const nothing = { members: [], signedText: null, received: null, stamp: stampOf(profile, {}) };
    return { scheme, separator, ...nothing, keys: findings, because };
  }
  const message = { name: 'ipn', members, headers: request.headers } as const;
  const described = keys.map((each) => ({ ...each, seen: describeSignature(profile, message, each.credentials) }));
  const signed = textToSign(profile, 'ipn', members);
  return {
    ...{ scheme, separator },
    members: describedMembers(profile, members),
    signedText: signed.kind === 'text' ? signed.text : null,
    received: described[0]?.seen.given ?? null,
    keys: described.map(({ key, seen: { verdict, expected } }) => ({ key, verdict, expected })),
    ...(signed.kind === 'ambiguous' ? { because: `${signed.member} ${signed.because}.` } : {}),
    stamp: stampOf(profile, members),
  };
}

/** Those of the signed text in its order, absent ones of a list included; then what is not signed. */
function describedMembers(profile: PartnerProfile, members: Members): readonly DescribedMember[] {
  const message = profile.messages.ipn;
  const listed = message.fields.map(({ wire }) => wire);
  const present = Object.keys(members).sort();
  const isSigned = (wire: string) => covers(profile, message, wire);
  const inOrder = (profile.signing.order === 'listed' ? listed : present).filter(isSigned);
  const rest = [...new Set([...listed, ...present])].filter(
    (wire) => !inOrder.includes(wire) && Object.hasOwn(members, wire) && !isSignature(profile, wire),
  );
  return [
    ...inOrder.map((name) => ({ name, ...said(message, members, name), signed: true })),
    ...rest.map((name) => ({ name, ...said(message, members, name), signed: false })),
  ];
}

function said(message: PartnerMessage, members: Members, name: string): { value: string; means: string | null } {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  const field = message.fields.find(({ wire }) => wire === name);
  const means = field !== undefined && 'means' in field ? field.means : null;
  if (value === undefined || value === null) return { value: '', means };
  return { value: typeof value === 'object' ? JSON.stringify(value) : String(value), means };
}

function isSignature({ signing: { place } }: PartnerProfile, wire: string): boolean {
  return place.in === 'body' && place.member === wire;
}

function stampOf(profile: PartnerProfile, members: Members): WebhookDescription['stamp'] {
  const { toleranceSeconds } = profile;
  if (toleranceSeconds === null) return null;
  const wire = profile.messages.ipn.fields.find((field) => 'means' in field && field.means === 'timestamp')?.wire;
  const value = wire !== undefined && Object.hasOwn(members, wire) ? members[wire] : undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return { sent: null, at: null, toleranceSeconds };
  return { sent: String(value), at: instantFromWire(value), toleranceSeconds };
}

const ALGORITHMS = { 'hmac-sha256': 'HMAC-SHA256', sha256: 'SHA-256', 'rsa-sha256': 'RSA-SHA256 (PKCS #1)' } as const;
const ENCODINGS = { 'hex-lower': 'lower-case hex', 'hex-upper': 'upper-case hex', base64: 'base64' } as const;

/** How this partner signs, in one sentence. */
export function schemeOf(profile: PartnerProfile, credentials: PartnerCredentials): string {
  const method = methodFor(profile, credentials);
  const { order, namePrefix, separator, place } = profile.signing;
  const values =
    order === 'listed'
      ? 'the values in the order of the contract'
      : `all values whose name begins with “${namePrefix}”, in the order of their names`;
  const joined = separator === '' ? 'with nothing between them' : `joined by “${separator}”`;
  const secret = method?.algorithm === 'sha256' ? ', the secret behind' : '';
  const where = place.in === 'body' ? `the member ${place.member}` : `the header ${place.name}`;
  const how = method === null ? 'No usable key' : `${ALGORITHMS[method.algorithm]}, ${ENCODINGS[method.encoding]}`;
  return `${how}, over ${values}, ${joined}${secret}; in ${where}`;
}
