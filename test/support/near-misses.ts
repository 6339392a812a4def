import { createHmac } from 'node:crypto';
import { present } from '../../src/kernel/assert.ts';

interface VectorKey {
  readonly keyId: string;
  readonly kind: string;
  readonly text: string;
}

/** One of docs/dialects/vectors that is sent. */
export interface SentVector {
  readonly name: string;
  readonly at: string;
  readonly keys: readonly VectorKey[];
  readonly request: { readonly headers: Readonly<Record<string, string | undefined>>; readonly body: string };
  readonly source?: { readonly address: string; readonly egressAddresses: readonly string[] };
}

type Change = readonly [name: string, change: (vector: SentVector) => SentVector];

const GATEWAY = ['203.0.113.7', '198.51.100.128/25', '2001:db8:7::/48'];
const ITS_ADDRESSES = ['203.0.113.7', '198.51.100.200', '2001:db8:7:1::9', '::ffff:203.0.113.7'];

/** Vectors that no receiver may believe, each made of a genuine one by the smallest change. */
export function nearMissesOf(dialect: string, genuine: SentVector): readonly SentVector[] {
  const own = dialect === 'standard' ? OF_STANDARD : dialect.startsWith('bluesnap') ? OF_BLUESNAP : OF_ENCRYPTED;
  const positions = [0, 1, Math.floor(genuine.request.body.length / 2), genuine.request.body.length - 1];
  const flipped = positions.map(
    (at): Change => [
      `character ${at} of the body turned`,
      (vector) => withBody(vector, turned(vector.request.body, at)),
    ],
  );
  return [...IN_EVERY_DIALECT, ...flipped, ...own].map(([name, change]) => ({ ...change(genuine), name }));
}

/** The same, from one of the addresses of the gateway after the other. */
export function fromGateway(vector: SentVector, index: number): SentVector {
  const address = present(ITS_ADDRESSES[index % ITS_ADDRESSES.length], 'an address');
  return { ...vector, source: { address, egressAddresses: GATEWAY } };
}

const IN_EVERY_DIALECT: readonly Change[] = [
  ['five minutes and a second late', (vector) => at(vector, 301)],
  ['five minutes and two seconds early', (vector) => at(vector, -302)],
  ['no body', (vector) => withBody(vector, '')],
  ['a line break behind the body', (vector) => withBody(vector, `${vector.request.body}\n`)],
  ['another key', (vector) => withKeys(vector, (key) => ({ ...key, text: otherKey(key) }))],
  ['no key', (vector) => ({ ...vector, keys: [] })],
  ...['203.0.113.8', '203.0.113.70', '198.51.100.127', '198.51.101.200', '2001:db8:8::9', '127.0.0.1'].map(
    (address): Change => [
      `from ${address}, which is not the gateway`,
      (vector) => ({ ...vector, source: { address, egressAddresses: GATEWAY } }),
    ],
  ),
];

const OF_STANDARD: readonly Change[] = [
  ...['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name): Change => [`no ${name}`, (vector) => withHeader(vector, name, () => undefined)],
  ),
  ['another id', (vector) => withHeader(vector, 'webhook-id', (id) => `${id}x`)],
  ['another second', (vector) => withHeader(vector, 'webhook-timestamp', (text) => String(Number(text) + 1))],
  ['a timestamp that is none', (vector) => signedStandard(vector, vector.request.body, 'soon')],
  ['a truncated signature', (vector) => withHeader(vector, 'webhook-signature', (text) => text.slice(0, -1))],
  [
    'another version of signature',
    (vector) => withHeader(vector, 'webhook-signature', (text) => text.replace('v1,', 'v2,')),
  ],
  ['a signature without its version', (vector) => withHeader(vector, 'webhook-signature', (text) => text.slice(3))],
  ['a list, though it is signed', (vector) => signedStandard(vector, '[]')],
  ['no JSON, though it is signed', (vector) => signedStandard(vector, 'transactionType=CHARGE')],
];

const OF_BLUESNAP: readonly Change[] = [
  ...['bls-signature', 'bls-ipn-timestamp'].map(
    (name): Change => [`no ${name}`, (vector) => withHeader(vector, name, () => undefined)],
  ),
  ['another millisecond', (vector) => withHeader(vector, 'bls-ipn-timestamp', (stamp) => `${stamp.slice(0, -1)}9`)],
  ['a truncated signature', (vector) => withHeader(vector, 'bls-signature', (text) => text.slice(0, -2))],
  ['a signature that is no hex', (vector) => withHeader(vector, 'bls-signature', (text) => `zz${text.slice(2)}`)],
  ['a stamp that is none, though it is signed', (vector) => signedBluesnap(vector, vector.request.body, 'now')],
  [
    'the stamp of another clock, though it is signed',
    (vector) => signedBluesnap(vector, vector.request.body, '2026-11-21T09:30:01.045Z'),
  ],
  ['a parameter twice, though it is signed', (vector) => signedBluesnap(vector, `${vector.request.body}&testMode=N`)],
  ['no form, though it is signed', (vector) => signedBluesnap(vector, '{"id":"evt_1"}')],
  ['no authKey, though there is a key for it', withoutAuthKey],
];

const OF_ENCRYPTED: readonly Change[] = [
  ['no webhook-id', (vector) => withHeader(vector, 'webhook-id', () => undefined)],
  ['another webhook-id', (vector) => withHeader(vector, 'webhook-id', (id) => `${id}x`)],
  ['a truncated tag', (vector) => withBody(vector, vector.request.body.slice(0, -6))],
  ['no tag', (vector) => withBody(vector, vector.request.body.replace(/[^.]+$/, ''))],
  ['an encrypted key', (vector) => withBody(vector, vector.request.body.replace('..', '.AAAA.'))],
  ['a sixth part', (vector) => withBody(vector, `${vector.request.body}.AAAA`)],
  ['another algorithm', (vector) => withProtectedHeader(vector, { alg: 'A256KW' })],
  ['another encryption', (vector) => withProtectedHeader(vector, { enc: 'A128GCM' })],
  ['compression', (vector) => withProtectedHeader(vector, { zip: 'DEF' })],
  ['the name of another key', (vector) => withProtectedHeader(vector, { kid: 'key_0' })],
];

function at(vector: SentVector, seconds: number): SentVector {
  return { ...vector, at: Temporal.Instant.from(vector.at).add({ seconds }).toString() };
}

function withBody(vector: SentVector, body: string): SentVector {
  return { ...vector, request: { ...vector.request, body } };
}

function withHeader(vector: SentVector, name: string, change: (value: string) => string | undefined): SentVector {
  const headers = { ...vector.request.headers, [name]: change(vector.request.headers[name] ?? '') };
  return { ...vector, request: { ...vector.request, headers } };
}

function withKeys(vector: SentVector, change: (key: VectorKey) => VectorKey): SentVector {
  return { ...vector, keys: vector.keys.map(change) };
}

function withProtectedHeader(vector: SentVector, changes: object): SentVector {
  const [first = '', ...rest] = vector.request.body.split('.');
  const header = { ...JSON.parse(Buffer.from(first, 'base64url').toString()), ...changes };
  return withBody(vector, [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.'));
}

function signedStandard(vector: SentVector, body: string, timestamp = vector.request.headers['webhook-timestamp']) {
  const secret = present(vector.keys[0], 'a key').text;
  const text = `${vector.request.headers['webhook-id']}.${timestamp}.${body}`;
  const mac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64')).update(text);
  const signed = { 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac.digest('base64')}` };
  return { ...vector, request: { body, headers: { ...vector.request.headers, ...signed } } };
}

function signedBluesnap(vector: SentVector, body: string, stamp = vector.request.headers['bls-ipn-timestamp'] ?? '') {
  const mac = createHmac('sha256', present(vector.keys[0], 'a key').text).update(stamp).update(body);
  const signed = { 'bls-ipn-timestamp': stamp, 'bls-signature': mac.digest('hex') };
  return { ...vector, request: { body, headers: { ...vector.request.headers, ...signed } } };
}

function withoutAuthKey(vector: SentVector): SentVector {
  const key = { keyId: 'key_9', kind: 'data_protection', text: 'another key of protection' };
  const [body = ''] = vector.request.body.split('&authKey=');
  return signedBluesnap({ ...vector, keys: [...vector.keys.slice(0, 1), key] }, body);
}

function turned(text: string, index: number): string {
  const code = text.charCodeAt(index) ^ 1;
  return text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1);
}

/** Of the same kind and length. */
function otherKey({ kind, text }: VectorKey): string {
  if (kind !== 'secret' || !text.startsWith('whsec_')) return (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
  return `whsec_${Buffer.alloc(32, 0x55).toString('base64')}`;
}
