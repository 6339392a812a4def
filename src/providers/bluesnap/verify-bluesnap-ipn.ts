import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ProviderCall } from '../provider.ts';
import type { RawWebhook } from '../provider-webhook.ts';
import { type BluesnapCredentials, usableKeys } from './bluesnap-credentials.ts';
import { instantOfStamp } from './bluesnap-date.ts';

type Call = ProviderCall<BluesnapCredentials>;

/** `signed`: the bytes were signed whole at `sentAt`. `unsigned`: there is no key to check a signature with. */
export type Verdict =
  | { readonly kind: 'signed'; readonly sentAt: Temporal.Instant }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'bad_signature' };

/**
 * Checks `bls-signature`: HMAC-SHA256, hex in either case, over the header `bls-ipn-timestamp` and the raw body with
 * nothing between them. Where the credentials have a key, nothing without a signature is taken.
 * https://support.bluesnap.com/docs/ipn-setup
 */
export function verifySignature({ credentials, previousCredentials }: Call, { headers, body }: RawWebhook): Verdict {
  if (usableKeys([credentials.ipnKey]).length === 0) return { kind: 'unsigned' };
  const signature = onlyValue(headers['bls-signature']);
  const stamp = onlyValue(headers['bls-ipn-timestamp']);
  if (!/^[0-9a-f]{64}$/i.test(signature) || stamp === '') return { kind: 'bad_signature' };
  const given = Buffer.from(signature, 'hex');
  let matches = false;
  for (const key of usableKeys([credentials.ipnKey, previousCredentials?.ipnKey])) {
    const expected = createHmac('sha256', key).update(stamp, 'latin1').update(body).digest();
    if (timingSafeEqual(given, expected)) matches = true;
  }
  const sentAt = instantOfStamp(stamp);
  return matches && sentAt !== null ? { kind: 'signed', sentAt } : { kind: 'bad_signature' };
}

/**
 * The Data Protection Key whose `authKey` a form carries, or null. MD5 hex over referenceNumber, contractId and the key:
 * neither amount nor type is in it, so that it tells who speaks, and nothing of what is said.
 * https://support.bluesnap.com/docs/ipn-parameter-reference (authkey)
 */
export function keyOfAuthKey(
  { credentials, previousCredentials }: Call,
  fields: ReadonlyMap<string, string>,
): string | null {
  // Its references write the name both ways; a form with both is nobody's.
  const named = ['authKey', 'authkey'].filter((name) => fields.has(name));
  const authKey = fields.get(named[0] ?? '') ?? '';
  if (named.length !== 1 || !/^[0-9a-f]{32}$/i.test(authKey)) return null;
  const given = Buffer.from(authKey, 'hex');
  const text = `${fields.get('referenceNumber') ?? ''}${fields.get('contractId') ?? ''}`;
  let found: string | null = null;
  for (const key of usableKeys([credentials.dataProtectionKey, previousCredentials?.dataProtectionKey])) {
    const expected = createHash('md5').update(text, 'latin1').update(key).digest();
    if (timingSafeEqual(given, expected)) found = key;
  }
  return found;
}

/** The receipt for which BlueSnap waits: MD5 hex of `OK` and the Data Protection Key, with nothing between them. */
export function receiptOf(dataProtectionKey: string): string {
  return createHash('md5').update(`OK${dataProtectionKey}`).digest('hex');
}

/** A header that came twice says nothing. */
function onlyValue(values: readonly string[] | undefined): string {
  return values?.length === 1 ? (values[0] ?? '') : '';
}
