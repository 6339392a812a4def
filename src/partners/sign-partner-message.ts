import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';

interface SharedSecret {
  readonly algorithm: 'hmac-sha256';
  readonly secretKey: string;
}

interface PrivateHalf {
  readonly algorithm: 'rsa-sha256';
  /** Ours; PEM. */
  readonly privateKey: string;
}

/** One version of a key: what we sign with, and what the partner's signatures verify with. */
export type PartnerSecret = SharedSecret | (PrivateHalf & { readonly publicKey: string });

/** A message's members as JSON has them. */
export type PartnerMembers = Readonly<Record<string, unknown>>;

export type PartnerText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly member: string; readonly rule: string };

const SEPARATOR = '|';
export const RSA_BITS_MIN = 2_048;

/**
 * The text that a signature covers: the values alone, in the order of `names`, joined by `|`; absent ones are empty. A
 * value that would let the text be read in two ways has no text.
 */
export function partnerTextOf(names: readonly string[], members: PartnerMembers): PartnerText {
  const values: string[] = [];
  for (const name of names) {
    const value = Object.hasOwn(members, name) ? (members[name] ?? '') : '';
    if (typeof value !== 'string' && !Number.isSafeInteger(value)) {
      return { ok: false, member: name, rule: 'Must be text or a whole number' };
    }
    const text = String(value);
    if (text.includes(SEPARATOR) || /\p{Cc}/u.test(text) || !text.isWellFormed()) {
      return { ok: false, member: name, rule: 'Must not contain | or control characters' };
    }
    values.push(text);
  }
  return { ok: true, text: values.join(SEPARATOR) };
}

/** The signature of a text: HMAC-SHA256 in small hexadecimal letters, or RSA-SHA256 (PKCS #1) in base64. */
export function signPartnerText(secret: SharedSecret | PrivateHalf, text: string): string {
  if (secret.algorithm === 'hmac-sha256') return hmac(secret.secretKey, text).toString('hex');
  return sign('sha256', Buffer.from(text), createPrivateKey(secret.privateKey)).toString('base64');
}

/** Whether the secret's other side signed the text. Compares whole signatures, without telling by time how much matched. */
export function isPartnerSignature(secret: PartnerSecret, text: string, given: string): boolean {
  if (secret.algorithm === 'hmac-sha256') {
    const [ours, theirs] = [Buffer.from(hmac(secret.secretKey, text).toString('hex')), Buffer.from(given)];
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
  }
  const bytes = Buffer.from(given, 'base64');
  // Buffer skips what is no base64: one signature must not have several spellings.
  return bytes.toString('base64') === given && verify('sha256', Buffer.from(text), secret.publicKey, bytes);
}

/** The partner's RSA public key in a PEM text; null where there is none, or one that is too short. */
export function partnerPublicKeyOf(pem: string): KeyObject | null {
  // createPublicKey would derive the public half from a private key, which has no business with us.
  if (pem.includes('PRIVATE')) return null;
  try {
    const key = createPublicKey(pem);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && bits >= RSA_BITS_MIN ? key : null;
  } catch {
    return null;
  }
}

function hmac(secretKey: string, text: string): Buffer {
  return createHmac('sha256', secretKey).update(text, 'utf8').digest();
}
