import { z } from 'zod';
import { instant, line } from '../kernel/shapes.ts';

/** A payment as other programs see it; browser-safe. */

const paymentId = z.string().meta({ example: 'pay_01kaj2m3n4p5q6r7s8t9v0w1x2' });

export const customer = z
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

export const cartItem = z
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

const VALUES_MAX = 50;
/** Tokens and signed answers of providers are the longest; a body has 256 KiB at most. */
const VALUE_CHARACTERS_MAX = 8_192;

export const clientData = z
  .record(
    z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'Names must be 1 to 64 characters of A-Z a-z 0-9 _ . -'),
    z
      .string()
      .max(VALUE_CHARACTERS_MAX, `Values must be at most ${VALUE_CHARACTERS_MAX} characters`)
      .regex(/^\P{Cc}*$/u, 'Values must not contain control characters'),
  )
  .refine((data) => Object.keys(data).length <= VALUES_MAX, `Must have at most ${VALUES_MAX} entries`)
  .meta({
    id: 'ClientData',
    description: 'What the shopper’s browser brought back, by the names of the provider. Never card data.',
  });

const attempt = z
  .strictObject({
    id: z.string(),
    state: z.enum([
      'dispatched',
      'requires_action',
      'completing',
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
    chargeRef: z
      .string()
      .nullable()
      .meta({ description: 'The provider’s name for the money, where it differs from providerRef and is known.' }),
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
  duplicatePayment: z
    .boolean()
    .meta({ description: 'It was paid a second time; that money is refunded or kept as the tenant has set.' }),
  reversalId: z.string().nullable().meta({ description: 'The reversal under way or succeeded.' }),
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

export const payment = z.strictObject({ ...paymentFields, customer: customer.nullable() }).meta({ id: 'Payment' });
export type PaymentAnswer = z.infer<typeof payment>;

export const createdPayment = z
  .strictObject({
    ...paymentFields,
    customer: customer.nullable(),
    checkoutToken: z.string().meta({ description: 'Opens this payment only, until expiresAt. Shown here only.' }),
    paymentUrl: z.string().meta({ description: 'The hosted page: send the shopper there.' }),
  })
  .meta({ id: 'CreatedPayment' });
export type CreatedPaymentAnswer = z.infer<typeof createdPayment>;
