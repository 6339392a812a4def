import type { Database } from '../platform/database.ts';
import { selectTenants } from './store.ts';
import type { Tenant } from './tenant.ts';

const PAGE = 500;

/** Every tenant of the installation, newest first, for an operator's terminal. */
export async function listTenants(database: Database): Promise<readonly Tenant[]> {
  const all: Tenant[] = [];
  for (;;) {
    const cursor = all.at(-1)?.tenantId;
    const rows = await selectTenants(database.query, { limit: PAGE, cursor });
    all.push(...rows.slice(0, PAGE));
    if (rows.length <= PAGE) return all;
  }
}
