import { createHash } from 'node:crypto';
import type { EventHead } from '../events/event.ts';
import type { FannedOut } from '../events/relay-outbox.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { findPartnerOrders } from '../partners/find-partner-orders.ts';
import type { Queryable } from '../platform/database.ts';
import type { Delivery } from './delivery.ts';
import { findDialect } from './dialects/find-dialect.ts';
import { type WebhookEndpoint, wants } from './endpoint.ts';
import { selectEndpointsOf } from './store.ts';
import { insertDeliveriesOfTaken } from './store-deliveries.ts';
import { selectSubjects } from './store-health.ts';

/** Where one event goes, and in whose queue it waits. */
type Target = Pick<Delivery, 'laneId' | 'endpointId' | 'urlOverride' | 'partnerKeyId' | 'reason'>;

/**
 * Turns events into deliveries, one for each address that wants them, and says which lanes have work now. What it gives
 * back is written by the relay. Safe to run again for the same events: a lane gets an event automatically once.
 */
export async function fanOutEvents(db: Queryable, clock: Clock, events: readonly EventHead[]): Promise<FannedOut> {
  if (events.length === 0) return { insert: null, work: [] };
  const endpoints = await selectEndpointsOf(db, [...new Set(events.map((event) => event.tenant_id))]);
  const partners = await findPartnerOrders(db, events.flatMap(withOwnAddress));
  const subjects = await findSubjects(db, events);
  const now = clock.now();
  const deliveries = events.flatMap((event) =>
    targetsOf(
      event,
      othersThan(endpoints, subjects.get(event.event_id)),
      partners.get(event.payment_id ?? '') ?? null,
    ).map((target) => newDelivery(event, target, clock, now)),
  );
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

function othersThan(endpoints: readonly WebhookEndpoint[], subject: string | undefined): readonly WebhookEndpoint[] {
  return subject === undefined ? endpoints : endpoints.filter(({ endpointId }) => endpointId !== subject);
}

/** What a partner made always has an address of its own, so that nothing is looked up for payments without one. */
function withOwnAddress({ tenant_id: tenantId, payment_id: paymentId, notification_url: url }: EventHead) {
  return paymentId === null || url === null ? [] : [{ tenantId, paymentId }];
}

/**
 * The endpoints that want the event and have a word for it. A payment's own address replaces the main endpoint's (the
 * tenant's oldest of the mode) and keeps its dialect and key; without any endpoint it stands alone, under the tenant's
 * default secret. Where a partner made the payment, the address is the partner's: it replaces nothing, and the tenant is
 * told as ever.
 */
function targetsOf(
  event: EventHead,
  endpoints: readonly WebhookEndpoint[],
  partnerKeyId: string | null,
): readonly Target[] {
  const own = endpoints.filter(({ tenantId, mode }) => tenantId === event.tenant_id && mode === event.mode);
  const [main] = own;
  const url = event.notification_url;
  const replaced = url === null || partnerKeyId !== null ? undefined : main;
  const targets = own
    .filter((endpoint) => endpoint !== replaced && isTold(endpoint, event.type))
    .map(({ endpointId }) => ({
      ...{ laneId: endpointId, endpointId, urlOverride: null, partnerKeyId: null },
      reason: 'tenant' as const,
    }));
  if (url === null) return targets;
  const address = { laneId: originLane(event, url, partnerKeyId), urlOverride: url, partnerKeyId };
  if (partnerKeyId !== null) {
    const told = findDialect('partner').speaks(event.type);
    return told ? [{ ...address, endpointId: null, reason: 'partner' }, ...targets] : targets;
  }
  if (main !== undefined && !isTold(main, event.type)) return targets;
  return [{ ...address, endpointId: main?.endpointId ?? null, reason: 'payment' }, ...targets];
}

function isTold(endpoint: WebhookEndpoint, eventType: string): boolean {
  return wants(endpoint, eventType) && findDialect(endpoint.dialect).speaks(eventType);
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
