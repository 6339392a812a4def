import { createHash } from 'node:crypto';
import type { EventHead } from '../events/event.ts';
import type { FannedOut } from '../events/relay-outbox.ts';
import { present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { findPartnerOrders } from '../partners/find-partner-orders.ts';
import type { Queryable } from '../platform/database.ts';
import type { Delivery } from './delivery.ts';
import { readSetups } from './read-setup.ts';
import { type NotificationScope, scopeOf, type Target, targetsOf } from './resolve-targets.ts';
import { insertDeliveriesOfTaken } from './store-deliveries.ts';
import { selectSubjects } from './store-health.ts';

/**
 * Turns events into deliveries, one for each address that wants them, and says which lanes have work now. What it gives
 * back is written by the relay. Safe to run again for the same events: a lane gets an event automatically once.
 */
export async function fanOutEvents(db: Queryable, clock: Clock, events: readonly EventHead[]): Promise<FannedOut> {
  if (events.length === 0) return { insert: null, work: [] };
  const findScope = await readScopes(db, [...new Set(events.map((event) => event.tenant_id))]);
  const partners = await findPartnerOrders(db, events.flatMap(withOwnAddress));
  const subjects = await findSubjects(db, events);
  const now = clock.now();
  const deliveries = events.flatMap((event) => {
    const partnerKeyId = partners.get(event.payment_id ?? '') ?? null;
    const address = { notificationUrl: event.notification_url, partnerKeyId };
    const subject = subjects.get(event.event_id);
    return targetsOf(findScope(event), address, event.type)
      .filter(({ endpointId }) => endpointId !== subject)
      .map((target) => newDelivery(event, target, clock, now));
  });
  return {
    insert: deliveries.length === 0 ? null : insertDeliveriesOfTaken(deliveries),
    work: deliveries.map(({ tenantId, laneId }) => ({ kind: 'delivery', laneId, tenantId, dueAt: now })),
  };
}

/** Events about endpoints are not sent to the very endpoint they are about. */
function findSubjects(db: Queryable, events: readonly EventHead[]): Promise<ReadonlyMap<string, string>> {
  return selectSubjects(
    db,
    events.filter(({ type }) => type === 'endpoint.failing' || type === 'endpoint.disabled'),
  );
}

/** What a partner made always has an address of its own, so that nothing is looked up for payments without one. */
function withOwnAddress({ tenant_id: tenantId, payment_id: paymentId, notification_url: url }: EventHead) {
  return paymentId === null || url === null ? [] : [{ tenantId, paymentId }];
}

/** What counts for each event, worked out once for all of a tenant, a mode and a product. */
async function readScopes(
  db: Queryable,
  tenantIds: readonly string[],
): Promise<(event: EventHead) => NotificationScope> {
  const setupOf = await readSetups(db, tenantIds);
  const scopes = new Map<string, NotificationScope>();
  return ({ tenant_id: tenantId, mode, product_id: productId }) => {
    const name = `${tenantId} ${mode} ${productId ?? ''}`;
    const known = scopes.get(name);
    if (known !== undefined) return known;
    const scope = scopeOf(setupOf({ tenantId, mode: mode as Mode }), productId);
    scopes.set(name, scope);
    return scope;
  };
}

/** A payment's own address waits in the queue of its origin, everything else in that of its endpoint. */
function laneOf(event: EventHead, { endpointId, urlOverride, partnerKeyId }: Target): string {
  if (urlOverride !== null) return originLane(event, urlOverride, partnerKeyId);
  return present(endpointId, 'an endpoint where there is no address');
}

/** One lane an origin, not an address: addresses that differ per payment would make a lane each. A partner has its own. */
function originLane(event: EventHead, url: string, partnerKeyId: string | null): string {
  const origin = URL.canParse(url) ? new URL(url).origin : 'invalid';
  const name = [event.tenant_id, event.mode, origin, ...(partnerKeyId === null ? [] : [partnerKeyId])];
  const digest = createHash('sha256').update(JSON.stringify(name)).digest('hex');
  return `origin_${digest.slice(0, 32)}`;
}

function newDelivery(event: EventHead, target: Target, clock: Clock, now: Temporal.Instant): Delivery {
  return {
    ...target,
    laneId: laneOf(event, target),
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
