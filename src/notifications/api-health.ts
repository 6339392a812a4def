import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant } from '../kernel/shapes.ts';
import { HEALTH_STATES } from './endpoint-health.ts';

const rate = z.number().min(0).max(1).nullable();

const endpointWindow = z
  .strictObject({
    attempts: z.int(),
    acknowledged: z.int(),
    acknowledgementRate: rate.meta({ description: 'Acknowledged of all attempts; null where there were none.' }),
    latencyMs: z
      .strictObject({ p50: z.int(), p95: z.int() })
      .nullable()
      .meta({ description: 'From the request to the end of its answer, or to giving up; from counts by range.' }),
  })
  .meta({ id: 'EndpointHealthWindow' });

const endpointHealth = z
  .strictObject({
    object: z.literal('webhook_endpoint_health'),
    endpointId: z.string(),
    state: z.enum(HEALTH_STATES).meta({
      description:
        '`failing`: five attempts in a row and over five minutes, none acknowledged. `disabled`: that lasted for ' +
        '`disableAfterSeconds`, or the receiver answered 410.',
    }),
    acknowledgementRate: rate.meta({ description: 'Of the last 24 hours.' }),
    hours: z
      .array(z.strictObject({ hour: instant, ...endpointWindow.shape }))
      .meta({ description: 'The hours of the last week in which it was sent something, the oldest first.' }),
    windows: z.strictObject({ lastHour: endpointWindow, lastDay: endpointWindow, lastWeek: endpointWindow }).meta({
      description: 'By full hours and the one that has begun. Tests and simulations do not count.',
    }),
    consecutiveFailures: z.int(),
    failingSince: instant.nullable().meta({ description: 'The first failure after the last success.' }),
    noticedAt: instant.nullable().meta({ description: 'When you were told that it fails.' }),
    disableAt: instant.nullable().meta({ description: 'From when a further failure disables it; null: it does not.' }),
    lastSuccessAt: instant.nullable(),
    lastFailure: z
      .strictObject({ at: instant, statusCode: z.int().nullable(), error: z.string().nullable() })
      .nullable(),
    pending: z.int().meta({ description: 'Deliveries that wait in its queue, also while it is paused or disabled.' }),
    oldestPendingAt: instant.nullable(),
  })
  .meta({ id: 'EndpointHealth' });
export type EndpointHealthAnswer = z.infer<typeof endpointHealth>;

export const getWebhookEndpointHealth = endpoint({
  id: 'getWebhookEndpointHealth',
  method: 'GET',
  path: '/api/v1/webhook-endpoints/{id}/health',
  summary: 'Read how an endpoint fares',
  description: 'How it lately answered, what waits for it, and what becomes of it if it goes on like this.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  params: z.strictObject({ id: z.string().max(64) }),
  answer: { status: 200, schema: endpointHealth, description: 'The health of the endpoint.' },
  problems: [],
});
