import { EVENT_API_VERSION, type EventType } from '../events/event.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import type { DialectEvent } from '../notifications/dialects/dialect.ts';
import { type SampleObject, type SampleType, sampleObject } from './sample-objects.ts';
import { newSampleLife, type SampleOwner } from './sample-payments.ts';

/**
 * An event that never happened, for dialects to write as they would a real one. It is nowhere among the events, so that
 * nobody who reads them takes it for true. `endpointObject` is what events about an endpoint carry.
 */
export function sampleEvent(type: EventType, owner: SampleOwner, endpointObject: unknown, clock: Clock): DialectEvent {
  const { tenantId, mode, productId } = owner;
  const sample: SampleObject = isAboutEndpoint(type)
    ? { object: endpointObject, paymentId: null, payment: null }
    : sampleObject(type, newSampleLife({ tenantId, mode, productId }, clock));
  return {
    ...{ tenantId, mode, type },
    eventId: newId('evt', clock),
    apiVersion: EVENT_API_VERSION,
    notificationUrl: null,
    createdAt: clock.now(),
    ...sample,
  };
}

function isAboutEndpoint(type: EventType): type is Exclude<EventType, SampleType> {
  return type.startsWith('endpoint.');
}

/** Sent as a test where a dialect has no word for `endpoint.test`, in this order of preference. */
const STAND_INS = ['payment.succeeded', 'payment.authorized', 'refund.succeeded'] as const satisfies EventType[];

/**
 * The event that tests an endpoint: `endpoint.test`, or in dialects that only speak of money a payment that never was,
 * marked as one of test mode also for a live endpoint.
 */
export function testEvent(
  owner: SampleOwner,
  { speaks, object }: { readonly speaks: (eventType: string) => boolean; readonly object: unknown },
  clock: Clock,
): DialectEvent {
  const own = 'endpoint.test';
  const standIn = speaks(own) ? undefined : STAND_INS.find(speaks);
  return standIn === undefined
    ? sampleEvent(own, owner, object, clock)
    : sampleEvent(standIn, { ...owner, mode: 'test' }, object, clock);
}
