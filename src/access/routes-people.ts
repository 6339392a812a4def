import type { BrowserCaller, OperatorCaller, PersonCaller, TenantCaller } from '../kernel/caller.ts';
import { scopeCovers } from '../kernel/caller.ts';
import { SYSTEM } from '../keys/sealer.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import { acceptLink, joinByLink, lookAtLink, offerFirstPasskey } from './accept-link.ts';
import * as me from './api-me.ts';
import * as session from './api-session.ts';
import * as users from './api-users.ts';
import { getWaysIn } from './api-ways-in.ts';
import { changeMember, listMembers } from './change-member.ts';
import { changeName } from './change-name.ts';
import { addPasskey, listPasskeys, offerPasskey, removePasskey } from './change-passkeys.ts';
import { changePassword } from './change-password.ts';
import { confirmTotp, type EnrolledFactor, offerTotp, removeTotp, renewRecoveryCodes } from './change-totp.ts';
import { listSessions, revokeSession, signOutEverywhere } from './end-sessions.ts';
import { inviteUser, listInvitations, withdrawInvitation } from './invite-user.ts';
import type { PeopleContext, SignInClient } from './people-context.ts';
import { tenantPermissions } from './permission.ts';
import { readSession } from './read-session.ts';
import { clearCookie, setCookie } from './session-cookie.ts';
import { signInByCode } from './sign-in-by-code.ts';
import { beginOidc, finishOidc } from './sign-in-by-oidc.ts';
import { askForPasskey, signInByPasskey } from './sign-in-by-passkey.ts';
import { type SteppedIn, signInByPassword } from './sign-in-by-password.ts';
import { askForStepUp, stepUp } from './step-up.ts';

/** A request as far as signing in looks at it. */
interface Asking {
  readonly secure: boolean;
  readonly remoteAddress: string;
}

function clientOf({ remoteAddress, caller }: Asking & { readonly caller: BrowserCaller }): SignInClient {
  return { remoteAddress, userAgent: caller.userAgent, sessionSecret: caller.sessionSecret };
}

function steppedIn({ step, sessionSecret }: SteppedIn, { secure }: Asking) {
  return { body: { step }, headers: { 'set-cookie': setCookie('session', sessionSecret, secure) } };
}

const DONE = { body: undefined } as const;

function signedOut({ secure }: Asking) {
  return { body: undefined, headers: { 'set-cookie': clearCookie('session', secure) } };
}

/** How people get in. */
export function signInRoutes(context: PeopleContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(session.signIn, async (request) =>
      steppedIn(await signInByPassword(context, clientOf(request), request.body), request),
    ),
    bindEndpoint(session.signInByTotp, async (request) =>
      steppedIn(await signInByCode(context, clientOf(request), { kind: 'totp', ...request.body }), request),
    ),
    bindEndpoint(session.signInByRecoveryCode, async (request) =>
      steppedIn(await signInByCode(context, clientOf(request), { kind: 'recovery', ...request.body }), request),
    ),
    bindEndpoint(session.askForPasskey, async () => ({ body: passkeyBody(await askForPasskey(context)) })),
    bindEndpoint(session.signInByPasskey, async (request) =>
      steppedIn(await signInByPasskey(context, clientOf(request), request.body.passkey), request),
    ),
    bindEndpoint(getWaysIn, async () => ({
      body: { passkeys: context.panel.passkeyName !== null, oidc: context.oidc !== null },
    })),
    bindEndpoint(session.beginOidc, async ({ secure }) => {
      const { url, browserSecret } = await beginOidc(context);
      return { body: { url }, headers: { 'set-cookie': setCookie('oidc', browserSecret, secure) } };
    }),
    bindEndpoint(session.finishOidc, async (request) => {
      const { body, caller } = request;
      return steppedIn(await finishOidc(context, clientOf(request), body, caller.oidcSecret), request);
    }),
    bindEndpoint(session.lookAtLink, async ({ body }) => ({ body: await lookAtLink(context, body.token) })),
    bindEndpoint(session.offerFirstPasskey, async ({ body }) => ({
      body: passkeyBody(await offerFirstPasskey(context, body)),
    })),
    bindEndpoint(session.acceptLink, async (request) => {
      const { body } = request;
      const factor = 'password' in body ? { password: body.password } : { passkey: body.passkey, label: body.label };
      return steppedIn(await acceptLink(context, clientOf(request), body, factor), request);
    }),
    bindEndpoint(session.joinByLink, async ({ body, caller }) => {
      await joinByLink(context, caller.userId, body.token);
      return DONE;
    }),
    bindEndpoint(session.getSession, async ({ caller }) => ({ body: await readSession(context, caller) })),
    bindEndpoint(session.signOut, async (request) => {
      await revokeSession(context, request.caller, request.caller.sessionId);
      return signedOut(request);
    }),
    bindEndpoint(session.askForStepUp, async ({ caller }) => ({
      body: passkeyBody(await askForStepUp(context, caller)),
    })),
    bindEndpoint(session.stepUp, async ({ caller, body }) => ({
      body: { secondFactorUntil: (await stepUp(context, caller, body)).toString() },
    })),
  ];
}

/** The options were made for a browser and say more than the one member that the declaration is sure of. */
function passkeyBody(options: Record<string, unknown>): { challenge: string; [name: string]: unknown } {
  return { ...options, challenge: String(options.challenge) };
}

function personClient({ remoteAddress, caller }: Asking & { readonly caller: PersonCaller }): SignInClient {
  return { remoteAddress, userAgent: caller.userAgent, sessionSecret: null };
}

function enrolled({ sessionSecret }: EnrolledFactor, { secure }: Asking) {
  return sessionSecret === null ? {} : { headers: { 'set-cookie': setCookie('session', sessionSecret, secure) } };
}

/** What people change of their own accounts. */
export function accountRoutes(context: PeopleContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(me.changeName, async ({ caller, body }) => {
      await changeName(context, caller, body.name);
      return DONE;
    }),
    bindEndpoint(me.changePassword, async ({ caller, body }) => {
      await changePassword(context, caller, body);
      return DONE;
    }),
    bindEndpoint(me.offerTotp, async ({ caller }) => ({ body: await offerTotp(context, caller) })),
    bindEndpoint(me.confirmTotp, async (request) => {
      const factor = await confirmTotp(context, request.caller, personClient(request), request.body);
      return { body: { recoveryCodes: [...(factor.recoveryCodes ?? [])] }, ...enrolled(factor, request) };
    }),
    bindEndpoint(me.removeTotp, async ({ caller }) => {
      await removeTotp(context, caller);
      return DONE;
    }),
    bindEndpoint(me.renewRecoveryCodes, async ({ caller }) => ({
      body: { recoveryCodes: [...(await renewRecoveryCodes(context, caller))] },
    })),
    bindEndpoint(me.listPasskeys, async ({ caller }) => ({ body: { data: await listPasskeys(context, caller) } })),
    bindEndpoint(me.offerPasskey, async ({ caller }) => ({ body: passkeyBody(await offerPasskey(context, caller)) })),
    bindEndpoint(me.addPasskey, async (request) => {
      const { label, passkey: answer } = request.body;
      const factor = await addPasskey(context, request.caller, personClient(request), { label, answer });
      return { body: undefined, ...enrolled(factor, request) };
    }),
    bindEndpoint(me.removePasskey, async ({ caller, params }) => {
      await removePasskey(context, caller, params.id);
      return DONE;
    }),
    bindEndpoint(me.listSessions, async ({ caller }) => ({ body: { data: await listSessions(context, caller) } })),
    bindEndpoint(me.revokeSession, async ({ caller, params }) => {
      await revokeSession(context, caller, params.id);
      return DONE;
    }),
    bindEndpoint(me.signOutEverywhere, async (request) => {
      await signOutEverywhere(context, request.caller);
      return signedOut(request);
    }),
  ];
}

/** Who acts, where, and what they may do there. */
function actingAs(caller: TenantCaller | OperatorCaller) {
  const { actor } = caller;
  if (caller.by === 'operator') return { tenantId: SYSTEM, permissions: caller.permissions, actor };
  const { tenantId, scopes } = caller;
  const permissions = tenantPermissions()
    .map(([permission]) => permission)
    .filter((permission) => scopeCovers(scopes, permission));
  return { tenantId, permissions, actor };
}

/** Who else gets in, and as what: the same for a tenant and for the installation. */
export function userRoutes(context: PeopleContext): readonly BoundEndpoint[] {
  return [
    bindEndpoint(users.listUsers, async ({ caller, query }) => ({
      body: await listMembers(context, caller.tenantId, query),
    })),
    bindEndpoint(users.listOperatorUsers, async ({ query }) => ({ body: await listMembers(context, SYSTEM, query) })),
    bindEndpoint(users.updateUser, async ({ caller, params, body }) => ({
      body: await changeMember(context, actingAs(caller), params.id, body),
    })),
    bindEndpoint(users.updateOperatorUser, async ({ caller, params, body }) => ({
      body: await changeMember(context, actingAs(caller), params.id, body),
    })),
    bindEndpoint(users.inviteUser, async ({ caller, body }) => ({
      body: await inviteUser(context, actingAs(caller), body),
    })),
    bindEndpoint(users.inviteOperatorUser, async ({ caller, body }) => ({
      body: await inviteUser(context, actingAs(caller), body),
    })),
    bindEndpoint(users.listInvitations, async ({ caller, query }) => ({
      body: await listInvitations(context, caller.tenantId, query),
    })),
    bindEndpoint(users.listOperatorInvitations, async ({ query }) => ({
      body: await listInvitations(context, SYSTEM, query),
    })),
    bindEndpoint(users.withdrawInvitation, async ({ caller, params }) => {
      await withdrawInvitation(context, caller.tenantId, params.id);
      return DONE;
    }),
    bindEndpoint(users.withdrawOperatorInvitation, async ({ params }) => {
      await withdrawInvitation(context, SYSTEM, params.id);
      return DONE;
    }),
  ];
}
