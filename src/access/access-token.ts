import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newSecret } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { type Sealer, SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import type { SigningKeyState } from './signing-key.ts';
import { insertSigningKey, selectSigningKeys } from './store.ts';

/** What an access token says of its holder. */
export interface TokenClaims {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly appName: string;
}

/** Signs and checks the tokens that an app name and secret are exchanged for. */
export interface AccessTokens {
  sign(claims: TokenClaims): Promise<string>;
  /** @throws Problem unauthenticated */
  verify(token: string): Promise<TokenClaims>;
  /** Reads the keys anew, which have just been rotated. */
  reload(): Promise<void>;
}

export const ACCESS_TOKEN_SECONDS = 3_600;

/** Pinned: the token's own header never chooses. RFC 8037, RFC 8725 section 3.1. */
const ALGORITHM = 'EdDSA';
const ISSUER = 'tollgate';
const AUDIENCE = 'tollgate-api';
const ROLE = 'EXTERNAL';
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const TOKEN_CHARACTERS_MAX = 4_096;

interface KeyRing {
  readonly primary: { readonly kid: string; readonly key: CryptoKey };
  readonly publicKeys: ReadonlyMap<string, CryptoKey>;
}

/** After a rotation every process signs with the new key within this time; until then all know both. */
export const RING_LIFETIME_MS = 60_000;

/** Access tokens signed by the installation's Ed25519 key, which is made on first use, as is the one after it. */
export async function createAccessTokens(db: Queryable, sealer: Sealer, clock: Clock): Promise<AccessTokens> {
  let ring = await loadKeyRing(db, sealer, clock);
  let reloadedAt = performance.now();
  let loading: Promise<void> | null = null;

  function reload(): Promise<void> {
    loading ??= loadKeyRing(db, sealer, clock)
      .then((loaded) => {
        ring = loaded;
        reloadedAt = performance.now();
      })
      .finally(() => {
        loading = null;
      });
    return loading;
  }

  /** The ring as it is now; reloaded beside the work when it is old, since the keys in it go on being good for a while. */
  function current(): KeyRing {
    if (performance.now() - reloadedAt > RING_LIFETIME_MS) void reload().catch(() => undefined);
    return ring;
  }

  /** Another process may have rotated; an unknown kid reloads, at most once a second so that forgeries cost nothing. */
  async function publicKey(kid: string | undefined): Promise<CryptoKey> {
    const known = kid === undefined ? undefined : current().publicKeys.get(kid);
    if (known !== undefined) return known;
    if (performance.now() - reloadedAt > 1_000) await reload();
    const reloaded = kid === undefined ? undefined : ring.publicKeys.get(kid);
    if (reloaded === undefined) throw new Problem('unauthenticated', 'The access token names no key of ours.');
    return reloaded;
  }

  return {
    reload,
    sign(claims) {
      const { primary } = current();
      const now = Math.floor(clock.now().epochMilliseconds / 1000);
      return new SignJWT({ mode: claims.mode, role: ROLE, appName: claims.appName })
        .setProtectedHeader({ alg: ALGORITHM, kid: primary.kid, typ: 'JWT' })
        .setSubject(claims.tenantId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setJti(newSecret(128))
        .setIssuedAt(now)
        .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
        .sign(primary.key);
    },
    async verify(token) {
      if (token.length > TOKEN_CHARACTERS_MAX || !isCompact(token)) throw invalidToken();
      const { payload } = await jwtVerify(token, (header) => publicKey(header.kid), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: 'JWT',
        requiredClaims: ['sub', 'exp', 'iat', 'jti'],
        currentDate: new Date(clock.now().epochMilliseconds),
      }).catch((error: unknown) => {
        throw error instanceof Problem ? error : invalidToken(error);
      });
      const { sub, mode, appName, role } = payload;
      if (role !== ROLE || (mode !== 'live' && mode !== 'test') || typeof appName !== 'string' || sub === undefined) {
        throw invalidToken();
      }
      return { tenantId: sub, mode, appName };
    },
  };
}

/** jose looks past blanks, padding and unused bits of base64, which would give one token several spellings. */
function isCompact(token: string): boolean {
  if (!COMPACT.test(token)) return false;
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

function invalidToken(cause?: unknown): Problem {
  return new Problem('unauthenticated', 'The access token is not valid or has expired. Log in again.', { cause });
}

async function loadKeyRing(db: Queryable, sealer: Sealer, clock: Clock): Promise<KeyRing> {
  const rows = await selectSigningKeys(db);
  const primary = rows.find((row) => row.state === 'primary');
  if (primary === undefined || !rows.some((row) => row.state === 'next')) {
    await createSigningKey(db, sealer, clock, primary === undefined ? 'primary' : 'next');
    return loadKeyRing(db, sealer, clock);
  }
  const privateJwk = JSON.parse(String(await sealer.open(place(primary.kid), primary.private_jwk_sealed))) as JWK;
  const publicKeys = new Map<string, CryptoKey>();
  for (const row of rows) publicKeys.set(row.kid, await importKey(row.public_jwk as unknown as JWK));
  return { primary: { kid: primary.kid, key: await importKey(privateJwk) }, publicKeys };
}

/** Stores a new key, unless there is one in that state. */
export async function createSigningKey(
  db: Queryable,
  sealer: Sealer,
  clock: Clock,
  state: Exclude<SigningKeyState, 'readable'>,
): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const kid = newSecret(128);
  const privateJwk = JSON.stringify(await exportJWK(privateKey));
  await insertSigningKey(db, {
    kid,
    algorithm: ALGORITHM,
    publicJwk: await exportJWK(publicKey),
    privateJwkSealed: await sealer.seal(place(kid), privateJwk),
    state,
    createdAt: clock.now(),
  });
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  return (await importJWK(jwk, ALGORITHM)) as CryptoKey;
}

function place(kid: string) {
  return { tenantId: SYSTEM, table: 'signing_keys', column: 'private_jwk_sealed', row: kid };
}
