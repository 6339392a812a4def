import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant } from '../kernel/shapes.ts';
import { event } from './api-events.ts';

const TAG = 'Notifications';
const one = z.strictObject({ id: z.string().max(64) });
const PAGE_MAX = 100;

const listener = z
  .strictObject({
    id: z.string(),
    object: z.literal('listener'),
    mode: z.enum(['live', 'test']),
    eventTypes: z.array(z.string()),
    createdAt: instant,
    expiresAt: instant.meta({ description: 'Moves on with every question; nothing is kept afterwards.' }),
  })
  .meta({ id: 'Listener', description: 'A program that follows events by asking for them.' });
export type ListenerAnswer = z.infer<typeof listener>;

export const createListener = endpoint({
  id: 'createListener',
  method: 'POST',
  path: '/api/v1/listeners',
  summary: 'Follow events without an address',
  description:
    'From now on every event of your mode is kept for this listener until it acknowledges it: none is lost while it is ' +
    'away, and none is shown again after that. `tollgate listen` is made of this. It is forgotten a day after it last ' +
    'asked; at most 20 at once.',
  tag: TAG,
  access: { by: 'tenant', scope: 'event:read' },
  idempotency: 'none',
  body: z
    .strictObject({
      eventTypes: z
        .array(z.enum(['*', ...EVENT_TYPES], 'Must be * or a known event type'))
        .min(1, 'Must name at least one event type')
        .max(50)
        .default(['*']),
    })
    .meta({ id: 'CreateListener' }),
  answer: { status: 201, schema: listener, description: 'The listener.' },
  problems: ['state_conflict'],
  example: { eventTypes: ['payment.succeeded'] },
});

export const getListenerEvents = endpoint({
  id: 'getListenerEvents',
  method: 'GET',
  path: '/api/v1/listeners/{id}/events',
  summary: 'Read the events that a listener has not acknowledged',
  description: 'Oldest first. The same events come until they are acknowledged. One question at a time waits.',
  tag: TAG,
  access: { by: 'tenant', scope: 'event:read' },
  idempotency: 'none',
  params: one,
  query: z.strictObject({
    limit: z.coerce.number().int().min(1, 'Must be 1 to 100').max(PAGE_MAX, 'Must be 1 to 100').default(PAGE_MAX),
    waitSeconds: z.coerce
      .number('Must be 0 to 25')
      .int()
      .min(0, 'Must be 0 to 25')
      .max(25, 'Must be 0 to 25')
      .default(0)
      .meta({ description: 'How long to wait for the first one where there is none.' }),
  }),
  answer: {
    status: 200,
    schema: z.strictObject({ data: z.array(event) }).meta({ id: 'ListenedEvents' }),
    description: 'The events.',
  },
  problems: [],
});

export const acknowledgeListenerEvents = endpoint({
  id: 'acknowledgeListenerEvents',
  method: 'POST',
  path: '/api/v1/listeners/{id}/acknowledge',
  summary: 'Take events off a listener’s list',
  description: 'The same again changes nothing.',
  tag: TAG,
  access: { by: 'tenant', scope: 'event:read' },
  idempotency: 'none',
  audit: 'nothing',
  params: one,
  body: z
    .strictObject({ eventIds: z.array(z.string().max(64)).min(1).max(PAGE_MAX) })
    .meta({ id: 'AcknowledgeEvents' }),
  answer: {
    status: 200,
    schema: z.strictObject({ acknowledged: z.int() }).meta({ id: 'AcknowledgedEvents' }),
    description: 'How many of them were still on the list.',
  },
  problems: [],
  example: { eventIds: ['evt_01kaj2m3n4p5q6r7s8t9v0w1x2'] },
});

export const deleteListener = endpoint({
  id: 'deleteListener',
  method: 'DELETE',
  path: '/api/v1/listeners/{id}',
  summary: 'Stop to follow events',
  tag: TAG,
  access: { by: 'tenant', scope: 'event:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: listener, description: 'The listener as it was.' },
  problems: [],
});
