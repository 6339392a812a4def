import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import type { InvoicingSettings } from './invoicing-settings.ts';

/** Whose: a tenant's, of one mode. */
export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

export async function selectSettings(db: Queryable, { tenantId, mode }: Owner): Promise<InvoicingSettings | null> {
  const row = await db
    .selectFrom('invoicing_settings')
    .select('settings')
    .where('tenant_id', '=', tenantId)
    .where('mode', '=', mode)
    .executeTakeFirst();
  return row === undefined ? null : (row.settings as InvoicingSettings);
}

export async function saveSettings(
  db: Queryable,
  { tenantId, mode }: Owner,
  settings: InvoicingSettings,
  now: Temporal.Instant,
): Promise<void> {
  const written = { settings: JSON.stringify(settings), updated_at: now };
  await db
    .insertInto('invoicing_settings')
    .values({ tenant_id: tenantId, mode, ...written })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'mode']).doUpdateSet(written))
    .execute();
}
