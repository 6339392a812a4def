import type { TestDatabase } from './database.ts';

/** Somebody in the tenant who has the role, whom nobody had to invite. */
export async function giveRole({ run }: TestDatabase, tenantId: string, role: string): Promise<void> {
  await run(`create table if not exists invitations (tenant_id text, role text, accepted_at timestamptz, revoked_at timestamptz);
    create table if not exists memberships (
      tenant_id text, user_id text, role text, status text, created_at timestamptz, updated_at timestamptz
    );
    grant select on invitations, memberships to public;`);
  // Without the user that the row refers to, which is of no matter here.
  await run(`begin;
    set local session_replication_role = replica;
    insert into memberships (tenant_id, user_id, role, status, created_at, updated_at)
      values ('${tenantId}', 'usr_00000000000000000000000000', '${role}', 'active', '2026-01-01', '2026-01-01');
    commit;`);
}

/** Nobody in the tenant has the role any more. */
export async function takeRole({ run }: TestDatabase, tenantId: string, role: string): Promise<void> {
  await run('delete from memberships where tenant_id = $1 and role = $2', [tenantId, role]);
}
