import { bytesOf, bytesOfHex, equalInConstantTime, joinBytes } from './bytes.ts';
import { md5Hex } from './md5.ts';
import { readForm } from './read-form.ts';
import { checkStandardSignature } from './verify-webhook.ts';
import { isHmacSha256 } from './web-crypto.ts';
import {
  checkAge,
  givenKeys,
  optionalHeader,
  type ReceivedWebhook,
  rawBytes,
  requiredHeader,
} from './webhook-request.ts';
import { WebhookVerificationError } from './webhook-verification-error.ts';

export interface VerifyBluesnapWebhookInput extends ReceivedWebhook {
  /** The endpoint's secret, as it was shown. */
  readonly secret?: string;
  /** Any of several, as during a rotation. */
  readonly secrets?: readonly string[];
  /** Where the endpoint has one: then every body carries `authKey`, and one without it is refused. */
  readonly dataProtectionKey?: string;
  readonly dataProtectionKeys?: readonly string[];
}

export interface BluesnapNotification {
  /** What happened, in BlueSnap's word: `CHARGE`, `REFUND`, … */
  readonly transactionType: string;
  /** The gateway's id of the capture, refund or dispute. */
  readonly referenceNumber: string;
  /** `testMode=Y`: no money moved. */
  readonly isTest: boolean;
  /** Every parameter by its name, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly signedAt: Date;
  /**
   * The event's id, the same on every attempt: dedupe by it. null where the headers of Standard Webhooks do not prove it, since
   * `bls-signature` does not cover it.
   */
  readonly webhookId: string | null;
  /** The body to answer 200 with: the receipt where you gave a data protection key, else nothing. */
  readonly answer: string;
}

const HMAC_BYTES = 32;

/**
 * A notification of the dialects `bluesnap` and `bluesnap-receipt`, once its signature and age are proven.
 * https://support.bluesnap.com/docs/ipn-setup
 * @throws WebhookVerificationError with the reason; RangeError where the tolerance is no number of seconds
 */
export async function verifyBluesnapWebhook(input: VerifyBluesnapWebhookInput): Promise<BluesnapNotification> {
  const secrets = givenKeys(input.secret, input.secrets).map(keyOf);
  if (secrets.length === 0) throw new WebhookVerificationError('bad_secret');
  const protectionKeys = givenKeys(input.dataProtectionKey, input.dataProtectionKeys).map(keyOf);
  const body = rawBytes(input.body);
  const stamp = requiredHeader(input.headers, 'bls-ipn-timestamp');
  const signature = bytesOfHex(requiredHeader(input.headers, 'bls-signature'));
  const signedAtMs = epochMsOf(stamp);
  checkAge(signedAtMs, input);
  if (signature?.length !== HMAC_BYTES) throw new WebhookVerificationError('no_match');
  const signed = joinBytes(bytesOf(stamp), body);
  const found = await Promise.all(secrets.map((secret) => isHmacSha256(bytesOf(secret), signature, signed)));
  if (!found.includes(true)) throw new WebhookVerificationError('no_match');

  const parameters = readForm(body);
  const { transactionType, referenceNumber, testMode } = parameters ?? {};
  if (parameters === null || transactionType === undefined || referenceNumber === undefined) {
    throw new WebhookVerificationError('malformed');
  }
  const answer = protectionKeys.length === 0 ? '' : receiptFor(keyOfAuthKey(parameters, protectionKeys));
  const webhookId = await provenId(input, secrets, body);
  const isTest = testMode === 'Y';
  return { transactionType, referenceNumber, isTest, parameters, signedAt: new Date(signedAtMs), webhookId, answer };
}

/** What acknowledges a notification of the dialect `bluesnap-receipt`: the whole body of an answer with status 200. */
export function receiptFor(dataProtectionKey: string): string {
  return md5Hex(`OK${keyOf(dataProtectionKey)}`);
}

async function provenId(received: ReceivedWebhook, secrets: readonly string[], body: Uint8Array<ArrayBuffer>) {
  const id = optionalHeader(received.headers, 'webhook-id');
  if (id === null) return null;
  try {
    await checkStandardSignature(received, { secrets: secrets.map(bytesOf), publicKeys: [] }, body);
    return id;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return null;
    throw error;
  }
}

function keyOf(text: unknown): string {
  if (typeof text === 'string' && text !== '') return text;
  throw new WebhookVerificationError('bad_secret');
}

/** `YYYY-MM-DD HH:mm:ss.SSS` in UTC; NaN for anything else, such as a 30th of February. */
function epochMsOf(stamp: string): number {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/.test(stamp)) return Number.NaN;
  const iso = `${stamp.replace(' ', 'T')}Z`;
  const epochMs = Date.parse(iso);
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString() === iso ? epochMs : Number.NaN;
}

/** The data protection key that `authKey` is made with. MD5, as BlueSnap has it: worth nothing without the signature. */
function keyOfAuthKey(parameters: Readonly<Record<string, string>>, keys: readonly string[]): string {
  const { authKey = '', referenceNumber = '', contractId = '' } = parameters;
  const given = bytesOf(authKey.toLowerCase());
  const [key] = keys.filter((each) =>
    equalInConstantTime(given, bytesOf(md5Hex(`${referenceNumber}${contractId}${each}`))),
  );
  if (key === undefined) throw new WebhookVerificationError('bad_auth_key');
  return key;
}
