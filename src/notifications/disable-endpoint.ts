import type { Clock } from '../kernel/clock.ts';
import type { Queryable } from '../platform/database.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { disableEndpoints } from './store-waiting.ts';

/**
 * Disables endpoints whose receivers said that they are gone for good, in the caller's transaction. What comes for them is
 * kept until somebody makes them active again. One that was paused, deleted or given another address since stays as it is.
 */
export async function disableGoneEndpoints(
  { tx, clock }: { readonly tx: Queryable; readonly clock: Clock },
  endpoints: readonly WebhookEndpoint[],
): Promise<void> {
  const byId = new Map(endpoints.map((endpoint) => [endpoint.endpointId, endpoint]));
  await disableEndpoints(tx, [...byId.values()], clock.now());
}
