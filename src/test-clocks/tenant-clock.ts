import { present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { selectHeldAt, selectHeldAtOf } from './store.ts';
import { heldClock, runningClock, type TenantClock } from './test-clock.ts';

/** The clocks of all tenants; live mode always runs on the machine's. */
export interface TenantClocks {
  of(tenantId: string, mode: Mode): Promise<TenantClock>;
  /**
   * The clock as it stands in the database now. A lane that was woken because the clock was moved must not go by what
   * this process remembers: it would find nothing due, and nobody would wake it again.
   */
  fresh(tenantId: string, mode: Mode): Promise<TenantClock>;
  /** The clocks of several tenants as `fresh` has them, by one statement. Asked about another tenant it throws. */
  freshOf(tenantIds: readonly string[]): Promise<(tenantId: string, mode: Mode) => TenantClock>;
}

const CACHE = { lifetimeMs: 1_000, entriesMax: 10_000 };

/** A tenant's clock as it stands in the database, within a transaction: on no connection but the transaction's own. */
export async function readTenantClock(tx: Queryable, clock: Clock, tenantId: string, mode: Mode): Promise<TenantClock> {
  const heldAt = mode === 'live' ? null : await selectHeldAt(tx, tenantId);
  return heldAt === null ? runningClock(clock) : heldClock(heldAt, clock);
}

/** Reads test clocks for the money path, which needs one on every request of test mode. */
export function createTenantClocks(database: Database, clock: Clock): TenantClocks {
  const cache = new ExpiringCache<Temporal.Instant | null>(CACHE);
  const heldAtOf = (tenantId: string) => forTenants([tenantId], () => selectHeldAt(database.query, tenantId));
  const running = runningClock(clock);
  const clockAt = (heldAt: Temporal.Instant | null) => (heldAt === null ? running : heldClock(heldAt, clock));
  return {
    async of(tenantId, mode) {
      if (mode === 'live') return running;
      return clockAt(await cache.get(tenantId, () => heldAtOf(tenantId)));
    },
    async fresh(tenantId, mode) {
      if (mode === 'live') return running;
      const heldAt = await heldAtOf(tenantId);
      cache.set(tenantId, heldAt);
      return clockAt(heldAt);
    },
    async freshOf(tenantIds) {
      const held = await forTenants(tenantIds, () => selectHeldAtOf(database.query, tenantIds));
      const clocks = new Map(tenantIds.map((tenantId) => [tenantId, clockAt(held.get(tenantId) ?? null)]));
      return (tenantId, mode) =>
        mode === 'live' ? running : present(clocks.get(tenantId), `the clock of ${tenantId}`);
    },
  };
}

/** What time it is for a tenant, read in the caller's transaction, which must not wait for a second connection. */
export async function readTimeOf(tx: Queryable, clock: Clock, tenantId: string, mode: Mode): Promise<Temporal.Instant> {
  return (mode === 'live' ? null : await selectHeldAt(tx, tenantId)) ?? clock.now();
}
