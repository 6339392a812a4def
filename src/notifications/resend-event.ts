import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import type { Delivery } from './delivery.ts';
import { findDialect } from './dialects/find-dialect.ts';
import { refuseEmptied } from './event-expired.ts';
import { newManualDelivery } from './manual-delivery.ts';
import { type ResendGuard, refuseResend } from './resend-guard.ts';
import { type Owner, selectEndpoint } from './store.ts';
import { insertDelivery } from './store-deliveries.ts';
import { selectEvent } from './store-events.ts';

interface ResendContext {
  readonly tx: Queryable;
  readonly clock: TenantClock;
  readonly resendGuard: ResendGuard;
  readonly keptSince: Temporal.Instant;
}

/**
 * Sends an event to an endpoint, whether or not it was ever told or asked to be. In the caller's transaction.
 * @throws Problem not_found, event_expired (the event), validation_failed (the endpoint), state_conflict where the endpoint's dialect has
 * no word for it or where it must not be sent again
 */
export async function resendEvent(
  { tx, clock, resendGuard, keptSince }: ResendContext,
  owner: Owner,
  eventId: string,
  endpointId: string,
): Promise<Delivery> {
  const event = await selectEvent(tx, owner, eventId);
  if (event === null) throw new Problem('not_found', 'There is no such event.');
  refuseEmptied(event, keptSince);
  const endpoint = await selectEndpoint(tx, owner, endpointId);
  if (endpoint === null) {
    const errors = [{ pointer: '/endpointId', detail: 'Must name an endpoint of yours, of this mode' }];
    throw new Problem('validation_failed', undefined, { errors });
  }
  if (!findDialect(endpoint.dialect).speaks(event.type)) {
    throw new Problem('state_conflict', `The dialect ${endpoint.dialect} has no word for ${event.type}.`);
  }
  await refuseResend(resendGuard, tx, owner, event);
  const delivery = newManualDelivery(event, endpoint, 'resend', clock);
  await insertDelivery(tx, delivery);
  const { laneId, tenantId, createdAt } = delivery;
  const dueAt = clock.laneTimeOf(createdAt) ?? createdAt;
  await addLaneWork(tx, [{ kind: 'delivery', laneId, tenantId, dueAt }]);
  return delivery;
}
