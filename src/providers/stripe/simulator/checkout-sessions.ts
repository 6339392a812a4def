import { z } from 'zod';
import { type Failure, find, type Intent, newStripeId, type Session } from './account.ts';
import { invalidRequest } from './api-error.ts';
import type { Desk } from './desk.ts';
import { expand, flag, integer, metadata, positive, webUrl } from './form.ts';
import { addIntent, cancelIntent, checkAmount, failIntent, intentFields, settleIntent } from './payment-intents.ts';

const HOUR_SECONDS = 3_600;

const lineItem = z.strictObject({
  quantity: positive,
  price_data: z.strictObject({
    currency: z.string().regex(/^[a-z]{3}$/),
    unit_amount: positive,
    product_data: z.strictObject({ name: z.string().min(1).max(1_000) }),
  }),
});

export const createSessionParams = z.strictObject({
  mode: z.literal('payment'),
  line_items: z.strictObject({ 0: lineItem }),
  client_reference_id: z.string().max(200).optional(),
  success_url: webUrl,
  cancel_url: webUrl.optional(),
  expires_at: integer.optional(),
  locale: z.string().max(10).optional(),
  adaptive_pricing: z.strictObject({ enabled: flag }).optional(),
  metadata: metadata.optional(),
  payment_intent_data: intentFields.optional(),
  expand,
});
export const expireSessionParams = z.strictObject({ expand });

/** What the PaymentIntent gets when somebody first tries to pay; not shown to anybody. */
const intentData = new WeakMap<Session, z.output<typeof intentFields>>();

/** https://docs.stripe.com/api/checkout/sessions/create; its PaymentIntent comes with the first try to pay. */
export function createSession(desk: Desk, params: z.output<typeof createSessionParams>): Session {
  const { account, now } = desk;
  const { price_data: price, quantity } = params.line_items[0];
  const amount = price.unit_amount * quantity;
  checkAmount(amount, price.currency);
  const expiresAt = params.expires_at ?? now + 24 * HOUR_SECONDS;
  if (expiresAt < now + HOUR_SECONDS / 2 || expiresAt > now + 24 * HOUR_SECONDS) {
    throw invalidRequest(
      'parameter_invalid',
      'expires_at must be between 30 minutes and 24 hours from now',
      'expires_at',
    );
  }
  const id = newStripeId('cs_test');
  const session: Session = {
    id,
    object: 'checkout.session',
    amount_total: amount,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: now,
    currency: price.currency,
    expires_at: expiresAt,
    livemode: false,
    metadata: { ...params.metadata },
    mode: 'payment',
    payment_intent: null,
    payment_status: 'unpaid',
    status: 'open',
    success_url: params.success_url,
    url: `${desk.pageOrigin}/c/pay/${id}`,
  };
  intentData.set(session, params.payment_intent_data ?? { capture_method: 'automatic_async' });
  account.objects.set(id, session);
  return session;
}

/** The payer's decision on the hosted page. `processing`: the bank takes its time, the page is left. */
export type PageDecision =
  | { readonly kind: 'approve' }
  | { readonly kind: 'processing' }
  | { readonly kind: 'decline'; readonly failure: Failure };

/** Somebody pays on the hosted page, or tries to; a declined payer stays there and may try again. */
export function payInSession(desk: Desk, session: Session, decision: PageDecision): void {
  if (session.status !== 'open') throw invalidRequest('session_not_open', 'This session is over');
  const intent = intentOf(desk, session);
  if (decision.kind === 'decline') {
    failIntent(desk, intent, decision.failure);
    return;
  }
  if (decision.kind === 'processing') {
    intent.status = 'processing';
    desk.tell('payment_intent.processing', intent);
  } else {
    settleIntent(desk, intent);
  }
  session.status = 'complete';
  session.url = null;
  session.payment_status = intent.status === 'succeeded' ? 'paid' : 'unpaid';
  desk.tell('checkout.session.completed', session);
}

/** The bank has decided on what was processing. */
export function settleSession(desk: Desk, session: Session, failure: Failure | null): void {
  const intent = intentOf(desk, session);
  if (intent.status !== 'processing') throw invalidRequest('payment_intent_unexpected_state', 'Nothing is processing');
  if (failure === null) settleIntent(desk, intent);
  else failIntent(desk, intent, failure);
  session.payment_status = failure === null ? 'paid' : 'unpaid';
  desk.tell(`checkout.session.async_payment_${failure === null ? 'succeeded' : 'failed'}`, session);
}

/** https://docs.stripe.com/api/checkout/sessions/expire; its PaymentIntent ends with it. */
export function expireSession(desk: Desk, session: Session): Session {
  if (session.status !== 'open') {
    throw invalidRequest(
      'session_not_open',
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
    );
  }
  session.status = 'expired';
  session.url = null;
  if (session.payment_intent !== null) {
    cancelIntent(desk, find(desk.account, 'payment_intent', session.payment_intent), 'abandoned');
  }
  desk.tell('checkout.session.expired', session);
  return session;
}

function intentOf(desk: Desk, session: Session): Intent {
  if (session.payment_intent !== null) return find(desk.account, 'payment_intent', session.payment_intent);
  const data = intentData.get(session) ?? { capture_method: 'automatic_async' };
  const intent = addIntent(desk, { ...data, amount: session.amount_total, currency: session.currency });
  session.payment_intent = intent.id;
  return intent;
}
