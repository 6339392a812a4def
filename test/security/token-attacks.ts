import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, importJWK, type JWK, SignJWT } from 'jose';

/** What an attacker with a copy of a token and the published key works with; `privateJwk` is ours, for control. */
export interface TokenKit {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  readonly tenantId: string;
  readonly appName: string;
  readonly nowSeconds: number;
  /** A token as the gateway gave it. */
  readonly granted: string;
}

type Claims = Record<string, unknown>;
type Header = Record<string, unknown>;

/** Signs what the gateway itself would sign, but for the given parts; undefined takes a part out. */
export async function forge(kit: TokenKit, claims: Claims = {}, header: Header = {}, key = kit.privateJwk) {
  const { nowSeconds: now } = kit;
  const payload = {
    mode: 'test',
    role: 'EXTERNAL',
    appName: kit.appName,
    sub: kit.tenantId,
    iss: 'tollgate',
    aud: 'tollgate-api',
    jti: 'forged',
    iat: now,
    exp: now + 600,
    ...claims,
  };
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader(JSON.parse(JSON.stringify({ alg: 'EdDSA', kid: kit.kid, typ: 'JWT', ...header })))
    .sign(await importJWK(key, 'EdDSA'), { crit: { 'x-unknown': true } });
}

async function ownKey(): Promise<JWK> {
  return exportJWK(generateKeyPairSync('ed25519').privateKey);
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function unsigned({ granted, kid }: TokenKit, alg: string, signature: string): string {
  const [, payload] = granted.split('.');
  return `${encode({ alg, kid, typ: 'JWT' })}.${payload}.${signature}`;
}

async function withHmac(kit: TokenKit, secret: Uint8Array): Promise<string> {
  const [, payload = ''] = kit.granted.split('.');
  return new SignJWT(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    .setProtectedHeader({ alg: 'HS256', kid: kit.kid, typ: 'JWT' })
    .sign(secret);
}

/** The same bits in another last letter: base64 leaves some unused, and decoders look past them. */
function respelled(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + (alphabet[alphabet.indexOf(token.at(-1) ?? 'A') ^ 1] ?? '');
}

function changeAt(token: string, part: number, change: (text: string) => string): string {
  return token
    .split('.')
    .map((text, index) => (index === part ? change(text) : text))
    .join('.');
}

type Attack = (kit: TokenKit) => string | Promise<string>;

/** Attacks on the algorithm and the key. */
const BY_KEY: Readonly<Record<string, Attack>> = {
  'no algorithm and no signature': (kit) => unsigned(kit, 'none', ''),
  'no algorithm and any signature': (kit) => unsigned(kit, 'none', 'AAAA'),
  'no algorithm in capitals': (kit) => unsigned(kit, 'NONE', kit.granted.split('.')[2] ?? ''),
  'HMAC with the bytes of the public key': (kit) => withHmac(kit, Buffer.from(kit.publicJwk.x ?? '', 'base64url')),
  'HMAC with the text of the public key': (kit) => withHmac(kit, Buffer.from(JSON.stringify(kit.publicJwk))),
  'HMAC with noughts': (kit) => withHmac(kit, Buffer.alloc(32)),
  'a key of the attacker under our name': async (kit) => forge(kit, {}, {}, await ownKey()),
  'a key that came along': async (kit) => {
    const key = await ownKey();
    const { d: _, ...jwk } = key;
    return forge(kit, {}, { jwk }, key);
  },
  'a key to be fetched': async (kit) => forge(kit, {}, { jku: 'http://127.0.0.1:9/keys' }, await ownKey()),
  'a certificate to be fetched': async (kit) => forge(kit, {}, { x5u: 'http://127.0.0.1:9/cert' }, await ownKey()),
  'a key name of nobody': async (kit) => forge(kit, {}, { kid: 'AAAAAAAAAAAAAAAAAAAAAA' }, await ownKey()),
  'a key name that climbs folders': (kit) => forge(kit, {}, { kid: '../../../../dev/null' }),
  'a key name that is SQL': (kit) => forge(kit, {}, { kid: "' or '1'='1" }),
  'no key name': (kit) => forge(kit, {}, { kid: undefined }),
  'a header that must be understood': (kit) => forge(kit, {}, { crit: ['x-unknown'], 'x-unknown': 1 }),
  'another type': (kit) => forge(kit, {}, { typ: 'at+jwt' }),
  'no type': (kit) => forge(kit, {}, { typ: undefined }),
};

/** What our own key signed, and what is still no access token. */
const BY_CLAIM: Readonly<Record<string, Attack>> = {
  'another audience': (kit) => forge(kit, { aud: 'tollgate-admin' }),
  'no audience': (kit) => forge(kit, { aud: undefined }),
  'another issuer': (kit) => forge(kit, { iss: 'https://accounts.example' }),
  'no issuer': (kit) => forge(kit, { iss: undefined }),
  expired: (kit) => forge(kit, { iat: kit.nowSeconds - 3_601, exp: kit.nowSeconds - 1 }),
  'expiring this second': (kit) => forge(kit, { exp: kit.nowSeconds }),
  'without an end': (kit) => forge(kit, { exp: undefined }),
  'with a text for an end': (kit) => forge(kit, { exp: 'never' }),
  'not yet valid': (kit) => forge(kit, { nbf: kit.nowSeconds + 60 }),
  'without an identity': (kit) => forge(kit, { jti: undefined }),
  'another role': (kit) => forge(kit, { role: 'OPERATOR' }),
  'no role': (kit) => forge(kit, { role: undefined }),
  'a mode of nobody': (kit) => forge(kit, { mode: 'root' }),
  'no tenant': (kit) => forge(kit, { sub: undefined }),
  'a tenant of nobody': (kit) => forge(kit, { sub: 'ten_00000000000000000000000000' }),
  'the system': (kit) => forge(kit, { sub: 'system' }),
};

/** Other spellings of a good token. */
const BY_SPELLING: Readonly<Record<string, Attack>> = {
  padded: ({ granted }) => `${granted}==`,
  'padded inside': ({ granted }) => changeAt(granted, 0, (text) => `${text}=`),
  'with a blank': ({ granted }) => changeAt(granted, 1, (text) => `${text.slice(0, 9)} ${text.slice(9)}`),
  'with a tab': ({ granted }) => changeAt(granted, 2, (text) => `${text.slice(0, 9)}\t${text.slice(9)}`),
  'in the other base64': ({ granted }) => changeAt(granted, 2, (text) => `+/${text.slice(2)}`),
  'with other unused bits': ({ granted }) => respelled(granted),
  'with a dot at the end': ({ granted }) => `${granted}.`,
  'with a part more': ({ granted }) => `${granted}.AAAA`,
  'without its signature': ({ granted }) => changeAt(granted, 2, () => ''),
  'cut by a letter': ({ granted }) => granted.slice(0, -1),
  'cut in half': ({ granted }) => granted.slice(0, granted.length / 2),
  'with another first letter of the signature': ({ granted }) =>
    changeAt(granted, 2, (text) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)),
  'with another payload': (kit) =>
    changeAt(kit.granted, 1, (text) => {
      const claims = JSON.parse(Buffer.from(text, 'base64url').toString());
      return encode({ ...claims, mode: 'live' });
    }),
  'too long to be looked at': ({ granted }) => granted + 'A'.repeat(5_000),
};

export const TOKEN_ATTACKS: Readonly<Record<string, Attack>> = { ...BY_KEY, ...BY_CLAIM, ...BY_SPELLING };
