import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { DIALECT_IDS } from './endpoint.ts';

const one = z.strictObject({ id: z.string().max(64) });

const url = z.string().min(1).max(2_048).meta({ description: 'https; reachable from the internet.' });
const eventTypes = z
  .array(z.enum(['*', ...EVENT_TYPES], 'Must be * or a known event type'))
  .min(1, 'Must name at least one event type')
  .max(50)
  .meta({ description: '`*` for all, or names of event types.' });

const webhookEndpoint = z
  .strictObject({
    id: z.string(),
    object: z.literal('webhook_endpoint'),
    mode: z.enum(['live', 'test']),
    url: z.string(),
    eventTypes: z.array(z.string()),
    dialect: z.enum(DIALECT_IDS),
    merchantCode: z.string().nullable().meta({ description: 'Dialect `partner`: what the receiver knows you by.' }),
    status: z.enum(['active', 'paused']),
    description: z.string().nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'WebhookEndpoint' });
export type WebhookEndpointAnswer = z.infer<typeof webhookEndpoint>;

export const createWebhookEndpoint = endpoint({
  id: 'createWebhookEndpoint',
  method: 'POST',
  path: '/api/v1/webhook-endpoints',
  summary: 'Add an endpoint',
  description: 'The answer holds the signing secret, the only time it is shown.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:create' },
  idempotency: 'optional',
  body: z
    .strictObject({
      url,
      eventTypes: eventTypes.default(['*']),
      dialect: z
        .enum(DIALECT_IDS)
        .default('standard')
        .meta({ description: 'How notifications look; events that a dialect has no word for are not sent.' }),
      merchantCode: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Must be 1 to 64 characters of A-Z a-z 0-9 _ -')
        .optional()
        .meta({ description: 'Dialect `partner` only: what the receiver knows you by; your tenant id unless given.' }),
      secret: z.string().max(512).optional().meta({
        description: '`standard`: `whsec_` and 24 to 64 bytes in base64; `partner`: any text. Generated unless given.',
      }),
      description: line(200).optional(),
    })
    .refine((body) => body.merchantCode === undefined || body.dialect === 'partner', {
      path: ['merchantCode'],
      error: 'Must be left out unless the dialect is partner',
    })
    .meta({ id: 'CreateWebhookEndpoint' }),
  answer: {
    status: 201,
    schema: z.strictObject({ ...webhookEndpoint.shape, secret: z.string() }).meta({ id: 'CreatedWebhookEndpoint' }),
    description: 'The endpoint with its secret.',
  },
  problems: ['target_not_allowed'],
  example: { url: 'https://shop.example/webhooks', eventTypes: ['payment.succeeded', 'refund.succeeded'] },
});

export const listWebhookEndpoints = endpoint({
  id: 'listWebhookEndpoints',
  method: 'GET',
  path: '/api/v1/webhook-endpoints',
  summary: 'List endpoints, newest first',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(webhookEndpoint), description: 'A page of endpoints.' },
  problems: [],
});

export const getWebhookEndpoint = endpoint({
  id: 'getWebhookEndpoint',
  method: 'GET',
  path: '/api/v1/webhook-endpoints/{id}',
  summary: 'Read an endpoint',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: webhookEndpoint, description: 'The endpoint.' },
  problems: [],
});

export const updateWebhookEndpoint = endpoint({
  id: 'updateWebhookEndpoint',
  method: 'PATCH',
  path: '/api/v1/webhook-endpoints/{id}',
  summary: 'Change, pause or resume an endpoint',
  description: 'What happens while it is paused is kept and sent when it is active again.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:update' },
  idempotency: 'none',
  params: one,
  body: z
    .strictObject({
      url: url.optional(),
      eventTypes: eventTypes.optional(),
      status: z.enum(['active', 'paused']).optional(),
      description: line(200).nullable().optional(),
    })
    .meta({ id: 'UpdateWebhookEndpoint' }),
  answer: { status: 200, schema: webhookEndpoint, description: 'The endpoint as it is now.' },
  problems: ['target_not_allowed'],
  example: { status: 'paused' },
});

export const deleteWebhookEndpoint = endpoint({
  id: 'deleteWebhookEndpoint',
  method: 'DELETE',
  path: '/api/v1/webhook-endpoints/{id}',
  summary: 'Delete an endpoint',
  description: 'What still waits for it is canceled.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:delete' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: webhookEndpoint, description: 'The endpoint as it was.' },
  problems: [],
});

const delivery = z
  .strictObject({
    id: z.string(),
    object: z.literal('delivery'),
    eventId: z.string(),
    eventType: z.string(),
    paymentId: z.string().nullable(),
    endpointId: z.string().nullable(),
    url: z.string().nullable().meta({ description: 'Set where a payment’s own address is used.' }),
    partnerKeyId: z
      .string()
      .nullable()
      .meta({ description: 'Set where a partner is told of a payment that it made; its key signs.' }),
    trigger: z.enum(['automatic', 'resend']),
    status: z.enum(['pending', 'succeeded', 'exhausted', 'canceled']),
    attemptsMade: z.int(),
    nextAttemptAt: instant.nullable(),
    lastAttemptAt: instant.nullable(),
    lastStatusCode: z.int().nullable(),
    lastError: z.string().nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Delivery' });
export type DeliveryAnswer = z.infer<typeof delivery>;

export const listDeliveries = endpoint({
  id: 'listDeliveries',
  method: 'GET',
  path: '/api/v1/deliveries',
  summary: 'List deliveries, newest first',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    paymentId: z.string().max(64).optional(),
    endpointId: z.string().max(64).optional(),
    status: z.enum(['pending', 'succeeded', 'exhausted', 'canceled']).optional(),
  }),
  answer: { status: 200, schema: pageAnswer(delivery), description: 'A page of deliveries.' },
  problems: [],
});

export const getDelivery = endpoint({
  id: 'getDelivery',
  method: 'GET',
  path: '/api/v1/deliveries/{id}',
  summary: 'Read a delivery with every attempt',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  params: one,
  answer: {
    status: 200,
    schema: z
      .strictObject({
        ...delivery.shape,
        attempts: z.array(
          z.strictObject({
            number: z.int(),
            attemptedAt: instant,
            durationMs: z.int(),
            url: z.string(),
            outcome: z.enum(['acknowledged', 'refused', 'lost', 'not_sent']),
            statusCode: z.int().nullable(),
            error: z.string().nullable(),
            responseBody: z.string().nullable().meta({ description: 'The first 16 KiB, read as UTF-8.' }),
          }),
        ),
      })
      .meta({ id: 'DeliveryWithAttempts' }),
    description: 'The delivery, its attempts in order.',
  },
  problems: [],
});

export const resendDelivery = endpoint({
  id: 'resendDelivery',
  method: 'POST',
  path: '/api/v1/deliveries/{id}/resend',
  summary: 'Send an event again',
  description: 'A new delivery of the same event under the same webhook-id, with the whole schedule of resends.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:execute' },
  idempotency: 'optional',
  params: one,
  answer: { status: 201, schema: delivery, description: 'The new delivery.' },
  problems: ['state_conflict'],
});

const event = z
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
  query: z.strictObject({
    ...pageQuery,
    paymentId: z.string().max(64).optional(),
    type: z.enum(EVENT_TYPES).optional(),
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
  params: one,
  answer: { status: 200, schema: event, description: 'The event.' },
  problems: [],
});
