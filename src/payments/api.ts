import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import {
  amount,
  currency,
  instant,
  line,
  mcc,
  metadata,
  pageAnswer,
  pageQuery,
  reference,
  rrn2,
  subMerchantName,
  terminalId,
} from '../kernel/shapes.ts';

const paymentId = z.string().meta({ example: 'pay_01kaj2m3n4p5q6r7s8t9v0w1x2' });

const customer = z
  .strictObject({
    id: line(64).optional(),
    name: line(100).optional(),
    email: z.email('Must be an e-mail address').max(254).optional(),
    phone: z
      .string()
      .regex(/^\+?[0-9 ()./-]{4,25}$/, 'Must be a telephone number')
      .optional(),
    locale: z
      .string()
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'Must be a language tag such as pt-BR')
      .optional(),
  })
  .meta({ id: 'Customer', description: 'Kept sealed; never part of a notification.' });

const cartItem = z
  .strictObject({
    description: line(200),
    quantity: z.int().min(1).max(1_000_000),
    value: z.int().min(0).max(999_999_999_999).meta({ description: 'Minor units for one piece.' }),
    imageUrl: z
      .url({ protocol: /^https$/, error: 'Must be an https address' })
      .max(2_048)
      .optional(),
    destination: line(200).optional(),
    itemType: line(40).optional(),
  })
  .meta({ id: 'CartItem' });

export const nextAction = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('redirect'), url: z.string(), embeddable: z.boolean() }),
    z.strictObject({
      type: z.literal('qr'),
      payload: z.string(),
      imageUrl: z.string().optional(),
      deepLink: z.string().optional(),
    }),
    z.strictObject({ type: z.literal('client'), clientSecret: z.string(), publishableKey: z.string().optional() }),
    z.strictObject({ type: z.literal('deep_link'), url: z.string() }),
  ])
  .nullable()
  .meta({ id: 'NextAction', description: 'What the shopper does next; null where nothing is awaited of them.' });

const attempt = z
  .strictObject({
    id: z.string(),
    state: z.enum([
      'dispatched',
      'requires_action',
      'pending',
      'unknown',
      'authorized',
      'captured',
      'declined',
      'refused',
      'not_sent',
      'canceled',
      'expired',
    ]),
    provider: z.string(),
    providerAccountId: z.string(),
    providerRef: z.string().nullable(),
    failureCode: z.string().nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Attempt', description: 'One try at one provider.' });

export const paymentStatus = z.enum([
  'created',
  'processing',
  'authorized',
  'succeeded',
  'failed',
  'canceled',
  'expired',
  'reversed',
]);

const paymentFields = {
  id: paymentId,
  object: z.literal('payment'),
  mode: z.enum(['live', 'test']),
  tenantId: z.string(),
  reference: z.string(),
  amount: z.int(),
  amountCapturable: z.int(),
  amountCaptured: z.int(),
  amountRefunded: z.int(),
  currency: z.string(),
  status: paymentStatus,
  late: z
    .boolean()
    .meta({ description: 'Provider proof came after the payment had expired, failed or been canceled.' }),
  captureMethod: z.enum(['automatic', 'manual']),
  description: z.string().nullable(),
  statementDescriptor: z.string().nullable(),
  orderId: z.string().nullable(),
  productId: z.string().nullable(),
  returnUrl: z.string().nullable(),
  cancelUrl: z.string().nullable(),
  notificationUrl: z.string().nullable(),
  cartItems: z.array(cartItem).nullable(),
  requestShipping: z.boolean(),
  terminalId: z.string().nullable(),
  subMerchantName: z.string().nullable(),
  mcc: z.string().nullable(),
  rrn2: z.string().nullable(),
  attemptsMax: z.int(),
  providerAccountId: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  expiresAt: instant,
  authorizationExpiresAt: instant.nullable(),
  createdAt: instant,
  updatedAt: instant,
  version: z.int().meta({ description: 'Grows with every change; the higher one is the newer.' }),
  latestAttempt: attempt.nullable(),
  nextAction,
};

/** The payment as it stands in notifications: without the customer's personal data. */
export const paymentObject = z.strictObject(paymentFields).meta({ id: 'PaymentObject' });
export type PaymentObject = z.infer<typeof paymentObject>;

const payment = z.strictObject({ ...paymentFields, customer: customer.nullable() }).meta({ id: 'Payment' });
export type PaymentAnswer = z.infer<typeof payment>;

const createdPayment = z
  .strictObject({
    ...paymentFields,
    customer: customer.nullable(),
    checkoutToken: z.string().meta({ description: 'Opens this payment only, until expiresAt. Shown here only.' }),
    paymentUrl: z.string().meta({ description: 'The hosted page: send the shopper there.' }),
  })
  .meta({ id: 'CreatedPayment' });
export type CreatedPaymentAnswer = z.infer<typeof createdPayment>;

const createPaymentBody = z
  .strictObject({
    reference,
    amount,
    currency: currency.optional().meta({ description: "The tenant's currency unless given." }),
    captureMethod: z.enum(['automatic', 'manual']).default('automatic'),
    description: line(200).optional(),
    statementDescriptor: line(22).optional(),
    orderId: line(64).optional().meta({ description: 'Retries of an order reuse this, never the reference.' }),
    productId: line(64).optional(),
    returnUrl: z.string().max(2_048).optional(),
    cancelUrl: z.string().max(2_048).optional(),
    notificationUrl: z.string().max(2_048).optional(),
    customer: customer.optional(),
    cartItems: z.array(cartItem).max(100, 'Must have at most 100 items').optional(),
    requestShipping: z.boolean().default(false),
    terminalId: terminalId.optional(),
    subMerchantName: subMerchantName.optional(),
    mcc: mcc.optional(),
    rrn2: rrn2.optional(),
    attemptsMax: z.int().min(1).max(10).default(3),
    expiresIn: z
      .int()
      .min(30)
      .max(31 * 86_400)
      .optional()
      .meta({ description: 'Seconds from now; 900 unless given.' }),
    expiresAt: instant.optional(),
    providerAccountId: z.string().max(64).optional(),
    metadata: metadata.default({}),
  })
  .refine((body) => body.expiresIn === undefined || body.expiresAt === undefined, {
    path: ['expiresAt'],
    error: 'Give expiresIn or expiresAt, not both',
  })
  .meta({ id: 'CreatePayment' });
export type CreatePaymentBody = z.output<typeof createPaymentBody>;

const one = z.strictObject({ id: z.string().max(64) });

export const createPayment = endpoint({
  id: 'createPayment',
  method: 'POST',
  path: '/api/v1/payments',
  summary: 'Create a payment',
  description:
    'Answers a checkout token and the address of the hosted page. Repeat a request that got no answer with the same ' +
    'Idempotency-Key: the first answer comes again, and nothing happens twice.',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:create' },
  idempotency: 'optional',
  body: createPaymentBody,
  answer: { status: 201, schema: createdPayment, description: 'The payment, ready to be paid.' },
  problems: ['reference_already_used', 'card_number_not_allowed', 'target_not_allowed', 'no_provider_account'],
  example: {
    reference: 'order-1042-1',
    amount: 124900,
    currency: 'ZAR',
    description: 'Coffee for a month',
    returnUrl: 'https://shop.example/orders/1042',
  },
});

export const getPayment = endpoint({
  id: 'getPayment',
  method: 'GET',
  path: '/api/v1/payments/{id}',
  summary: 'Read a payment',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: payment, description: 'The payment as it stands.' },
  problems: [],
});

export const listPayments = endpoint({
  id: 'listPayments',
  method: 'GET',
  path: '/api/v1/payments',
  summary: 'List payments, newest first',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    reference: z.string().max(64).optional(),
    orderId: z.string().max(64).optional(),
    status: paymentStatus.optional(),
    createdAfter: instant.optional(),
    createdBefore: instant.optional(),
  }),
  answer: { status: 200, schema: pageAnswer(payment), description: 'A page of payments.' },
  problems: [],
});

export const confirmPayment = endpoint({
  id: 'confirmPayment',
  method: 'POST',
  path: '/api/v1/payments/{id}/confirm',
  summary: 'Start an attempt',
  description:
    'For tenants that draw their own page; the hosted page does this by itself. Without a method the provider account ' +
    'decides. The answer tells what the shopper does next; whether it was paid comes by notification.',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:update' },
  idempotency: 'optional',
  params: one,
  body: z.strictObject({
    method: z
      .looseObject({ type: z.string().max(64) })
      .optional()
      .meta({ description: 'Depends on the provider. Sandbox: { "type": "sandbox", "token": "tok_approve" }.' }),
  }),
  answer: { status: 200, schema: payment, description: 'The payment with its new attempt.' },
  problems: ['attempt_in_progress', 'state_conflict', 'no_provider_account', 'card_number_not_allowed'],
  example: { method: { type: 'sandbox', token: 'tok_approve' } },
});

export const cancelPayment = endpoint({
  id: 'cancelPayment',
  method: 'POST',
  path: '/api/v1/payments/{id}/cancel',
  summary: 'Cancel a payment that is not paid',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:update' },
  idempotency: 'optional',
  params: one,
  answer: { status: 200, schema: payment, description: 'The canceled payment.' },
  problems: ['attempt_in_progress', 'state_conflict'],
});

export const createCheckoutToken = endpoint({
  id: 'createCheckoutToken',
  method: 'POST',
  path: '/api/v1/payments/{id}/checkout-token',
  summary: 'Make a fresh checkout token',
  description: 'The tokens before it end at once.',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:update' },
  idempotency: 'optional',
  params: one,
  answer: { status: 201, schema: createdPayment, description: 'The payment with its new token.' },
  problems: ['state_conflict'],
});

export const syncPayment = endpoint({
  id: 'syncPayment',
  method: 'POST',
  path: '/api/v1/payments/{id}/sync',
  summary: 'Ask the provider now',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:update' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: payment, description: 'The payment after the provider was asked.' },
  problems: [],
});
