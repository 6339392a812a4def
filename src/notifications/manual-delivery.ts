import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import type { StoredEvent } from './store-deliveries.ts';

/** A delivery that somebody asked for, due at once with the whole schedule before it. */
export function newManualDelivery(
  event: Pick<StoredEvent, 'tenantId' | 'eventId' | 'type' | 'paymentId' | 'mode'>,
  { endpointId }: Pick<WebhookEndpoint, 'endpointId'>,
  trigger: 'resend' | 'replay',
  clock: Clock,
): Delivery {
  const now = clock.now();
  return {
    tenantId: event.tenantId,
    deliveryId: newId('whd', clock),
    laneId: endpointId,
    eventId: event.eventId,
    eventType: event.type,
    paymentId: event.paymentId,
    mode: event.mode,
    endpointId,
    urlOverride: null,
    partnerKeyId: null,
    trigger,
    reason: 'manual',
    status: 'pending',
    attemptsMade: 0,
    dueAt: now,
    lastAttemptAt: null,
    lastStatusCode: null,
    lastError: null,
    createdAt: now,
  };
}
