import type { z } from 'zod';
import type { AttemptReport, CaptureReport, DisputeReport, DisputeReportState, RefundReport } from '../provider.ts';
import { fromStripeAmount } from './stripe-amount.ts';
import type { StripeCredentials } from './stripe-credentials.ts';
import { declineOf } from './stripe-declines.ts';
import type { WireDispute, WireIntent, WireRefund, WireSession, wireCharge } from './stripe-wire.ts';

/**
 * How a PaymentIntent is confirmed, which we write into its metadata: on Stripe's page, in the shopper's browser with
 * Stripe.js, or by our own request. Whoever else's PaymentIntents share the account carry neither of our two entries.
 */
type Flow = 'redirect' | 'client' | 'server';

/** Our attempt id, as we wrote it into the metadata; null where it is not one of ours. */
export function attemptIdOf({ metadata }: Pick<WireIntent, 'metadata'>): string | null {
  const attemptId = metadata.attempt_id;
  return attemptId !== undefined && /^att_[a-z0-9_]{1,60}$/.test(attemptId) ? attemptId : null;
}

/** How a PaymentIntent of ours is confirmed; null where it does not say. */
export function flowOf({ metadata }: Pick<WireIntent, 'metadata'>): Flow | null {
  const { flow } = metadata;
  return flow === 'redirect' || flow === 'client' || flow === 'server' ? flow : null;
}

/**
 * A PaymentIntent in the gateway's words; null where its fields contradict one another. A declined try is the end only
 * where nobody can try again: on Stripe's page and with Stripe.js the shopper takes another card, with the same one.
 * https://docs.stripe.com/payments/paymentintents/lifecycle
 */
export function intentReport(intent: WireIntent, { publishableKey }: StripeCredentials): AttemptReport | null {
  const flow = flowOf(intent);
  switch (intent.status) {
    case 'requires_payment_method':
      if (flow === 'client') return clientAction(intent, publishableKey);
      return intent.last_payment_error ? { state: 'declined', decline: declineOf(intent.last_payment_error) } : null;
    case 'requires_confirmation':
      return flow === 'client' ? clientAction(intent, publishableKey) : null;
    case 'requires_action': {
      // The shopper has left Stripe's page: what is to be done (a voucher to be paid) happens elsewhere.
      if (flow === 'redirect') return { state: 'pending' };
      const url = flow === 'server' ? intent.next_action?.redirect_to_url?.url : undefined;
      if (url === undefined) return clientAction(intent, publishableKey);
      return { state: 'requires_action', nextAction: { type: 'redirect', url, embeddable: false } };
    }
    case 'processing':
      return { state: 'pending' };
    case 'requires_capture':
      return authorizedReport(intent);
    case 'canceled':
      return endReport(intent);
    case 'succeeded': {
      const amount = fromStripeAmount(intent.amount_received, intent.currency);
      const isSound = intent.amount_received > 0n && intent.amount_received <= intent.amount;
      return amount === null || !isSound ? null : { state: 'captured', amount };
    }
  }
}

/**
 * A Checkout Session in the gateway's words; null where its fields contradict one another, or where the PaymentIntent
 * that tells the rest is named but not shown.
 */
export function sessionReport(session: WireSession, credentials: StripeCredentials): AttemptReport | null {
  const { status, payment_intent: intent, url } = session;
  if (status === 'expired') return { state: 'expired' };
  if (typeof intent === 'string') return null;
  const isOver = intent !== null && ['processing', 'requires_capture', 'succeeded'].includes(intent.status);
  if (status === 'complete' || isOver) return intent === null ? null : intentReport(intent, credentials);
  if (!url) return null;
  const nextAction = { type: 'redirect', url, embeddable: false } as const;
  return { state: 'requires_action', nextAction, expiresAt: session.expires_at };
}

/**
 * What was captured of an authorization: at most once, whatever is left goes back. Money that was taken with the
 * authorization is in no list. The charge is the capture's name at Stripe.
 */
export function captureReports(intent: WireIntent): readonly CaptureReport[] | null {
  if (intent.capture_method !== 'manual' || intent.status !== 'succeeded') return [];
  const amount = fromStripeAmount(intent.amount_received, intent.currency);
  const providerRef = chargeIdOf(intent);
  if (amount === null || providerRef === null) return null;
  return [{ captureId: intent.metadata.capture_id ?? null, providerRef, amount, state: 'succeeded', final: true }];
}

/** The refund in the gateway's words; null where its amount cannot be ours. */
export function refundReport(refund: WireRefund): RefundReport | null {
  const amount = fromStripeAmount(refund.amount, refund.currency);
  if (amount === null) return null;
  const refundId = refund.metadata?.refund_id ?? null;
  const common = { refundId, providerRef: refund.id, amount };
  switch (refund.status) {
    case 'succeeded':
      return { ...common, state: 'succeeded' };
    case 'pending':
    case 'requires_action':
      return { ...common, state: 'pending' };
    case 'failed':
    case 'canceled':
      return { ...common, state: 'failed', failureCode: refund.failure_reason ?? refund.status };
  }
}

/**
 * Whether a refund is only what Stripe writes down when an authorization, or the rest of one, goes back. Its balance
 * transaction says so (https://docs.stripe.com/reports/reporting-categories); where it has none, its amount does.
 */
export function isRelease(refund: WireRefund, intent: WireIntent): boolean {
  if (refund.metadata?.refund_id !== undefined) return false;
  if (intent.status !== 'succeeded') return true;
  const { balance_transaction: moved } = refund;
  if (moved) return typeof moved === 'object' && moved.reporting_category === 'partial_capture_reversal';
  return intent.capture_method === 'manual' && refund.amount === intent.amount - intent.amount_received;
}

/**
 * Dispute statuses. An inquiry that was closed came to nothing; a prevented dispute was settled by giving the money back
 * before it became one. https://docs.stripe.com/disputes/how-disputes-work and /api/disputes/object
 */
const DISPUTE_STATES: Readonly<Record<WireDispute['status'], DisputeReportState>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'under_review',
  warning_closed: 'expired',
  needs_response: 'opened',
  under_review: 'under_review',
  appeal_needs_response: 'opened',
  appeal_under_review: 'under_review',
  won: 'won',
  lost: 'lost',
  prevented: 'lost',
};

/**
 * The dispute in the gateway's words; null where its amount cannot be ours. Its money is in its balance transactions;
 * where the account settles in another currency than the payer's, each of them stands for the whole disputed amount.
 * Stripe's object has no time of its last change: `asOf` is that of the event, or of the answer.
 */
export function disputeReport(dispute: WireDispute, asOf: Temporal.Instant): DisputeReport | null {
  const amount = fromStripeAmount(dispute.amount, dispute.currency);
  if (amount === null) return null;
  let withdrawn = 0n;
  let reinstated = 0n;
  for (const moved of dispute.balance_transactions) {
    const size = moved.amount < 0n ? -moved.amount : moved.amount;
    const own = moved.currency === dispute.currency ? fromStripeAmount(size, moved.currency)?.amount : amount.amount;
    if (own === undefined) return null;
    if (moved.amount < 0n) withdrawn += own;
    else reinstated += moved.amount === 0n ? 0n : own;
  }
  const { due_by: dueBy } = dispute.evidence_details;
  return {
    providerRef: dispute.id,
    state: DISPUTE_STATES[dispute.status],
    amount,
    reason: dispute.reason.slice(0, 100),
    // 0: the payer's bank takes no answer.
    ...(dueBy === null || dueBy.epochMilliseconds === 0 ? {} : { evidenceDueAt: dueBy }),
    withdrawn,
    reinstated,
    asOf,
  };
}

/** The PaymentIntent that something names, shown or not. */
export function intentIdOf(named: string | WireIntent | null): string | null {
  return typeof named === 'object' && named !== null ? named.id : named;
}

function clientAction(intent: WireIntent, publishableKey: string | undefined): AttemptReport | null {
  if (!intent.client_secret) return null;
  const key = publishableKey === undefined ? {} : { publishableKey };
  return { state: 'requires_action', nextAction: { type: 'client', clientSecret: intent.client_secret, ...key } };
}

function authorizedReport(intent: WireIntent): AttemptReport | null {
  const amount = fromStripeAmount(intent.amount, intent.currency);
  if (amount === null || intent.amount === 0n) return null;
  const until = shownCharge(intent)?.payment_method_details?.card?.capture_before;
  return { state: 'authorized', amount, ...(until ? { authorizationExpiresAt: until } : {}) };
}

/** Stripe cancels by itself what nobody captured in time. https://docs.stripe.com/api/payment_intents/object */
const LAPSED: readonly string[] = ['automatic', 'expired'];

function endReport(intent: WireIntent): AttemptReport {
  const state = LAPSED.includes(intent.cancellation_reason ?? '') ? 'expired' : 'canceled';
  // A charge that succeeded without having been captured is an authorization.
  const afterAuthorization = shownCharge(intent)?.status === 'succeeded';
  return afterAuthorization ? { state, afterAuthorization } : { state };
}

function chargeIdOf({ latest_charge: charge }: WireIntent): string | null {
  return typeof charge === 'object' && charge !== null ? charge.id : (charge ?? null);
}

function shownCharge({ latest_charge: charge }: WireIntent): z.output<typeof wireCharge> | null {
  return typeof charge === 'object' && charge !== null ? charge : null;
}
