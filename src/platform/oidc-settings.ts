import { z } from 'zod';

/** The identity provider at which people may sign in as well. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The variables of the environment; all of them, or none. */
export const OIDC_VARIABLES = {
  TOLLGATE_OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'Must be the address of an issuer, such as https://id.example' })
    .refine(isSafe, 'Must be an https address; plain http is for this machine alone')
    .optional(),
  TOLLGATE_OIDC_CLIENT_ID: z.string().min(1).optional(),
  TOLLGATE_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
};

function isSafe(issuer: string): boolean {
  const url = URL.parse(issuer);
  return url?.protocol === 'https:' || url?.hostname === '127.0.0.1' || url?.hostname === 'localhost';
}

/** What was set; null: nothing. `Refused` is what is thrown where a part is missing, with the name of its variable. */
export function oidcOf(
  set: { readonly [Name in keyof typeof OIDC_VARIABLES]?: string | undefined },
  Refused: new (fault: string) => Error,
): OidcSettings | null {
  const [issuer, clientId, clientSecret] = [
    set.TOLLGATE_OIDC_ISSUER,
    set.TOLLGATE_OIDC_CLIENT_ID,
    set.TOLLGATE_OIDC_CLIENT_SECRET,
  ];
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return null;
  if (issuer === undefined) throw new Refused('TOLLGATE_OIDC_ISSUER: Must come with the client that is known there');
  if (clientId === undefined) throw new Refused('TOLLGATE_OIDC_CLIENT_ID: Must come with TOLLGATE_OIDC_ISSUER');
  if (clientSecret === undefined) throw new Refused('TOLLGATE_OIDC_CLIENT_SECRET: Must come with TOLLGATE_OIDC_ISSUER');
  return { issuer, clientId, clientSecret };
}
