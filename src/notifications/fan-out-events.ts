import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import type { LaneWork } from '../platform/lanes.ts';
import type { Delivery } from './delivery.ts';
import { type WebhookEndpoint, wants } from './endpoint.ts';
import { selectEndpointsOf } from './store.ts';
import { insertDeliveries, type StoredEvent, selectEventsByIds } from './store-deliveries.ts';

/** Where one event goes, and in whose queue it waits. */
interface Target {
  readonly laneId: string;
  readonly endpointId: string | null;
  readonly urlOverride: string | null;
}

/**
 * Turns events into deliveries, one for each address that wants them, and says which lanes have work now. Safe to run
 * again for the same events: a lane gets an event automatically once.
 */
export async function fanOutEvents(
  tx: Queryable,
  clock: Clock,
  ids: readonly { readonly tenantId: string; readonly eventId: string }[],
): Promise<readonly LaneWork[]> {
  const events = await selectEventsByIds(tx, ids);
  const endpoints = await selectEndpointsOf(tx, [...new Set(events.map(({ tenantId }) => tenantId))]);
  const now = clock.now();
  const deliveries = events.flatMap((event) =>
    targetsOf(event, endpoints).map((target) => newDelivery(event, target, clock, now)),
  );
  await insertDeliveries(tx, deliveries);
  return deliveries.map(({ tenantId, laneId }) => ({ kind: 'delivery', laneId, tenantId, dueAt: now }));
}

/**
 * The endpoints that want the event. A payment's own address replaces the main endpoint's (the tenant's oldest of the
 * mode) and keeps its key; without any endpoint it stands alone, under the tenant's default secret.
 */
function targetsOf(event: StoredEvent, endpoints: readonly WebhookEndpoint[]): readonly Target[] {
  const own = endpoints.filter(({ tenantId, mode }) => tenantId === event.tenantId && mode === event.mode);
  const [main] = own;
  const targets = own
    .filter((endpoint) => wants(endpoint, event.type))
    .filter((endpoint) => event.notificationUrl === null || endpoint !== main)
    .map(({ endpointId }) => ({ laneId: endpointId, endpointId, urlOverride: null }));
  if (event.notificationUrl === null || (main !== undefined && !wants(main, event.type))) return targets;
  const override = {
    laneId: originLane(event, event.notificationUrl),
    endpointId: main?.endpointId ?? null,
    urlOverride: event.notificationUrl,
  };
  return [override, ...targets];
}

/** One lane an origin, not an address: addresses that differ per payment would make a lane each. */
function originLane(event: StoredEvent, url: string): string {
  const origin = URL.canParse(url) ? new URL(url).origin : 'invalid';
  const digest = createHash('sha256')
    .update(JSON.stringify([event.tenantId, event.mode, origin]))
    .digest('hex');
  return `origin_${digest.slice(0, 32)}`;
}

function newDelivery(event: StoredEvent, target: Target, clock: Clock, now: Temporal.Instant): Delivery {
  return {
    ...target,
    tenantId: event.tenantId,
    deliveryId: newId('whd', clock),
    eventId: event.eventId,
    eventType: event.type,
    paymentId: event.paymentId,
    mode: event.mode,
    trigger: 'automatic',
    status: 'pending',
    attemptsMade: 0,
    // By the time that counts for the tenant, which may stand still: then the present would never come.
    dueAt: event.createdAt,
    lastAttemptAt: null,
    lastStatusCode: null,
    lastError: null,
    createdAt: now,
  };
}
