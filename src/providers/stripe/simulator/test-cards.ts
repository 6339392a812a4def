import type { Failure } from './account.ts';

/** What a payment method does when it is charged. */
export type CardBehavior =
  | { readonly kind: 'approve'; readonly disputeAs?: 'needs_response' | 'warning_needs_response' }
  | { readonly kind: 'decline'; readonly failure: Failure }
  | { readonly kind: 'authenticate' }
  | { readonly kind: 'process' };

/**
 * The names of https://docs.stripe.com/testing#cards, and two families of our own: `pm_sim_decline_<code>` is declined
 * with that decline code, `pm_sim_processing` takes its time.
 */
const CARDS: Readonly<Record<string, CardBehavior>> = {
  pm_card_visa: { kind: 'approve' },
  pm_card_mastercard: { kind: 'approve' },
  pm_card_createDispute: { kind: 'approve', disputeAs: 'needs_response' },
  pm_card_createDisputeInquiry: { kind: 'approve', disputeAs: 'warning_needs_response' },
  pm_card_authenticationRequired: { kind: 'authenticate' },
  pm_card_threeDSecure2Required: { kind: 'authenticate' },
  pm_card_visa_chargeDeclined: { kind: 'decline', failure: declined('generic_decline') },
  pm_card_visa_chargeDeclinedInsufficientFunds: { kind: 'decline', failure: declined('insufficient_funds') },
  pm_card_visa_chargeDeclinedLostCard: { kind: 'decline', failure: declined('lost_card') },
  pm_card_visa_chargeDeclinedStolenCard: { kind: 'decline', failure: declined('stolen_card') },
  pm_card_chargeDeclinedExpiredCard: { kind: 'decline', failure: declined(null, 'expired_card') },
  pm_card_chargeDeclinedIncorrectCvc: { kind: 'decline', failure: declined(null, 'incorrect_cvc') },
  pm_card_chargeDeclinedProcessingError: { kind: 'decline', failure: declined(null, 'processing_error') },
  pm_sim_processing: { kind: 'process' },
};

/** The behavior behind the name of a payment method; null where there is no such one. */
export function cardOf(paymentMethod: string): CardBehavior | null {
  const code = /^pm_sim_decline_([a-z_]{1,60})$/.exec(paymentMethod)?.[1];
  if (code !== undefined) return { kind: 'decline', failure: declined(code) };
  return Object.hasOwn(CARDS, paymentMethod) ? (CARDS[paymentMethod] ?? null) : null;
}

/** A decline as Stripe words it. */
export function declined(declineCode: string | null, code = 'card_declined'): Failure {
  return {
    type: 'card_error',
    code,
    ...(declineCode === null ? {} : { decline_code: declineCode }),
    message: 'Your card was declined.',
    doc_url: `https://docs.stripe.com/error-codes#${code}`,
  };
}
