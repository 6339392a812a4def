import { present } from '../kernel/assert.ts';
import { addToReturnUrl } from '../kernel/return-url.ts';
import type { Attempt } from '../payments/attempt.ts';
import { isEnded, type Payment, type PaymentStatus } from '../payments/payment.ts';
import { qrSvg } from '../platform/qr-code.ts';
import type { DeclineReason, NextAction } from '../providers/provider.ts';
import { frameAncestorsOf } from '../tenants/settings.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { brandOf } from './brand-of.ts';
import type { CardFieldsOfPage } from './card-fields.ts';
import { deadlineText } from './page/deadline-text.ts';
import type { CheckoutLocale } from './page/locale.ts';
import type { CheckoutKind, CheckoutView, PaymentMethodChoice } from './page/view.ts';
import type { ShippingStep } from './shipping-step.ts';

/**
 * How the shopper came to the page. `leaving`: they have just chosen to pay, and are taken to the bank. `waiting`: the page
 * reloads itself until the bank has spoken. `returned`: the browser comes back from there. `refused`: they chose to pay,
 * and no provider account could take it.
 */
export type Way = 'looking' | 'leaving' | 'waiting' | 'returned' | 'refused';

/** Whether the page stands in a frame, as far as the browser has told; older ones tell nothing. */
export type Framing = 'top' | 'frame' | 'unknown';

interface ViewInput {
  readonly token: string;
  readonly payment: Payment;
  readonly latestAttempt: Attempt | null;
  readonly tenant: Tenant;
  readonly locale: CheckoutLocale;
  readonly nonce: string;
  readonly now: Temporal.Instant;
  readonly way: Way;
  readonly framing: Framing;
  readonly cardFields: CardFieldsOfPage | 'lapsed' | null;
  readonly shipping: ShippingStep;
  /** No provider account is there for it, or all that are have lately failed. */
  readonly serviceDown: boolean;
}

/** One choice is no choice: the page then shows the pay button alone. */
const METHODS: readonly [PaymentMethodChoice] = [{ id: 'default', label: 'Pay' }];

/** What the page shows, worked out from the server's state alone. */
export function checkoutView(input: ViewInput): CheckoutView {
  const { token, payment, tenant, locale, nonce, now } = input;
  const path = `/c/${token}`;
  const state = stateOf(input);
  const stayPath = stayPathOf(path, state.kind, input.way);
  const common = {
    path,
    ...(stayPath === null ? {} : { stayPath }),
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
    paymentId: payment.paymentId,
    status: shownStatus(payment, now),
    frameOrigins: frameAncestorsOf(tenant.settings, payment.mode),
    stateKey: stateKey(payment, now),
  };
  return { ...common, ...state };
}

const WAITING_KINDS: ReadonlySet<CheckoutKind> = new Set<CheckoutKind>([
  'redirect',
  'qr',
  'card',
  'waiting',
  'unknown',
]);

/** Who has waited here for the bank sees that it was paid just now; anybody else, that it was paid before. */
function stayPathOf(path: string, kind: CheckoutKind, way: Way): string | null {
  if (way === 'returned') return `${path}/return`;
  // Who chose to pay is still led on where the bank answers only now, but not twice.
  if (way === 'leaving' && kind !== 'redirect') return `${path}/leave`;
  return way === 'leaving' || way === 'waiting' || WAITING_KINDS.has(kind) ? `${path}/wait` : null;
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
  | 'paymentId'
  | 'status'
  | 'frameOrigins'
  | 'stateKey'
>;

function stateOf(input: ViewInput): State {
  const { payment, latestAttempt, now } = input;
  const status = shownStatus(payment, now);
  switch (status) {
    case 'created':
      return createdState(input);
    case 'processing':
      return processingState(present(latestAttempt, 'the attempt'), input);
    case 'authorized':
    case 'succeeded':
      return { kind: 'succeeded', before: input.way === 'looking', ...leave(payment, 'succeeded') };
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

function createdState({ payment, latestAttempt: attempt, way, serviceDown, shipping }: ViewInput): State {
  if (serviceDown || way === 'refused') return { kind: 'unavailable' };
  if (shipping?.step === 'ask') return { kind: 'shipping', country: shipping.country, entries: shipping.entries };
  if (attempt?.state === 'not_sent' && way !== 'looking') return { kind: 'unavailable' };
  const declined = attempt?.state === 'declined' || attempt?.state === 'refused';
  const triesLeft = payment.attemptsMax - payment.attemptsDeclined;
  return {
    kind: 'choose',
    methods: METHODS,
    ...(shipping === null ? {} : { delivery: shipping.lines }),
    notice: declined ? { kind: 'declined', reason: declineReason(attempt), triesLeft } : null,
  };
}

function processingState(attempt: Attempt, input: ViewInput): State {
  const { state, nextAction } = attempt;
  if (state === 'unknown') return { kind: 'unknown' };
  if (state !== 'requires_action' || nextAction === null) return { kind: 'waiting' };
  if (nextAction.type === 'client') return clientState(attempt, nextAction.clientSecret, input);
  return input.way === 'returned' ? { kind: 'waiting' } : actionState(nextAction, input);
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

function actionState(action: Exclude<NextAction, { readonly type: 'client' }>, input: ViewInput): State {
  if (action.type === 'qr') {
    const { payload, deepLink } = action;
    const picturePath = `/c/${input.token}/qr.png`;
    return { kind: 'qr', svg: qrSvg(payload), picturePath, payload, ...(deepLink === undefined ? {} : { deepLink }) };
  }
  const { url } = action;
  const to = action.type === 'deep_link' ? 'app' : action.embeddable ? 'page' : 'own_window';
  const stays = to !== 'page' && mayBeFramed(input);
  const leaving = input.way === 'leaving' && !stays;
  return { kind: 'redirect', url, leaving, to, stays, code: stays || to === 'app' ? qrSvg(url) : null };
}

/** A page that goes to the bank by itself stays in its frame, where the bank's page or app would not appear. */
function mayBeFramed({ framing, tenant }: ViewInput): boolean {
  return framing === 'frame' || (framing === 'unknown' && tenant.settings.frameAncestors.length > 0);
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
