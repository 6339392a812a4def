import type { Meaning, PartnerProfile } from '../partner-profiles/profile.ts';
import { membersOf, readValues } from '../partner-profiles/read-message.ts';
import { jsonOf } from '../read-answer.ts';

/** What an IPN says of itself before anything of it is believed. */
export interface Claims {
  readonly orderId: string | null;
  readonly merchantCode: string | null;
  readonly nonce: string | null;
}

const NOTHING: Claims = { orderId: null, merchantCode: null, nonce: null };

/**
 * The names in an IPN that nobody has verified: enough to find the account whose key may prove it, and no more. Null
 * where a name is missing, unreadable, or not text.
 */
export function claimsOf(profile: PartnerProfile, body: Uint8Array): Claims {
  const members = membersOf(jsonOf(body));
  if (members === null) return NOTHING;
  const read = readValues(profile, 'ipn', members);
  if (read.kind === 'malformed') return NOTHING;
  const text = (meaning: Meaning): string | null => {
    const value = read.values[meaning];
    return typeof value === 'string' ? value : null;
  };
  return { orderId: text('orderId'), merchantCode: text('merchantCode'), nonce: text('nonce') };
}

/** The nonce of an IPN, or null where it has none. Its owner must have verified the message before it counts. */
export function nonceOf(profile: PartnerProfile, body: Uint8Array): string | null {
  return claimsOf(profile, body).nonce;
}
