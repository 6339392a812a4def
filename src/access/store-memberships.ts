import { sql } from 'kysely';
import type { PageOptions } from '../kernel/page.ts';
import { SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import type { Membership, UserStatus } from './user.ts';

/** Where a person acts now, with the tenants' names; the installation's comes first. */
export interface MembershipRow extends Membership {
  /** null: the installation. */
  readonly tenantName: string | null;
}

export async function selectMemberships(db: Queryable, userId: string): Promise<readonly MembershipRow[]> {
  const { rows } = await sql<MembershipRow>`
    select memberships.tenant_id as "tenantId", role, tenants.name as "tenantName"
    from memberships left join tenants on tenants.tenant_id = memberships.tenant_id
    where user_id = ${userId} and memberships.status = 'active'
      and (memberships.tenant_id = ${SYSTEM} or tenants.status = 'active')
    order by memberships.tenant_id <> ${SYSTEM}, tenants.name, memberships.tenant_id
    limit 1000`.execute(db);
  return rows;
}

/** Adds a membership, or takes up one that was suspended. False where there is one that counts: it stays as it is. */
export async function saveMembership(
  db: Queryable,
  { tenantId, userId, role, now }: Membership & { readonly userId: string; readonly now: Temporal.Instant },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('memberships')
    .values({ tenant_id: tenantId, user_id: userId, role, status: 'active', created_at: now, updated_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'user_id'])
        .doUpdateSet({ role, status: 'active', updated_at: now })
        .where('memberships.status', '=', 'suspended'),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** A member of a tenant, with what is shown of them. */
export interface MemberRow {
  readonly userId: string;
  readonly emailSealed: Buffer;
  readonly nameSealed: Buffer;
  readonly role: string;
  readonly status: UserStatus;
  readonly userStatus: UserStatus;
  readonly hasSecondFactor: boolean;
  readonly lastSeenAt: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
}

const MEMBER = sql`
  select users.user_id as "userId", email_sealed as "emailSealed", name_sealed as "nameSealed", role,
    memberships.status as status, users.status as "userStatus", memberships.created_at as "createdAt",
    totp_sealed is not null or exists (select from passkeys where passkeys.user_id = users.user_id)
      as "hasSecondFactor",
    (select max(last_seen_at) from sessions where sessions.user_id = users.user_id) as "lastSeenAt"
  from memberships join users using (user_id)`;

export async function selectMembers(
  db: Queryable,
  tenantId: string,
  { limit, cursor }: PageOptions,
): Promise<readonly MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    ${MEMBER} where tenant_id = ${tenantId} and (${cursor ?? null}::text is null or users.user_id < ${cursor ?? null})
    order by users.user_id desc limit ${limit + 1}`.execute(db);
  return rows;
}

export async function selectMember(db: Queryable, tenantId: string, userId: string): Promise<MemberRow | undefined> {
  const { rows } = await sql<MemberRow>`
    ${MEMBER} where tenant_id = ${tenantId} and users.user_id = ${userId}`.execute(db);
  return rows[0];
}

interface LockedMember {
  readonly userId: string;
  readonly role: string;
  /** Neither the membership nor the person is suspended. */
  readonly counts: boolean;
}

/**
 * Locks the memberships of everybody who has a role in a tenant, and those of some people, in one order: who changes one of
 * the last who have that role waits for whoever changes another.
 */
export async function lockMembers(
  tx: Queryable,
  {
    tenantId,
    userIds,
    role,
  }: { readonly tenantId: string; readonly userIds: readonly string[]; readonly role: string },
): Promise<readonly LockedMember[]> {
  const { rows } = await sql<LockedMember>`
    select memberships.user_id as "userId", role,
      memberships.status = 'active' and users.status = 'active' as counts
    from memberships join users using (user_id)
    where tenant_id = ${tenantId} and (role = ${role} or memberships.user_id = any(${userIds}::text[]))
    order by memberships.user_id
    for update of memberships, users`.execute(tx);
  return rows;
}

export async function updateMembership(
  db: Queryable,
  member: { readonly tenantId: string; readonly userId: string },
  change: { readonly role?: string | undefined; readonly status?: UserStatus | undefined },
  now: Temporal.Instant,
): Promise<void> {
  await db
    .updateTable('memberships')
    .set({
      ...(change.role === undefined ? {} : { role: change.role }),
      ...(change.status === undefined ? {} : { status: change.status }),
      updated_at: now,
    })
    .where('tenant_id', '=', member.tenantId)
    .where('user_id', '=', member.userId)
    .execute();
}

/** How many there are who may still get everybody else in. */
export async function hasMemberWith(db: Queryable, tenantId: string, role: string): Promise<boolean> {
  const row = await db
    .selectFrom('memberships')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', role)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The tenants that a person may enter by a membership in them or in their parent, or all there are; by name. */
export async function selectEnterable(db: Queryable, userId: string, all: boolean, limit: number) {
  const { rows } = await sql<{ tenantId: string; tenantName: string; parentTenantId: string | null }>`
    with mine as (select tenant_id from memberships where user_id = ${userId} and status = 'active')
    select tenant_id as "tenantId", name as "tenantName", parent_tenant_id as "parentTenantId"
    from tenants
    where status = 'active' and (${all}::boolean
      or tenant_id in (select tenant_id from mine) or parent_tenant_id in (select tenant_id from mine))
    order by tenant_id not in (select tenant_id from mine), name, tenant_id
    limit ${limit}`.execute(db);
  return rows;
}

export async function selectTenantName(db: Queryable, tenantId: string): Promise<string | null> {
  const row = await db.selectFrom('tenants').select('name').where('tenant_id', '=', tenantId).executeTakeFirst();
  return row?.name ?? null;
}
