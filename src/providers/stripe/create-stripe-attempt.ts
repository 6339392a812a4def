import { lowestId } from '../../kernel/id.ts';
import type { CreateAnswer, CreateInput } from '../provider.ts';
import { refused, unknown } from '../read-answer.ts';
import { sessionExpiry } from './session-expiry.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import { askStripe, isAboutKey, type StripeAddress, type StripeForm } from './stripe-client.ts';
import type { StripeCall } from './stripe-credentials.ts';
import { declineOf } from './stripe-declines.ts';
import { stripeMethod } from './stripe-method.ts';
import { attemptIdOf, intentReport, sessionReport } from './stripe-reports.ts';
import { wireIntent, wireSession } from './stripe-wire.ts';

/** Stripe forgets a key after 24 hours at the earliest. https://docs.stripe.com/api/idempotent_requests */
const KEY_TRUSTED_HOURS = 23;
const FIRST_SECONDS_MAX = 30;

/** Starts an attempt: a Checkout Session, or a PaymentIntent for Stripe.js or with a PaymentMethod that is there already. */
export async function createStripeAttempt(
  address: StripeAddress,
  call: StripeCall,
  input: CreateInput,
): Promise<CreateAnswer> {
  const method = stripeMethod.safeParse(input.method);
  if (!method.success) return refused('invalid_method', 'This is no method of Stripe');
  const amount = toStripeAmount(input.amount);
  if (amount === null) return refused('amount_not_representable', 'Stripe cannot take this amount in this currency');
  const fields = { amount: amount.toString(), currency: input.amount.currency.toLowerCase() };
  if (method.data?.flow !== 'client') return createSession(address, call, input, fields);
  const { paymentMethod } = method.data;
  if (paymentMethod !== undefined && mayBeForgotten(call, input.attemptId)) {
    return unknown('Stripe may have forgotten the key of this request, and would charge a second time');
  }
  return createIntent(address, call, input, { ...fields, paymentMethod });
}

interface AmountFields {
  readonly amount: string;
  readonly currency: string;
}

/** https://docs.stripe.com/api/checkout/sessions/create */
async function createSession(
  address: StripeAddress,
  call: StripeCall,
  input: CreateInput,
  { amount, currency }: AmountFields,
): Promise<CreateAnswer> {
  const { attemptId, returnUrl, description } = input;
  const reply = await askStripe(address, call, {
    method: 'POST',
    path: '/v1/checkout/sessions',
    idempotencyKey: attemptId,
    form: {
      mode: 'payment',
      client_reference_id: attemptId,
      success_url: returnUrl,
      cancel_url: returnUrl,
      expires_at: sessionExpiry(attemptId, input.expiresAt)?.toString(),
      locale: localeOf(input.locale),
      'line_items[0][quantity]': '1',
      'line_items[0][price_data][currency]': currency,
      'line_items[0][price_data][unit_amount]': amount,
      'line_items[0][price_data][product_data][name]': description ?? 'Payment',
      // In the shopper's currency, another amount than ours would be taken.
      'adaptive_pricing[enabled]': 'false',
      'metadata[attempt_id]': attemptId,
      'payment_intent_data[capture_method]': captureMethodOf(input),
      'payment_intent_data[description]': description,
      'payment_intent_data[statement_descriptor_suffix]': input.statementDescriptor,
      'payment_intent_data[metadata][attempt_id]': attemptId,
      'payment_intent_data[metadata][flow]': 'redirect',
    },
  });
  if (reply.kind === 'declined') return refused('card_error', 'Stripe refused the session');
  if (reply.kind !== 'ok') return reply;
  const parsed = wireSession.safeParse(reply.body);
  if (!parsed.success) return unknown('the answer is no Checkout Session');
  const session = parsed.data;
  const told = fromStripeAmount(session.amount_total, session.currency);
  if (session.client_reference_id !== attemptId || session.livemode !== (call.mode === 'live')) {
    return unknown('the answer is about another session');
  }
  if (told?.amount !== input.amount.amount || told.currency !== input.amount.currency) {
    return unknown('the answer has another amount');
  }
  const report = sessionReport(session, call.credentials);
  if (report === null) return unknown('the answer contradicts itself');
  return { kind: 'answered', providerRef: session.id, report };
}

/** https://docs.stripe.com/api/payment_intents/create */
async function createIntent(
  address: StripeAddress,
  call: StripeCall,
  input: CreateInput,
  { amount, currency, paymentMethod }: AmountFields & { readonly paymentMethod: string | undefined },
): Promise<CreateAnswer> {
  const { attemptId } = input;
  const confirmed: StripeForm =
    paymentMethod === undefined
      ? { 'metadata[flow]': 'client' }
      : { 'metadata[flow]': 'server', payment_method: paymentMethod, confirm: 'true', return_url: input.returnUrl };
  const reply = await askStripe(address, call, {
    method: 'POST',
    path: '/v1/payment_intents',
    idempotencyKey: attemptId,
    form: {
      amount,
      currency,
      capture_method: captureMethodOf(input),
      'automatic_payment_methods[enabled]': 'true',
      description: input.description,
      statement_descriptor_suffix: input.statementDescriptor,
      'metadata[attempt_id]': attemptId,
      ...confirmed,
      'expand[]': 'latest_charge',
    },
  });
  if (reply.kind === 'refused' && isAboutKey(reply) && paymentMethod !== undefined && isRepeat(call, attemptId)) {
    return unknown('the key is not accepted any more, and an earlier request may have charged');
  }
  if (reply.kind !== 'ok' && reply.kind !== 'declined') return reply;
  const parsed = wireIntent.safeParse(reply.kind === 'ok' ? reply.body : reply.error.payment_intent);
  if (!parsed.success) return unknown('the answer is no PaymentIntent');
  const intent = parsed.data;
  if (attemptIdOf(intent) !== attemptId || intent.livemode !== (call.mode === 'live')) {
    return unknown('the answer is about another PaymentIntent');
  }
  if (intent.amount.toString() !== amount || intent.currency !== currency) {
    return unknown('the answer has another amount');
  }
  if (reply.kind === 'declined') {
    // Its secret was given to nobody, so that nobody can pay it any more.
    return { kind: 'answered', providerRef: intent.id, report: { state: 'declined', decline: declineOf(reply.error) } };
  }
  const report = intentReport(intent, call.credentials);
  if (report === null) return unknown('the answer contradicts itself');
  return { kind: 'answered', providerRef: intent.id, report };
}

/** The first request of an attempt follows its id at once. */
function isRepeat({ clock }: StripeCall, attemptId: string): boolean {
  return attemptId < lowestId('att', clock.now().subtract({ seconds: FIRST_SECONDS_MAX }));
}

/** Attempt ids sort by their time. Only what charges at once can charge twice; test clocks, which live mode has not, may lag. */
function mayBeForgotten({ mode, clock }: StripeCall, attemptId: string): boolean {
  return mode === 'live' && attemptId < lowestId('att', clock.now().subtract({ hours: KEY_TRUSTED_HOURS }));
}

function captureMethodOf({ captureMethod }: CreateInput): string {
  return captureMethod === 'manual' ? 'manual' : 'automatic_async';
}

/** The languages of Stripe's page; it finds one by itself where ours is none of them. */
const LOCALES = new Set(
  (
    'bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk ' +
    'sl sv th tr vi zh zh-HK zh-TW'
  ).split(' '),
);

function localeOf(locale: string | undefined): string | undefined {
  return [locale, locale?.split('-')[0]].find((each) => each !== undefined && LOCALES.has(each));
}
