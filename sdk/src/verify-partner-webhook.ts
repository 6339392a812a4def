import { bytesOf, bytesOfBase64, bytesOfHex, equalInConstantTime } from './bytes.ts';
import { BLUECOM, type PartnerWebhookProfile, textToSign } from './partner-profile.ts';
import { readFlatJson } from './read-flat-json.ts';
import { isHmacSha256, isRsaSha256, sha256 } from './web-crypto.ts';
import { checkAge, epochMsOfRfc3339, givenKeys, type ReceivedWebhook, rawBytes } from './webhook-request.ts';
import { WebhookVerificationError } from './webhook-verification-error.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The signature stands in the body; headers are not looked at. */
export interface VerifyPartnerWebhookInput extends Omit<ReceivedWebhook, 'headers'> {
  readonly headers?: ReceivedWebhook['headers'];
  /** The partner key's or the endpoint's secret, as it was shown. */
  readonly secret?: string;
  /** Any of several, as during a rotation. */
  readonly secrets?: readonly string[];
  /** The key's `gatewayPublicKey`, PEM, where it is one of RSA. */
  readonly gatewayPublicKey?: string;
  readonly gatewayPublicKeys?: readonly string[];
  /** What the sender knows you by. Where you give it, a message to somebody else is refused. */
  readonly merchantCode?: string;
}

export interface PartnerNotification {
  readonly merchantCode: string;
  /** Your id: the payment's `reference`. */
  readonly orderId: string;
  readonly providerRef: string;
  readonly refundId: string | null;
  readonly eventType: 'PAYMENT' | 'REFUND';
  readonly status: string;
  /** Whole minor units; of a refund what was refunded. */
  readonly amount: number;
  readonly currency: string;
  readonly paidAt: string | null;
  readonly timestamp: string;
  /** `providerRef`, `eventType` and `refundId`: they name the fact, so dedupe by it. */
  readonly factKey: string;
}

/**
 * A notification of the dialect `partner`, once its signature and age are proven. docs/dialects/partner.md
 * @throws WebhookVerificationError with the reason; RangeError where the tolerance is no number of seconds
 */
export async function verifyPartnerWebhook(input: VerifyPartnerWebhookInput): Promise<PartnerNotification> {
  const notification = read(await verifySignedMembers({ ...input, profile: BLUECOM }));
  if (input.merchantCode !== undefined && notification.merchantCode !== input.merchantCode) {
    throw new WebhookVerificationError('no_match', 'It is genuine, but meant for another merchant.');
  }
  return notification;
}

/**
 * The members of a notification that is signed as its profile says, once its signature and, where the profile has one,
 * its time are proven.
 * @throws WebhookVerificationError with the reason; RangeError where the tolerance is no number of seconds
 */
export async function verifySignedMembers(
  input: VerifyPartnerWebhookInput & { readonly profile: PartnerWebhookProfile },
): Promise<Readonly<Record<string, unknown>>> {
  const { profile } = input;
  const secrets = givenKeys(input.secret, input.secrets).map(secretOf);
  const publicKeys = givenKeys(input.gatewayPublicKey, input.gatewayPublicKeys).map(spkiOf);
  if (secrets.length + publicKeys.length === 0) throw new WebhookVerificationError('bad_secret');
  const members = readFlatJson(rawBytes(input.body));
  const text = members === null ? null : textToSign(profile, members);
  if (members === null || text === null) throw new WebhookVerificationError('malformed');
  const signature = members[profile.signature];
  const given = typeof signature === 'string' ? signature : '';
  const found = await Promise.all([
    ...secrets.map((secret) => isSignedBy(secret, profile, text, given)),
    ...publicKeys.map((publicKey) => isSignedByRsa(publicKey, text, given)),
  ]);
  if (!found.includes(true)) throw new WebhookVerificationError('no_match');
  const age = { ...input, headers: {} };
  if (profile.timestamp !== null) checkAge(epochMsOfRfc3339(members[profile.timestamp]), age);
  return members;
}

async function isSignedBy(
  secret: string,
  { algorithm, separator }: PartnerWebhookProfile,
  text: string,
  given: string,
): Promise<boolean> {
  const signature = bytesOfHex(given);
  if (signature?.length !== 32) return false;
  if (algorithm === 'hmac-sha256') return isHmacSha256(bytesOf(secret), signature, bytesOf(text));
  return equalInConstantTime(signature, await sha256(bytesOf(`${text}${separator}${secret}`)));
}

async function isSignedByRsa(spki: Bytes, text: string, given: string): Promise<boolean> {
  const signature = bytesOfBase64(given);
  if (signature === null || signature.length === 0) return false;
  const verdict = await isRsaSha256(spki, signature, bytesOf(text));
  if (verdict === null) throw badPublicKey();
  return verdict;
}

function secretOf(secret: unknown): string {
  if (typeof secret === 'string' && secret.trim() !== '') return secret;
  throw new WebhookVerificationError('bad_secret');
}

/** The DER of a public key in a PEM text. A private key has no business here. */
function spkiOf(pem: unknown): Bytes {
  const [, base64 = ''] =
    /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(String(pem)) ?? [];
  const spki = bytesOfBase64(base64.replace(/\s/g, ''));
  if (spki === null || spki.length === 0) throw badPublicKey();
  return spki;
}

function badPublicKey(): WebhookVerificationError {
  return new WebhookVerificationError('bad_secret', 'The public key is no RSA key of 2048 bits or more in PEM.');
}

function read(members: Readonly<Record<string, unknown>>): PartnerNotification {
  const { merchantCode, orderId, providerRef, eventType, status, amount, currency, timestamp } = members;
  const refundId = textOrNull(members.refundId);
  if (
    typeof merchantCode !== 'string' ||
    typeof orderId !== 'string' ||
    typeof providerRef !== 'string' ||
    (eventType !== 'PAYMENT' && eventType !== 'REFUND') ||
    typeof status !== 'string' ||
    typeof amount !== 'number' ||
    amount < 0 ||
    typeof currency !== 'string' ||
    typeof timestamp !== 'string'
  ) {
    throw new WebhookVerificationError('malformed');
  }
  const factKey = [providerRef, eventType, refundId ?? ''].join('|');
  const paidAt = textOrNull(members.paidAt);
  return {
    merchantCode,
    orderId,
    providerRef,
    refundId,
    eventType,
    status,
    amount,
    currency,
    paidAt,
    timestamp,
    factKey,
  };
}

/** The empty text, null and nothing mean absent. */
function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
