import type { Queryable } from '../platform/database.ts';
import type { Circuit } from './circuit.ts';
import { selectCircuits } from './store.ts';

/** Circuits of a tenant's accounts, by account; one that has never failed is missing. */
export function readCircuits(
  db: Queryable,
  tenantId: string,
  providerAccountIds: readonly string[],
): Promise<ReadonlyMap<string, Circuit>> {
  return selectCircuits(db, tenantId, providerAccountIds);
}
