import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, mcc, reference, rrn2, subMerchantName, terminalId } from '../kernel/shapes.ts';
import { blueboxAmount } from './bluebox-amount.ts';
import { TRANSACTION_STATUSES } from './transaction.ts';

/** Bluebox's own interface: hosted checkout for merchants who integrated with Scan to Pay. Seed 001. */

const one = z.strictObject({ id: z.string().max(64) });
const transactionReference = z
  .string('Is required')
  .regex(/^[A-Za-z0-9._:/-]{1,45}$/, 'Must be 1 to 45 characters of A-Z a-z 0-9 . _ : / -')
  .meta({ description: 'Your own id of this transaction; unique for ever.' });

const item = z.strictObject({
  description: line(200),
  quantity: z.int('Must be a whole number').min(1, 'Must be at least 1').max(1_000_000, 'Must be at most 1000000'),
  value: blueboxAmount.meta({ description: 'Of one piece, a decimal with two places.' }),
  imageURL: z
    .url({ protocol: /^https$/, error: 'Must be an https address' })
    .max(2_048)
    .optional(),
  destination: line(200).optional().meta({ description: 'What is bought for, such as a telephone number.' }),
  itemType: line(40).optional().meta({ description: 'Such as AIRTIME or AIRTIME_BUNDLE.' }),
});

const transaction = z
  .strictObject({
    transactionId: z.string(),
    reference: z.string(),
    amount: z.string().meta({ description: 'Decimal with two places.' }),
    currencyCode: z.string(),
    status: z.enum(TRANSACTION_STATUSES),
    date: instant.meta({ description: 'Of the last change.' }),
    description: z.string().nullable(),
    terminalId: z.string().nullable(),
    subMerchantName: z.string().nullable(),
    mcc: z.string().nullable(),
    rrn2: z.string().nullable(),
    amountRefunded: z.string(),
  })
  .meta({ id: 'BlueboxTransaction' });
export type TransactionAnswer = z.output<typeof transaction>;

export const createTransaction = endpoint({
  id: 'createBlueboxTransaction',
  method: 'POST',
  path: '/bluebox/secure/createTx',
  summary: 'Create a transaction',
  description:
    'The shopper pays at `redirectUrl` and is led back to `callbackUrl` with `transactionId` and `status` ' +
    '(`SUCCESS`, `CANCELLED`, `FAILED`, `EXPIRED` or `PENDING`), which anybody can forge: release goods on the ' +
    'encrypted notification alone. A reference that was used answers 409 with the transaction that has it.',
  tag: 'Bluebox',
  access: { by: 'tenant', scope: 'payment:create', basic: true },
  idempotency: 'optional',
  audit: 'own record',
  body: z
    .strictObject({
      reference: transactionReference,
      callbackUrl: z.string('Is required').min(1, 'Is required').max(400, 'Must be at most 400 characters'),
      amount: blueboxAmount,
      description: z
        .string()
        .min(5, 'Must be at least 5 characters')
        .max(45, 'Must be at most 45 characters')
        .regex(/^[^\p{Cc}\p{Co}\p{Cn}\p{Bidi_Control}]*$/u, 'Must not contain control characters')
        .optional(),
      requestShipping: z.boolean('Must be true or false').default(false),
      terminalId: terminalId.optional(),
      subMerchantName: subMerchantName.optional(),
      mcc: mcc.optional(),
      rrn2: rrn2.optional().meta({ description: 'Filled up to 12 characters with zeros on the left.' }),
      cartItems: z.array(item).max(100, 'Must have at most 100 items').optional(),
      notificationUrl: z.string().max(2_048).optional(),
    })
    .meta({ id: 'CreateBlueboxTransaction' }),
  answer: {
    status: 201,
    schema: z
      .strictObject({
        transactionId: z.string(),
        reference: z.string(),
        redirectUrl: z.string(),
        status: z.enum(TRANSACTION_STATUSES),
      })
      .meta({ id: 'CreatedBlueboxTransaction' }),
    description: 'The transaction, ready to be paid.',
  },
  problems: [
    'reference_already_used',
    'card_number_not_allowed',
    'target_not_allowed',
    'limit_exceeded',
    'endpoint_unhealthy',
  ],
  example: {
    reference: 'order-1042',
    callbackUrl: 'https://shop.example/bluebox/done',
    amount: '1249.00',
    description: 'Coffee for a month',
  },
});

export const getTransaction = endpoint({
  id: 'getBlueboxTransaction',
  method: 'GET',
  path: '/bluebox/secure/transactions/{id}',
  summary: 'Read a transaction',
  tag: 'Bluebox',
  access: { by: 'tenant', scope: 'payment:read', basic: true },
  idempotency: 'none',
  audit: 'counted for people',
  params: one,
  answer: { status: 200, schema: transaction, description: 'The transaction as it stands.' },
  problems: [],
});

export const findTransaction = endpoint({
  id: 'findBlueboxTransaction',
  method: 'GET',
  path: '/bluebox/secure/transactions',
  summary: 'Find a transaction by its reference',
  tag: 'Bluebox',
  access: { by: 'tenant', scope: 'payment:read', basic: true },
  idempotency: 'none',
  audit: 'counted for people',
  query: z.strictObject({ reference }),
  answer: { status: 200, schema: transaction, description: 'The transaction as it stands.' },
  problems: ['not_found'],
});

const reason = line(200).default('Requested by the merchant');

export const refundTransaction = endpoint({
  id: 'refundBlueboxTransaction',
  method: 'POST',
  path: '/bluebox/secure/transactions/{id}/refund',
  summary: 'Refund a transaction',
  description:
    'All that is left unless an amount is given. Needs a reference or an Idempotency-Key, so that a repeat cannot refund ' +
    'twice. A reversed transaction is not refunded.',
  tag: 'Bluebox',
  access: { by: 'tenant', scope: 'refund:create', basic: true },
  idempotency: 'optional',
  audit: { class: 'money', shows: ['amount'] },
  params: one,
  body: z
    .strictObject({ amount: blueboxAmount.optional(), reference: reference.optional(), reason })
    .meta({ id: 'RefundBlueboxTransaction' }),
  answer: {
    status: 201,
    schema: z
      .strictObject({
        transactionId: z.string(),
        refundId: z.string(),
        reference: z.string().nullable(),
        amount: z.string(),
        currencyCode: z.string(),
        status: z.enum(['PENDING', 'SUCCESS', 'FAILED']),
      })
      .meta({ id: 'BlueboxRefund' }),
    description: 'The refund.',
  },
  problems: [
    'idempotency_required',
    'amount_not_available',
    'state_conflict',
    'reference_already_used',
    'not_supported_by_provider',
    'card_number_not_allowed',
  ],
  example: { amount: '50.00', reference: 'refund-1042-1' },
});

export const reverseTransaction = endpoint({
  id: 'reverseBlueboxTransaction',
  method: 'POST',
  path: '/bluebox/secure/transactions/{id}/reverse',
  summary: 'Reverse a transaction',
  description:
    'Undoes all of it, before the cut-off of the acquirer. A transaction that is refunded, even in part, is not reversed.',
  tag: 'Bluebox',
  access: { by: 'tenant', scope: 'reversal:create', basic: true },
  idempotency: 'optional',
  audit: { class: 'money' },
  params: one,
  body: z
    .strictObject({ reason })
    .default({ reason: 'Requested by the merchant' })
    .meta({ id: 'ReverseBlueboxTransaction' }),
  answer: {
    status: 201,
    schema: z
      .strictObject({
        transactionId: z.string(),
        reversalId: z.string(),
        amount: z.string(),
        currencyCode: z.string(),
        status: z.enum(['PENDING', 'SUCCESS', 'FAILED']),
      })
      .meta({ id: 'BlueboxReversal' }),
    description: 'The reversal.',
  },
  problems: ['state_conflict', 'reversal_too_late', 'not_supported_by_provider', 'card_number_not_allowed'],
  example: { reason: 'Ordered twice' },
});
