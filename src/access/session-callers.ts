import type {
  BrowserCaller,
  Caller,
  Mode,
  OperatorCaller,
  Person,
  PersonCaller,
  TenantCaller,
} from '../kernel/caller.ts';
import type { Access, Permission } from '../kernel/endpoint.ts';
import { isId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { hostOfHeader } from '../platform/host-name.ts';
import type { Authenticate, AuthenticationRequest } from '../platform/http/create-http-server.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { findSession } from './open-session.ts';
import type { PeopleContext } from './people-context.ts';
import { rightsOf } from './rights-of.ts';
import { isOperatorRole, OPERATOR_ROLE_RIGHTS, ROLE_IN_TENANTS } from './role.ts';
import { isSeenAnew } from './session.ts';
import { readCookie } from './session-cookie.ts';
import { isActiveTenant } from './store.ts';
import { selectMemberships } from './store-memberships.ts';
import { type SessionRow, touchSession } from './store-sessions.ts';
import type { Membership } from './user.ts';

interface SessionCallersContext extends Pick<PeopleContext, 'database' | 'clock' | 'panel'> {
  /** Whether the panel's host has a name of its own; else every host of the installation is the panel's. */
  readonly hasOwnHosts: boolean;
}

/**
 * Finds out who calls where a browser at the panel asks: by the session's cookie, on the admin host alone. Programs with
 * credentials in the Authorization header are left to `others`, on every host; a session never counts there, and a key
 * never in a cookie. Nothing of a session is remembered between requests, so that a revoked one, a suspended person and a
 * changed role stop at once.
 * @throws Problem unauthenticated, forbidden (another site's page asks), not_found (a tenant that the person is no member
 * of), malformed_request (no tenant or no such mode), and what `others` throws
 */
export function withSessions(others: Authenticate, context: SessionCallersContext): Authenticate {
  return async (request) => {
    const { access, headers } = request;
    if (access.by === 'anyone' || access.by === 'checkoutToken') return others(request);
    const needsBrowser = access.by === 'browser' || access.by === 'person';
    if (!needsBrowser && (headers.authorization !== undefined || !isPanel(context, request))) return others(request);
    if (needsBrowser && !isPanel(context, request)) throw new Problem('not_found');
    const { secure, userAgent } = browserOf(request);
    const sessionSecret = readCookie(headers.cookie, 'session', secure);
    if (!needsBrowser && sessionSecret === null) return others(request);
    refuseOtherSites(context, request);
    if (access.by === 'browser') {
      const oidcSecret = readCookie(headers.cookie, 'oidc', secure);
      return { by: 'browser', sessionSecret, oidcSecret, userAgent } satisfies BrowserCaller;
    }
    return forInstallation('directory', () => personal(context, request, access, sessionSecret));
  };
}

function browserOf({ secure, headers }: AuthenticationRequest) {
  return { secure, userAgent: headers['user-agent'] ?? '' };
}

function isPanel({ hasOwnHosts, panel }: SessionCallersContext, { headers }: AuthenticationRequest): boolean {
  return !hasOwnHosts || hostOfHeader(headers.host ?? '') === panel.hostname.replace(/^\[|\]$/g, '');
}

/**
 * Refuses what a page of another site has its visitor's browser send. Browsers say where a request comes from, and pages
 * cannot change that: `Sec-Fetch-Site` (W3C Fetch Metadata), or `Origin` from those that are older. `none` is somebody who
 * typed the address, which changes nothing.
 */
function refuseOtherSites({ panel }: SessionCallersContext, { method, headers }: AuthenticationRequest): void {
  const site = headers['sec-fetch-site'];
  const reads = method === 'GET';
  if (site === 'same-origin' || (reads && site === 'none')) return;
  if (site === undefined && (headers.origin === panel.origin || (reads && headers.origin === undefined))) return;
  throw new Problem('forbidden', 'A session counts for requests from the pages of the panel alone.');
}

async function personal(
  context: SessionCallersContext,
  request: AuthenticationRequest,
  access: Access,
  sessionSecret: string | null,
): Promise<Caller> {
  const session = await findSession(context, sessionSecret);
  const mayEnroll = access.by === 'person' && access.enrolling === true && session?.stage === 'enroll';
  if (session === null || (session.stage !== 'signed_in' && !mayEnroll)) {
    throw new Problem('unauthenticated', 'Sign in at the panel.');
  }
  const now = context.clock.now();
  if (isSeenAnew(session, now)) await touchSession(context.database.query, session.sessionId, now);
  if (access.by === 'person') return personCaller(session, browserOf(request).userAgent);
  const memberships = await selectMemberships(context.database.query, session.userId);
  if (access.by === 'operator') return operatorCaller(session, memberships);
  return tenantCaller(context.database.query, session, memberships, request.headers);
}

function personOf({ userId, sessionId, secondFactorAt }: SessionRow): Person {
  return { userId, sessionId, secondFactorAt };
}

function personCaller(session: SessionRow, userAgent: string): PersonCaller {
  const stage = session.stage === 'enroll' ? 'enroll' : 'signed_in';
  return { by: 'person', ...personOf(session), stage, userAgent, actor: actorOf(session) };
}

function actorOf({ userId }: SessionRow): string {
  return `user:${userId}`;
}

function operatorCaller(session: SessionRow, memberships: readonly Membership[]): OperatorCaller {
  const role = operatorRoleAmong(memberships);
  if (role === null) throw new Problem('forbidden', 'Only those who run the installation may do this.');
  const permissions = OPERATOR_ROLE_RIGHTS[role];
  return { by: 'operator', actor: actorOf(session), permissions, person: personOf(session) };
}

/** The role that somebody has in the installation; null: none. */
export function operatorRoleAmong(memberships: readonly Membership[]) {
  const role = memberships.find(({ tenantId }) => tenantId === SYSTEM)?.role;
  return role !== undefined && isOperatorRole(role) ? role : null;
}

async function tenantCaller(
  db: Queryable,
  session: SessionRow,
  memberships: readonly Membership[],
  headers: AuthenticationRequest['headers'],
): Promise<TenantCaller> {
  const tenantId = headers['x-tollgate-tenant'];
  if (tenantId === undefined) throw new Problem('malformed_request', 'Name a tenant: X-Tollgate-Tenant.');
  const scopes = isId('ten', tenantId) ? await rightsIn(db, memberships, tenantId) : null;
  if (scopes === null) throw new Problem('not_found', 'There is no such tenant among yours.');
  const mode = modeOf(headers['x-tollgate-mode']);
  return { by: 'tenant', tenantId, mode, scopes, actor: actorOf(session), person: personOf(session) };
}

function modeOf(header: string | undefined): Mode {
  if (header === undefined || header === 'test') return 'test';
  if (header === 'live') return 'live';
  throw new Problem('malformed_request', 'X-Tollgate-Mode is test or live.');
}

/**
 * What somebody may do in a tenant: by the role they have there; else by the one in its parent, which acts for it; else by
 * the one in the installation. null: nothing leads there, or there is no such tenant.
 */
export async function rightsIn(
  db: Queryable,
  memberships: readonly Membership[],
  tenantId: string,
): Promise<readonly Permission[] | null> {
  const own = memberships.find((membership) => membership.tenantId === tenantId);
  if (own !== undefined) return rightsOf(db, own);
  for (const membership of memberships) {
    if (membership.tenantId === SYSTEM || !(await isActiveTenant(db, tenantId, membership.tenantId))) continue;
    return rightsOf(db, membership);
  }
  const operatorRole = operatorRoleAmong(memberships);
  if (operatorRole === null || !(await isActiveTenant(db, tenantId))) return null;
  return rightsOf(db, { tenantId, role: ROLE_IN_TENANTS[operatorRole] });
}
