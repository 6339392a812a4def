import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { amount, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { createdPayment, customer } from '../payments/payment-shape.ts';
import { createQrCodeBody, kind, qrCode, status } from './qr-code-shape.ts';

const TAG = 'QR codes';

const one = z.strictObject({ id: z.string().max(64) });

export const createQrCode = endpoint({
  id: 'createQrCode',
  method: 'POST',
  path: '/api/v1/qr-codes',
  summary: 'Make a QR code',
  description:
    'Whoever scans it pays you on the hosted page. Each payment gets a reference of its own: that of a single-use code, ' +
    'else `<reference>-<number>`; with a reference that is taken, or without one, the id of the code stands for it.',
  tag: TAG,
  access: { by: 'tenant', scope: 'qr-code:create' },
  idempotency: 'optional',
  audit: 'own record',
  body: createQrCodeBody,
  answer: { status: 201, schema: qrCode, description: 'The code, ready to be shown.' },
  problems: ['reference_already_used', 'card_number_not_allowed', 'target_not_allowed'],
  example: { reference: 'table-7-bill-1042', amount: 4850, description: 'Dinner at table 7' },
});

export const getQrCode = endpoint({
  id: 'getQrCode',
  method: 'GET',
  path: '/api/v1/qr-codes/{id}',
  summary: 'Read a QR code',
  tag: TAG,
  access: { by: 'tenant', scope: 'qr-code:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: qrCode, description: 'The code as it stands.' },
  problems: [],
});

export const listQrCodes = endpoint({
  id: 'listQrCodes',
  method: 'GET',
  path: '/api/v1/qr-codes',
  summary: 'List QR codes, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'qr-code:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    reference: z.string().max(64).optional(),
    kind: kind.optional(),
    status: status.optional(),
  }),
  answer: { status: 200, schema: pageAnswer(qrCode), description: 'A page of codes.' },
  problems: [],
});

export const updateQrCode = endpoint({
  id: 'updateQrCode',
  method: 'PATCH',
  path: '/api/v1/qr-codes/{id}',
  summary: 'Change the amount of a QR code',
  description:
    'While it is active and, where it is good for a single payment, before that one is begun. Payments that were begun ' +
    'keep the amount they have. An address that was printed stays; the payload of an `emvco` code holds the amount and ' +
    'has to be shown anew.',
  tag: TAG,
  access: { by: 'tenant', scope: 'qr-code:update' },
  idempotency: 'none',
  audit: { class: 'change', shows: ['amount'] },
  params: one,
  body: z
    .strictObject({
      amount,
      version: z.int().min(1).optional().meta({
        description: 'The version that you read: refused where somebody has changed the code since.',
      }),
    })
    .meta({ id: 'UpdateQrCode' }),
  answer: { status: 200, schema: qrCode, description: 'The code as it is now.' },
  problems: ['state_conflict'],
  example: { amount: 5250 },
});

export const cancelQrCode = endpoint({
  id: 'cancelQrCode',
  method: 'POST',
  path: '/api/v1/qr-codes/{id}/cancel',
  summary: 'Take a QR code back',
  description: 'Nobody can begin a payment with it any more. Payments that were begun go on: cancel those one by one.',
  tag: TAG,
  access: { by: 'tenant', scope: 'qr-code:update' },
  idempotency: 'optional',
  params: one,
  answer: { status: 200, schema: qrCode, description: 'The canceled code.' },
  problems: ['state_conflict'],
});

export const scanQrCode = endpoint({
  id: 'scanQrCode',
  method: 'POST',
  path: '/api/v1/qr-codes/{id}/scan',
  summary: 'Play a shopper who scans the code',
  description:
    'In test mode alone. Makes the payment that a scan makes; with a token of the sandbox it is paid as well, or not, as ' +
    'the token says. Without one it waits at its `paymentUrl`, as for a shopper who has scanned and not yet paid.',
  tag: TAG,
  access: { by: 'tenant', scope: 'qr-code:execute' },
  idempotency: 'optional',
  audit: 'own record',
  params: one,
  body: z
    .strictObject({
      amount: amount.optional().meta({ description: 'What the shopper enters; only where the shopper may.' }),
      token: z
        .string()
        .regex(/^tok_[a-z0-9_]{1,60}$/, 'Must be a token of the sandbox, such as tok_approve')
        .optional(),
      customer: customer.optional(),
    })
    .meta({ id: 'ScanQrCode' }),
  answer: { status: 201, schema: createdPayment, description: 'The payment of the scan.' },
  problems: ['state_conflict', 'attempt_in_progress', 'no_provider_account', 'endpoint_unhealthy', 'limit_exceeded'],
  example: { token: 'tok_approve' },
});
