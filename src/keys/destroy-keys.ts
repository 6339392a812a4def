import type { Queryable } from '../platform/database.ts';
import { destroyAll } from './store.ts';
import { deletePass } from './store-reseals.ts';

/**
 * Destroys all of a tenant's data keys in the caller's transaction: nothing that was sealed under them is ever opened again.
 * Returns the versions, for the caller to have them forgotten once it has committed.
 */
export async function destroyKeys(tx: Queryable, tenantId: string, at: Temporal.Instant): Promise<readonly number[]> {
  const versions = await destroyAll(tx, tenantId, at);
  await deletePass(tx, tenantId);
  return versions;
}
