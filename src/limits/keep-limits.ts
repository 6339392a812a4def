import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { forInstallation, forTenants } from '../platform/tenant-scope.ts';
import { claimLimits, type LimitClaim, type LimitedPurchase, type OpenBasket } from './claim-limits.ts';
import { refuseClaims } from './refuse-claims.ts';
import { type Owner, selectActiveBaskets, selectLimitingTenants } from './store.ts';
import { type CounterKey, selectCounters } from './store-counters.ts';
import { openSubjectKey } from './subject-key.ts';

/** What the creation of payments asks of limits. */
export interface LimitKeeper {
  /**
   * What a new payment takes of the limits that hold for it; mostly nothing. Baskets are a second old at most.
   * @throws Problem validation_failed where it does not name what a basket counts by
   */
  claimsOf(buyer: LimitedBuyer, purchase: Omit<LimitedPurchase, 'tenantId'>): Promise<readonly LimitClaim[]>;
  /** The refusal of claims for which there is no room just now; null where there is. */
  refusalOf(tenantId: string, claims: readonly LimitClaim[]): Promise<Problem | null>;
  /** After a change of baskets: this process goes by it at once, the others within a second. */
  forget(): void;
}

interface LimitedBuyer {
  readonly tenantId: string;
  /** Whose baskets hold as well. */
  readonly parentTenantId: string | null;
  readonly mode: Mode;
  /** The tenant's time. */
  readonly now: Temporal.Instant;
}

/** The tenants that have baskets are one list, so that the payments of all others cost no question of their own. */
const TENANTS_CACHE = { lifetimeMs: 1_000, entriesMax: 1 };
const BASKETS_CACHE = { lifetimeMs: 1_000, entriesMax: 10_000 };

/** Finds the baskets that hold for new payments, and says why one is refused. */
export function createLimitKeeper({
  database,
  sealer,
}: {
  readonly database: Database;
  readonly sealer: Sealer;
}): LimitKeeper {
  let caches = newCaches();
  const readOpen = (owner: Owner) =>
    caches.baskets.get(`${owner.mode} ${owner.tenantId}`, async () => {
      const found = await forTenants([owner.tenantId], () => selectActiveBaskets(database.query, owner));
      return Promise.all(found.map(async (basket) => ({ basket, subjectKey: await openSubjectKey(sealer, basket) })));
    });
  return {
    async claimsOf({ tenantId, parentTenantId, mode, now }, purchase) {
      const limiting = await caches.tenants.get('all', () =>
        forInstallation('sweep', () => selectLimitingTenants(database.query)),
      );
      const owners = [tenantId, parentTenantId].filter((owner) => owner !== null && limiting.has(owner));
      if (owners.length === 0) return [];
      const open = await Promise.all(owners.map((owner) => readOpen({ tenantId: owner ?? '', mode })));
      const { claims, errors } = claimLimits(open.flat(), { ...purchase, tenantId }, now);
      if (errors.length > 0) throw new Problem('validation_failed', 'Some fields break a rule.', { errors });
      return claims;
    },
    async refusalOf(tenantId, claims) {
      const counted = await readCounters(database.query, claims);
      return refuseClaims(tenantId, claims, counted);
    },
    forget() {
      // What is being read into the old ones may be from before the change.
      caches = newCaches();
    },
  };
}

function newCaches() {
  return {
    tenants: new ExpiringCache<ReadonlySet<string>>(TENANTS_CACHE),
    baskets: new ExpiringCache<readonly OpenBasket[]>(BASKETS_CACHE),
  };
}

/** Who asks at the same time asks together. */
const readCounters = createBatcherPerDatabase(
  async (db: Queryable, wanted: readonly (readonly LimitClaim[])[]) => {
    const counted = await selectCounters(db, wanted.flat().map(counterOf));
    let read = 0;
    return wanted.map((claims) => {
      read += claims.length;
      return counted.slice(read - claims.length, read);
    });
  },
  // A parent's limits count for its children.
  { itemsMax: 100, tenantsOf: (claims: readonly LimitClaim[]) => claims.map(({ basket }) => basket.tenantId) },
);

function counterOf({ basket: { tenantId, basketId }, subject, period, startsAt }: LimitClaim): CounterKey {
  return { tenantId, basketId, subject, period, startsAt };
}
