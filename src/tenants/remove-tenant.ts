import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import { destroyKeys } from '../keys/destroy-keys.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { lockTenant, selectChangedAt, updateStatus } from './store.ts';
import type { Tenant } from './tenant.ts';

export interface RemoveContext {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Payments and operations without an outcome; they need the secrets that would be gone. */
  readonly countOpenWork: (db: Queryable, tenantId: string) => Promise<number>;
}

/** Longer than a request runs that was let in before. */
const SUSPENDED_BEFORE_SECONDS = 120;

/**
 * Removes a tenant in two calls. The first suspends it, from when none of its credentials open anything. A later one, when
 * nothing is open any more, destroys its data keys in one transaction: its secrets and its customers' data cannot be read by
 * anybody then, while its ledger stays. Done once, it is done; a repeat answers the same.
 * @throws Problem not_found, validation_failed (another app name), state_conflict (suspended just now, or with open work)
 */
export async function removeTenant(
  context: RemoveContext,
  { tenantId, appName }: Pick<Tenant, 'tenantId' | 'appName'>,
): Promise<Tenant> {
  const { database, sealer, clock } = context;
  const { tenant, versions } = await database.transaction(async (tx) => {
    const before = await lockTenant(tx, tenantId);
    if (before === null) throw new Problem('not_found', 'There is no such tenant.');
    checkName(before, appName);
    const now = clock.now();
    if (before.status === 'removed') return { tenant: before, versions: [] };
    if (before.status === 'active') return { tenant: await changeStatus(tx, before, 'suspended', now), versions: [] };
    await checkIsOver(context, tx, before, now);
    return {
      versions: await destroyKeys(tx, tenantId, now),
      tenant: await changeStatus(tx, before, 'removed', now),
    };
  });
  // Other processes look at the keys once a minute.
  if (versions.length > 0) sealer.dataKeys.forget(tenantId, versions);
  return tenant;
}

/** Typed by a person, who cannot mean another tenant then. */
function checkName(tenant: Tenant, appName: string): void {
  if (tenant.appName === appName) return;
  throw new Problem('validation_failed', 'This is the app name of another tenant, or of none.', {
    errors: [{ pointer: '/appName', detail: 'Must be the app name of the tenant that is to be removed' }],
  });
}

async function checkIsOver(
  { countOpenWork }: RemoveContext,
  tx: Queryable,
  { tenantId }: Tenant,
  now: Temporal.Instant,
): Promise<void> {
  const from = (await selectChangedAt(tx, tenantId)).add({ seconds: SUSPENDED_BEFORE_SECONDS });
  if (Temporal.Instant.compare(now, from) < 0) {
    const detail = `The tenant was suspended a moment ago, and requests may still run. Repeat this from ${from}.`;
    throw new Problem('state_conflict', detail);
  }
  const open = await countOpenWork(tx, tenantId);
  if (open === 0) return;
  const detail = `The tenant is suspended, and ${open} payments or operations have no outcome yet. Repeat this when they do.`;
  throw new Problem('state_conflict', detail);
}

async function changeStatus(
  tx: Queryable,
  tenant: Tenant,
  status: Tenant['status'],
  now: Temporal.Instant,
): Promise<Tenant> {
  await updateStatus(tx, tenant.tenantId, status, now);
  return { ...tenant, status };
}
