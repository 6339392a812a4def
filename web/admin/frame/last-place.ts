import type { Place } from '../api/send.ts';
import type { Session } from '../api/session.ts';

const KEY = 'tollgate.place';

/** Where somebody was last, or their first tenant in test mode; null: they belong to none. */
export function lastPlace({ memberships }: Session): Place | null {
  const [tenantId, mode] = localStorage.getItem(KEY)?.split(' ') ?? [];
  const known = memberships.find((one) => one.tenantId === tenantId) ?? memberships[0];
  if (known === undefined) return null;
  return { tenantId: known.tenantId, mode: mode === 'live' && known.tenantId === tenantId ? 'live' : 'test' };
}

export function keepPlace({ tenantId, mode }: Place): void {
  localStorage.setItem(KEY, `${tenantId} ${mode}`);
}
