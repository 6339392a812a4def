/**
 * What we read of Stripe's objects, at the pinned API version. Members that are not here may come and go; those that
 * are here must be as documented. https://docs.stripe.com/api
 */
import { z } from 'zod';
import { amountFromJson } from '../../kernel/money.ts';

const amount = z.int().nonnegative().transform(amountFromJson);
const signedAmount = z.int().transform(amountFromJson);
const currency = z.string().regex(/^[a-z]{3}$/);
/** Unix seconds, up to the year 9999. */
const instant = z
  .int()
  .nonnegative()
  .max(253_402_300_799)
  .transform((seconds) => Temporal.Instant.fromEpochMilliseconds(seconds * 1_000));
const id = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/);
const metadata = z.record(z.string(), z.string());

const failure = z.object({
  type: z.string().optional(),
  code: z.string().optional(),
  decline_code: z.string().optional(),
  message: z.string().optional(),
});

export const wireCharge = z.object({
  id,
  object: z.literal('charge'),
  captured: z.boolean(),
  status: z.string(),
  metadata: metadata.nullish(),
  payment_intent: id.nullish(),
  payment_method_details: z.object({ card: z.object({ capture_before: instant.nullish() }).nullish() }).nullish(),
});

export const wireIntent = z.object({
  id: z.string().regex(/^pi_[A-Za-z0-9_]{1,240}$/),
  object: z.literal('payment_intent'),
  livemode: z.boolean(),
  amount,
  amount_received: amount,
  currency,
  status: z.enum([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'canceled',
    'succeeded',
  ]),
  capture_method: z.string(),
  client_secret: z.string().min(1).nullish(),
  metadata,
  cancellation_reason: z.string().nullish(),
  last_payment_error: failure.nullish(),
  latest_charge: z.union([id, wireCharge]).nullish(),
  next_action: z.object({ redirect_to_url: z.object({ url: z.url({ protocol: /^https?$/ }) }).nullish() }).nullish(),
});

export const wireSession = z.object({
  id: z.string().regex(/^cs_[A-Za-z0-9_]{1,240}$/),
  object: z.literal('checkout.session'),
  livemode: z.boolean(),
  status: z.enum(['open', 'complete', 'expired']),
  url: z.url({ protocol: /^https?$/ }).nullish(),
  expires_at: instant,
  client_reference_id: z.string().nullable(),
  amount_total: amount,
  currency,
  payment_intent: z.union([id, wireIntent]).nullable(),
});

export const wireRefund = z.object({
  id,
  object: z.literal('refund'),
  amount,
  currency,
  status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
  failure_reason: z.string().nullish(),
  metadata: metadata.nullish(),
  payment_intent: z.union([id, wireIntent]).nullable(),
  balance_transaction: z.union([id, z.object({ reporting_category: z.string() })]).nullish(),
});

export const wireDispute = z.object({
  id,
  object: z.literal('dispute'),
  livemode: z.boolean(),
  amount,
  currency,
  status: z.enum([
    'warning_needs_response',
    'warning_under_review',
    'warning_closed',
    'needs_response',
    'under_review',
    'appeal_needs_response',
    'appeal_under_review',
    'won',
    'lost',
    'prevented',
  ]),
  reason: z.string().min(1),
  payment_intent: z.union([id, wireIntent]).nullable(),
  metadata: metadata.nullish(),
  evidence_details: z.object({ due_by: instant.nullable(), submission_count: z.int().nonnegative() }),
  balance_transactions: z.array(z.object({ amount: signedAmount, currency })).max(100),
});

export const wireBalance = z.object({ object: z.literal('balance'), livemode: z.boolean() });

const source = z.object({
  id,
  object: z.string(),
  metadata: metadata.nullish(),
  payment_intent: id.nullish(),
  charge: id.nullish(),
});

export const wireTransaction = z.object({
  id,
  object: z.literal('balance_transaction'),
  amount: signedAmount,
  fee: signedAmount,
  net: signedAmount,
  currency,
  created: instant,
  available_on: instant,
  reporting_category: z.string(),
  source: z.union([id, source]).nullable(),
});

export const wireEvent = z.object({
  id: z.string().regex(/^evt_[A-Za-z0-9_]{1,240}$/),
  object: z.literal('event'),
  type: z.string().min(1).max(200),
  created: instant,
  livemode: z.boolean(),
  api_version: z.string().nullable(),
  /** Present where the fact is of an account connected to ours. */
  account: z.string().nullish(),
  data: z.object({ object: z.unknown() }),
});

export const wireError = z.object({
  error: failure.extend({ type: z.string(), payment_intent: z.unknown().optional() }),
});

/** What tells whose an object is, which may as well be somebody else's on the same account, of any shape. */
export const wireNamed = z.object({
  id,
  metadata: metadata.nullish(),
  payment_intent: z.union([id, z.object({ id }).transform((intent) => intent.id)]).nullish(),
});

/** A page of a list, newest first. https://docs.stripe.com/api/pagination */
export function wireList<Item extends z.ZodType>(item: Item) {
  return z.object({ object: z.literal('list'), data: z.array(item), has_more: z.boolean() });
}

export type WireFailure = z.output<typeof failure>;
export type WireIntent = z.output<typeof wireIntent>;
export type WireSession = z.output<typeof wireSession>;
export type WireRefund = z.output<typeof wireRefund>;
export type WireDispute = z.output<typeof wireDispute>;
export type WireTransaction = z.output<typeof wireTransaction>;
export type WireEvent = z.output<typeof wireEvent>;
export type WireError = z.output<typeof wireError>['error'];
