import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { ACK_DEADLINE_STATES } from './ack-deadline.ts';

const one = z.strictObject({ id: z.string().max(64) });

const ackDeadline = z
  .strictObject({
    id: z.string(),
    object: z.literal('ack_deadline'),
    mode: z.enum(['live', 'test']),
    paymentId: z.string(),
    endpointId: z.string(),
    deliveryId: z.string(),
    eventId: z.string(),
    status: z.enum(ACK_DEADLINE_STATES),
    armedAt: instant,
    deadlineAt: instant,
    dispatches: z.int().meta({ description: 'Requests that were about to go out, those of a crash included.' }),
    cause: z.enum(['status', 'silence']).nullable().meta({ description: 'An answer that was none, or none at all.' }),
    statusCode: z.int().nullable(),
    reason: z
      .enum([
        'not_sent_by_us',
        'delivery_ended',
        'policy_changed',
        'switched_off',
        'fuse_open',
        'other_epoch',
        'not_supported',
        'refused',
      ])
      .nullable()
      .meta({ description: 'Why it was withdrawn, suppressed, or failed.' }),
    operation: z.enum(['reversal', 'refund', 'release']).nullable(),
    operationId: z.string().nullable(),
    lateAcknowledgedAt: instant.nullable(),
    endedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({
    id: 'AckDeadline',
    description: 'Until when the success of a payment must be acknowledged, or its money goes back.',
  });
export type AckDeadlineAnswer = z.infer<typeof ackDeadline>;

export const listAckDeadlines = endpoint({
  id: 'listAckDeadlines',
  method: 'GET',
  path: '/api/v1/ack-deadlines',
  summary: 'List acknowledgement deadlines, newest first',
  description: '`suppressed` and `failed` wait for a person: fire or dismiss them.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    status: z.enum(ACK_DEADLINE_STATES).optional(),
    paymentId: z.string().max(64).optional(),
    endpointId: z.string().max(64).optional(),
  }),
  answer: { status: 200, schema: pageAnswer(ackDeadline), description: 'A page of deadlines.' },
  problems: [],
});

export const getAckDeadline = endpoint({
  id: 'getAckDeadline',
  method: 'GET',
  path: '/api/v1/ack-deadlines/{id}',
  summary: 'Read an acknowledgement deadline with its steps',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  params: one,
  answer: {
    status: 200,
    schema: z
      .strictObject({
        ...ackDeadline.shape,
        steps: z.array(
          z.strictObject({ number: z.int(), status: z.enum(ACK_DEADLINE_STATES), note: z.string(), at: instant }),
        ),
      })
      .meta({ id: 'AckDeadlineWithSteps' }),
    description: 'The deadline, what happened to it in order.',
  },
  problems: [],
});

const decided = { status: 200, schema: ackDeadline, description: 'The deadline as it is now.' } as const;

export const fireAckDeadline = endpoint({
  id: 'fireAckDeadline',
  method: 'POST',
  path: '/api/v1/ack-deadlines/{id}/fire',
  summary: 'Give the money of a suppressed or failed deadline back after all',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'reversal:create' },
  idempotency: 'optional',
  audit: { class: 'money' },
  params: one,
  answer: decided,
  problems: ['state_conflict'],
});

export const dismissAckDeadline = endpoint({
  id: 'dismissAckDeadline',
  method: 'POST',
  path: '/api/v1/ack-deadlines/{id}/dismiss',
  summary: 'Leave the payment of a suppressed or failed deadline as it is, for good',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'reversal:create' },
  idempotency: 'optional',
  audit: { class: 'money' },
  params: one,
  answer: decided,
  problems: ['state_conflict'],
});

const ackFuse = z
  .strictObject({
    object: z.literal('ack_fuse'),
    endpointId: z.string(),
    mode: z.enum(['live', 'test']),
    status: z.enum(['closed', 'open']),
    reason: z.enum(['consecutive', 'rate']).nullable(),
    openedAt: instant.nullable(),
    counted: z.int().meta({ description: 'Outcomes since it was closed, the latest 50 at most.' }),
    acknowledged: z.int(),
  })
  .meta({ id: 'AckFuse', description: 'Open: the endpoint reverses nothing, and new payments are not taken for it.' });
export type AckFuseAnswer = z.infer<typeof ackFuse>;

export const getAckFuse = endpoint({
  id: 'getAckFuse',
  method: 'GET',
  path: '/api/v1/webhook-endpoints/{id}/fuse',
  summary: "Read an endpoint's fuse",
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: ackFuse, description: 'The fuse.' },
  problems: [],
});

export const resetAckFuse = endpoint({
  id: 'resetAckFuse',
  method: 'POST',
  path: '/api/v1/webhook-endpoints/{id}/fuse/reset',
  summary: "Close an endpoint's fuse",
  description: 'Only after a test that passed since it opened. Counting begins anew; what was suppressed stays so.',
  tag: 'Notifications',
  access: { by: 'tenant', scope: 'webhook:update' },
  stepUp: true,
  idempotency: 'optional',
  audit: { class: 'money' },
  params: one,
  answer: { status: 200, schema: ackFuse, description: 'The fuse as it is now.' },
  problems: ['ack_policy_not_ready'],
});

const ackSwitch = z.strictObject({
  tenantId: z.string().nullable().meta({ description: 'null: the whole installation.' }),
  enabled: z.boolean(),
  reason: z.string(),
  changedBy: z.string(),
  changedAt: instant,
});

const ackReversals = z
  .strictObject({
    enabled: z.boolean().meta({ description: 'Of the whole installation.' }),
    switches: z.array(ackSwitch).meta({ description: 'Every switch that was ever moved.' }),
    waiting: z.int().meta({ description: 'Deadlines of all tenants that are left to a person.' }),
  })
  .meta({ id: 'AckReversals', description: 'Whether payments are given back where nobody acknowledges them.' });
export type AckReversalsAnswer = z.infer<typeof ackReversals>;

const TAG = 'Operator';

export const getAckReversals = endpoint({
  id: 'getAckReversals',
  method: 'GET',
  path: '/api/v1/operator/ack-reversals',
  summary: 'Read whether unacknowledged payments are reversed',
  tag: TAG,
  access: { by: 'operator', permission: 'ack-reversal:read' },
  idempotency: 'none',
  answer: { status: 200, schema: ackReversals, description: 'The switches.' },
  problems: [],
});

export const switchAckReversals = endpoint({
  id: 'switchAckReversals',
  method: 'PATCH',
  path: '/api/v1/operator/ack-reversals',
  summary: 'Switch the reversal of unacknowledged payments off or on',
  description:
    'Off: nothing is asked of a provider any more; what would have fired is suppressed, and stays so when it is on again. ' +
    'What a provider was asked for before goes on.',
  tag: TAG,
  access: { by: 'operator', permission: 'ack-reversal:update' },
  stepUp: true,
  fourEyes: true,
  idempotency: 'none',
  audit: { class: 'money', shows: ['enabled', 'tenantId'] },
  body: z
    .strictObject({
      tenantId: z.string().max(64).optional().meta({ description: 'Of one tenant; left out: of the installation.' }),
      enabled: z.boolean(),
      reason: line(200),
    })
    .meta({ id: 'SwitchAckReversals' }),
  answer: { status: 200, schema: ackReversals, description: 'The switches as they are now.' },
  problems: ['not_found'],
  example: { enabled: false, reason: 'Our network is cut off from half of the internet' },
});

export const declareRestored = endpoint({
  id: 'declareRestored',
  method: 'POST',
  path: '/api/v1/operator/ack-reversals/restored',
  summary: 'Say that the database was restored',
  description: 'No deadline from before this moment is fired by itself any more. A person decides about each.',
  tag: TAG,
  access: { by: 'operator', permission: 'ack-reversal:execute' },
  stepUp: true,
  idempotency: 'none',
  audit: { class: 'money' },
  body: z.strictObject({ reason: line(200) }).meta({ id: 'DeclareRestored' }),
  answer: {
    status: 200,
    schema: z.strictObject({ epoch: z.int(), startedAt: instant }).meta({ id: 'InstallationEpoch' }),
    description: 'The epoch that has begun.',
  },
  problems: [],
  example: { reason: 'Snapshot of 14:00 restored' },
});
