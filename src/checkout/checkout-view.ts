import { renderSVG } from 'uqr';
import { present } from '../kernel/assert.ts';
import { addToReturnUrl } from '../kernel/return-url.ts';
import type { Attempt } from '../payments/attempt.ts';
import { isEnded, type Payment, type PaymentStatus } from '../payments/payment.ts';
import { trustedHtml } from '../platform/html.ts';
import type { DeclineReason, NextAction } from '../providers/provider.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { brandOf } from './brand-of.ts';
import type { CardFieldsOfPage } from './card-fields.ts';
import { deadlineText } from './page/deadline-text.ts';
import type { CheckoutLocale } from './page/locale.ts';
import type { CheckoutView, PaymentMethodChoice } from './page/view.ts';
import type { ShippingStep } from './shipping-step.ts';

interface ViewInput {
  readonly token: string;
  readonly payment: Payment;
  readonly latestAttempt: Attempt | null;
  readonly tenant: Tenant;
  readonly locale: CheckoutLocale;
  readonly nonce: string;
  readonly now: Temporal.Instant;
  /**
   * `leaving`: the shopper has just chosen to pay, and is taken to the bank. `returned`: the browser comes back from
   * there and waits for the bank's own word.
   */
  readonly way: 'looking' | 'leaving' | 'returned';
  readonly cardFields: CardFieldsOfPage | 'lapsed' | null;
  readonly shipping: ShippingStep;
}

/** One choice is no choice: the page then shows the pay button alone. */
const METHODS: readonly [PaymentMethodChoice] = [{ id: 'default', label: 'Pay' }];

/** What the page shows, worked out from the server's state alone. */
export function checkoutView(input: ViewInput): CheckoutView {
  const { token, payment, tenant, locale, nonce, now, way } = input;
  const path = `/c/${token}`;
  const common = {
    path,
    ...(way === 'looking' ? {} : { stayPath: way === 'returned' ? `${path}/return` : `${path}/leave` }),
    locale,
    nonce,
    brand: brandOf(tenant, locale),
    amount: { amount: payment.amount, currency: payment.currency },
    ...(payment.description === null ? {} : { description: payment.description }),
    ...(payment.cartItems === null
      ? {}
      : {
          items: payment.cartItems.map(({ description, quantity, value }) => ({
            description,
            quantity,
            amount: BigInt(value) * BigInt(quantity),
          })),
        }),
    reference: payment.reference,
    testMode: payment.mode === 'test',
    secondsLeft: secondsLeft(payment, now),
    expiresAtText: deadlineText({
      ...{ expiresAt: payment.expiresAt, now, tag: locale.tag },
      timeZone: tenant.settings.timeZone,
    }),
    stateKey: stateKey(payment, now),
  };
  return { ...common, ...stateOf(input) };
}

type State = CheckoutView extends infer View
  ? View extends { kind: string }
    ? Omit<View, keyof Common>
    : never
  : never;
type Common = Pick<
  CheckoutView,
  | 'path'
  | 'stayPath'
  | 'locale'
  | 'nonce'
  | 'brand'
  | 'amount'
  | 'description'
  | 'items'
  | 'reference'
  | 'testMode'
  | 'secondsLeft'
  | 'expiresAtText'
  | 'stateKey'
>;

function stateOf(input: ViewInput): State {
  const { payment, latestAttempt, now } = input;
  const status = shownStatus(payment, now);
  switch (status) {
    case 'created':
      return createdState(latestAttempt, input.shipping);
    case 'processing':
      return processingState(present(latestAttempt, 'the attempt'), input);
    case 'authorized':
    case 'succeeded':
      return { kind: 'succeeded', ...leave(payment, 'succeeded') };
    case 'failed':
      return { kind: 'failed', reason: declineReason(latestAttempt), ...leave(payment, 'failed') };
    case 'canceled':
      return { kind: 'canceled', ...leave(payment, 'canceled') };
    case 'expired':
      return { kind: 'expired', ...leave(payment, 'expired') };
    case 'reversed':
      return { kind: 'reversed', ...leave(payment, 'reversed') };
  }
}

/** A payment past its end is over for the shopper, also in the moment before the worker closes it. */
function shownStatus(payment: Payment, now: Temporal.Instant): PaymentStatus {
  const over = Temporal.Instant.compare(now, payment.expiresAt) >= 0;
  return payment.status === 'created' && over ? 'expired' : payment.status;
}

function createdState(attempt: Attempt | null, shipping: ShippingStep): State {
  if (shipping?.step === 'ask') return { kind: 'shipping', country: shipping.country, entries: shipping.entries };
  if (attempt?.state === 'not_sent') return { kind: 'unavailable' };
  const declined = attempt?.state === 'declined' || attempt?.state === 'refused';
  return {
    kind: 'choose',
    methods: METHODS,
    ...(shipping === null ? {} : { delivery: shipping.lines }),
    notice: declined ? { kind: 'declined', reason: declineReason(attempt) } : null,
  };
}

function processingState(attempt: Attempt, input: ViewInput): State {
  const { state, nextAction } = attempt;
  if (state === 'unknown') return { kind: 'unknown' };
  if (state !== 'requires_action' || nextAction === null) return { kind: 'waiting' };
  if (nextAction.type === 'client') return clientState(attempt, nextAction.clientSecret, input);
  return input.way === 'returned' ? { kind: 'waiting' } : actionState(nextAction, input.way === 'leaving');
}

/** After the time of a provider's fields the pay button begins anew. */
function clientState(attempt: Attempt, secret: string, { cardFields, token }: ViewInput): State {
  if (cardFields === 'lapsed') return { kind: 'choose', methods: METHODS, notice: null };
  if (cardFields === null) return { kind: 'unavailable' };
  return {
    kind: 'card',
    modulePath: cardFields.modulePath,
    scriptUrl: cardFields.scriptUrl,
    secret,
    completePath: `/api/v1/checkout-sessions/${token}/complete`,
    notice: attempt.failureCode === null ? null : 'not_sent',
  };
}

function actionState(action: Exclude<NextAction, { readonly type: 'client' }>, leaving: boolean): State {
  switch (action.type) {
    case 'redirect':
    case 'deep_link':
      return { kind: 'redirect', url: action.url, leaving };
    case 'qr':
      return {
        kind: 'qr',
        svg: trustedHtml(renderSVG(action.payload, { border: 2 })),
        payload: action.payload,
        ...(action.deepLink === undefined ? {} : { deepLink: action.deepLink }),
      };
  }
}

const DECLINE_REASONS: ReadonlySet<string> = new Set<DeclineReason>([
  'insufficient_funds',
  'expired_card',
  'incorrect_cvc',
  'lost_or_stolen',
  'fraud',
  'authentication_failed',
  'do_not_honor',
  'limit_exceeded',
]);

function declineReason(attempt: Attempt | null): DeclineReason {
  const code = attempt?.failureCode ?? '';
  return DECLINE_REASONS.has(code) ? (code as DeclineReason) : 'other';
}

/** Where the shopper leaves to, with the result as the server has it; a hint to the shop, never a proof. */
function leave(payment: Payment, status: PaymentStatus): { readonly leaveUrl?: string } {
  const url = returnUrlWith(payment, status);
  return url === null ? {} : { leaveUrl: url };
}

/** Bluebox's callback to the browser (CB1). Seed 001; a reversed payment was paid, and nothing stays charged. */
const CALLBACK_STATUS: Readonly<Record<PaymentStatus, string>> = {
  created: 'PENDING',
  processing: 'PENDING',
  authorized: 'SUCCESS',
  succeeded: 'SUCCESS',
  failed: 'FAILED',
  canceled: 'CANCELLED',
  expired: 'EXPIRED',
  reversed: 'FAILED',
};

/**
 * Where the browser goes at once, without a page of ours: to the shop of a Bluebox transaction that is over. One that was
 * reversed is told to the shopper first, who may have seen it succeed.
 */
export function callbackUrl(payment: Payment): string | null {
  const told = isEnded(payment) && payment.status !== 'reversed';
  return payment.returnStyle === 'bluebox' && told ? returnUrlWith(payment, payment.status) : null;
}

/** The shop's address for a result; null where the tenant gave none. */
export function returnUrlWith(payment: Payment, status: PaymentStatus): string | null {
  const url = status === 'canceled' ? (payment.cancelUrl ?? payment.returnUrl) : payment.returnUrl;
  if (url === null) return null;
  if (payment.returnStyle === 'bluebox') {
    return addToReturnUrl(url, { transactionId: payment.paymentId, status: CALLBACK_STATUS[status] });
  }
  return addToReturnUrl(url, { paymentId: payment.paymentId, reference: payment.reference, status });
}

/** Changes with every change of the payment, and at its end. */
export function stateKey(payment: Payment, now: Temporal.Instant): string {
  return `${payment.version}-${shownStatus(payment, now)}`;
}

/** Whole seconds until the payment expires, never below 0. */
export function secondsLeft(payment: Payment, now: Temporal.Instant): number {
  return Math.max(0, Math.ceil(payment.expiresAt.since(now).total('seconds')));
}

/** Actions that play the bank; offered and taken in test mode only. */
export const TEST_TOKENS: Readonly<Record<string, string>> = {
  pay: 'tok_approve',
  decline: 'tok_decline_insufficient_funds',
  callback_twice: 'tok_duplicate_ipn',
  callback_before_redirect: 'tok_ipn_before_answer',
  no_callback: 'tok_no_ipn',
  bank_page: 'tok_redirect',
};
