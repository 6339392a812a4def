import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { ackPolicy } from './ack-policy.ts';
import { DIALECT_IDS, PARTNER_PROFILE_IDS } from './endpoint.ts';

const one = z.strictObject({ id: z.string().max(64) });

const url = z.string().min(1).max(2_048).meta({ description: 'https; reachable from the internet.' });
const eventTypes = z
  .array(z.enum(['*', ...EVENT_TYPES], 'Must be * or a known event type'))
  .min(1, 'Must name at least one event type')
  .max(50)
  .meta({ description: '`*` for all, or names of event types.' });

const settings = {
  productId: z.string().max(64).nullable().optional().meta({ description: 'Only payments of this product.' }),
  additional: z.boolean().optional().meta({ description: 'Beside the main endpoint, with event types of its own.' }),
  ackPolicy: ackPolicy.optional().meta({ description: 'What counts as acknowledged, and what happens if it is not.' }),
  schedule: z
    .array(z.int().min(1).max(604_800))
    .min(1)
    .max(20)
    .nullable()
    .optional()
    .meta({ description: 'Seconds before each resend; null: as the dialect has it.' }),
  rateLimit: z.int().min(1).max(10_000).nullable().optional().meta({ description: 'Requests per second.' }),
  ordered: z.boolean().optional().meta({ description: 'Send the events of a payment one after the other.' }),
  disableAfterSeconds: z
    .int('Must be a whole number of seconds')
    .min(3_600, 'Must be at least an hour')
    .max(2_592_000, 'Must be at most 30 days')
    .nullable()
    .optional()
    .meta({
      description: 'Seconds of failure without one success until it is disabled; 5 days unless given, null: never.',
    }),
};

const profile = z
  .enum(PARTNER_PROFILE_IDS, 'Must be bluecom or neopay')
  .meta({ description: 'Dialect `partner` only: how messages look and are signed; `bluecom` unless given.' });
const merchantCode = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Must be 1 to 64 characters of A-Z a-z 0-9 _ -')
  .meta({ description: 'Dialect `partner` only: what the receiver knows you by; your tenant id unless given.' });

const givenSecret = z.string().max(512, 'Must be at most 512 characters').optional();
const givenSecrets = {
  secret: givenSecret.meta({
    description:
      '`standard`: `whsec_` and 24 to 64 bytes in base64; `bluesnap`, `bluesnap-receipt` and `partner`: any text; ' +
      '`encrypted` and `encrypted-legacy`: the notification key. Generated unless given.',
  }),
  dataProtectionKey: givenSecret.meta({
    description:
      '`bluesnap`: where there is one, each body carries `authKey`. `bluesnap-receipt`: generated unless given.',
  }),
  notificationKey: givenSecret.meta({
    description:
      '`encrypted`: 32 bytes in base64url; `encrypted-legacy`: 32 hexadecimal digits. Generated unless given.',
  }),
};
const shownSecrets = {
  dataProtectionKey: z.string().optional().meta({ description: 'Where one was made or given now; shown here only.' }),
  notificationKey: z.string().optional().meta({ description: 'Where one was made or given now; shown here only.' }),
};

export const webhookEndpoint = z
  .strictObject({
    id: z.string(),
    object: z.literal('webhook_endpoint'),
    mode: z.enum(['live', 'test']),
    url: z.string(),
    eventTypes: z.array(z.string()),
    dialect: z.enum(DIALECT_IDS),
    merchantCode: z.string().nullable().meta({ description: 'Dialect `partner`: what the receiver knows you by.' }),
    profile: z
      .enum(PARTNER_PROFILE_IDS)
      .nullable()
      .meta({ description: 'Dialect `partner`: how messages look and are signed.' }),
    productId: z.string().nullable(),
    additional: z.boolean(),
    ackPolicy,
    schedule: z.array(z.int()).nullable(),
    rateLimit: z.int().nullable(),
    ordered: z.boolean(),
    disableAfterSeconds: z.int().nullable(),
    testPassedAt: instant.nullable().meta({ description: 'When a test of it as it is now was acknowledged.' }),
    status: z.enum(['active', 'paused', 'disabled']).meta({
      description: '`disabled`: by us, after long failure or HTTP 410. What comes is kept.',
    }),
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
  description:
    'The answer holds the secrets, the only time they are shown. A tenant has at most 50 endpoints of a mode.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:create' },
  stepUp: true,
  fourEyes: true,
  idempotency: 'optional',
  audit: {
    class: 'change',
    shows: [
      'eventTypes',
      'dialect',
      'ackPolicy',
      'schedule',
      'rateLimit',
      'ordered',
      'productId',
      'additional',
      'status',
      'disableAfterSeconds',
      'profile',
    ],
  },
  body: z
    .strictObject({
      url,
      eventTypes: eventTypes.default(['*']),
      dialect: z
        .enum(DIALECT_IDS)
        .default('standard')
        .meta({ description: 'How notifications look; events that a dialect has no word for are not sent.' }),
      merchantCode: merchantCode.optional(),
      profile: profile.optional(),
      ...givenSecrets,
      ...settings,
      description: line(200).optional(),
    })
    .refine((body) => body.merchantCode === undefined || body.dialect === 'partner', {
      path: ['merchantCode'],
      error: 'Must be left out unless the dialect is partner',
    })
    .refine((body) => body.profile === undefined || body.dialect === 'partner', {
      path: ['profile'],
      error: 'Must be left out unless the dialect is partner',
    })
    .meta({ id: 'CreateWebhookEndpoint' }),
  answer: {
    status: 201,
    schema: z
      .strictObject({ ...webhookEndpoint.shape, secret: z.string(), ...shownSecrets })
      .meta({ id: 'CreatedWebhookEndpoint' }),
    description: 'The endpoint with its secrets.',
  },
  problems: ['target_not_allowed', 'ack_policy_not_ready', 'too_many_endpoints'],
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
  description:
    'What happens while it is paused is kept and sent when it is active again. Another `dialect` brings its secrets ' +
    'along, given here or generated and shown in the answer; those of the old one end at once, except what both take. ' +
    'Without one, secrets are rotated with /rotate-secret.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:update' },
  stepUp: true,
  fourEyes: true,
  idempotency: 'none',
  audit: {
    class: 'change',
    shows: [
      'eventTypes',
      'dialect',
      'ackPolicy',
      'schedule',
      'rateLimit',
      'ordered',
      'productId',
      'additional',
      'status',
      'disableAfterSeconds',
      'profile',
    ],
  },
  params: one,
  body: z
    .strictObject({
      url: url.optional(),
      eventTypes: eventTypes.optional(),
      dialect: z.enum(DIALECT_IDS).optional(),
      merchantCode: merchantCode.optional(),
      profile: profile.optional(),
      ...givenSecrets,
      status: z.enum(['active', 'paused']).optional(),
      ...settings,
      description: line(200).nullable().optional(),
    })
    .meta({ id: 'UpdateWebhookEndpoint' }),
  answer: {
    status: 200,
    schema: z
      .strictObject({
        ...webhookEndpoint.shape,
        secret: z.string().optional().meta({ description: 'Where one was made or given now; shown here only.' }),
        ...shownSecrets,
      })
      .meta({ id: 'ChangedWebhookEndpoint' }),
    description: 'The endpoint as it is now, with secrets that were made.',
  },
  problems: ['target_not_allowed', 'ack_policy_not_ready', 'state_conflict'],
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
