import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { timeCursor } from '../kernel/time-cursor.ts';

/** Ids, sums, states and codes; never a method, an address, a person or a credential. */
const details = z.record(z.string(), z.unknown());

const common = {
  id: z.string(),
  at: instant,
  summary: z.string().meta({ description: 'One English sentence for a person.' }),
};

const signalEntry = z
  .strictObject({
    ...common,
    type: z.literal('signal'),
    source: z.enum(['tenant', 'shopper', 'provider_answer', 'notification', 'poll', 'timer', 'operator']),
    kind: z.string(),
    outcome: z.enum(['applied', 'no_change', 'quarantined', 'deferred']),
    note: z.string().nullable().meta({ description: 'Why nothing moved; null where something did.' }),
    attemptId: z.string().nullable(),
    subjectId: z.string().nullable().meta({ description: 'The capture, refund, reversal or dispute it is about.' }),
    version: z.int().meta({ description: 'The payment’s version afterwards.' }),
    detail: details,
  })
  .meta({ id: 'TimelineSignal', description: 'Something that might have moved the payment, and what came of it.' });

const providerCallEntry = z
  .strictObject({
    ...common,
    type: z.literal('provider_call'),
    providerAccountId: z.string(),
    attemptId: z.string(),
    operation: z.string(),
    outcome: z.enum(['answered', 'not_found', 'refused', 'not_sent', 'unknown', 'failed']),
    durationMs: z.int(),
    request: details,
    answer: details,
  })
  .meta({
    id: 'TimelineProviderCall',
    description: 'What the provider was asked and what it said; at: when it was over.',
  });

const inboundEntry = z
  .strictObject({
    ...common,
    type: z.literal('inbound'),
    provider: z.string(),
    providerAccountId: z.string(),
    verdict: z.string().meta({ description: 'What the check of signature and repetition said at the door.' }),
    state: z.string().nullable(),
    outcome: z.string().nullable(),
  })
  .meta({ id: 'TimelineInbound', description: 'A notification of the provider that spoke of this payment.' });

const eventEntry = z
  .strictObject({ ...common, type: z.literal('event'), eventType: z.enum(EVENT_TYPES) })
  .meta({ id: 'TimelineEvent', description: 'What happened, as it was told to endpoints.' });

const deliveryAttemptEntry = z
  .strictObject({
    ...common,
    type: z.literal('delivery_attempt'),
    deliveryId: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    endpointId: z.string().nullable(),
    number: z.int(),
    outcome: z.enum(['acknowledged', 'refused', 'lost', 'not_sent']),
    statusCode: z.int().nullable(),
    durationMs: z.int(),
  })
  .meta({ id: 'TimelineDeliveryAttempt', description: 'One try to tell an endpoint.' });

const ackDeadlineEntry = z
  .strictObject({
    ...common,
    type: z.literal('ack_deadline'),
    deadlineId: z.string(),
    endpointId: z.string(),
    number: z.int(),
    status: z.string(),
  })
  .meta({ id: 'TimelineAckDeadline', description: 'What became of the deadline for acknowledging its success.' });

const timelineEntry = z
  .discriminatedUnion('type', [
    signalEntry,
    providerCallEntry,
    inboundEntry,
    eventEntry,
    deliveryAttemptEntry,
    ackDeadlineEntry,
  ])
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof timelineEntry>;

export const getPaymentTimeline = endpoint({
  id: 'getPaymentTimeline',
  method: 'GET',
  path: '/api/v1/payments/{id}/timeline',
  summary: "Read a payment's timeline, oldest first",
  description:
    'Everything that concerned it, in order of time: signals and what was made of them, calls to the provider, its ' +
    'notifications, events, every try to deliver them, and the deadline for acknowledging them. Within one millisecond causes stand before effects. A call ' +
    'to a provider appears when it is over, so what is read within seconds of an act may not be whole yet.',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:read' },
  idempotency: 'none',
  params: z.strictObject({ id: z.string().max(64) }),
  query: z.strictObject({ ...pageQuery, cursor: timeCursor }),
  answer: { status: 200, schema: pageAnswer(timelineEntry), description: 'A page of entries, the oldest first.' },
  problems: [],
});
