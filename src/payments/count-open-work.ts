import type { Queryable } from '../platform/database.ts';
import * as store from './store-open-work.ts';

/** How many of a tenant's payments and operations have no outcome yet, so that its secrets are still needed. */
export function countOpenWork(db: Queryable, tenantId: string): Promise<number> {
  return store.countOpenWork(db, tenantId);
}
