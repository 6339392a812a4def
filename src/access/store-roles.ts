import type { Selectable } from 'kysely';
import type { Permission } from '../kernel/endpoint.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { TenantOwnRole } from './role.ts';

/** Breaks tenant_roles_name_key where another role of the tenant has the name. */
export async function insertRole(tx: Queryable, role: TenantOwnRole): Promise<void> {
  await tx
    .insertInto('tenant_roles')
    .values({
      tenant_id: role.tenantId,
      role_id: role.roleId,
      created_by: role.createdBy,
      created_at: role.createdAt,
      ...changeable(role),
    })
    .execute();
}

/** Writes what may change of a role. */
export async function saveRole(tx: Queryable, role: TenantOwnRole): Promise<void> {
  await tx
    .updateTable('tenant_roles')
    .set(changeable(role))
    .where('tenant_id', '=', role.tenantId)
    .where('role_id', '=', role.roleId)
    .execute();
}

export async function removeRole(tx: Queryable, { tenantId, roleId }: TenantOwnRole): Promise<void> {
  await tx.deleteFrom('tenant_roles').where('tenant_id', '=', tenantId).where('role_id', '=', roleId).execute();
}

export async function selectRole(db: Queryable, tenantId: string, roleId: string): Promise<TenantOwnRole | null> {
  return fromRow(await ownRole(db, tenantId, roleId).executeTakeFirst());
}

/** The same, locked until the transaction ends: nobody is given a role that is just being changed or deleted. */
export async function lockRole(tx: Queryable, tenantId: string, roleId: string): Promise<TenantOwnRole | null> {
  return fromRow(await ownRole(tx, tenantId, roleId).forUpdate().executeTakeFirst());
}

/** Newest first; one more than the limit, so that the caller knows whether there are more. */
export async function selectRoles(
  db: Queryable,
  tenantId: string,
  page: PageOptions,
): Promise<readonly TenantOwnRole[]> {
  const query = db.selectFrom('tenant_roles').selectAll().where('tenant_id', '=', tenantId);
  return (await query.$call(newestFirst('role_id', page)).execute()).map(roleOf);
}

export async function countRoles(db: Queryable, tenantId: string): Promise<number> {
  const row = await db
    .selectFrom('tenant_roles')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

function ownRole(db: Queryable, tenantId: string, roleId: string) {
  return db.selectFrom('tenant_roles').selectAll().where('tenant_id', '=', tenantId).where('role_id', '=', roleId);
}

function changeable(role: TenantOwnRole) {
  const { name, description, permissions, updatedAt } = role;
  return { name, description, permissions: [...permissions], updated_at: updatedAt };
}

function fromRow(row: Selectable<Tables['tenant_roles']> | undefined): TenantOwnRole | null {
  return row === undefined ? null : roleOf(row);
}

function roleOf(row: Selectable<Tables['tenant_roles']>): TenantOwnRole {
  return {
    tenantId: row.tenant_id,
    roleId: row.role_id,
    name: row.name,
    description: row.description,
    permissions: row.permissions as Permission[],
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
