import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { REPLAYED_STATUSES } from './replay.ts';

const TAG = 'Notifications';
const one = z.strictObject({ id: z.string().max(64) });
const status = z.enum(REPLAYED_STATUSES, `Must be one of ${REPLAYED_STATUSES.join(', ')}`);

const RATE_DEFAULT = 50;
const RATE_MAX = 500;
/** As many as a person looks through before they start it. */
export const PREVIEWED_EVENTS_MAX = 20;

const replayFields = {
  object: z.literal('replay'),
  mode: z.enum(['live', 'test']),
  endpointId: z.string(),
  since: instant,
  until: instant,
  eventTypes: z.array(z.string()),
  status: z.array(status).meta({ description: 'How the latest delivery of an event to the endpoint must stand.' }),
  ratePerSecond: z.int(),
  eventsSelected: z.int().meta({ description: 'What the selection held at the start.' }),
};

const replay = z
  .strictObject({
    id: z.string(),
    ...replayFields,
    state: z.enum(['running', 'done', 'canceled', 'failed']),
    deliveriesMade: z.int(),
    stopReason: z.string().nullable(),
    createdAt: instant,
    updatedAt: instant,
    endedAt: instant.nullable(),
  })
  .meta({ id: 'Replay', description: 'Past events that are sent to an endpoint once more.' });
export type ReplayAnswer = z.infer<typeof replay>;

const preview = z
  .strictObject({
    id: z.null(),
    ...replayFields,
    events: z
      .array(z.strictObject({ id: z.string(), type: z.string(), paymentId: z.string().nullable(), createdAt: instant }))
      .meta({ description: `The first of them, at most ${PREVIEWED_EVENTS_MAX}, the oldest first.` }),
  })
  .meta({ id: 'ReplayPreview', description: 'What a replay would begin with; nothing was begun.' });
export type ReplayPreview = z.infer<typeof preview>;

export const replayWebhookEndpoint = endpoint({
  id: 'replayWebhookEndpoint',
  method: 'POST',
  path: '/api/v1/webhook-endpoints/{id}/replay',
  summary: 'Send past events to an endpoint once more',
  description:
    'Selects events by time, type and the state of their latest delivery to this endpoint, and sends them again, oldest ' +
    'first, at the given rate and behind what is due anyhow. Each is sent under its old webhook-id and with the whole ' +
    'schedule of resends. The replay goes on by itself, through restarts too; `GET /replays/{id}` tells how far it has ' +
    'come. With `dryRun` it only says how many events that would be, and names the first of them. One replay at a time for each endpoint, over a ' +
    'period with at most 500,000 events of these types.',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:execute' },
  idempotency: 'optional',
  audit: { class: 'change', shows: ['since', 'until', 'eventTypes', 'status', 'dryRun'] },
  params: one,
  body: z
    .strictObject({
      since: instant.meta({ description: 'Events of this instant and later.' }),
      until: instant.optional().meta({ description: 'Events before this instant; now unless given, and never later.' }),
      eventTypes: z
        .array(z.enum(EVENT_TYPES, 'Must be a known event type'))
        .min(1)
        .max(50)
        .optional()
        .meta({ description: 'Those that the endpoint asks for unless given.' }),
      status: z
        .union([status, z.array(status).min(1).max(REPLAYED_STATUSES.length)])
        .default(['none', 'exhausted', 'canceled'])
        .meta({
          description:
            'How the latest delivery of an event to this endpoint must stand; `none`: there is none. What was missed ' +
            'unless given.',
        }),
      ratePerSecond: z.int().min(1).max(RATE_MAX).default(RATE_DEFAULT),
      dryRun: z.boolean().default(false),
    })
    .meta({ id: 'ReplayEvents' }),
  answer: {
    status: 202,
    schema: z.union([replay, preview]),
    description: 'The replay; of a dry run what it would begin with, and no id.',
  },
  problems: ['state_conflict', 'event_expired'],
  example: { since: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z', dryRun: true },
});

export const listReplays = endpoint({
  id: 'listReplays',
  method: 'GET',
  path: '/api/v1/replays',
  summary: 'List replays, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(replay), description: 'A page of replays.' },
  problems: [],
});

export const getReplay = endpoint({
  id: 'getReplay',
  method: 'GET',
  path: '/api/v1/replays/{id}',
  summary: 'Read how far a replay has come',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: replay, description: 'The replay.' },
  problems: [],
});

export const cancelReplay = endpoint({
  id: 'cancelReplay',
  method: 'POST',
  path: '/api/v1/replays/{id}/cancel',
  summary: 'Stop a replay',
  description: 'No more deliveries are made; those that were made are sent.',
  tag: TAG,
  access: { by: 'tenant', scope: 'webhook:execute' },
  idempotency: 'optional',
  params: one,
  answer: { status: 200, schema: replay, description: 'The replay as it ended.' },
  problems: ['state_conflict'],
});
