import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { DIALECT_IDS } from './endpoint.ts';

const one = z.strictObject({ id: z.string().max(64) });
const id = z.string().max(64).optional();
const trigger = z.enum(['automatic', 'resend', 'replay', 'test', 'simulation']);

export const delivery = z
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
    trigger,
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

const headers = z.record(z.string(), z.string());
const ms = z.int().nullable();

const attempt = z
  .strictObject({
    number: z.int(),
    attemptedAt: instant,
    durationMs: z.int(),
    timings: z
      .strictObject({ firstByteMs: ms, dnsMs: ms, tcpMs: ms, tlsMs: ms })
      .nullable()
      .meta({ description: 'Name, TCP and TLS only where this attempt opened a connection; null: not kept then.' }),
    url: z.string(),
    remoteAddress: z.string().nullable().meta({ description: 'Where the answer came from.' }),
    requestHeaders: headers.nullable().meta({
      description: 'As they were sent; of signatures only that there were some. null: not kept then, or not sent.',
    }),
    outcome: z.enum(['acknowledged', 'refused', 'lost', 'not_sent']),
    statusCode: z.int().nullable(),
    error: z.string().nullable(),
    responseHeaders: headers.nullable().meta({ description: 'Repeated ones joined by commas.' }),
    responseBody: z.string().nullable().meta({ description: 'The first 64 KiB, read as UTF-8.' }),
  })
  .meta({ id: 'DeliveryAttempt' });

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
    paymentId: id,
    eventId: id,
    eventType: z.enum(EVENT_TYPES).optional(),
    endpointId: id,
    status: z.enum(['pending', 'held', 'succeeded', 'exhausted', 'canceled']).optional(),
    trigger: trigger.optional(),
    statusCode: z
      .string()
      .regex(/^[1-5]\d\d$|^[1-5]xx$/, 'Must be a status code such as 503, or a class such as 5xx')
      .optional()
      .meta({ description: 'Of the last answer: a code such as `503`, or a class such as `5xx`.' }),
    error: z
      .enum(['refused', 'lost', 'not_sent'])
      .optional()
      .meta({
        description:
          'How the last attempt failed: `refused` by an answer that acknowledges nothing, `lost` without a whole answer, ' +
          '`not_sent` before the receiver could hear of it.',
      }),
    createdAfter: instant.optional(),
    createdBefore: instant.optional(),
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
        whyNotSent: z
          .string()
          .nullable()
          .meta({ description: 'Why it is not acknowledged yet, or will not be, in words; null where it was.' }),
        attempts: z.array(attempt),
      })
      .meta({ id: 'DeliveryWithAttempts' }),
    description: 'The delivery, its attempts in order.',
  },
  problems: [],
});

const deliveryMessage = z
  .strictObject({
    object: z.literal('delivery_message'),
    deliveryId: z.string(),
    dialect: z.enum(DIALECT_IDS),
    attempt: z.int().nullable().meta({ description: 'The attempt it is stamped like; null: none was made yet.' }),
    body: z
      .string()
      .nullable()
      .meta({ description: 'null: it is encrypted or numbered anew for each attempt. An `authKey` is left out.' }),
    signedText: z
      .string()
      .nullable()
      .meta({ description: 'Its UTF-8 is what the signature covers; null where nothing is signed.' }),
    keyIds: z
      .array(z.string())
      .meta({ description: 'Of the secrets it is signed or encrypted with, the newest first.' }),
  })
  .meta({ id: 'DeliveryMessage' });
export type DeliveryMessageAnswer = z.infer<typeof deliveryMessage>;

export const getDeliveryMessage = endpoint({
  id: 'getDeliveryMessage',
  method: 'GET',
  path: '/api/v1/deliveries/{id}/message',
  summary: 'Read what a delivery says and what of it is signed',
  description:
    'The body of its last attempt and the exact text that the signature covers, written again from the event as the ' +
    'endpoint is set up now: messages are not kept. Compare them with what your receiver computes; signatures are not ' +
    'shown. A delivery that was not sent yet is written as if it were sent now.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'event:read' },
  idempotency: 'none',
  audit: 'counted for people',
  params: one,
  answer: {
    status: 200,
    schema: deliveryMessage,
    description: 'What it says.',
  },
  problems: ['state_conflict', 'event_expired'],
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
  problems: ['state_conflict', 'event_expired'],
});

export const resendEvent = endpoint({
  id: 'resendEvent',
  method: 'POST',
  path: '/api/v1/events/{id}/resend',
  summary: 'Send an event to an endpoint',
  description:
    'Also to an endpoint that was never told of it, or that does not ask for events of its type. The webhook-id stays; ' +
    'the delivery has the whole schedule of resends.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:execute' },
  idempotency: 'optional',
  audit: { class: 'change', shows: ['endpointId'] },
  params: one,
  body: z.strictObject({ endpointId: z.string().max(64) }).meta({ id: 'ResendEvent' }),
  answer: { status: 201, schema: delivery, description: 'The new delivery.' },
  problems: ['state_conflict', 'event_expired'],
  example: { endpointId: 'we_01kaj2m3n4p5q6r7s8t9v0w1x2' },
});
