import { present } from '../kernel/assert.ts';
import type { Person } from '../kernel/caller.ts';
import type { Permission } from '../kernel/endpoint.ts';
import { type Page, type PageOptions, pageOf } from '../kernel/page.ts';
import { Problem } from '../kernel/problem.ts';
import { SYSTEM } from '../keys/sealer.ts';
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
  /** null: a program. */
  readonly person: Person | null;
}

interface MemberChange {
  readonly role?: string | undefined;
  readonly status?: UserStatus | undefined;
}

/**
 * Gives a member another role, suspends them there, or lets them in again. Nobody changes themselves, nobody touches or
 * gives a role with more rights than their own, and the last owner stays. What waited to be accepted by them, or was
 * offered by them, is withdrawn: an old invitation must not undo the change. Who is suspended from the installation cannot
 * sign in at all.
 * @throws Problem not_found, forbidden, validation_failed (no such role)
 */
export async function changeMember(
  context: Pick<PeopleContext, 'database' | 'directory' | 'clock'>,
  changer: Changer,
  userId: string,
  change: MemberChange,
): Promise<ShownMember> {
  const { database, clock } = context;
  const { tenantId, permissions, person } = changer;
  if (person?.userId === userId)
    throw new Problem('forbidden', 'Nobody changes their own role or suspends themselves.');
  const row = await database.transaction(async (tx) => {
    const members = await lockMembers(tx, { tenantId, userId, role: LAST_TO_STAY });
    const member = members.find((one) => one.userId === userId);
    if (member === undefined) throw new Problem('not_found', 'There is no such member.');
    const rights = (await rightsOfRole(tx, tenantId, member.role)) ?? [];
    if (!hasAll(permissions, rights)) throw new Problem('forbidden', 'Their role may do more than yours.');
    if (change.role !== undefined) await refuseHigherRole(tx, changer, change.role);
    // Of two owners who demote each other at the same time, the later one is none any more; so there is always one left.
    const isOwner = ({ userId: id, role, counts }: (typeof members)[number]) =>
      id === person?.userId && role === LAST_TO_STAY && counts;
    if (tenantId === SYSTEM && !members.some(isOwner)) throw new Problem('forbidden', 'Only an owner may do this.');
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

/** Of these there must always be one, who can let everybody else in; nobody else changes who runs the installation. */
const LAST_TO_STAY = 'owner';
