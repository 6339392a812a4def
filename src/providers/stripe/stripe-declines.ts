import type { Decline, DeclineReason } from '../provider.ts';
import { safeSentence } from './stripe-client.ts';
import type { WireFailure } from './stripe-wire.ts';

/**
 * Stripe's decline codes, and the error codes that come without one, in our words. Everything else is `other`.
 * https://docs.stripe.com/declines/codes and https://docs.stripe.com/error-codes
 */
const REASONS: ReadonlyMap<string, DeclineReason> = new Map(
  Object.entries({
    insufficient_funds: 'insufficient_funds',
    expired_card: 'expired_card',
    incorrect_cvc: 'incorrect_cvc',
    invalid_cvc: 'incorrect_cvc',
    lost_card: 'lost_or_stolen',
    stolen_card: 'lost_or_stolen',
    pickup_card: 'lost_or_stolen',
    restricted_card: 'lost_or_stolen',
    fraudulent: 'fraud',
    merchant_blacklist: 'fraud',
    security_violation: 'fraud',
    highest_risk_level: 'fraud',
    authentication_required: 'authentication_failed',
    authentication_not_handled: 'authentication_failed',
    mobile_device_authentication_required: 'authentication_failed',
    payment_intent_authentication_failure: 'authentication_failed',
    offline_pin_required: 'authentication_failed',
    online_or_offline_pin_required: 'authentication_failed',
    do_not_honor: 'do_not_honor',
    do_not_try_again: 'do_not_honor',
    call_issuer: 'do_not_honor',
    generic_decline: 'do_not_honor',
    no_action_taken: 'do_not_honor',
    revocation_of_all_authorizations: 'do_not_honor',
    revocation_of_authorization: 'do_not_honor',
    stop_payment_order: 'do_not_honor',
    transaction_not_allowed: 'do_not_honor',
    card_velocity_exceeded: 'limit_exceeded',
    withdrawal_count_limit_exceeded: 'limit_exceeded',
    amount_too_large: 'limit_exceeded',
    pin_try_exceeded: 'limit_exceeded',
  } as const),
);

/** A no of the payer's bank, or of Stripe in its stead. The decline code says more than the error's own code. */
export function declineOf(failure: WireFailure | null | undefined): Decline {
  const code = failure?.decline_code ?? failure?.code;
  return {
    reason: REASONS.get(code ?? '') ?? REASONS.get(failure?.code ?? '') ?? 'other',
    ...(code === undefined ? {} : { providerCode: safeSentence(code) }),
    ...(failure?.message === undefined ? {} : { message: safeSentence(failure.message) }),
  };
}
