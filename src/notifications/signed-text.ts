import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Members, signText, textToSign } from '../providers/partner-profiles/sign-message.ts';
import type { DialectKey, EncodedMessage } from './dialects/dialect.ts';
import { PARTNER_PROFILES } from './dialects/partner.ts';
import { verifyStandard } from './dialects/standard.ts';
import type { DialectId, PartnerProfileId } from './endpoint.ts';

/** What of a message was signed, for whoever compares it with what a receiver computes. */
export interface SignedText {
  /** The exact text, whose UTF-8 the signature covers; null: nothing is signed, or the body is encrypted. */
  readonly text: string | null;
  /** What our own verifier says of it, under the endpoint's keys; null: there is nothing that it could look at. */
  readonly verifies: boolean | null;
}

const NOTHING_SIGNED: SignedText = { text: null, verifies: null };

/**
 * Reads a message of ours as its receiver has it: by its headers and its bytes, not by how it was made. A dialect with two
 * signatures is judged by its own one.
 */
export function signedTextOf(
  { dialect, profile }: { readonly dialect: DialectId; readonly profile: PartnerProfileId | null },
  { headers, body }: EncodedMessage,
  keys: readonly DialectKey[],
  now: Temporal.Instant,
): SignedText {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  const secrets = keys.flatMap((key) => (key.kind === 'secret' ? [key.text] : []));
  if (dialect === 'partner') return partnerSigned(profile ?? 'bluecom', { headers, text }, secrets);
  const { 'bls-signature': signature, 'bls-ipn-timestamp': stamp } = headers;
  if (signature !== undefined && stamp !== undefined) {
    return { text: stamp + text, verifies: secrets.some((secret) => isHmacOf(secret, stamp + text, signature)) };
  }
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (id === undefined || timestamp === undefined || signatures === undefined) return NOTHING_SIGNED;
  const isShared = signatures.split(' ').some((each) => each.startsWith('v1,'));
  const verifies = isShared && secrets.length > 0 ? verifyStandard({ headers, body, secrets, now }).ok : null;
  return { text: `${id}.${timestamp}.${text}`, verifies };
}

function partnerSigned(
  profileId: PartnerProfileId,
  { headers, text }: { readonly headers: EncodedMessage['headers']; readonly text: string },
  secrets: readonly string[],
): SignedText {
  const profile = PARTNER_PROFILES[profileId];
  const members = JSON.parse(text) as Members;
  const signed = textToSign(profile, 'ipn', members);
  if (signed.kind !== 'text') return NOTHING_SIGNED;
  const { place } = profile.signing;
  const given = place.in === 'header' ? headers[place.name] : members[place.member];
  const verifies = secrets.some((secretKey) => isSame(signText(profile, { secretKey }, signed.text), given));
  return { text: signed.text, verifies };
}

function isSame(ours: string | null, theirs: unknown): boolean {
  if (ours === null || typeof theirs !== 'string') return false;
  const [one, other] = [Buffer.from(ours), Buffer.from(theirs)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function isHmacOf(secret: string, text: string, given: string): boolean {
  return isSame(createHmac('sha256', secret).update(text).digest('hex'), given);
}
