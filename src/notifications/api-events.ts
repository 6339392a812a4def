import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';

const one = z.strictObject({ id: z.string().max(64) });

export const event = z
  .strictObject({
    id: z.string(),
    type: z.enum(EVENT_TYPES),
    apiVersion: z.string(),
    createdAt: instant,
    mode: z.enum(['live', 'test']),
    tenantId: z.string(),
    data: z.strictObject({ object: z.record(z.string(), z.unknown()) }),
  })
  .meta({
    id: 'Event',
    description: 'What happened, with the object as it was right after; the body of notifications.',
  });
export type EventAnswer = z.infer<typeof event>;

export const listEvents = endpoint({
  id: 'listEvents',
  method: 'GET',
  path: '/api/v1/events',
  summary: 'List events, newest first',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'event:read' },
  idempotency: 'none',
  audit: 'counted for people',
  query: z.strictObject({
    ...pageQuery,
    paymentId: z.string().max(64).optional(),
    type: z.enum(EVENT_TYPES).optional(),
    since: instant.optional().meta({ description: 'What happened at this instant or later.' }),
    until: instant.optional().meta({ description: 'What happened before this instant.' }),
    undelivered: z
      .enum(['true', 'false'], 'Must be true or false')
      .transform((text) => text === 'true')
      .optional()
      .meta({
        description:
          'true: only events of which no delivery was acknowledged, also those that nobody was to be told of. A page may ' +
          'then be short, or empty, although more follow: go on while hasMore.',
      }),
  }),
  answer: { status: 200, schema: pageAnswer(event), description: 'A page of events.' },
  problems: [],
});

export const getEvent = endpoint({
  id: 'getEvent',
  method: 'GET',
  path: '/api/v1/events/{id}',
  summary: 'Read an event',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'event:read' },
  idempotency: 'none',
  audit: 'counted for people',
  params: one,
  answer: { status: 200, schema: event, description: 'The event.' },
  problems: ['event_expired'],
});
