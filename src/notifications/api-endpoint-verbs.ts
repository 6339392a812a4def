import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant } from '../kernel/shapes.ts';
import { ackPolicy } from './ack-policy.ts';
import { webhookEndpoint } from './api-endpoints.ts';
import { DIALECT_IDS } from './endpoint.ts';
import { NOT_TOLD, type NotTold } from './resolve-targets.ts';

const TAG = 'Notifications';

const one = z.strictObject({ id: z.string().max(64) });

export const pauseWebhookEndpoint = endpoint({
  id: 'pauseWebhookEndpoint',
  method: 'POST',
  path: '/api/v1/webhook-endpoints/{id}/pause',
  summary: 'Pause an endpoint',
  description: 'Nothing is sent to it from now on, but what is under way; what comes meanwhile is kept.',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:update' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: webhookEndpoint, description: 'The paused endpoint.' },
  problems: [],
});

export const resumeWebhookEndpoint = endpoint({
  id: 'resumeWebhookEndpoint',
  method: 'POST',
  path: '/api/v1/webhook-endpoints/{id}/resume',
  summary: 'Resume a paused or disabled endpoint',
  description:
    'What was kept for it is sent now: `all`, the `newest` about each object (of a payment that was created and ' +
    'succeeded meanwhile only the success), or `none`. What is not sent is canceled, stays listed, and can be sent again.',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:update' },
  idempotency: 'none',
  params: one,
  body: z
    .strictObject({ what: z.enum(['all', 'newest', 'none']).default('all') })
    .meta({ id: 'ResumeWebhookEndpoint' }),
  answer: { status: 200, schema: webhookEndpoint, description: 'The active endpoint.' },
  problems: [],
  example: { what: 'newest' },
});

const level = z.enum(['payment', 'product', 'tenant', 'default']).meta({
  description: 'Where it was set: for the payment, for its product, for the tenant, or nowhere.',
});
function won<Value extends z.ZodType>(value: Value) {
  return z.strictObject({ value, level });
}

export const HELD_BECAUSE = {
  endpoint_paused: 'The endpoint is paused.',
  endpoint_disabled: 'The endpoint was disabled because it failed for long or said that it is gone.',
  tenant_paused: 'All notifications of the tenant are paused.',
  product_paused: 'The notifications of the product are paused.',
} as const;
export type HeldBecause = keyof typeof HELD_BECAUSE;

const effective = z
  .strictObject({
    object: z.literal('effective_webhook_endpoint'),
    endpointId: z.string(),
    paymentId: z.string().nullable(),
    productId: z.string().nullable().meta({ description: 'Of the payment; without one, of the endpoint.' }),
    isMain: z.boolean().meta({ description: 'Whether a payment’s own notificationUrl replaces its address.' }),
    settings: z.strictObject({
      url: won(z.string()),
      dialect: won(z.enum(DIALECT_IDS)),
      ackPolicy: won(ackPolicy),
      schedule: won(z.array(z.int()).nullable()).meta({ description: 'null: as the dialect has it.' }),
      rateLimit: won(z.int().nullable()),
      eventTypes: won(z.array(z.string())).meta({
        description: 'With those of additional endpoints where they count for this one.',
      }),
      enabled: won(z.boolean()),
      paused: won(z.boolean()).meta({ description: 'By the settings of the tenant or the product.' }),
      adminEmail: won(z.string().nullable()),
      additionalTypesAlsoToMain: won(z.boolean()),
    }),
    held: z
      .strictObject({ because: z.enum(Object.keys(HELD_BECAUSE) as [HeldBecause]), detail: z.string() })
      .nullable()
      .meta({ description: 'Why nothing is sent at the moment, although it is kept; null: it is sent.' }),
    waiting: z.strictObject({
      count: z.int().meta({ description: 'Pending and held deliveries of the endpoint; counted up to 10000.' }),
      oldestAt: instant.nullable(),
    }),
    events: z.array(
      z.strictObject({
        type: z.enum(EVENT_TYPES),
        sent: z.boolean(),
        because: z
          .enum(Object.keys(NOT_TOLD) as [NotTold])
          .nullable()
          .meta({ description: 'Why not; null where it is sent.' }),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'EffectiveWebhookEndpoint' });
export type EffectiveAnswer = z.output<typeof effective>;

export const explainWebhookEndpoint = endpoint({
  id: 'explainWebhookEndpoint',
  method: 'GET',
  path: '/api/v1/webhook-endpoints/{id}/effective',
  summary: 'Explain what counts for an endpoint',
  description:
    'Each setting with its value and where it was made (payment over product over tenant), and for each type of event ' +
    'whether the endpoint is sent it and why not. With a payment: for that payment; without: for payments of the ' +
    'endpoint’s own product, or of none.',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  params: one,
  query: z.strictObject({ paymentId: z.string().max(64).optional() }),
  answer: { status: 200, schema: effective, description: 'What counts, and why.' },
  problems: [],
});
