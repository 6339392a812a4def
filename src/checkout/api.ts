import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant } from '../kernel/shapes.ts';
import { clientData, nextAction, paymentStatus } from '../payments/payment-shape.ts';
import { givenShippingAddress } from '../payments/shipping-address.ts';

const token = z.strictObject({ token: z.string().max(128) });

const session = z
  .strictObject({
    object: z.literal('checkout_session'),
    paymentId: z.string(),
    mode: z.enum(['live', 'test']),
    reference: z.string(),
    amount: z.int(),
    currency: z.string(),
    description: z.string().nullable(),
    status: paymentStatus,
    nextAction,
    needsAddress: z.boolean().meta({ description: 'It cannot be confirmed before somebody gives a shipping address.' }),
    expiresAt: instant,
    secondsLeft: z.int().meta({ description: "By the server's clock; count on from here, not from the device's." }),
    stateKey: z.string().meta({ description: 'Changes whenever the page would look different.' }),
    leaveUrl: z.string().nullable().meta({ description: 'Back to the shop, once nothing moves any more.' }),
  })
  .meta({ id: 'CheckoutSession' });
export type CheckoutSessionAnswer = z.infer<typeof session>;

export const getCheckoutSession = endpoint({
  id: 'getCheckoutSession',
  method: 'GET',
  path: '/api/v1/checkout-sessions/{token}',
  summary: 'Read what a checkout token opens',
  description: 'For the shopper’s browser. Opens one payment, and tells nothing of the tenant’s credentials.',
  tag: 'Checkout',
  access: { by: 'checkoutToken' },
  idempotency: 'none',
  params: token,
  answer: { status: 200, schema: session, description: 'The payment as its shopper may see it.' },
  problems: ['not_found'],
});

export const confirmCheckoutSession = endpoint({
  id: 'confirmCheckoutSession',
  method: 'POST',
  path: '/api/v1/checkout-sessions/{token}/confirm',
  summary: 'Start an attempt from the shopper’s browser',
  tag: 'Checkout',
  access: { by: 'checkoutToken' },
  idempotency: 'none',
  audit: 'own record',
  params: token,
  body: z.strictObject({
    method: z.looseObject({ type: z.string().max(64) }).optional(),
    shippingAddress: givenShippingAddress.optional(),
  }),
  answer: { status: 200, schema: session, description: 'The payment with what the shopper does next.' },
  problems: [
    'not_found',
    'attempt_in_progress',
    'state_conflict',
    'no_provider_account',
    'shipping_required',
    'card_number_not_allowed',
    'endpoint_unhealthy',
  ],
});

export const completeCheckoutSession = endpoint({
  id: 'completeCheckoutSession',
  method: 'POST',
  path: '/api/v1/checkout-sessions/{token}/complete',
  summary: 'Carry out the second step from the shopper’s browser',
  description: 'As completePayment, for the page that has the provider’s fields in it.',
  tag: 'Checkout',
  access: { by: 'checkoutToken' },
  idempotency: 'none',
  audit: 'own record',
  params: token,
  body: z.strictObject({ clientData }).meta({ id: 'CompleteCheckoutSession' }),
  answer: { status: 200, schema: session, description: 'The payment with what came of its attempt so far.' },
  problems: ['not_found', 'nothing_to_complete', 'attempt_in_progress', 'state_conflict', 'card_number_not_allowed'],
});

export const cancelCheckoutSession = endpoint({
  id: 'cancelCheckoutSession',
  method: 'POST',
  path: '/api/v1/checkout-sessions/{token}/cancel',
  summary: 'Cancel from the shopper’s browser',
  tag: 'Checkout',
  access: { by: 'checkoutToken' },
  idempotency: 'none',
  audit: 'own record',
  params: token,
  answer: { status: 200, schema: session, description: 'The canceled payment.' },
  problems: ['not_found', 'attempt_in_progress', 'state_conflict'],
});
