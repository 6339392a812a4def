import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { disputeObject } from '../payments/operation-json.ts';
import { evidenceObject } from './evidence-json.ts';

const one = z.strictObject({ id: z.string().max(64) });

const TEXT_MAX = 20_000;

/** Text of several lines; otherwise as strict as a line. */
const text = z
  .string()
  .min(1, 'Must not be empty')
  .max(TEXT_MAX, `Must be at most ${TEXT_MAX} characters`)
  .regex(
    /^(?:[\t\n\r]|[^\p{Cc}\p{Co}\p{Cn}\p{Bidi_Control}])*$/u,
    'Must not contain control characters other than line breaks and tabs',
  )
  .meta({ description: 'What happened, in your words; several lines are fine.' });

export const listDisputes = endpoint({
  id: 'listDisputes',
  method: 'GET',
  path: '/api/v1/disputes',
  summary: 'List disputes, newest first',
  tag: 'Disputes',
  access: { by: 'tenant', scope: 'dispute:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    paymentId: z.string().max(64).optional(),
    status: disputeObject.shape.status.optional(),
    evidenceDueBefore: instant.optional().meta({ description: 'Those without a due date are left out.' }),
  }),
  answer: { status: 200, schema: pageAnswer(disputeObject), description: 'A page of disputes.' },
  problems: [],
});

export const getDispute = endpoint({
  id: 'getDispute',
  method: 'GET',
  path: '/api/v1/disputes/{id}',
  summary: 'Read a dispute',
  tag: 'Disputes',
  access: { by: 'tenant', scope: 'dispute:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: disputeObject, description: 'The dispute as it stands.' },
  problems: [],
});

export const submitEvidence = endpoint({
  id: 'submitEvidence',
  method: 'POST',
  path: '/api/v1/disputes/{id}/evidence',
  summary: 'Answer a dispute',
  description:
    'Passes your account of what happened on to the provider, until evidenceDueAt and one at a time: another is taken ' +
    'once the provider has said what became of the last. Where it does not answer at once the evidence is pending and ' +
    'sent again by itself, never twice over.',
  tag: 'Disputes',
  access: { by: 'tenant', scope: 'dispute:update' },
  idempotency: 'optional',
  audit: { class: 'money' },
  params: one,
  body: z.strictObject({ text }).meta({ id: 'SubmitEvidence' }),
  answer: { status: 201, schema: evidenceObject, description: 'The evidence, without its text.' },
  problems: ['state_conflict', 'not_supported_by_provider', 'card_number_not_allowed'],
  example: { text: 'The parcel was delivered on 3 March.\nThe signed receipt has number 4711.' },
});

export const listEvidence = endpoint({
  id: 'listEvidence',
  method: 'GET',
  path: '/api/v1/disputes/{id}/evidence',
  summary: 'List the evidence of a dispute, newest first',
  tag: 'Disputes',
  access: { by: 'tenant', scope: 'dispute:read' },
  idempotency: 'none',
  params: one,
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(evidenceObject), description: 'A page of evidence, without its texts.' },
  problems: [],
});
