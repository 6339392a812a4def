import { systemClock } from '../kernel/clock.ts';
import type { OutboundHttp } from '../platform/outbound-http.ts';
import { askKeyKeeper, type Judgment } from './ask-key-keeper.ts';
import { type AwsCredentials, signAwsRequest } from './aws-signature.ts';
import { type MasterKey, MasterKeyDenied } from './master-key.ts';

interface AwsKmsOptions {
  readonly http: OutboundHttp;
  readonly readCredentials: () => Promise<AwsCredentials>;
  /** Of an endpoint inside the own network; null: the region's public one. */
  readonly url: string | null;
}

/** Answered 400 although asking again may help. https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html */
const PASSING =
  /^(ThrottlingException|RequestLimitExceeded|KMSInternalException|DependencyTimeoutException|KeyUnavailableException|RequestExpired|ExpiredTokenException)$/;

/**
 * A symmetric key in AWS KMS, which wraps and unwraps there: it never leaves. The context goes along as its encryption
 * context, which AWS binds to the bytes and writes into its own log.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
 */
export function awsKmsKey(id: string, { http, readCredentials, url: given }: AwsKmsOptions): MasterKey {
  const arn = id.slice('aws-kms:'.length);
  const region = arn.split(':')[3] ?? '';
  const suffix = arn.startsWith('arn:aws-cn:') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = `${given ?? `https://kms.${region}.${suffix}`}/`;

  async function ask(action: 'Encrypt' | 'Decrypt', fields: Readonly<Record<string, unknown>>, context: string) {
    const body = JSON.stringify({ KeyId: arn, EncryptionContext: { tollgate: context }, ...fields });
    const answer = await askKeyKeeper({
      http,
      keeper: `AWS KMS (${id})`,
      judge,
      // Signed for the machine's time, which is what AWS compares it with.
      request: async () => ({
        url,
        body,
        headers: signAwsRequest({
          ...{ url, body, region, service: 'kms', at: systemClock.now(), credentials: await readCredentials() },
          headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` },
        }),
      }),
    });
    // Whoever answers for another key is not the one that was asked.
    if (answer['KeyId'] !== arn) throw new MasterKeyDenied(`AWS KMS answered for another key than ${id}`);
    return answer;
  }

  return {
    id,
    kind: 'remote',
    async wrap(dataKey, context) {
      return bytesOf((await ask('Encrypt', { Plaintext: base64(dataKey) }, context))['CiphertextBlob'], id);
    },
    async unwrap(wrapped, context) {
      return bytesOf((await ask('Decrypt', { CiphertextBlob: base64(wrapped) }, context))['Plaintext'], id);
    },
  };
}

function judge(status: number, body: Readonly<Record<string, unknown>>): Judgment {
  if (status === 200) return 'done';
  // With or without the namespace before it.
  const type =
    String(body['__type'] ?? '')
      .split('#')
      .at(-1) ?? '';
  return status >= 500 || status === 429 || PASSING.test(type) ? 'again' : 'denied';
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function bytesOf(text: unknown, id: string): Buffer {
  const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (bytes.length === 0) throw new MasterKeyDenied(`AWS KMS (${id}) answered without bytes`);
  return bytes;
}
