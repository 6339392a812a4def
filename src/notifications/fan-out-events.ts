import { createHash } from 'node:crypto';
import type { EventHead } from '../events/event.ts';
import type { FannedOut } from '../events/relay-outbox.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import type { Delivery } from './delivery.ts';
import { type WebhookEndpoint, wants } from './endpoint.ts';
import { selectEndpointsOf } from './store.ts';
import { insertDeliveriesOfTaken } from './store-deliveries.ts';

/** Where one event goes, and in whose queue it waits. */
interface Target {
  readonly laneId: string;
  readonly endpointId: string | null;
  readonly urlOverride: string | null;
}

/**
 * Turns events into deliveries, one for each address that wants them, and says which lanes have work now. What it gives
 * back is written by the relay. Safe to run again for the same events: a lane gets an event automatically once.
 */
export async function fanOutEvents(db: Queryable, clock: Clock, events: readonly EventHead[]): Promise<FannedOut> {
  if (events.length === 0) return { insert: null, work: [] };
  const endpoints = await selectEndpointsOf(db, [...new Set(events.map((event) => event.tenant_id))]);
  const now = clock.now();
  const deliveries = events.flatMap((event) =>
    targetsOf(event, endpoints).map((target) => newDelivery(event, target, clock, now)),
  );
  return {
    insert: deliveries.length === 0 ? null : insertDeliveriesOfTaken(deliveries),
    work: deliveries.map(({ tenantId, laneId }) => ({ kind: 'delivery', laneId, tenantId, dueAt: now })),
  };
}

/**
 * The endpoints that want the event. A payment's own address replaces the main endpoint's (the tenant's oldest of the
 * mode) and keeps its key; without any endpoint it stands alone, under the tenant's default secret.
 */
function targetsOf(event: EventHead, endpoints: readonly WebhookEndpoint[]): readonly Target[] {
  const own = endpoints.filter(({ tenantId, mode }) => tenantId === event.tenant_id && mode === event.mode);
  const [main] = own;
  const targets = own
    .filter((endpoint) => wants(endpoint, event.type))
    .filter((endpoint) => event.notification_url === null || endpoint !== main)
    .map(({ endpointId }) => ({ laneId: endpointId, endpointId, urlOverride: null }));
  if (event.notification_url === null || (main !== undefined && !wants(main, event.type))) return targets;
  const override = {
    laneId: originLane(event, event.notification_url),
    endpointId: main?.endpointId ?? null,
    urlOverride: event.notification_url,
  };
  return [override, ...targets];
}

/** One lane an origin, not an address: addresses that differ per payment would make a lane each. */
function originLane(event: EventHead, url: string): string {
  const origin = URL.canParse(url) ? new URL(url).origin : 'invalid';
  const digest = createHash('sha256')
    .update(JSON.stringify([event.tenant_id, event.mode, origin]))
    .digest('hex');
  return `origin_${digest.slice(0, 32)}`;
}

function newDelivery(event: EventHead, target: Target, clock: Clock, now: Temporal.Instant): Delivery {
  return {
    ...target,
    tenantId: event.tenant_id,
    deliveryId: newId('whd', clock),
    eventId: event.event_id,
    eventType: event.type,
    paymentId: event.payment_id,
    mode: event.mode as Mode,
    trigger: 'automatic',
    status: 'pending',
    attemptsMade: 0,
    // By the time that counts for the tenant, which may stand still: then the present would never come.
    dueAt: event.created_at,
    lastAttemptAt: null,
    lastStatusCode: null,
    lastError: null,
    createdAt: now,
  };
}
