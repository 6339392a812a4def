import { z } from 'zod';
import { instant, line } from '../kernel/shapes.ts';
import { shippingAddress } from './shipping-address.ts';

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
      imageUrl: z
        .string()
        .optional()
        .meta({ description: 'The payload as a picture, for an <img>: SVG, and PNG where .svg becomes .png.' }),
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

const instrument = z
  .strictObject({
    type: z.enum(['card', 'account', 'wallet']),
    brand: z.string().optional().describe('In the provider’s words, such as visa.'),
    bin: z.string().optional().describe('The first six digits.'),
    last4: z.string().optional().describe('The last four digits.'),
    accountType: z.string().optional().describe('Such as credit or savings.'),
  })
  .meta({ id: 'Instrument', description: 'What a payer paid with, masked.' });

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
    provider: z.string().describe('The name of its adapter.'),
    providerAccountId: z.string(),
    providerRef: z.string().nullable().describe('What the provider calls the attempt.'),
    chargeRef: z
      .string()
      .nullable()
      .meta({ description: 'The provider’s name for the money, where it differs from providerRef and is known.' }),
    failureCode: z.string().nullable().describe('Why it failed, such as insufficient_funds; null where it did not.'),
    instrument: instrument.nullable().describe('What it was paid with, as far as the provider has told.'),
    authCode: z.string().nullable().describe('What the bank said yes by, where the provider tells it.'),
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
  tenantId: z.string().describe('Whose payment it is.'),
  reference: z.string().describe('Yours alone, and used once.'),
  amount: z.int().describe('Asked of the shopper, in minor units: 1250 with EUR is 12.50 EUR.'),
  amountCapturable: z.int().describe('Reserved, and still to be captured or released.'),
  amountCaptured: z.int().describe('What was paid.'),
  amountRefunded: z.int().describe('What has gone back of it; pending refunds are not in it.'),
  currency: z.string().describe('ISO 4217.'),
  status: paymentStatus,
  late: z
    .boolean()
    .meta({ description: 'Provider proof came after the payment had expired, failed or been canceled.' }),
  duplicatePayment: z
    .boolean()
    .meta({ description: 'It was paid a second time; that money is refunded or kept as the tenant has set.' }),
  reversalId: z.string().nullable().meta({ description: 'The reversal under way or succeeded.' }),
  captureMethod: z
    .enum(['automatic', 'manual'])
    .describe('manual: the money is reserved first, and taken when you say so.'),
  description: z.string().nullable().describe('Shown to the shopper.'),
  statementDescriptor: z.string().nullable().describe('Asked to stand on the shopper’s statement.'),
  orderId: z.string().nullable().describe('Your order; retries of one share it.'),
  productId: z.string().nullable().describe('The product whose notification settings count.'),
  checkoutId: z.string().nullable().describe('The stored checkout that it was made by.'),
  returnUrl: z.string().nullable().describe('Where the shopper goes afterwards.'),
  cancelUrl: z.string().nullable().describe('Where the shopper goes who gives up.'),
  notificationUrl: z.string().nullable().describe('In the place of the main endpoint’s address, for this payment.'),
  cartItems: z.array(cartItem).nullable(),
  requestShipping: z.boolean().describe('Whether the shopper is asked for an address.'),
  shippingAddress: shippingAddress
    .nullable()
    .describe('Where the order goes; null where nobody was asked or answered.'),
  terminalId: z.string().nullable().describe('Overrides the default terminal.'),
  subMerchantName: z.string().nullable().describe('For the statement, where the acquirer supports it.'),
  mcc: z.string().nullable().describe('Merchant category code of this payment; overrides the default.'),
  rrn2: z.string().nullable().describe('A second retrieval reference for the bank, 12 characters.'),
  attemptsMax: z.int().describe('How many declined tries there may be.'),
  providerAccountId: z.string().nullable().describe('The account that you asked for; null: routed.'),
  metadata: z.record(z.string(), z.string()).describe('Yours; nobody else reads it.'),
  expiresAt: instant.describe('Until when it can be paid.'),
  authorizationExpiresAt: instant.nullable().describe('Until when what is reserved can be captured.'),
  createdAt: instant,
  updatedAt: instant.describe('When it last changed.'),
  version: z.int().meta({ description: 'Grows with every change; the higher one is the newer.' }),
  latestAttempt: attempt.nullable(),
  nextAction,
};

/** The payment as it stands in notifications: of the shopper's personal data it has the address alone, which is asked for them. */
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
