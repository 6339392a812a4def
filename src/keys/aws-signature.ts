import { createHash, createHmac } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Comes with credentials that were lent. */
  readonly sessionToken: string | null;
}

interface SignedRequest {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly service: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at: Temporal.Instant;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The headers of a POST without a query, with its Signature Version 4 among them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signAwsRequest(request: SignedRequest): Record<string, string> {
  const { credentials, region, service, body } = request;
  const url = new URL(request.url);
  const time = `${request.at.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')}`;
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': time };
  if (credentials.sessionToken !== null) headers['x-amz-security-token'] = credentials.sessionToken;
  const signed = Object.entries({ ...headers, host: url.host })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    ...['POST', url.pathname, ''],
    ...signed.map(([name, value]) => `${name}:${value}`),
    ...['', names, sha256(body)],
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const signature = hmac(signingKey(request, time.slice(0, 8)), [ALGORITHM, time, scope, sha256(canonical)].join('\n'));
  const credential = `${credentials.accessKeyId}/${scope}`;
  headers['authorization'] =
    `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature.toString('hex')}`;
  return headers;
}

function signingKey({ credentials, region, service }: SignedRequest, day: string): Buffer {
  return [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${credentials.secretAccessKey}`, day));
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
