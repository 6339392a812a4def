import type { Database } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import type { DeliveryHook } from './delivery-hooks.ts';
import { holdDeliveries } from './store-held.ts';
import { selectPaused } from './store-settings.ts';

/** A pause holds within this time, and most tenants are never paused: a read a second for each that is sent to. */
const CACHE = { lifetimeMs: 1_000, entriesMax: 10_000 };

/** One statement's worth: a queue that is longer is worked off in several turns. */
const HELD_MAX = 5_000;

interface HoldContext {
  readonly database: Database;
  readonly tenantClocks: TenantClocks;
}

/**
 * Keeps from being sent what belongs to a paused tenant or product, and sets it aside until the pause ends. Looked at when
 * a batch has come due, once for all of it; the first of all hooks, so that nothing is armed for what does not go out.
 */
export function createHoldPaused({ database, tenantClocks }: HoldContext): DeliveryHook {
  const cache = new ExpiringCache<readonly (string | null)[]>(CACHE);
  return {
    async beforeSend(_endpoint, deliveries) {
      const ids = new Set(deliveries.map(({ deliveryId }) => deliveryId));
      // A partner is told of its own payments, which no setting of the tenant's is about.
      const own = deliveries.filter(({ partnerKeyId }) => partnerKeyId === null);
      const [first] = own;
      if (first === undefined) return ids;
      const owner = { tenantId: first.tenantId, mode: first.mode };
      const load = () => selectPaused(database.query, owner);
      if ((await cache.get(`${owner.tenantId} ${owner.mode}`, load)).length === 0) return ids;
      const { now } = await tenantClocks.fresh(owner.tenantId, owner.mode);
      const laneIds = [...new Set(own.map(({ laneId }) => laneId))];
      const held = await database.transaction(async (tx) => {
        // Who ends the pause waits for this lock, and then lets go of what is set aside here too.
        const paused = await selectPaused(tx, owner, { locked: true });
        if (paused.length === 0) return [];
        const named = own.map(({ deliveryId }) => deliveryId);
        return holdDeliveries(tx, owner, named, { laneIds, now: now(), limit: HELD_MAX }, paused);
      });
      for (const deliveryId of held) ids.delete(deliveryId);
      return ids;
    },
  };
}
