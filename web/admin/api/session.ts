import { type QueryClient, queryOptions } from '@tanstack/react-query';
import type { Session } from '../../../sdk/src/api.generated.ts';
import { scopeCovers } from '../../../src/kernel/caller.ts';
import type { Permission, Scope } from '../../../src/kernel/endpoint.ts';
import { ApiProblem } from './problem.ts';
import { request } from './send.ts';

/** The session; null where nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await request<Session>({ method: 'GET', path: '/api/v1/session' }, {}, signal);
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Whether a person may do something in a tenant, or the installation (null). The server decides; this spares a refusal. */
export function mayDo(session: Session, tenantId: string | null, permission: Permission): boolean {
  if (tenantId === null) return session.permissions.includes(permission);
  const membership = session.memberships.find((one) => one.tenantId === tenantId);
  return membership !== undefined && scopeCovers(membership.permissions as readonly Scope[], permission);
}

/** Proves the second factor once more: a code of the authenticator app, or what the browser answered for a passkey. */
export const stepUp = (proof: { readonly code: string } | { readonly passkey: unknown }) =>
  request<unknown>({ method: 'POST', path: '/api/v1/session/step-up', body: proof });

export const askForStepUp = () =>
  request<PublicKeyCredentialRequestOptionsJSON>({ method: 'POST', path: '/api/v1/session/step-up/options' });

/** Ends the session, and forgets everything that was read with it. */
export async function signOut(client: QueryClient): Promise<void> {
  await request<unknown>({ method: 'DELETE', path: '/api/v1/session' });
  client.clear();
}
