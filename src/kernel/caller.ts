import type { Scope } from './endpoint.ts';

/** `live` moves real money; decided by the credential that was used, never by a body. */
export type Mode = 'live' | 'test';

/** A tenant's back end, known by API key, JWT or Basic; `tenantId` is the child's where a parent acts for it. */
export interface TenantCaller {
  readonly by: 'tenant';
  readonly tenantId: string;
  readonly mode: Mode;
  readonly scopes: readonly Scope[] | 'all';
  /** Who it was, for the record: `key:key_…`, `app:<app name>`; never a secret. */
  readonly actor: string;
}

/** The people and programs that run the installation. */
export interface OperatorCaller {
  readonly by: 'operator';
  readonly actor: string;
}

/** A shopper's browser, holding the token of exactly one payment. */
export interface CheckoutCaller {
  readonly by: 'checkoutToken';
  readonly token: string;
}

export interface AnonymousCaller {
  readonly by: 'anyone';
}

export type Caller = TenantCaller | OperatorCaller | CheckoutCaller | AnonymousCaller;

/** An administrator's business: the credentials of a back end cover it only where it was given to them by name. */
const BY_NAME_ONLY: ReadonlySet<Scope> = new Set<Scope>(['notification-settings:pause']);

/** Whether a list of granted scopes covers one; `*` stands for any resource or any action, but an administrator's. */
export function scopeCovers(granted: TenantCaller['scopes'], wanted: Scope): boolean {
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
