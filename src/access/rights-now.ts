import type { Mode, OperatorCaller, TenantCaller } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import { keyStatus } from './access-key.ts';
import { spelledOut } from './grant.ts';
import { OPERATOR_ROLE_RIGHTS, operatorPermissionsUnder } from './role.ts';
import { operatorRoleAmong, rightsIn } from './session-callers.ts';
import { isActiveTenant, selectActiveTenantByAppName } from './store.ts';
import { OPERATOR_KEY_SHELF, selectApiKey } from './store-keys.ts';
import { selectMemberships } from './store-memberships.ts';
import { selectUserById } from './store-users.ts';

interface Asker {
  /** As in the record: `key:…`, `app:…`, `user:…`, `operator:…`. */
  readonly actor: string;
  /** For whom it was asked. */
  readonly tenantId: string;
  readonly mode: Mode;
}

/**
 * What somebody who asked for something earlier may do in the tenant by now: their key may have ended, their role have been
 * changed, they may have been suspended. null: nothing any more.
 */
export async function tenantRightsNow(
  db: Queryable,
  { actor, tenantId, mode }: Asker,
  now: Temporal.Instant,
): Promise<TenantCaller['scopes'] | null> {
  const [kind, name] = splitActor(actor);
  if (kind === 'user') {
    const memberships = await membershipsNow(db, name);
    return memberships === null ? null : rightsIn(db, memberships, tenantId);
  }
  if (kind === 'app') {
    const ownerId = await selectActiveTenantByAppName(db, name);
    return ownerId !== null && (await actsFor(db, ownerId, tenantId)) ? 'all' : null;
  }
  const found = kind === 'key' ? await selectApiKey(db, name) : null;
  if (found === null || found.mode !== mode || keyStatus(found.key, now) !== 'active') return null;
  return (await actsFor(db, found.tenantId, tenantId)) ? spelledOut(found.key.grants) : null;
}

/** The same of somebody who asked to run the installation. null: nothing any more. */
export async function operatorRightsNow(
  db: Queryable,
  actor: string,
  now: Temporal.Instant,
): Promise<OperatorCaller['permissions'] | null> {
  const [kind, name] = splitActor(actor);
  if (kind === 'user') {
    const role = operatorRoleAmong((await membershipsNow(db, name)) ?? []);
    return role === null ? null : OPERATOR_ROLE_RIGHTS[role];
  }
  const key = kind === 'operator' ? await OPERATOR_KEY_SHELF.find(db, name) : null;
  if (key === null || keyStatus(key, now) !== 'active') return null;
  return operatorPermissionsUnder(key.grants);
}

function splitActor(actor: string): readonly [string, string] {
  const colon = actor.indexOf(':');
  return [actor.slice(0, Math.max(colon, 0)), actor.slice(colon + 1)];
}

async function membershipsNow(db: Queryable, userId: string) {
  const user = await selectUserById(db, userId);
  return user?.status === 'active' ? selectMemberships(db, userId) : null;
}

/** A tenant acts for itself and for its named children. */
function actsFor(db: Queryable, ownerId: string, tenantId: string): Promise<boolean> {
  return ownerId === tenantId ? isActiveTenant(db, tenantId) : isActiveTenant(db, tenantId, ownerId);
}
