import { z } from 'zod';
import { type Charge, type Failure, find, type Intent, newStripeId, type Refund } from './account.ts';
import { ApiError, invalidRequest } from './api-error.ts';
import { feeOf, moveBalance } from './balance.ts';
import type { Desk } from './desk.ts';
import { openDispute } from './disputes.ts';
import { expand, flag, metadata, positive, webUrl } from './form.ts';
import { cardOf, declined } from './test-cards.ts';

/** https://docs.stripe.com/payments/place-a-hold-on-a-payment-method: seven days for most cards. */
const AUTHORIZATION_SECONDS = 7 * 86_400;

const chargeFields = {
  description: z.string().max(1_000).optional(),
  // Letters must be among them, and these are not: https://docs.stripe.com/get-started/account/statement-descriptors
  statement_descriptor_suffix: z
    .string()
    .max(22)
    .regex(/^[^<>\\'"*]*[a-zA-Z][^<>\\'"*]*$/)
    .optional(),
  metadata: metadata.optional(),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).default('automatic_async'),
};

export const intentFields = z.strictObject(chargeFields);
export const createIntentParams = z.strictObject({
  ...chargeFields,
  amount: positive,
  currency: z.string().regex(/^[a-z]{3}$/),
  automatic_payment_methods: z.strictObject({ enabled: flag, allow_redirects: z.string().optional() }).optional(),
  payment_method: z.string().optional(),
  confirm: flag.default(false),
  return_url: webUrl.optional(),
  expand,
});
export const confirmIntentParams = z.strictObject({
  payment_method: z.string().optional(),
  return_url: webUrl.optional(),
  client_secret: z.string().optional(),
  key: z.string().optional(),
  expand,
});
export const captureIntentParams = z.strictObject({
  amount_to_capture: positive.optional(),
  metadata: metadata.optional(),
  expand,
});
export const cancelIntentParams = z.strictObject({
  cancellation_reason: z.enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  expand,
});

/** Units that Stripe asks for: see https://docs.stripe.com/currencies#special-cases and #three-decimal. */
const MULTIPLES: Readonly<Record<string, number>> = { isk: 100, ugx: 100, bhd: 10, jod: 10, kwd: 10, omr: 10, tnd: 10 };

/** @throws ApiError where Stripe would not take the amount in the currency */
export function checkAmount(amount: number, currency: string): void {
  if (amount % (MULTIPLES[currency] ?? 1) !== 0) {
    throw invalidRequest('invalid_charge_amount_no_decimal_compatible', 'Invalid amount for this currency', 'amount');
  }
  if (amount > 99_999_999) throw invalidRequest('amount_too_large', 'The amount is too large', 'amount');
}

/** https://docs.stripe.com/api/payment_intents/create; confirms it at once where asked to. */
export function createIntent(desk: Desk, params: z.output<typeof createIntentParams>): Intent {
  checkAmount(params.amount, params.currency);
  if (params.payment_method !== undefined && cardOf(params.payment_method) === null) {
    throw invalidRequest('resource_missing', `No such PaymentMethod: '${params.payment_method}'`, 'payment_method');
  }
  if (params.confirm && params.automatic_payment_methods?.enabled === true && params.return_url === undefined) {
    throw invalidRequest('parameter_missing', 'This PaymentIntent may redirect; provide a return_url', 'return_url');
  }
  const intent = addIntent(desk, params);
  if (params.payment_method !== undefined) {
    intent.payment_method = params.payment_method;
    intent.status = 'requires_confirmation';
  }
  if (params.confirm) confirmIntent(desk, intent, { return_url: params.return_url });
  return intent;
}

/** Puts a PaymentIntent that waits for a payment method into the account. */
export function addIntent(
  { account, now, tell }: Desk,
  its: z.output<typeof intentFields> & { readonly amount: number; readonly currency: string },
): Intent {
  const id = newStripeId('pi');
  const intent: Intent = {
    id,
    object: 'payment_intent',
    amount: its.amount,
    amount_capturable: 0,
    amount_received: 0,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: its.capture_method,
    client_secret: newStripeId(`${id}_secret`),
    created: now,
    currency: its.currency,
    description: its.description ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: { ...its.metadata },
    next_action: null,
    payment_method: null,
    statement_descriptor_suffix: its.statement_descriptor_suffix ?? null,
    status: 'requires_payment_method',
  };
  account.objects.set(id, intent);
  tell('payment_intent.created', intent);
  return intent;
}

/** https://docs.stripe.com/api/payment_intents/confirm @throws ApiError card_error where the bank says no */
export function confirmIntent(
  desk: Desk,
  intent: Intent,
  {
    payment_method: given,
    return_url: returnUrl,
  }: { payment_method?: string | undefined; return_url?: string | undefined },
): Intent {
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)) {
    throw unexpectedState(intent, 'confirm');
  }
  const paymentMethod = given ?? intent.payment_method;
  const card = paymentMethod === null ? null : cardOf(paymentMethod);
  if (card === null) throw invalidRequest('payment_intent_unexpected_state', 'A payment method is missing');
  intent.payment_method = paymentMethod;
  switch (card.kind) {
    case 'approve':
      settleIntent(desk, intent);
      if (card.disputeAs !== undefined && intent.latest_charge !== null) {
        openDispute(desk, find(desk.account, 'charge', intent.latest_charge), { status: card.disputeAs });
      }
      return intent;
    case 'decline':
      failIntent(desk, intent, card.failure);
      throw new ApiError(402, { ...card.failure, payment_intent: structuredClone(intent) });
    case 'authenticate': {
      const url = `${desk.pageOrigin}/3ds/${intent.id}`;
      intent.status = 'requires_action';
      intent.next_action = { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl ?? '' } };
      desk.tell('payment_intent.requires_action', intent);
      return intent;
    }
    case 'process':
      intent.status = 'processing';
      desk.tell('payment_intent.processing', intent);
      return intent;
  }
}

/** The bank says yes: money is taken, or reserved where capture is manual. */
export function settleIntent(desk: Desk, intent: Intent): void {
  const isManual = intent.capture_method === 'manual';
  const charge = addCharge(desk, intent, 'succeeded');
  intent.last_payment_error = null;
  intent.next_action = null;
  desk.tell('charge.succeeded', charge);
  if (isManual) {
    charge.payment_method_details.card.capture_before = desk.now + AUTHORIZATION_SECONDS;
    intent.status = 'requires_capture';
    intent.amount_capturable = intent.amount;
    desk.tell('payment_intent.amount_capturable_updated', intent);
    return;
  }
  take(desk, intent, charge, intent.amount);
}

/** The bank says no: another payment method is needed. */
export function failIntent(desk: Desk, intent: Intent, failure: Failure): void {
  addCharge(desk, intent, 'failed').failure_code = failure.code;
  intent.status = 'requires_payment_method';
  intent.next_action = null;
  intent.payment_method = null;
  intent.last_payment_error = failure;
  desk.tell('payment_intent.payment_failed', intent);
}

/** The payer came back from the bank's page. */
export function authenticateIntent(desk: Desk, intent: Intent, isGenuine: boolean): void {
  if (intent.status !== 'requires_action') throw unexpectedState(intent, 'authenticate');
  if (isGenuine) settleIntent(desk, intent);
  else failIntent(desk, intent, declined(null, 'payment_intent_authentication_failure'));
}

/** https://docs.stripe.com/api/payment_intents/capture: once, what is left goes back. */
export function captureIntent(desk: Desk, intent: Intent, params: z.output<typeof captureIntentParams>): Intent {
  if (intent.status !== 'requires_capture' || intent.latest_charge === null) throw unexpectedState(intent, 'capture');
  const amount = params.amount_to_capture ?? intent.amount_capturable;
  if (amount > intent.amount_capturable) {
    throw invalidRequest('amount_too_large', 'The amount is greater than what can be captured', 'amount_to_capture');
  }
  checkAmount(amount, intent.currency);
  Object.assign(intent.metadata, params.metadata);
  const charge = find(desk.account, 'charge', intent.latest_charge);
  delete charge.payment_method_details.card.capture_before;
  desk.tell('charge.captured', charge);
  take(desk, intent, charge, amount);
  return intent;
}

/** https://docs.stripe.com/api/payment_intents/cancel */
export function cancelIntent(desk: Desk, intent: Intent, reason: string | null): Intent {
  if (
    !['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture'].includes(intent.status)
  ) {
    throw unexpectedState(intent, 'cancel');
  }
  if (intent.status === 'requires_capture' && intent.latest_charge !== null) {
    release(desk, find(desk.account, 'charge', intent.latest_charge), intent.amount_capturable);
  }
  intent.status = 'canceled';
  intent.amount_capturable = 0;
  intent.canceled_at = desk.now;
  intent.cancellation_reason = reason;
  intent.next_action = null;
  desk.tell('payment_intent.canceled', intent);
  return intent;
}

function take(desk: Desk, intent: Intent, charge: Charge, amount: number): void {
  const { currency } = intent;
  charge.captured = true;
  charge.amount_captured = amount;
  // Of a capture in part the whole charge is booked, and the rest taken back in a line of its own.
  const whole = { type: 'charge', category: 'charge', amount: charge.amount, fee: feeOf(charge.amount), currency };
  charge.balance_transaction = moveBalance(desk, { ...whole, source: charge.id }).id;
  if (amount < charge.amount) {
    const rest = release(desk, charge, charge.amount - amount);
    const fee = feeOf(amount) - whole.fee;
    const movement = { type: 'refund', category: 'partial_capture_reversal', amount: -rest.amount, fee, currency };
    rest.balance_transaction = moveBalance(desk, { ...movement, source: rest.id }).id;
  }
  intent.status = 'succeeded';
  intent.amount_capturable = 0;
  intent.amount_received = amount;
  desk.tell('payment_intent.succeeded', intent);
}

/** What is not captured is written down as a refund. */
function release(desk: Desk, charge: Charge, amount: number): Refund {
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  const id = newStripeId('re');
  const refund: Refund = {
    ...{ id, object: 'refund', amount, balance_transaction: null, charge: charge.id, created: desk.now },
    ...{ currency: charge.currency, metadata: {}, payment_intent: charge.payment_intent, reason: null },
    status: 'succeeded',
  };
  desk.account.objects.set(id, refund);
  desk.tell('refund.created', refund);
  return refund;
}

function addCharge({ account, now }: Desk, intent: Intent, status: Charge['status']): Charge {
  const charge: Charge = {
    id: newStripeId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    balance_transaction: null,
    captured: false,
    created: now,
    currency: intent.currency,
    disputed: false,
    failure_code: null,
    livemode: false,
    metadata: { ...intent.metadata },
    paid: status === 'succeeded',
    payment_intent: intent.id,
    payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242' } },
    refunded: false,
    status,
  };
  account.objects.set(charge.id, charge);
  intent.latest_charge = charge.id;
  return charge;
}

function unexpectedState(intent: Intent, verb: string): ApiError {
  const message = `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`;
  const error = { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message };
  return new ApiError(400, { ...error, payment_intent: structuredClone(intent) });
}
