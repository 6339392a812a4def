import * as client from 'openid-client';
import type { OidcSettings } from '../platform/oidc-settings.ts';
import type { PanelAddress } from './panel-address.ts';

/** What an identity provider says of somebody, once everything about it was checked. */
export interface OidcIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** null: it says none, or has not verified it. */
  readonly verifiedEmail: string | null;
  readonly name: string | null;
}

/** Our side of the authorization code flow with PKCE, state and nonce. */
export interface OidcProvider {
  /** Where a browser goes to sign in. */
  authorizationUrl(secrets: OidcSecrets): Promise<string>;
  /** Exchanges what it came back with; rejects where anything does not fit. */
  identify(returned: OidcReturn, secrets: OidcSecrets): Promise<OidcIdentity>;
}

/** What ties the way back to the way there; each is random and good once. */
export interface OidcSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** The parameters with which a browser came back. */
export interface OidcReturn {
  readonly code: string;
  readonly state: string;
  readonly iss?: string | undefined;
}

const SCOPE = 'openid email profile';
const TIMEOUT_SECONDS = 10;

/** A provider found by its issuer on first use; one that could not be reached is looked for again. */
export function createOidcProvider(settings: OidcSettings, panel: PanelAddress): OidcProvider {
  const redirectUri = `${panel.url}/sign-in/oidc`;
  let found: Promise<client.Configuration> | null = null;
  const find = () => {
    found ??= discover(settings).catch((error: unknown) => {
      found = null;
      throw error;
    });
    return found;
  };
  return {
    async authorizationUrl({ state, nonce, codeVerifier }) {
      const challenge = await client.calculatePKCECodeChallenge(codeVerifier);
      const url = client.buildAuthorizationUrl(await find(), {
        ...{ redirect_uri: redirectUri, scope: SCOPE, state, nonce },
        ...{ code_challenge: challenge, code_challenge_method: 'S256' },
      });
      return url.href;
    },
    async identify({ code, state, iss }, secrets) {
      const url = new URL(redirectUri);
      for (const [name, value] of Object.entries({ code, state, iss })) {
        if (value !== undefined) url.searchParams.set(name, value);
      }
      const tokens = await client.authorizationCodeGrant(await find(), url, {
        pkceCodeVerifier: secrets.codeVerifier,
        expectedState: secrets.state,
        expectedNonce: secrets.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('The identity provider gave no ID token');
      const { iss: issuer, sub: subject, email, email_verified: verified, name } = claims;
      return {
        issuer,
        subject,
        verifiedEmail: typeof email === 'string' && verified === true ? email : null,
        name: typeof name === 'string' ? name : null,
      };
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<client.Configuration> {
  const server = new URL(issuer);
  // A plain address is taken on this machine alone, which the configuration has checked.
  const execute = server.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  const configuration = await client.discovery(server, clientId, clientSecret, undefined, {
    execute,
    timeout: TIMEOUT_SECONDS,
  });
  return configuration;
}
