import type { Queryable } from '../platform/database.ts';
import { PLAIN_NOTIFICATIONS } from './notification-settings.ts';
import type { NotificationSetup } from './resolve-targets.ts';
import { type Owner, selectEndpointsOf } from './store.ts';
import { selectSettingsOf } from './store-settings.ts';

/** What several tenants have set for their notifications, read by two statements however many they are. */
export async function readSetups(
  db: Queryable,
  tenantIds: readonly string[],
): Promise<(owner: Owner) => NotificationSetup> {
  const endpoints = await selectEndpointsOf(db, tenantIds);
  const settings = await selectSettingsOf(db, tenantIds);
  const setups = new Map<string, NotificationSetup>();
  return ({ tenantId, mode }) => {
    const name = `${tenantId} ${mode}`;
    const known = setups.get(name);
    if (known !== undefined) return known;
    const own = settings.filter((each) => each.tenantId === tenantId && each.mode === mode);
    const setup = {
      endpoints: endpoints.filter((each) => each.tenantId === tenantId && each.mode === mode),
      settings: own.find((each) => each.productId === null) ?? PLAIN_NOTIFICATIONS,
      products: new Map(own.flatMap((each) => (each.productId === null ? [] : [[each.productId, each] as const]))),
    };
    setups.set(name, setup);
    return setup;
  };
}
