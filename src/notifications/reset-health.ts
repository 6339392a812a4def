import type { Queryable } from '../platform/database.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { clearFailures } from './store-health.ts';

/** Whether what was seen of an endpoint says nothing about it any more: a person resumed it, or it leads elsewhere. */
export function startsAfresh(before: WebhookEndpoint, after: WebhookEndpoint): boolean {
  return (before.status !== 'active' && after.status === 'active') || before.url !== after.url;
}

/**
 * Forgets that an endpoint failed, in the caller's transaction, which holds the endpoint. Who disables one locks the two
 * rows the other way round: where they meet crosswise, one of them is run again.
 */
export async function resetHealth(tx: Queryable, { tenantId, endpointId }: WebhookEndpoint): Promise<void> {
  await clearFailures(tx, tenantId, endpointId);
}
