import type { Queryable } from '../platform/database.ts';
import { selectOpenCount } from './store.ts';

/** How many accounts of the installation have an open circuit. */
export function countOpenCircuits(db: Queryable): Promise<number> {
  return selectOpenCount(db);
}
