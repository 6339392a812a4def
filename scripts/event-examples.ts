import { EVENT_TYPES, type EventType } from '../src/events/event.ts';
import { ManualClock } from '../src/kernel/clock.ts';
import { RETRY } from '../src/notifications/ack-policy.ts';
import type { WebhookEndpointAnswer } from '../src/notifications/api-endpoints.ts';
import type { DialectEvent } from '../src/notifications/dialects/dialect.ts';
import { type SampleObject, type SampleType, sampleObject } from '../src/simulations/sample-objects.ts';
import { newSampleLife, type SampleLife } from '../src/simulations/sample-payments.ts';

/** When the examples of docs/events.md happened. */
export const HAPPENED_AT = Temporal.Instant.from('2026-11-21T09:30:00.123Z');

const ID = '01kaj2m3n4p5q6r7s8t9v0w1x2';
const TENANT_ID = `ten_${ID}`;

/** As the endpoint's tenant reads it; a new member is missing here as long as it compiles. */
const ENDPOINT: WebhookEndpointAnswer = {
  id: `we_${ID}`,
  object: 'webhook_endpoint',
  mode: 'test',
  url: 'https://shop.example/webhooks',
  eventTypes: ['*'],
  dialect: 'standard',
  merchantCode: null,
  profile: null,
  productId: null,
  additional: false,
  ackPolicy: RETRY,
  schedule: null,
  rateLimit: null,
  ordered: false,
  testPassedAt: null,
  status: 'active',
  description: null,
  createdAt: HAPPENED_AT.toString(),
  updatedAt: HAPPENED_AT.toString(),
};

/** One event of each type, made by the mappers of the real objects, the same on every day. */
export function eventExamples(): ReadonlyMap<EventType, DialectEvent> {
  return new Map(EVENT_TYPES.map((type) => [type, exampleOf(type)]));
}

function exampleOf(type: EventType): DialectEvent {
  const life = exampleLife();
  const { object, paymentId, payment } = isAboutEndpoint(type) ? ABOUT_ENDPOINT : sampleObject(type, life);
  return {
    ...{ tenantId: TENANT_ID, mode: 'test', type, eventId: `evt_${ID}`, apiVersion: '2026-11-21' },
    ...{ createdAt: HAPPENED_AT, object, paymentId, notificationUrl: null },
    payment: payment === null ? null : { ...payment, ...toldBefore(life) },
  };
}

const ABOUT_ENDPOINT: SampleObject = { object: ENDPOINT, paymentId: null, payment: null };

function isAboutEndpoint(type: string): type is Exclude<EventType, SampleType> {
  return type.startsWith('endpoint.');
}

function exampleLife(): SampleLife {
  const owner = { tenantId: TENANT_ID, mode: 'test', productId: `prd_${ID}` } as const;
  const newId = (prefix: string) => `${prefix}_${ID}`;
  const [paymentId, attemptId, providerAccountId] = [newId('pay'), newId('att'), newId('pa')];
  return { ...newSampleLife(owner, new ManualClock(HAPPENED_AT)), newId, paymentId, attemptId, providerAccountId };
}

/** What dialects with words of their own look up beside the payment. */
function toldBefore(life: SampleLife) {
  const returned = sampleObject('reversal.succeeded', life).object;
  return { capture: sampleObject('capture.succeeded', life).object, reversal: returned };
}
