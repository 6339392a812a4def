import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery, reference } from '../kernel/shapes.ts';
import { createdPayment } from '../payments/payment-shape.ts';
import { paymentOwn, paymentTerms } from '../payments/payment-terms.ts';
import { CHECKOUT_STATUSES } from './checkout-configuration.ts';

const TAG = 'Checkouts';

const one = z.strictObject({ id: z.string().max(64) });

const name = line(100).meta({ description: 'For people.' });
const ownReference = reference.meta({ description: 'Your own id of this checkout; unique per tenant and mode.' });
const status = z.enum(CHECKOUT_STATUSES).meta({
  description: '`archived`: makes no new payments; those that were made go on as ever.',
});

const terms = z.object(paymentTerms).partial();
export type PaymentTerms = z.output<typeof terms>;

/** Null takes a member away. */
const termChanges = Object.fromEntries(
  Object.entries(terms.shape).map(([member, shape]): [string, z.ZodType] => [member, shape.nullable()]),
) as { [Member in keyof PaymentTerms]-?: z.ZodNullable<(typeof terms.shape)[Member]> };

const checkout = z
  .strictObject({
    id: z.string(),
    object: z.literal('checkout'),
    mode: z.enum(['live', 'test']),
    name: z.string(),
    reference: z.string().nullable(),
    status,
    ...terms.shape,
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Checkout' });
export type CheckoutAnswer = z.output<typeof checkout>;

const PROBLEMS = ['reference_already_used', 'target_not_allowed', 'card_number_not_allowed'] as const;

export const createCheckout = endpoint({
  id: 'createCheckout',
  method: 'POST',
  path: '/api/v1/checkouts',
  summary: 'Store a checkout',
  description:
    'What payments that are alike have in common, said once. `POST /checkouts/{id}/create` makes a payment by it. ' +
    'Without an `ipnUrl` its payments are told of at your endpoints alone.',
  tag: TAG,
  access: { by: 'tenant', scope: 'checkout:create' },
  idempotency: 'optional',
  audit: {
    class: 'change',
    shows: ['name', 'reference', 'status', 'amount', 'currency', 'captureMethod', 'productId'],
  },
  body: z.strictObject({ name, reference: ownReference.optional(), ...terms.shape }).meta({ id: 'CreateCheckout' }),
  answer: { status: 201, schema: checkout, description: 'The checkout.' },
  problems: [...PROBLEMS],
  example: {
    name: 'Season ticket',
    amount: 24900,
    currency: 'EUR',
    description: 'Season ticket',
    returnUrl: 'https://shop.example/thanks',
    ipnUrl: 'https://shop.example/ipn/tickets',
  },
});

export const listCheckouts = endpoint({
  id: 'listCheckouts',
  method: 'GET',
  path: '/api/v1/checkouts',
  summary: 'List stored checkouts, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'checkout:read' },
  idempotency: 'none',
  query: z.strictObject({ ...pageQuery, reference: ownReference.optional(), status: status.optional() }),
  answer: { status: 200, schema: pageAnswer(checkout), description: 'A page of checkouts.' },
  problems: [],
});

export const getCheckout = endpoint({
  id: 'getCheckout',
  method: 'GET',
  path: '/api/v1/checkouts/{id}',
  summary: 'Read a stored checkout',
  tag: TAG,
  access: { by: 'tenant', scope: 'checkout:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: checkout, description: 'The checkout.' },
  problems: [],
});

export const updateCheckout = endpoint({
  id: 'updateCheckout',
  method: 'PATCH',
  path: '/api/v1/checkouts/{id}',
  summary: 'Change, archive or restore a stored checkout',
  description: 'Members that are left out stay; null takes one away. Payments that were made do not change.',
  tag: TAG,
  access: { by: 'tenant', scope: 'checkout:update' },
  idempotency: 'none',
  audit: {
    class: 'change',
    shows: ['name', 'reference', 'status', 'amount', 'currency', 'captureMethod', 'productId'],
  },
  params: one,
  body: z
    .strictObject({
      name: name.optional(),
      reference: ownReference.nullable().optional(),
      status: status.optional(),
      ...termChanges,
    })
    .meta({ id: 'UpdateCheckout' }),
  answer: { status: 200, schema: checkout, description: 'The checkout as it is now.' },
  problems: [...PROBLEMS],
  example: { amount: 19900, cancelUrl: null },
});

export const createCheckoutPayment = endpoint({
  id: 'createCheckoutPayment',
  method: 'POST',
  path: '/api/v1/checkouts/{id}/create',
  summary: 'Create a payment by a stored checkout',
  description:
    'As `POST /payments`, with what the checkout holds. What is given here counts before it, and `metadata` comes ' +
    'besides; an amount and a currency that the checkout holds are fixed.',
  tag: TAG,
  access: { by: 'tenant', scope: 'payment:create' },
  idempotency: 'optional',
  audit: 'own record',
  params: one,
  body: z.strictObject({ ...terms.shape, ...paymentOwn }).meta({ id: 'CreateCheckoutPayment' }),
  answer: { status: 201, schema: createdPayment, description: 'The payment; the shopper pays at its `paymentUrl`.' },
  problems: [...PROBLEMS, 'state_conflict', 'no_provider_account', 'endpoint_unhealthy', 'limit_exceeded'],
  example: { reference: 'ticket-7-1', customer: { email: 'ada@example.com' } },
});
