import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decrypt, encrypt } from './master-key.ts';

/** How the double behaves at its next questions; afterwards it behaves well. */
export type Fault = 'silent' | 'broken' | 'throttled' | 'denied' | 'another key' | 'no json';

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** Somebody else's service that keeps a key, played over real HTTP. */
export interface KeeperDouble {
  readonly url: string;
  readonly faults: Fault[];
  /** How often it was asked. */
  asked: number;
  close(): Promise<void>;
}

/** A key that never leaves, as both services have one; what it encrypts is bound to a context. */
const key = randomBytes(32);

async function serve(answer: (request: IncomingMessage, body: string, fault: Fault | undefined) => Answered) {
  const double = { url: '', faults: [] as Fault[], asked: 0, close: async () => {} };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    double.asked += 1;
    const fault = double.faults.shift();
    if (fault === 'silent') return;
    if (fault === 'no json') return void response.writeHead(502).end('<html>');
    const { status, body } = answer(request, Buffer.concat(chunks).toString(), fault);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  double.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  double.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return double;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

export const KMS_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
export const AWS_CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: null,
} as const;

/** AWS KMS with one key: checks each signature from the request as it came, and answers as its API does. */
export function startKmsDouble(): Promise<KeeperDouble> {
  return serve((request, text, fault) => {
    if (fault === 'broken') return { status: 500, body: { __type: 'KMSInternalException' } };
    if (fault === 'throttled') return { status: 400, body: { __type: 'ThrottlingException' } };
    if (fault === 'denied') return { status: 400, body: { __type: 'com.amazonaws.kms#AccessDeniedException' } };
    if (!isSigned(request, text)) return { status: 403, body: { __type: 'InvalidSignatureException' } };
    const asked = JSON.parse(text) as Record<string, string> & { EncryptionContext: Record<string, string> };
    if (asked['KeyId'] !== KMS_KEY) return { status: 400, body: { __type: 'NotFoundException' } };
    const context = Buffer.from(JSON.stringify(asked.EncryptionContext));
    const KeyId = fault === 'another key' ? `${KMS_KEY}0` : KMS_KEY;
    if (request.headers['x-amz-target'] === 'TrentService.Encrypt') {
      const blob = encrypt(key, Buffer.from(asked['Plaintext'] ?? '', 'base64'), context);
      return { status: 200, body: { KeyId, CiphertextBlob: base64(blob) } };
    }
    try {
      const bytes = decrypt(key, Buffer.from(asked['CiphertextBlob'] ?? '', 'base64'), context);
      return { status: 200, body: { KeyId, Plaintext: base64(bytes) } };
    } catch {
      return { status: 400, body: { __type: 'InvalidCiphertextException' } };
    }
  });
}

/** Recomputes Signature Version 4 from what arrived: the headers that were signed, in their order, and the body. */
function isSigned(request: IncomingMessage, body: string): boolean {
  const [, id, day = '', region = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/kms\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const mac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest();
  const needed = ['content-type', 'host', 'x-amz-date', 'x-amz-target'];
  if (id !== AWS_CREDENTIALS.accessKeyId || !needed.every((name) => names.split(';').includes(name))) return false;
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name])}\n`);
  const canonical = `${request.method}\n${request.url}\n\n${headers.join('')}\n${names}\n${hash(body)}`;
  const time = String(request.headers['x-amz-date']);
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/kms/aws4_request\n${hash(canonical)}`;
  const signing = mac(mac(mac(mac(`AWS4${AWS_CREDENTIALS.secretAccessKey}`, day), region), 'kms'), 'aws4_request');
  return mac(signing, toSign).toString('hex') === signature;
}

/** Vault's transit engine with one key at `transit/tollgate`; what it takes now stands in `state`. */
export function startVaultDouble(state: { token: string; bindsContext: boolean }): Promise<KeeperDouble> {
  return serve((request, text, fault) => {
    if (fault === 'broken') return { status: 503, body: { errors: ['Vault is sealed'] } };
    if (fault === 'throttled') return { status: 429, body: { errors: [] } };
    if (fault === 'denied' || request.headers['x-vault-token'] !== state.token) {
      return { status: 403, body: { errors: ['permission denied'] } };
    }
    const asked = JSON.parse(text) as Record<string, string>;
    const context = Buffer.from(state.bindsContext ? (asked['associated_data'] ?? '') : '');
    if (request.url === '/v1/transit/encrypt/tollgate') {
      const bytes = encrypt(key, Buffer.from(asked['plaintext'] ?? '', 'base64'), context);
      return { status: 200, body: { data: { ciphertext: `vault:v1:${base64(bytes)}`, key_version: 1 } } };
    }
    if (request.url !== '/v1/transit/decrypt/tollgate') return { status: 404, body: { errors: [] } };
    try {
      const bytes = Buffer.from((asked['ciphertext'] ?? '').replace('vault:v1:', ''), 'base64');
      return { status: 200, body: { data: { plaintext: base64(decrypt(key, bytes, context)) } } };
    } catch {
      return { status: 400, body: { errors: ['invalid ciphertext: unable to decrypt'] } };
    }
  });
}
