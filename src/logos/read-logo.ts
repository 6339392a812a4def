import type { Database } from '../platform/database.ts';
import { selectLogo } from './store.ts';

/** Reads a tenant's image, a PNG, by its hash; null where there is none. */
export type ReadLogo = (tenantId: string, hash: string) => Promise<Uint8Array | null>;

/** Images go by content, so that none is read for another. */
export function createReadLogo(database: Database): ReadLogo {
  return (tenantId, hash) => selectLogo(database.query, tenantId, hash);
}
