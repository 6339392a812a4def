import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { amount, instant, metadata, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { timeCursor } from '../kernel/time-cursor.ts';
import { explanation, paymentInDoubt } from './explain-shape.ts';
import { clientData, createdPayment, payment, paymentObject, paymentStatus } from './payment-shape.ts';
import { paymentOwn, paymentTerms } from './payment-terms.ts';
import { givenShippingAddress } from './shipping-address.ts';

const createPaymentBody = z
  .strictObject({
    ...paymentOwn,
    ...z.object(paymentTerms).partial().shape,
    amount,
    captureMethod: paymentTerms.captureMethod.default('automatic'),
    notificationUrl: paymentTerms.ipnUrl
      .meta({ description: 'In the place of the main endpoint’s address.' })
      .optional(),
    requestShipping: paymentTerms.requestShipping.default(false),
    attemptsMax: paymentTerms.attemptsMax.default(3),
    metadata: metadata.default({}),
  })
  .refine((body) => body.expiresIn === undefined || body.expiresAt === undefined, {
    path: ['expiresAt'],
    error: 'Give expiresIn or expiresAt, not both',
  })
  .refine((body) => body.notificationUrl === undefined || body.ipnUrl === undefined, {
    path: ['ipnUrl'],
    error: 'Give notificationUrl or ipnUrl, not both',
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
  audit: 'own record',
  body: createPaymentBody,
  answer: { status: 201, schema: createdPayment, description: 'The payment, ready to be paid.' },
  problems: [
    'reference_already_used',
    'card_number_not_allowed',
    'target_not_allowed',
    'no_provider_account',
    'limit_exceeded',
    'endpoint_unhealthy',
  ],
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
  audit: 'counted for people',
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
  audit: 'counted for people',
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
    'decides. Where an account certainly did nothing about it, another one takes over before this answers. The answer ' +
    'tells what the shopper does next; whether it was paid comes by notification.',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:update' },
  idempotency: 'optional',
  audit: 'own record',
  params: one,
  body: z.strictObject({
    method: z
      .looseObject({ type: z.string().max(64) })
      .optional()
      .meta({ description: 'Depends on the provider. Sandbox: { "type": "sandbox", "token": "tok_approve" }.' }),
    shippingAddress: givenShippingAddress.optional().meta({
      description: 'Where the order goes, for a payment with `requestShipping` whose address you ask for yourself.',
    }),
  }),
  answer: { status: 200, schema: payment, description: 'The payment with its new attempt.' },
  problems: [
    'attempt_in_progress',
    'state_conflict',
    'no_provider_account',
    'shipping_required',
    'card_number_not_allowed',
    'endpoint_unhealthy',
  ],
  example: { method: { type: 'sandbox', token: 'tok_approve' } },
});

export const completePayment = endpoint({
  id: 'completePayment',
  method: 'POST',
  path: '/api/v1/payments/{id}/complete',
  summary: 'Carry out the second step of an attempt',
  description:
    'For providers that charge only after the shopper’s browser has brought something back, such as the token of their ' +
    'card fields (`capabilities.complete`), and for tenants that draw their own page; the hosted page does this by ' +
    'itself. The data name, they never decide: the amount is the payment’s. The same data again change nothing. Where ' +
    'the provider was not reached, the attempt waits as before and can be completed again, under another ' +
    'Idempotency-Key. Data that hold a card number are refused.',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:update' },
  idempotency: 'optional',
  audit: 'own record',
  params: one,
  body: z.strictObject({ clientData }).meta({ id: 'CompletePayment' }),
  answer: { status: 200, schema: payment, description: 'The payment with what came of its attempt so far.' },
  problems: ['nothing_to_complete', 'attempt_in_progress', 'state_conflict', 'card_number_not_allowed'],
  example: { clientData: { pfToken: 'a-token-of-the-card-fields', firstName: 'Ada', lastName: 'Lovelace' } },
});

export const cancelPayment = endpoint({
  id: 'cancelPayment',
  method: 'POST',
  path: '/api/v1/payments/{id}/cancel',
  summary: 'Cancel a payment, or release what is authorized',
  description:
    'A payment without money is canceled. Of an authorized one, what is not captured is given back: it ends as canceled, ' +
    'or as succeeded after a partial capture. Where the provider does not answer at once, the payment is answered as it ' +
    'stands, nothing of it can be captured any more, and payment.canceled or payment.succeeded tells the end.',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:update' },
  idempotency: 'optional',
  audit: { class: 'money' },
  params: one,
  answer: { status: 200, schema: payment, description: 'The payment as it stands.' },
  problems: ['attempt_in_progress', 'state_conflict', 'not_supported_by_provider'],
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
  description:
    'About the attempt and about every capture, refund and reversal whose outcome is open; what is in doubt is sent ' +
    'again with its own key. Harmless at any time, and rarely needed: the gateway asks by itself.',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:update' },
  idempotency: 'none',
  audit: 'own record',
  params: one,
  answer: { status: 200, schema: payment, description: 'The payment after the provider was asked.' },
  problems: [],
});

export const explainPayment = endpoint({
  id: 'explainPayment',
  method: 'GET',
  path: '/api/v1/payments/{id}/explain',
  summary: 'Explain why a payment is as it is',
  description:
    'Its status in sentences, whom it waits for and until when, what can be done with it and what cannot and why, and ' +
    'what is not known. Sentences are for people and may change; programs read status, amounts and allowed.',
  tag: 'Payments',
  access: { by: 'tenant', scope: 'payment:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: explanation, description: 'The explanation, as of now.' },
  problems: [],
});

const tenantId = z.string().max(64).meta({ description: 'Whose payments.' });

export const listPaymentsInDoubt = endpoint({
  id: 'listPaymentsInDoubt',
  method: 'GET',
  path: '/api/v1/operator/payments-in-doubt',
  summary: "List what is in doubt about a tenant's payments, newest first",
  description:
    'Attempts and operations of which nobody knows what came, those that the first question did not settle, and ' +
    'messages of a provider that contradict what is known. By tenant, as the data are: one list of all tenants would ' +
    'have to look through every open attempt of the installation.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'payment-doubt:read' },
  idempotency: 'none',
  query: z.strictObject({ ...pageQuery, cursor: timeCursor, tenantId }),
  answer: { status: 200, schema: pageAnswer(paymentInDoubt), description: 'A page of doubts.' },
  problems: ['not_found'],
});

export const syncPaymentAsOperator = endpoint({
  id: 'syncPaymentAsOperator',
  method: 'POST',
  path: '/api/v1/operator/payments/{id}/sync',
  summary: "Ask the provider about a tenant's payment now",
  tag: 'Operator',
  access: { by: 'operator', permission: 'payment-doubt:execute' },
  idempotency: 'none',
  audit: { class: 'money' },
  params: one,
  query: z.strictObject({ tenantId }),
  answer: { status: 200, schema: paymentObject, description: 'The payment afterwards, without the customer.' },
  problems: [],
});
