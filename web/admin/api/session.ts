import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { scopeCovers } from '../../../src/kernel/caller.ts';
import type { Permission, Scope } from '../../../src/kernel/endpoint.ts';
import { ApiProblem } from './problem.ts';
import { request } from './send.ts';

/** Who is signed in, and what they may do where. */
export interface Session {
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  readonly operatorRole: string | null;
  readonly memberships: readonly Membership[];
  /** Of the operator's role. */
  readonly permissions: readonly string[];
  /** Until when dangerous acts are done without asking for the second factor again. */
  readonly secondFactorUntil: string | null;
}

export interface Membership {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly role: string;
  readonly permissions: readonly string[];
}

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

/** Whether a person may do something in a tenant. The server decides; this spares them a refusal. */
export function mayDo(session: Session, tenantId: string, permission: Permission): boolean {
  const membership = session.memberships.find((one) => one.tenantId === tenantId);
  return membership !== undefined && scopeCovers(membership.permissions as readonly Scope[], permission);
}

export const stepUp = (code: string) =>
  request<unknown>({ method: 'POST', path: '/api/v1/session/step-up', body: { code } });

/** Ends the session, and forgets everything that was read with it. */
export async function signOut(client: QueryClient): Promise<void> {
  await request<unknown>({ method: 'DELETE', path: '/api/v1/session' });
  client.clear();
}
