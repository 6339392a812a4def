import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { line, pageAnswer } from '../kernel/shapes.ts';
import { reversalObject } from '../payments/operation-json.ts';
import { operationListQuery } from '../payments/operation-query.ts';

export const reversePayment = endpoint({
  id: 'reversePayment',
  method: 'POST',
  path: '/api/v1/payments/{id}/reversals',
  summary: 'Reverse a payment',
  description:
    "Undoes the whole payment before the provider account's cut-off, so that the payer never sees a booking. A payment " +
    'that is refunded, even in part, is not reversed, and a reversed one is not refunded. A reversal may stay pending; ' +
    'reversal.succeeded (with payment.reversed) or reversal.failed tells.',
  tag: 'Reversals',
  access: { by: 'tenant', scope: 'reversal:create' },
  idempotency: 'optional',
  audit: { class: 'money' },
  params: z.strictObject({ id: z.string().max(64) }),
  body: z
    .strictObject({ reason: line(200).default('Requested by the merchant') })
    .default({
      reason: 'Requested by the merchant',
    })
    .meta({ id: 'ReversePayment' }),
  answer: { status: 201, schema: reversalObject, description: 'The reversal.' },
  problems: ['state_conflict', 'reversal_too_late', 'not_supported_by_provider', 'card_number_not_allowed'],
  example: { reason: 'Ordered twice' },
});

export const getReversal = endpoint({
  id: 'getReversal',
  method: 'GET',
  path: '/api/v1/reversals/{id}',
  summary: 'Read a reversal',
  tag: 'Reversals',
  access: { by: 'tenant', scope: 'reversal:read' },
  idempotency: 'none',
  params: z.strictObject({ id: z.string().max(64) }),
  answer: { status: 200, schema: reversalObject, description: 'The reversal as it stands.' },
  problems: [],
});

export const listReversals = endpoint({
  id: 'listReversals',
  method: 'GET',
  path: '/api/v1/reversals',
  summary: 'List reversals, newest first',
  tag: 'Reversals',
  access: { by: 'tenant', scope: 'reversal:read' },
  idempotency: 'none',
  query: operationListQuery,
  answer: { status: 200, schema: pageAnswer(reversalObject), description: 'A page of reversals.' },
  problems: [],
});
