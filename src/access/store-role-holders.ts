import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';

/**
 * Whether somebody has the role in the tenant, or is invited to it. Somebody who is given it in this very moment keeps a
 * role that does not exist, which allows nothing.
 */
export async function isRoleHeld(db: Queryable, tenantId: string, roleId: string): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (select from memberships where tenant_id = ${tenantId} and role = ${roleId})
      or exists (
        select from invitations
        where tenant_id = ${tenantId} and role = ${roleId} and accepted_at is null and revoked_at is null
      ) as held`.execute(db);
  return rows[0]?.held !== false;
}
