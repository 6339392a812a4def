import { createOidcProvider } from '../access/oidc-provider.ts';
import { panelAddress } from '../access/panel-address.ts';
import type { PeopleContext } from '../access/people-context.ts';
import { accountRoutes, signInRoutes, userRoutes } from '../access/routes-people.ts';
import { withSessions } from '../access/session-callers.ts';
import { createUserDirectory } from '../access/user-directory.ts';
import type { Authenticate, HttpServer } from '../platform/http/create-http-server.ts';
import { withSecondPerson } from './approvals.ts';
import type { Gateway } from './gateway.ts';

/**
 * What the people of an installation are known by and sign in with. The panel is served at one host, the admin's. Its
 * pages lie under one path, so that the same host may serve everything (`npm start`); what they ask for is the API, by the
 * same addresses that programs use, and a session's cookie stands in for a key.
 */
export async function openPeople({
  config,
  clock,
  database,
  sealer,
  rateLimits,
}: Pick<Gateway, 'config' | 'clock' | 'rateLimits'> &
  Pick<Gateway['payments'], 'database' | 'sealer'>): Promise<PeopleContext> {
  const panel = panelAddress(config.urls.admin);
  return {
    database,
    clock,
    directory: await createUserDirectory(database.query, sealer, clock),
    guesses: rateLimits.signIns,
    panel,
    oidc: config.oidc === null ? null : createOidcProvider(config.oidc, panel),
  };
}

/** Lets people who have signed in at the panel call what programs call with their keys. */
export function admitPeople(programs: Authenticate, gateway: Pick<Gateway, 'config' | 'people'>): Authenticate {
  return withSessions(programs, { ...gateway.people, hasOwnHosts: gateway.config.hasOwnHosts });
}

/** Serves what the panel needs beside the API: signing in, one's own account, other people. */
export function serveAdmin(server: HttpServer, gateway: Gateway): void {
  const { people } = gateway;
  server.bind([...signInRoutes(people), ...accountRoutes(people), ...withSecondPerson(gateway, userRoutes(people))]);
}
