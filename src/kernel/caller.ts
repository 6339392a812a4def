import type { Permission, Scope } from './endpoint.ts';

/** `live` moves real money; decided by the credential that was used, never by a body. */
export type Mode = 'live' | 'test';

/** Who sits at the panel: the facts about a session that what it may do depends on. */
export interface Person {
  readonly userId: string;
  readonly sessionId: string;
  /** When this session last proved a second factor; null: never. */
  readonly secondFactorAt: Temporal.Instant | null;
}

/**
 * A tenant's back end, known by API key, JWT or Basic, or a person of the tenant; `tenantId` is the child's where a parent
 * acts for it.
 */
export interface TenantCaller {
  readonly by: 'tenant';
  readonly tenantId: string;
  readonly mode: Mode;
  readonly scopes: readonly Scope[] | 'all';
  /** Who it was, for the record: `key:key_…`, `app:<app name>`, `user:usr_…`; never a secret. */
  readonly actor: string;
  /** null: a program, which nobody can ask for a second factor and who approves nothing. */
  readonly person: Person | null;
}

/** The people and programs that run the installation. */
export interface OperatorCaller {
  readonly by: 'operator';
  readonly actor: string;
  readonly permissions: readonly Permission[];
  /** null: a program with a key of the operator. */
  readonly person: Person | null;
}

/** Somebody who has signed in, about their own business; what they may do elsewhere is another caller's. */
export interface PersonCaller extends Person {
  readonly by: 'person';
  /** Signed in, or let in to set up the first second factor and for nothing else. */
  readonly stage: 'signed_in' | 'enroll';
  readonly userAgent: string;
  readonly actor: string;
}

/**
 * A browser at the panel, whose person is not known yet: they are about to sign in. What it asks comes from the panel's own
 * pages, which was checked.
 */
export interface BrowserCaller {
  readonly by: 'browser';
  /** What stands in the session's cookie; null: nothing. */
  readonly sessionSecret: string | null;
  /** What stands in the cookie of signing in elsewhere. */
  readonly oidcSecret: string | null;
  readonly userAgent: string;
}

/** A shopper's browser, holding the token of exactly one payment. */
export interface CheckoutCaller {
  readonly by: 'checkoutToken';
  readonly token: string;
}

export interface AnonymousCaller {
  readonly by: 'anyone';
}

export type Caller = TenantCaller | OperatorCaller | PersonCaller | BrowserCaller | CheckoutCaller | AnonymousCaller;

/** The session behind a request; null where a program asks, or somebody whom we do not know. */
export function personOf(caller: Caller): Person | null {
  if (caller.by === 'person') return caller;
  return caller.by === 'tenant' || caller.by === 'operator' ? caller.person : null;
}

/** An administrator's business: the credentials of a back end cover it only where it was given to them by name. */
export const BY_NAME_ONLY: ReadonlySet<Scope> = new Set<Scope>([
  'notification-settings:pause',
  'role:create',
  'role:update',
  'role:delete',
  'approval:update',
  'approval-rule:update',
  'user:create',
  'user:update',
]);

/** Whether a list of granted scopes covers one; `*` stands for any resource or any action, but an administrator's. */
export function scopeCovers(granted: TenantCaller['scopes'], wanted: Permission): boolean {
  if (granted !== 'all' && granted.includes(wanted)) return true;
  if (BY_NAME_ONLY.has(wanted)) return false;
  if (granted === 'all') return true;
  const [resource, action] = wanted.split(':');
  return granted.some((scope) => {
    const [grantedResource, grantedAction] = scope.split(':');
    return (
      (grantedResource === '*' || grantedResource === resource) && (grantedAction === '*' || grantedAction === action)
    );
  });
}
