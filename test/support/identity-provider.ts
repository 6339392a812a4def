import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** An OpenID Connect provider on loopback: discovery, keys, and a token endpoint that checks PKCE and the client. */
export interface IdentityProvider {
  readonly issuer: string;
  /** What it says of the person, for the next code. */
  claims: Readonly<Record<string, unknown>>;
  /** Plays the person who signs in there: the parameters with which the browser comes back. */
  signIn(authorizationUrl: string): { readonly code: string; readonly state: string };
  close(): Promise<void>;
}

const CLIENT = { id: 'tollgate', secret: 'client-secret-of-the-test' };
export const OIDC_CLIENT = { TOLLGATE_OIDC_CLIENT_ID: CLIENT.id, TOLLGATE_OIDC_CLIENT_SECRET: CLIENT.secret };

/** Starts one; it signs with a key of its own. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, URLSearchParams>();
  const tokensFor = async (form: URLSearchParams): Promise<object | null> => {
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight =
      asked?.get('code_challenge') === verifier &&
      asked.get('redirect_uri') === form.get('redirect_uri') &&
      form.get('client_secret') === CLIENT.secret;
    if (!isRight) return null;
    const idToken = await new SignJWT({ nonce: asked.get('nonce'), ...provider.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(provider.issuer)
      .setAudience(CLIENT.id)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    return { access_token: 'access', token_type: 'Bearer', id_token: idToken };
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') {
      const { issuer } = provider;
      return answer(200, {
        ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
        ...{ jwks_uri: `${issuer}/keys`, response_types_supported: ['code'], subject_types_supported: ['public'] },
        id_token_signing_alg_values_supported: ['RS256'],
      });
    }
    if (request.url === '/keys') return answer(200, { keys: [jwk] });
    const tokens = await tokensFor(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    return tokens === null ? answer(400, { error: 'invalid_grant' }) : answer(200, tokens);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: IdentityProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    claims: {},
    signIn(authorizationUrl) {
      const asked = new URL(authorizationUrl).searchParams;
      const code = `code-${codes.size}-${asked.get('state')}`;
      codes.set(code, asked);
      return { code, state: asked.get('state') ?? '' };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return provider;
}
