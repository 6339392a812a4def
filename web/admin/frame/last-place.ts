import type { Session } from '../../../sdk/src/api.generated.ts';
import type { Place } from '../api/send.ts';

const KEY = 'tollgate.place';
const OPERATOR = 'operator';

/** Where somebody was last, or their first tenant in test mode; null: they belong to none, and run nothing. */
export function lastPlace({ memberships, operatorRole }: Session): Place | typeof OPERATOR | null {
  const [tenantId, mode] = localStorage.getItem(KEY)?.split(' ') ?? [];
  const mayOperate = operatorRole !== null;
  if (tenantId === OPERATOR && mayOperate) return OPERATOR;
  const known = memberships.find((one) => one.tenantId === tenantId) ?? memberships[0];
  if (known === undefined) return mayOperate ? OPERATOR : null;
  return { tenantId: known.tenantId, mode: mode === 'live' && known.tenantId === tenantId ? 'live' : 'test' };
}

/** Remembers it for the next time in this browser; null: the installation. */
export function keepPlace(place: Place | null): void {
  localStorage.setItem(KEY, place === null ? OPERATOR : `${place.tenantId} ${place.mode}`);
}
