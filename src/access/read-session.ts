import { present } from '../kernel/assert.ts';
import type { PersonCaller } from '../kernel/caller.ts';
import type { Permission } from '../kernel/endpoint.ts';
import type { PeopleContext } from './people-context.ts';
import { rightsOf } from './rights-of.ts';
import { OPERATOR_ROLE_RIGHTS, ROLE_IN_TENANTS } from './role.ts';
import { operatorRoleAmong } from './session-callers.ts';
import { secondFactorUntil, waysIn } from './step-up.ts';
import { selectEnterable, selectMemberships } from './store-memberships.ts';
import { countRecoveryCodes } from './store-passkeys.ts';
import { selectUserById } from './store-users.ts';

/** Who runs the installation may enter any tenant; more than these are found by the list of tenants. */
const TENANTS_MAX = 100;

/** Who somebody is and what they may do where: what the panel asks first. */
export async function readSession(context: PeopleContext, caller: PersonCaller) {
  const { database, directory, clock } = context;
  const db = database.query;
  const user = present(await selectUserById(db, caller.userId), 'The person of a session');
  const memberships = await selectMemberships(db, user.userId);
  const operatorRole = operatorRoleAmong(memberships);
  const until = caller.secondFactorAt === null ? null : secondFactorUntil(caller.secondFactorAt);
  const { identities, ...ways } = waysIn(user);
  return {
    sessionId: caller.sessionId,
    user: {
      id: user.userId,
      name: await directory.open(['users', 'name_sealed', user.userId], user.nameSealed),
      email: await directory.open(['users', 'email_sealed', user.userId], user.emailSealed),
    },
    waysIn: { ...ways, oidc: identities > 0, recoveryCodesLeft: await countRecoveryCodes(db, user.userId) },
    operatorRole,
    permissions: operatorRole === null ? [] : [...OPERATOR_ROLE_RIGHTS[operatorRole]],
    memberships: await enterable(context, memberships, user.userId),
    secondFactorUntil: until === null || Temporal.Instant.compare(until, clock.now()) <= 0 ? null : until.toString(),
  };
}

async function enterable(
  { database }: PeopleContext,
  memberships: Awaited<ReturnType<typeof selectMemberships>>,
  userId: string,
) {
  const operatorRole = operatorRoleAmong(memberships);
  const tenants = await selectEnterable(database.query, userId, operatorRole !== null, TENANTS_MAX);
  const rights = new Map<string, readonly Permission[]>();
  const read = async (tenantId: string, role: string) => {
    const name = `${tenantId} ${role}`;
    const known = rights.get(name) ?? (await rightsOf(database.query, { tenantId, role }));
    rights.set(name, known);
    return [...known];
  };
  const shown = [];
  for (const { tenantId, tenantName, parentTenantId } of tenants) {
    const by =
      memberships.find((membership) => membership.tenantId === tenantId) ??
      memberships.find((membership) => membership.tenantId === parentTenantId);
    const role = by?.role ?? (operatorRole === null ? null : ROLE_IN_TENANTS[operatorRole]);
    if (role === null) continue;
    const permissions = await read(by?.tenantId ?? tenantId, role);
    shown.push({ tenantId, tenantName, role, permissions });
  }
  return shown;
}
