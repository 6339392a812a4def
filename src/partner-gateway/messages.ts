import { z } from 'zod';
import { amount, currency, instant, line, reference } from '../kernel/shapes.ts';
import { parsePartnerInstant } from '../partners/partner-words.ts';

/** What partners may ask for; each has an address of its own. */
export const OPERATIONS = ['create-payment', 'query-payment', 'refund'] as const;
export type PartnerOperation = (typeof OPERATIONS)[number];

/** Which values of each message are signed, in their order. */
export const SIGNED = {
  'create-payment': [
    'merchantCode',
    'orderId',
    'amount',
    'currency',
    'description',
    'returnUrl',
    'ipnUrl',
    'expiresAt',
  ],
  'query-payment': ['merchantCode', 'orderId', 'providerRef', 'timestamp'],
  refund: ['merchantCode', 'orderId', 'providerRef', 'refundId', 'amount', 'currency', 'timestamp'],
  created: ['orderId', 'providerRef', 'redirectUrl', 'qrPayload', 'expiresAt'],
  queried: ['orderId', 'providerRef', 'status', 'amount', 'currency', 'paidAt'],
  refunded: [
    'merchantCode',
    'orderId',
    'providerRef',
    'refundId',
    'status',
    'amount',
    'currency',
    'paidAt',
    'timestamp',
  ],
  refused: ['orderId', 'code', 'message'],
} as const;

const URL_CHARACTERS_MAX = 2_048;
const signed = { merchantCode: z.string(), signature: z.string() };
const address = z.string('Is required').max(URL_CHARACTERS_MAX, `Must be at most ${URL_CHARACTERS_MAX} characters`);
const providerRef = z.string().max(64).optional();
const timestamp = z.union([z.string(), z.int()]).transform((value, context) => {
  const at = parsePartnerInstant(value);
  if (at !== null) return at;
  context.addIssue({ code: 'custom', message: 'Must be an instant such as 2026-11-21T12:00:00Z, or a Unix time' });
  return z.NEVER;
});

/** The shapes of the requests. Absent values and empty ones are the same, and left out before. */
export const createRequest = z.strictObject({
  ...signed,
  orderId: reference,
  amount,
  currency,
  description: line(200).optional(),
  returnUrl: address,
  ipnUrl: address,
  expiresAt: instant.optional(),
});
export const queryRequest = z.strictObject({ ...signed, orderId: reference, providerRef, timestamp });
export const refundRequest = z.strictObject({
  ...signed,
  orderId: reference,
  providerRef,
  refundId: reference,
  amount,
  currency,
  timestamp,
});

export type CreateRequest = z.output<typeof createRequest>;
export type QueryRequest = z.output<typeof queryRequest>;
export type RefundRequest = z.output<typeof refundRequest>;
