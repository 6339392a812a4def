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
  audit: { class: 'change', shows: ['what'] },
  params: one,
  body: z
    .strictObject({ what: z.enum(['all', 'newest', 'none']).default('all') })
    .meta({ id: 'ResumeWebhookEndpoint' }),
  answer: { status: 200, schema: webhookEndpoint, description: 'The active endpoint.' },
  problems: [],
  example: { what: 'newest' },
});

const purpose = z.enum(['signing', 'signing_ed25519', 'data_protection', 'notification']);

export const rotateWebhookSecret = endpoint({
  id: 'rotateWebhookSecret',
  method: 'POST',
  path: '/api/v1/webhook-endpoints/{id}/rotate-secret',
  summary: 'Give an endpoint a new secret',
  description:
    'The new secret is shown once. Until the overlap ends the old one is valid too: `standard` signs with both, ' +
    '`encrypted` names the key by `kid`, the other dialects go on with the old one until then. At most three of a ' +
    'purpose are valid at a time; `overlapSeconds` 0 ends the others at once, for a secret that has leaked. A test ' +
    'that the endpoint passed counts no more.',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:update' },
  stepUp: true,
  idempotency: 'optional',
  audit: { class: 'security', shows: ['overlapSeconds'] },
  params: one,
  secretsInBody: true,
  body: z
    .strictObject({
      overlapSeconds: z.int().min(0).max(604_800, 'Must be at most 604800, which is a week').default(86_400),
      secret: z.string().max(512, 'Must be at most 512 characters').optional().meta({
        description: 'Generated unless given.',
      }),
      purpose: purpose.optional().meta({
        description:
          'The dialect’s main one unless given. `signing_ed25519`: `standard` signs with a key pair as well, and the ' +
          'answer holds its public half.',
      }),
    })
    .meta({ id: 'RotateWebhookSecret' }),
  answer: {
    status: 200,
    schema: z
      .strictObject({
        object: z.literal('webhook_secret'),
        id: z.string().meta({ description: '`kid` of the dialect `encrypted`.' }),
        endpointId: z.string(),
        purpose,
        secret: z.string().nullable().meta({ description: 'Shown here only; null for a key pair.' }),
        publicKey: z.string().nullable().meta({ description: 'Of a key pair: `whpk_` and base64.' }),
        previousValidUntil: instant.nullable().meta({ description: 'null: no other secret is valid.' }),
      })
      .meta({ id: 'RotatedWebhookSecret' }),
    description: 'The new secret.',
  },
  problems: ['state_conflict'],
  example: { overlapSeconds: 3_600 },
});

export const readWebhookSecrets = endpoint({
  id: 'readWebhookSecrets',
  method: 'GET',
  path: '/api/v1/webhook-endpoints/{id}/secrets',
  summary: 'Read which secrets of an endpoint are valid',
  description: 'Without the secrets themselves; of key pairs the public half.',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  params: one,
  answer: {
    status: 200,
    schema: z.strictObject({
      data: z.array(
        z
          .strictObject({
            object: z.literal('webhook_secret'),
            id: z.string(),
            purpose,
            publicKey: z.string().nullable(),
            createdAt: instant,
            expiresAt: instant.nullable().meta({ description: 'null: it is the one that stays.' }),
          })
          .meta({ id: 'WebhookSecret' }),
      ),
    }),
    description: 'The valid secrets, of each purpose the newest first.',
  },
  problems: [],
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
