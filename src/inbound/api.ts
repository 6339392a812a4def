import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { INBOUND_STATES, INBOUND_VERDICTS } from './inbound-event.ts';
import { inboundEventObject, inboundEventWithRequest } from './inbound-event-json.ts';
import { notificationCheckObject, pastedNotification } from './notification-check-json.ts';

const one = z.strictObject({ id: z.string().max(64) });

export const listInboundEvents = endpoint({
  id: 'listInboundEvents',
  method: 'GET',
  path: '/api/v1/inbound-events',
  summary: 'List what providers notified, newest first',
  description: 'The refused ones too, as far as they were kept: at most sixty a minute for an account.',
  tag: 'Provider notifications',
  access: { by: 'tenant', scope: 'inbound_event:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    verdict: z.enum(INBOUND_VERDICTS).optional(),
    state: z.enum(INBOUND_STATES).optional(),
    providerAccountId: z.string().max(64).optional(),
    paymentId: z.string().max(64).optional(),
    createdAfter: instant.optional(),
    createdBefore: instant.optional(),
  }),
  answer: { status: 200, schema: pageAnswer(inboundEventObject), description: 'A page of notifications.' },
  problems: [],
});

export const getInboundEvent = endpoint({
  id: 'getInboundEvent',
  method: 'GET',
  path: '/api/v1/inbound-events/{id}',
  summary: 'Read a notification as it came',
  tag: 'Provider notifications',
  access: { by: 'tenant', scope: 'inbound_event:read' },
  idempotency: 'none',
  audit: { class: 'security' },
  params: one,
  answer: { status: 200, schema: inboundEventWithRequest, description: 'The notification with its request.' },
  problems: ['event_expired'],
});

export const resolveInboundEvent = endpoint({
  id: 'resolveInboundEvent',
  method: 'POST',
  path: '/api/v1/inbound-events/{id}/resolve',
  summary: 'Settle a notification that was set aside',
  description:
    'For what is quarantined, unmatched or failed and will never be applied: the note says why. Nothing is applied, ' +
    'and it can no longer be replayed.',
  tag: 'Provider notifications',
  access: { by: 'tenant', scope: 'inbound_event:execute' },
  idempotency: 'none',
  audit: { class: 'money' },
  params: one,
  body: z.strictObject({ note: z.string().trim().min(1).max(1_000) }).meta({ id: 'ResolveInboundEvent' }),
  answer: { status: 200, schema: inboundEventObject, description: 'The notification as it is now.' },
  problems: ['state_conflict', 'card_number_not_allowed'],
  example: { note: 'A test by the bank, confirmed by phone.' },
});

export const replayInboundEvent = endpoint({
  id: 'replayInboundEvent',
  method: 'POST',
  path: '/api/v1/inbound-events/{id}/replay',
  summary: 'Take a notification again',
  description:
    'What was set aside, unmatched or failed is applied again. What was refused for its signature is verified again ' +
    'with the keys of today, as of the time it came, and taken only if it verifies. Nothing has an effect twice.',
  tag: 'Provider notifications',
  access: { by: 'tenant', scope: 'inbound_event:execute' },
  idempotency: 'none',
  audit: { class: 'money' },
  params: one,
  answer: { status: 200, schema: inboundEventObject, description: 'The notification as it is now.' },
  problems: ['state_conflict', 'event_expired'],
});

export const checkNotification = endpoint({
  id: 'checkNotification',
  method: 'POST',
  path: '/api/v1/provider-accounts/{id}/check-notification',
  summary: 'Check a notification without taking it',
  description:
    'Paste what the provider sent, or is about to send: the answer shows the fields as they are read, the exact string ' +
    'to sign, the signature received and the one that each key of the account expects, the age of the timestamp, and ' +
    'what the gateway would do. Nothing is stored, applied or told. In live mode, and for a test key that is a live ' +
    'key as well, only the beginning of an expected signature is shown.',
  tag: 'Provider notifications',
  access: { by: 'tenant', scope: 'provider-account:execute' },
  idempotency: 'none',
  audit: 'nothing',
  params: one,
  // Signatures and references may look like card numbers; what does is masked in the answer, and nothing is kept.
  secretsInBody: true,
  body: pastedNotification,
  answer: {
    status: 200,
    schema: notificationCheckObject,
    description: 'What there is to see, and what would be done.',
  },
  problems: ['no_provider_account'],
  example: { body: '{"merchantCode":"SHOP_1","orderId":"att_…","signature":"…"}', headers: {} },
});
