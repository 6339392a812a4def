import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { amount, line, pageAnswer, reference } from '../kernel/shapes.ts';
import { refundObject } from '../payments/operation-json.ts';
import { operationListQuery } from '../payments/operation-query.ts';

export const createRefund = endpoint({
  id: 'createRefund',
  method: 'POST',
  path: '/api/v1/payments/{id}/refunds',
  summary: 'Refund a payment',
  description:
    'Needs an Idempotency-Key or a reference, so that a repeat cannot refund twice. A refund may stay pending until the ' +
    'provider says what came of it; refund.succeeded or refund.failed tells. A refund that the provider account cannot ' +
    'make (none at all, a part, a second one: `capabilities.refund`) is refused before anything is sent.',
  tag: 'Refunds',
  access: { by: 'tenant', scope: 'refund:create' },
  fourEyes: true,
  idempotency: 'optional',
  audit: { class: 'money', shows: ['amount'] },
  params: z.strictObject({ id: z.string().max(64) }),
  body: z
    .strictObject({
      amount: amount.optional().meta({ description: 'Minor units; all that is left unless given.' }),
      reason: line(200),
      reference: reference.optional(),
    })
    .meta({ id: 'CreateRefund' }),
  answer: { status: 201, schema: refundObject, description: 'The refund.' },
  problems: [
    'idempotency_required',
    'amount_not_available',
    'state_conflict',
    'reference_already_used',
    'not_supported_by_provider',
    'card_number_not_allowed',
  ],
  example: { amount: 5000, reason: 'One of two arrived broken' },
});

export const getRefund = endpoint({
  id: 'getRefund',
  method: 'GET',
  path: '/api/v1/refunds/{id}',
  summary: 'Read a refund',
  tag: 'Refunds',
  access: { by: 'tenant', scope: 'refund:read' },
  idempotency: 'none',
  params: z.strictObject({ id: z.string().max(64) }),
  answer: { status: 200, schema: refundObject, description: 'The refund as it stands.' },
  problems: [],
});

export const listRefunds = endpoint({
  id: 'listRefunds',
  method: 'GET',
  path: '/api/v1/refunds',
  summary: 'List refunds, newest first',
  tag: 'Refunds',
  access: { by: 'tenant', scope: 'refund:read' },
  idempotency: 'none',
  query: operationListQuery,
  answer: { status: 200, schema: pageAnswer(refundObject), description: 'A page of refunds.' },
  problems: [],
});
