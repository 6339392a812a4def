import { bytesOfBase64, bytesOfBase64Url, bytesOfHex, textOf } from './bytes.ts';
import { type NamedKey, openJwe } from './read-jwe.ts';
import { readTransactionNotification, type TransactionNotification } from './transaction-notification.ts';
import { openAesCbc } from './web-crypto.ts';
import {
  checkAge,
  epochMsOfRfc3339,
  givenKeys,
  isRecord,
  type ReceivedWebhook,
  rawBytes,
  requiredHeader,
} from './webhook-request.ts';
import { WebhookVerificationError } from './webhook-verification-error.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface VerifyEncryptedWebhookInput extends ReceivedWebhook {
  /** 32 bytes in base64url, as the endpoint's creation showed them. */
  readonly notificationKey?: string;
  /** During a rotation: keys to try, or keys by the `kid` that messages name them by. */
  readonly notificationKeys?: readonly string[] | Readonly<Record<string, string>>;
}

export interface VerifyLegacyWebhookInput extends ReceivedWebhook {
  /** 32 hexadecimal digits. */
  readonly notificationKey?: string;
  readonly notificationKeys?: readonly string[];
}

const JWE_KEY_BYTES = 32;
const LEGACY_KEY_BYTES = 16;
const BLOCK_BYTES = 16;

/**
 * What a notification of the dialect `encrypted` says: it opens only with your key and whole, was made lately, and is the
 * one that its header says. docs/dialects/encrypted.md
 * @throws WebhookVerificationError with the reason; RangeError where the tolerance is no number of seconds
 */
export async function verifyEncryptedWebhook(input: VerifyEncryptedWebhookInput): Promise<TransactionNotification> {
  const keys = jweKeysOf(input);
  if (keys.length === 0) throw new WebhookVerificationError('bad_secret');
  const body = rawBytes(input.body);
  const webhookId = requiredHeader(input.headers, 'webhook-id');
  const plain = await openJwe(textOf(body) ?? '', keys);
  const notification = readTransactionNotification(plain);
  if (notification === null) throw new WebhookVerificationError('not_json');
  if (notification.webhookId !== webhookId) throw new WebhookVerificationError('wrong_id');
  checkAge(epochMsOfRfc3339(notification.issuedAt), input);
  return notification;
}

/**
 * What a notification of the dialect `encrypted-legacy` says. Its encryption does not prove who made it: whoever can see
 * why a message was refused can make others (a padding oracle). Hence one reason, `no_match`, for all that could be wrong
 * with a body; answer all of them alike, and move to `encrypted`. docs/dialects/encrypted-legacy.md
 * @throws WebhookVerificationError with the reason; RangeError where the tolerance is no number of seconds
 */
export async function verifyLegacyWebhook(input: VerifyLegacyWebhookInput): Promise<TransactionNotification> {
  const keys = givenKeys(input.notificationKey, input.notificationKeys).map(legacyKeyOf);
  if (keys.length === 0) throw new WebhookVerificationError('bad_secret');
  const body = rawBytes(input.body);
  const webhookId = requiredHeader(input.headers, 'webhook-id');
  const sealed = bytesOfBase64(textOf(body) ?? '');
  if (sealed === null || sealed.length === 0 || sealed.length % BLOCK_BYTES !== 0) {
    throw new WebhookVerificationError('malformed');
  }
  const opened = await Promise.all(keys.map((key) => openAesCbc(key, new Uint8Array(BLOCK_BYTES), sealed)));
  const [notification] = opened.flatMap((plain) => (plain && readTransactionNotification(plain)) ?? []);
  if (notification?.webhookId !== webhookId || !isRecent(notification, input)) {
    throw new WebhookVerificationError(
      'no_match',
      'It was not made with any of your keys, not lately, or not under this webhook-id. Which of them, nobody is told.',
    );
  }
  return notification;
}

function isRecent(notification: TransactionNotification, input: ReceivedWebhook): boolean {
  try {
    checkAge(epochMsOfRfc3339(notification.issuedAt), input);
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

function jweKeysOf({ notificationKey, notificationKeys }: VerifyEncryptedWebhookInput): readonly NamedKey[] {
  const isNamed = isRecord(notificationKeys);
  const unnamed = givenKeys(notificationKey, isNamed ? [] : notificationKeys);
  const named: readonly (readonly [string, unknown])[] = isNamed ? Object.entries(notificationKeys) : [];
  return [
    ...unnamed.map((key) => ({ kid: null, key: jweKeyOf(key) })),
    ...named.map(([kid, key]) => ({ kid, key: jweKeyOf(key) })),
  ];
}

function jweKeyOf(text: unknown): Bytes {
  const key = typeof text === 'string' ? bytesOfBase64Url(text) : null;
  if (key?.length !== JWE_KEY_BYTES) throw badKey('The notification key is not 32 bytes in base64url.');
  return key;
}

function legacyKeyOf(text: unknown): Bytes {
  const key = typeof text === 'string' ? bytesOfHex(text) : null;
  if (key?.length !== LEGACY_KEY_BYTES) throw badKey('The notification key is not 32 hexadecimal digits.');
  return key;
}

function badKey(advice: string): WebhookVerificationError {
  return new WebhookVerificationError('bad_secret', advice);
}
