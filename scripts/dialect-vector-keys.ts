import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { DialectKey } from '../src/notifications/dialects/dialect.ts';

/** The keys of the test vectors, all of them made up, the newer of two first; and the answers that acknowledge. */

const ID = (last: string) => `key_01kaj2m3n4p5q6r7s8t9v0w1y${last}`;

const bytes = (count: number, first: number) => Buffer.from(Array.from({ length: count }, (_, i) => first + i));

export const STANDARD_KEYS: readonly DialectKey[] = [
  { keyId: ID('2'), kind: 'secret', text: `whsec_${bytes(32, 1).toString('base64')}` },
  { keyId: ID('1'), kind: 'secret', text: `whsec_${bytes(24, 0xa0).toString('base64')}` },
  { keyId: ID('4'), kind: 'ed25519', text: `whsk_${pairOf(bytes(32, 0x40)).toString('base64')}` },
  { keyId: ID('3'), kind: 'ed25519', text: `whsk_${pairOf(bytes(32, 0x80)).toString('base64')}` },
];

export const SIGNING_KEYS: readonly DialectKey[] = [
  { keyId: ID('2'), kind: 'secret', text: 'ipn-published-test-key-2026' },
  { keyId: ID('1'), kind: 'secret', text: 'published-ipn-schlüssel-2025' },
];

export const PROTECTION_KEYS: readonly DialectKey[] = [
  { keyId: ID('6'), kind: 'data_protection', text: 'protection-published-test-key-2026' },
  { keyId: ID('5'), kind: 'data_protection', text: 'protection-published-test-key-2025' },
];

export const ENCRYPTED_KEYS: readonly DialectKey[] = [
  { keyId: ID('2'), kind: 'notification', text: bytes(32, 0x10).toString('base64url') },
  { keyId: ID('1'), kind: 'notification', text: bytes(32, 0x30).toString('base64url') },
];

export const LEGACY_KEYS: readonly DialectKey[] = [
  { keyId: ID('2'), kind: 'notification', text: '00112233445566778899aabbccddeeff' },
  { keyId: ID('1'), kind: 'notification', text: 'ffeeddccbbaa99887766554433221100' },
];

export const PARTNER_KEYS: readonly DialectKey[] = [
  { keyId: ID('2'), kind: 'secret', text: 'partner-published-test-key-2026' },
  { keyId: ID('1'), kind: 'secret', text: 'khoá-của-đối-tác-2025' },
];

export type Answers = readonly { readonly status: number; readonly body: string }[];

const empty = (...statuses: readonly number[]): Answers => statuses.map((status) => ({ status, body: '' }));

export const ANY_2XX = { yes: empty(200, 201, 202, 204, 299), no: empty(300, 302, 304, 400, 401, 410, 429, 500, 503) };
export const EXACTLY_200 = {
  yes: [...empty(200), { status: 200, body: 'whatever it says' }],
  no: empty(201, 202, 204, 302, 400, 401, 410, 500, 503),
};

/** Receipts and what looks like one. */
export function receiptAnswers(keys: readonly DialectKey[]): { readonly yes: Answers; readonly no: Answers } {
  const texts = keys.flatMap((key) => (key.kind === 'data_protection' ? [key.text] : []));
  const [newest = ''] = texts;
  const receipt = md5(`OK${newest}`);
  const say = (body: string, status = 200) => ({ status, body });
  return {
    yes: [
      ...texts.map((text) => say(md5(`OK${text}`))),
      ...[say(receipt.toUpperCase()), say(`  ${receipt}\r\n`), say(md5(`ok${newest}`))],
    ],
    no: [
      ...[say(''), say('OK'), say(`OK${newest}`), say(md5('OK')), say(md5(newest)), say(md5(`OK ${newest}`))],
      ...[say(md5(`OK + ${newest}`)), say(md5(`OK${newest}x`)), say(receipt.slice(1)), say(`"${receipt}"`)],
      ...[say(receipt, 201), say(receipt, 202), say(receipt, 500)],
    ],
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Seed and public key, as `whsk_` has them; apart from the code that reads them. */
function pairOf(seed: Buffer): Buffer {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.concat([seed, Buffer.from(x, 'base64url')]);
}
