import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';

const one = z.strictObject({ id: z.string().max(64) });

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
    trigger: z.enum(['automatic', 'resend', 'replay', 'test', 'simulation']),
    reason: z.enum(['tenant', 'product', 'payment', 'additional', 'partner', 'manual']).nullable().meta({
      description: 'Which setting sent it there.',
    }),
    status: z.enum(['pending', 'held', 'succeeded', 'exhausted', 'canceled']),
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
    status: z.enum(['pending', 'held', 'succeeded', 'exhausted', 'canceled']).optional(),
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
