import { present } from '../kernel/assert.ts';
import type { Permission } from '../kernel/endpoint.ts';
import { type Page, type PageOptions, pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { refuseHigherRole, rightsOfRole } from './invite-user.ts';
import type { PeopleContext } from './people-context.ts';
import { hasAll } from './role.ts';
import { revokeInvitationsAround } from './store-invitations.ts';
import { lockMembers, type MemberRow, selectMember, selectMembers, updateMembership } from './store-memberships.ts';
import { endSessions } from './store-sessions.ts';
import { selectUserById, updateUserStatus } from './store-users.ts';
import type { UserStatus } from './user.ts';

/** A member as the API shows them. */
interface ShownMember {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly status: UserStatus;
  readonly hasSecondFactor: boolean;
  readonly lastSeenAt: string | null;
  readonly createdAt: string;
}

type DirectoryContext = Pick<PeopleContext, 'database' | 'directory'>;

/** The members of a tenant (of the installation: `SYSTEM`), those who came last first. */
export async function listMembers(
  context: DirectoryContext,
  tenantId: string,
  page: PageOptions,
): Promise<Page<ShownMember>> {
  const rows = await selectMembers(context.database.query, tenantId, page);
  return pageOf(await Promise.all(rows.map((row) => shown(context, row))), page.limit);
}

async function shown({ directory }: DirectoryContext, row: MemberRow): Promise<ShownMember> {
  return {
    id: row.userId,
    email: await directory.open(['users', 'email_sealed', row.userId], row.emailSealed),
    name: await directory.open(['users', 'name_sealed', row.userId], row.nameSealed),
    ...{ role: row.role, status: row.status, hasSecondFactor: row.hasSecondFactor },
    lastSeenAt: row.lastSeenAt?.toString() ?? null,
    createdAt: row.createdAt.toString(),
  };
}

/** Who changes a member, and what they may do there themselves. */
export interface Changer {
  readonly tenantId: string;
  readonly permissions: readonly Permission[];
  /** As in the record: `user:usr_…` is a person, also where their request waited for a second one. */
  readonly actor: string;
}

/** The id of the person who changes; null: a program does. */
function personIn({ actor }: Changer): string | null {
  return actor.startsWith('user:') ? actor.slice('user:'.length) : null;
}

interface MemberChange {
  readonly role?: string | undefined;
  readonly status?: UserStatus | undefined;
}

/**
 * Gives a member another role, suspends them there, or lets them in again. Nobody changes themselves, nobody touches or
 * gives a role with more rights than their own, and the last owner of the installation and the last admin of a tenant stay. What waited to be accepted by them, or was offered by them, is withdrawn: an old invitation must not undo the
 * change. Who is suspended from the installation cannot sign in at all.
 * @throws Problem not_found, forbidden, validation_failed (no such role), state_conflict (the last admin)
 */
export async function changeMember(
  context: Pick<PeopleContext, 'database' | 'directory' | 'clock'>,
  changer: Changer,
  userId: string,
  change: MemberChange,
): Promise<ShownMember> {
  const { database, clock } = context;
  const { tenantId } = changer;
  const changerId = personIn(changer);
  if (changerId === userId) throw new Problem('forbidden', 'Nobody changes their own role or suspends themselves.');
  const row = await database.transaction(async (tx) => {
    const userIds = changerId === null ? [userId] : [userId, changerId];
    const members = await lockMembers(tx, { tenantId, userIds, role: lastToStay(tenantId) });
    const member = members.find((one) => one.userId === userId);
    if (member === undefined) throw new Problem('not_found', 'There is no such member.');
    const mine = await rightsNow(tx, changer, members);
    const rights = (await rightsOfRole(tx, tenantId, member.role)) ?? [];
    if (!hasAll(mine, rights)) throw new Problem('forbidden', 'Their role may do more than yours.');
    if (change.role !== undefined) await refuseHigherRole(tx, { tenantId, permissions: mine }, change.role);
    refuseLastAdmin(changer, members, member, change);
    await updateMembership(tx, { tenantId, userId }, change, clock.now());
    const user = present(await selectUserById(tx, userId), 'The person of a membership');
    const { emailDigest } = user;
    await revokeInvitationsAround(tx, tenantId, { emailDigest, actor: `user:${userId}` }, clock.now());
    if (tenantId === SYSTEM && change.status !== undefined) {
      await updateUserStatus(tx, userId, change.status, clock.now());
      if (change.status === 'suspended') await endSessions(tx, userId, null, clock.now());
    }
    return present(await selectMember(tx, tenantId, userId), 'The member that was changed');
  });
  return shown(context, row);
}

type Locked = Awaited<ReturnType<typeof lockMembers>>[number];

/** Of these there must always be one, who can let everybody else in; owners alone change who runs the installation. */
function lastToStay(tenantId: string): string {
  return tenantId === SYSTEM ? 'owner' : 'admin';
}

/**
 * What the changer may do now that the members are locked. It was read before that, and they may have been changed meanwhile:
 * of two who demote each other at the same time, the later one may do it no more. @throws Problem forbidden
 */
async function rightsNow(tx: Queryable, changer: Changer, members: readonly Locked[]): Promise<readonly Permission[]> {
  const { tenantId, permissions } = changer;
  const own = members.find(({ userId }) => userId === personIn(changer));
  if (tenantId === SYSTEM && (own?.counts !== true || own.role !== lastToStay(tenantId)))
    throw new Problem('forbidden', 'Only an owner may do this.');
  // A program, or somebody who runs the installation or the tenant's parent and has no role here.
  if (own === undefined) return permissions;
  if (!own.counts) throw new Problem('forbidden', 'Your role has just been changed.');
  return (await rightsOfRole(tx, tenantId, own.role)) ?? [];
}

/**
 * Of a tenant's admins one stays, who can let the others in again. Whoever acts from outside, such as those who run the
 * installation, may end the last one's rights too: they can let somebody else in, and that one may have been broken into.
 * @throws Problem state_conflict
 */
function refuseLastAdmin(changer: Changer, members: readonly Locked[], member: Locked, change: MemberChange): void {
  const changerId = personIn(changer);
  const isOutside = changerId !== null && members.every(({ userId }) => userId !== changerId);
  const role = lastToStay(changer.tenantId);
  const isAdmin = member.role === role && member.counts;
  const staysAdmin = (change.role ?? role) === role && change.status !== 'suspended';
  if (isOutside || !isAdmin || staysAdmin) return;
  if (members.some((one) => one !== member && one.role === role && one.counts)) return;
  throw new Problem('state_conflict', 'This is the last admin. Make somebody else admin first.');
}
