import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { type Owner, selectEndpoint } from './store.ts';

/** An endpoint of the tenant and mode that is not deleted. @throws Problem not_found */
export async function findEndpoint(db: Queryable, owner: Owner, endpointId: string): Promise<WebhookEndpoint> {
  const endpoint = await selectEndpoint(db, owner, endpointId);
  if (endpoint === null) throw new Problem('not_found', 'There is no such endpoint.');
  return endpoint;
}
