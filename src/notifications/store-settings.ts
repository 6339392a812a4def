import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';
import { INHERITED, PLAIN_NOTIFICATIONS, type StoredSettings } from './notification-settings.ts';
import type { Owner } from './store.ts';

/** Whose settings: a tenant's of a mode, or one product's. */
export interface SettingsOwner extends Owner {
  readonly productId: string | null;
}

/** In the key, where there can be no null. */
const TENANT_ITSELF = '';

/** What is set; where nothing is, as it is by default. */
export async function selectSettings(db: Queryable, owner: SettingsOwner): Promise<StoredSettings> {
  const row = await db
    .selectFrom('notification_settings')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('product_id', '=', owner.productId ?? TENANT_ITSELF)
    .executeTakeFirst();
  return row === undefined ? unset(owner) : settingsFromRow(row);
}

/** Writes settings, whether some stood there or not. */
export async function putSettings(
  tx: Queryable,
  settings: StoredSettings,
  changed: { readonly at: Temporal.Instant; readonly by: string },
): Promise<void> {
  const row = settingsToRow(settings, changed);
  const { tenant_id, mode, product_id, ...changeable } = row;
  await tx
    .insertInto('notification_settings')
    .values(row)
    .onConflict((conflict) => conflict.constraint('notification_settings_pkey').doUpdateSet(changeable))
    .execute();
}

/** Everything that several tenants have set, products' settings included. */
export async function selectSettingsOf(
  db: Queryable,
  tenantIds: readonly string[],
): Promise<readonly StoredSettings[]> {
  const { rows } = await sql<Selectable<Tables['notification_settings']>>`
    select * from notification_settings where tenant_id = any(${tenantIds})`.execute(db);
  return rows.map(settingsFromRow);
}

/** Which products of a tenant are paused; null among them: the tenant itself, and with it everything. */
export async function selectPaused(
  db: Queryable,
  owner: Owner,
  { locked }: { readonly locked: boolean } = { locked: false },
): Promise<readonly (string | null)[]> {
  const query = db
    .selectFrom('notification_settings')
    .select('product_id')
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('paused', '=', sql.lit(true))
    .orderBy('product_id');
  const rows = await (locked ? query.forShare() : query).execute();
  return rows.map(({ product_id: productId }) => (productId === TENANT_ITSELF ? null : productId));
}

function unset({ tenantId, mode, productId }: SettingsOwner): StoredSettings {
  const about = { tenantId, mode, adminEmailSealed: null, updatedAt: null };
  return productId === null ? { ...about, productId, ...PLAIN_NOTIFICATIONS } : { ...about, productId, ...INHERITED };
}

function settingsToRow(settings: StoredSettings, { at, by }: { readonly at: Temporal.Instant; readonly by: string }) {
  return {
    tenant_id: settings.tenantId,
    mode: settings.mode,
    product_id: settings.productId ?? TENANT_ITSELF,
    enabled: settings.enabled,
    paused: settings.paused,
    additional_types_also_to_main: settings.additionalTypesAlsoToMain,
    admin_email_sealed: settings.adminEmailSealed === null ? null : Buffer.from(settings.adminEmailSealed),
    updated_at: at,
    updated_by: by,
  };
}

function settingsFromRow(row: Selectable<Tables['notification_settings']>): StoredSettings {
  const about = {
    tenantId: row.tenant_id,
    mode: row.mode as Mode,
    adminEmailSealed: row.admin_email_sealed,
    updatedAt: row.updated_at,
  };
  const { enabled, paused, additional_types_also_to_main: additionalTypesAlsoToMain } = row;
  if (row.product_id !== TENANT_ITSELF) {
    return { ...about, productId: row.product_id, enabled, paused, additionalTypesAlsoToMain };
  }
  return {
    ...about,
    productId: null,
    // The table keeps a tenant's own row complete.
    enabled: enabled ?? PLAIN_NOTIFICATIONS.enabled,
    paused: paused ?? PLAIN_NOTIFICATIONS.paused,
    additionalTypesAlsoToMain: additionalTypesAlsoToMain ?? PLAIN_NOTIFICATIONS.additionalTypesAlsoToMain,
  };
}
