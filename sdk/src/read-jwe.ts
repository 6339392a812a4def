import { bytesOf, bytesOfBase64Url, joinBytes, textOf } from './bytes.ts';
import { openAesGcm } from './web-crypto.ts';
import { isRecord } from './webhook-request.ts';
import { WebhookVerificationError } from './webhook-verification-error.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A key and the name that messages call it by; null: it is tried whatever they say. */
export interface NamedKey {
  readonly kid: string | null;
  readonly key: Bytes;
}

/** RFC 7518, sections 4.5 and 5.3: 96 bits of initialization vector, and a tag that nobody may shorten. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Opens a compact JWE of the one kind we send: `dir` with A256GCM. Anything else that a header might ask for (another
 * algorithm, compression, extensions) is refused, not followed. RFC 7516.
 * @throws WebhookVerificationError malformed, unknown_key, no_match
 */
export async function openJwe(compact: string, keys: readonly NamedKey[]): Promise<Bytes> {
  const [protectedHeader = '', encryptedKey, iv = '', ciphertext = '', tag = '', ...more] = compact.split('.', 6);
  const header = headerOf(protectedHeader);
  const parts = [iv, ciphertext, tag].map(bytesOfBase64Url);
  const [ivBytes, sealed, tagBytes] = parts;
  if (header === null || encryptedKey !== '' || more.length > 0 || !ivBytes || !sealed || !tagBytes) throw malformed();
  if (ivBytes.length !== IV_BYTES || tagBytes.length !== TAG_BYTES) throw malformed();
  const fitting = keys.filter(({ kid }) => kid === null || kid === header.kid);
  if (fitting.length === 0) throw new WebhookVerificationError('unknown_key');
  for (const { key } of fitting) {
    const plain = await openAesGcm(key, ivBytes, joinBytes(sealed, tagBytes), bytesOf(protectedHeader));
    if (plain !== null) return plain;
  }
  throw new WebhookVerificationError('no_match');
}

function headerOf(encoded: string): Readonly<Record<string, unknown>> | null {
  const bytes = bytesOfBase64Url(encoded);
  try {
    const header: unknown = JSON.parse((bytes && textOf(bytes)) ?? '');
    if (!isRecord(header) || header.alg !== 'dir' || header.enc !== 'A256GCM') return null;
    return 'zip' in header || 'crit' in header ? null : header;
  } catch {
    return null;
  }
}

function malformed(): WebhookVerificationError {
  return new WebhookVerificationError('malformed');
}
