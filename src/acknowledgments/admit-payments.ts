import { Problem } from '../kernel/problem.ts';
import type { Admission } from '../payments/admission.ts';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { type OpenFuse, selectOpenFuses } from './store-fuses.ts';

type Asked = Parameters<Admission['checkNew']>[0];

/** All open fuses of the installation are one short list, so that a payment costs no question of its own. */
const CACHE = { lifetimeMs: 1_000, entriesMax: 1 };
const RETRY_AFTER_S = 60;

/**
 * Keeps payments from being taken or paid whose endpoint acknowledges nothing: their success would be told to nobody. A
 * new payment is judged on a list that is a second old at most; before money moves the database is asked.
 */
export function createAdmission(database: Database): Admission {
  const cache = new ExpiringCache<readonly OpenFuse[]>(CACHE);
  return {
    async checkNew(payment) {
      const open = await cache.get('open', () => forInstallation('sweep', () => selectOpenFuses(database.query, null)));
      if (fuseOf(open, payment) === undefined) return;
      // Only what still holds is refused, so that who has reset a fuse need not wait for what we remember.
      const fuse = fuseOf(await readOpen(database.query, payment.tenantId), payment);
      if (fuse?.whenOpen === 'refuse') throw unhealthy('New payments are not taken', fuse);
    },
    async checkConfirm(payment, source) {
      const fuse = fuseOf(await readOpen(database.query, payment.tenantId), payment);
      if (fuse === undefined) return;
      if (source === 'tenant') throw unhealthy('Payments are held back', fuse);
      throw new Problem('endpoint_unhealthy', 'The shop takes no payments just now. Nothing was charged.', {
        retryAfterSeconds: RETRY_AFTER_S,
      });
    },
  };
}

/** Who confirms at the same time asks together. */
const readOpen = createBatcherPerDatabase(
  async (db: Queryable, tenantIds: readonly string[]) => {
    const open = await selectOpenFuses(db, [...new Set(tenantIds)]);
    return tenantIds.map((tenantId) => open.filter((fuse) => fuse.tenantId === tenantId));
  },
  { itemsMax: 100 },
);

/** The open fuse of the endpoint that would be told of the payment. */
function fuseOf(open: readonly OpenFuse[], { tenantId, mode, productId }: Asked): OpenFuse | undefined {
  return open.find((fuse) => {
    if (fuse.tenantId !== tenantId || fuse.mode !== mode) return false;
    if (fuse.productId !== null) return fuse.productId === productId;
    return productId === null || !fuse.otherProducts.includes(productId);
  });
}

function unhealthy(what: string, { endpointId }: OpenFuse): Problem {
  const detail = `${what}, because the endpoint they are told to does not acknowledge them. Repair it, test it, reset its fuse.`;
  return new Problem('endpoint_unhealthy', detail, { members: { endpointId }, retryAfterSeconds: RETRY_AFTER_S });
}
