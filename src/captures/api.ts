import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { amount, pageAnswer } from '../kernel/shapes.ts';
import { captureObject } from '../payments/operation-json.ts';
import { operationListQuery } from '../payments/operation-query.ts';

export const capturePayment = endpoint({
  id: 'capturePayment',
  method: 'POST',
  path: '/api/v1/payments/{id}/capture',
  summary: 'Capture authorized money',
  description:
    'All that is left unless an amount is given. A final capture (the default) releases the rest and ends the payment as ' +
    'succeeded; with final: false more captures may follow. A capture may stay pending until the provider says what ' +
    'came of it; capture.succeeded or capture.failed tells.',
  tag: 'Captures',
  access: { by: 'tenant', scope: 'capture:create' },
  idempotency: 'optional',
  audit: { class: 'money', shows: ['amount', 'final'] },
  params: z.strictObject({ id: z.string().max(64) }),
  body: z
    .strictObject({
      amount: amount.optional().meta({ description: 'Minor units; all that is left unless given.' }),
      final: z.boolean().default(true).meta({ description: 'Releases what stays uncaptured.' }),
    })
    .default({ final: true })
    .meta({ id: 'CapturePayment' }),
  answer: { status: 201, schema: captureObject, description: 'The capture.' },
  problems: ['state_conflict', 'amount_not_available', 'not_supported_by_provider'],
  example: { amount: 5000, final: false },
});

export const getCapture = endpoint({
  id: 'getCapture',
  method: 'GET',
  path: '/api/v1/captures/{id}',
  summary: 'Read a capture',
  tag: 'Captures',
  access: { by: 'tenant', scope: 'capture:read' },
  idempotency: 'none',
  params: z.strictObject({ id: z.string().max(64) }),
  answer: { status: 200, schema: captureObject, description: 'The capture as it stands.' },
  problems: [],
});

export const listCaptures = endpoint({
  id: 'listCaptures',
  method: 'GET',
  path: '/api/v1/captures',
  summary: 'List captures, newest first',
  tag: 'Captures',
  access: { by: 'tenant', scope: 'capture:read' },
  idempotency: 'none',
  query: operationListQuery,
  answer: { status: 200, schema: pageAnswer(captureObject), description: 'A page of captures.' },
  problems: [],
});
