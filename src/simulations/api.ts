import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { DIALECT_IDS } from '../notifications/endpoint.ts';

const TAG = 'Notifications';
const one = z.strictObject({ id: z.string().max(64) });
const eventType = z.enum(EVENT_TYPES, 'Must be a known event type');
const headers = z.record(z.string(), z.string());

const answered = z.strictObject({
  status: z.int(),
  durationMs: z.int(),
  headers: headers.meta({ description: 'Repeated ones joined by commas.' }),
  body: z.string().meta({ description: 'The first 4 KiB, read as UTF-8.' }),
  remoteAddress: z.string().nullable(),
});

const trialFields = {
  passed: z.boolean().meta({ description: 'Whether it was acknowledged as the endpoint asks for.' }),
  problem: z.string().nullable().meta({ description: 'What to look at, in words; null where it passed.' }),
  deliveryId: z.string().meta({ description: 'The delivery on record; it is never repeated.' }),
  eventId: z.string().meta({ description: 'Of an event that never happened: it is not among your events.' }),
  eventType: z.string(),
  request: z.strictObject({
    method: z.literal('POST'),
    url: z.string(),
    headers: headers.meta({ description: 'Beside those of the connection, such as host and content-length.' }),
    body: z.string().meta({ description: 'The exact bytes, as UTF-8.' }),
    signedText: z
      .string()
      .nullable()
      .meta({ description: 'The exact text that the signature covers; null where the dialect encrypts instead.' }),
    signatureVerifies: z.boolean().nullable().meta({ description: 'What our own verifier says of it.' }),
  }),
  probe: z
    .strictObject({ status: z.int().nullable(), error: z.string().nullable(), durationMs: z.int() })
    .nullable()
    .meta({ description: 'Tests of the BlueSnap dialects: an empty GET before, which must be answered with 2xx.' }),
  response: answered.nullable().meta({ description: 'null: there was no whole answer.' }),
};

const trial = z.strictObject(trialFields).meta({
  id: 'Trial',
  description: 'One notification that was made up and sent at once: what went out, and what came back.',
});
export type TrialAnswer = z.infer<typeof trial>;

const SAME_AS_REAL =
  'Parameters and signature are those of production, the values are generic, and the header `tollgate-simulated: 1` ' +
  'marks it. It is sent once, in this request, is no event, and starts nothing: no resend, no reversal. ';
const edits = z
  .record(z.string().max(64), z.unknown())
  .optional()
  .meta({
    description:
      'Test mode only. Values that replace those of the sample object, member by member; the whole must still be an ' +
      'object that could be sent. `mode` and `tenantId` stay.',
  });
const BUDGET = 'At most 60 tests and simulations a minute, then 429.';

export const testWebhookEndpoint = endpoint({
  id: 'testWebhookEndpoint',
  method: 'POST',
  path: '/api/v1/webhook-endpoints/{id}/test',
  summary: 'Test an endpoint',
  description:
    'Sends a signed `endpoint.test`, or in dialects that only speak of money a payment that never was, to the endpoint ' +
    'as it is configured, and judges the answer by its own rule. A pass sets `testPassedAt`, unless the endpoint was ' +
    `changed meanwhile. ${BUDGET}`,
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:execute' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: trial, description: 'What was sent and what came back.' },
  problems: ['state_conflict'],
});

export const simulateEvent = endpoint({
  id: 'simulateEvent',
  method: 'POST',
  path: '/api/v1/webhook-endpoints/{id}/simulate',
  summary: 'Simulate an event at an endpoint',
  description: `${SAME_AS_REAL}${BUDGET}`,
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:execute' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['eventType'] },
  params: one,
  body: z.strictObject({ eventType, object: edits }).meta({ id: 'SimulateEvent' }),
  answer: { status: 200, schema: trial, description: 'What was sent and what came back.' },
  problems: ['state_conflict'],
  example: { eventType: 'payment.succeeded' },
});

export const createSimulation = endpoint({
  id: 'createSimulation',
  method: 'POST',
  path: '/api/v1/simulations',
  summary: 'Simulate an event at any address',
  description: `${SAME_AS_REAL}The address is held to the same rules as an endpoint’s. ${BUDGET}`,
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:execute' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['eventType', 'dialect'] },
  body: z
    .strictObject({
      url: z.string().min(1).max(2_048).meta({ description: 'https; reachable from the internet.' }),
      dialect: z.enum(DIALECT_IDS).default('standard'),
      eventType,
      object: edits,
      secret: z.string().max(512).optional().meta({
        description: 'What to sign or encrypt with, as the dialect spells it; made for this message unless given.',
      }),
    })
    .meta({ id: 'CreateSimulation' }),
  secretsInBody: true,
  answer: {
    status: 200,
    schema: z
      .strictObject({
        ...trialFields,
        secret: z.string().nullable().meta({ description: 'The one that was made for it; null where you gave one.' }),
      })
      .meta({ id: 'Simulation' }),
    description: 'What was sent and what came back.',
  },
  problems: ['target_not_allowed', 'state_conflict'],
  example: { url: 'https://shop.example/webhooks', dialect: 'standard', eventType: 'payment.succeeded' },
});

export const getEventSample = endpoint({
  id: 'getEventSample',
  method: 'GET',
  path: '/api/v1/event-samples',
  summary: 'Read a sample of an event',
  description:
    'The object that a simulation of this type carries, with generic values and every field that a real one has. Ids ' +
    'are made anew each time. Nothing is sent.',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  query: z.strictObject({ type: eventType }),
  answer: {
    status: 200,
    schema: z
      .strictObject({ type: eventType, data: z.strictObject({ object: z.record(z.string(), z.unknown()) }) })
      .meta({ id: 'EventSample' }),
    description: 'The sample.',
  },
  problems: [],
});
