import { type Selectable, sql } from 'kysely';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import { readStoredSettings } from './settings.ts';
import type { Tenant, TenantLogo } from './tenant.ts';

export async function insertTenant(db: Queryable, tenant: Tenant): Promise<void> {
  await db
    .insertInto('tenants')
    .values({
      tenant_id: tenant.tenantId,
      parent_tenant_id: tenant.parentTenantId,
      name: tenant.name,
      app_name: tenant.appName,
      currency: tenant.currency,
      status: tenant.status,
      may_have_children: tenant.mayHaveChildren,
      settings: JSON.stringify(tenant.settings),
      settings_version: tenant.settingsVersion,
      logo: tenant.logo === null ? null : JSON.stringify(tenant.logo),
      created_at: tenant.createdAt,
      updated_at: tenant.createdAt,
    })
    .execute();
}

export async function selectTenant(db: Queryable, tenantId: string): Promise<Tenant | null> {
  const row = await db.selectFrom('tenants').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst();
  return row === undefined ? null : tenantFromRow(row);
}

export async function selectTenantByAppName(db: Queryable, appName: string): Promise<Tenant | null> {
  const row = await db.selectFrom('tenants').selectAll().where('app_name', '=', appName).executeTakeFirst();
  return row === undefined ? null : tenantFromRow(row);
}

interface TenantFilter {
  readonly parentTenantId?: string | undefined;
  readonly status?: Tenant['status'] | undefined;
  /** A part of the name, or the beginning of the app name. */
  readonly q?: string | undefined;
}

/** Signs that stand for others in a pattern stand for themselves. */
function namedLike(text: string) {
  const literal = text.toLowerCase().replace(/[\\%_]/g, '\\$&');
  return sql<boolean>`(lower(name) like ${`%${literal}%`} or app_name like ${`${literal}%`})`;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectTenants(
  db: Queryable,
  page: PageOptions,
  filter: TenantFilter = {},
): Promise<readonly Tenant[]> {
  const { parentTenantId, status, q } = filter;
  const query = db
    .selectFrom('tenants')
    .selectAll()
    .$if(parentTenantId !== undefined, (all) => all.where('parent_tenant_id', '=', parentTenantId ?? ''))
    .$if(status !== undefined, (all) => all.where('status', '=', status ?? ''))
    .$if(q !== undefined, (all) => all.where(namedLike(q ?? '')))
    .$call(newestFirst('tenant_id', page));
  return (await query.execute()).map(tenantFromRow);
}

/** Writes what the operator decides about a tenant that is locked. */
export async function updateStanding(
  tx: Queryable,
  { tenantId, status, mayHaveChildren }: Tenant,
  now: Temporal.Instant,
): Promise<void> {
  await tx
    .updateTable('tenants')
    .set({ status, may_have_children: mayHaveChildren, updated_at: now })
    .where('tenant_id', '=', tenantId)
    .execute();
}

/**
 * The tenant's row, locked until the transaction ends, so that two changes of its settings do not lose one. Rows that
 * refer to the tenant, such as its new payments, are written meanwhile.
 */
export async function lockTenant(tx: Queryable, tenantId: string): Promise<Tenant | null> {
  const row = await tx
    .selectFrom('tenants')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row === undefined ? null : tenantFromRow(row);
}

/** Writes the settings of a tenant that is locked, as their next version. */
export async function updateSettings(
  tx: Queryable,
  { tenantId, settings }: Tenant,
  now: Temporal.Instant,
): Promise<void> {
  await tx
    .updateTable('tenants')
    .set({ settings: JSON.stringify(settings), settings_version: sql`settings_version + 1`, updated_at: now })
    .where('tenant_id', '=', tenantId)
    .execute();
}

/** Writes the logo of a tenant that is locked; a change of its settings like any other. */
export async function updateLogo(
  tx: Queryable,
  tenantId: string,
  logo: TenantLogo | null,
  now: Temporal.Instant,
): Promise<void> {
  await tx
    .updateTable('tenants')
    .set({
      logo: logo === null ? null : JSON.stringify(logo),
      settings_version: sql`settings_version + 1`,
      updated_at: now,
    })
    .where('tenant_id', '=', tenantId)
    .execute();
}

/** When a tenant that is locked was last changed; one that is suspended is not changed but by its removal. */
export async function selectChangedAt(tx: Queryable, tenantId: string): Promise<Temporal.Instant> {
  const row = await tx
    .selectFrom('tenants')
    .select('updated_at')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  return row.updated_at;
}

/** Writes the status of a tenant that is locked. */
export async function updateStatus(
  tx: Queryable,
  tenantId: string,
  status: Tenant['status'],
  now: Temporal.Instant,
): Promise<void> {
  await tx.updateTable('tenants').set({ status, updated_at: now }).where('tenant_id', '=', tenantId).execute();
}

function tenantFromRow(row: Selectable<Tables['tenants']>): Tenant {
  return {
    tenantId: row.tenant_id,
    parentTenantId: row.parent_tenant_id,
    name: row.name,
    appName: row.app_name,
    currency: row.currency,
    status: row.status as Tenant['status'],
    mayHaveChildren: row.may_have_children,
    settings: readStoredSettings(row.settings),
    settingsVersion: row.settings_version,
    logo: row.logo as TenantLogo | null,
    createdAt: row.created_at,
  };
}
