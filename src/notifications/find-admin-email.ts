import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { openEmail } from './change-settings.ts';
import type { SettingLevel } from './notification-settings.ts';
import { type SettingsOwner, selectSettings } from './store-settings.ts';

/** Who is written to when notifications fail: the product's address, else the tenant's; null: nobody wants to be. */
export async function findAdminEmail(
  db: Queryable,
  sealer: Sealer,
  owner: SettingsOwner,
): Promise<{ readonly value: string | null; readonly level: SettingLevel }> {
  const { productId } = owner;
  if (productId !== null) {
    const own = await openEmail(sealer, await selectSettings(db, owner));
    if (own !== null) return { value: own, level: 'product' };
  }
  const value = await openEmail(sealer, await selectSettings(db, { ...owner, productId: null }));
  return { value, level: value === null ? 'default' : 'tenant' };
}
