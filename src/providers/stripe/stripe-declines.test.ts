import { afterAll, beforeAll, expect, test } from 'vitest';
import { paidBy, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

/** https://docs.stripe.com/declines/codes, and error codes that come without one. */
const DECLINES: Readonly<Record<string, readonly string[]>> = {
  insufficient_funds: ['insufficient_funds'],
  expired_card: ['expired_card'],
  incorrect_cvc: ['incorrect_cvc', 'invalid_cvc'],
  lost_or_stolen: ['lost_card', 'stolen_card', 'pickup_card', 'restricted_card'],
  fraud: ['fraudulent', 'merchant_blacklist', 'security_violation'],
  authentication_failed: ['authentication_required', 'offline_pin_required', 'online_or_offline_pin_required'],
  do_not_honor: [
    ...['do_not_honor', 'do_not_try_again', 'call_issuer', 'generic_decline', 'no_action_taken', 'stop_payment_order'],
    ...['revocation_of_all_authorizations', 'revocation_of_authorization', 'transaction_not_allowed'],
  ],
  limit_exceeded: ['card_velocity_exceeded', 'withdrawal_count_limit_exceeded', 'pin_try_exceeded'],
  other: [
    ...[
      'approve_with_id',
      'card_not_supported',
      'currency_not_supported',
      'duplicate_transaction',
      'incorrect_address',
    ],
    ...['incorrect_number', 'incorrect_pin', 'incorrect_zip', 'invalid_account', 'invalid_amount', 'invalid_number'],
    ...[
      'invalid_expiry_month',
      'invalid_expiry_year',
      'invalid_pin',
      'issuer_not_available',
      'new_account_information_available',
    ],
    ...[
      'not_permitted',
      'processing_error',
      'reenter_transaction',
      'service_not_allowed',
      'testmode_decline',
      'try_again_later',
    ],
    ...['constructor', 'never_heard_of'],
  ],
};

test.each(Object.entries(DECLINES).flatMap(([reason, codes]) => codes.map((code) => [code, reason])))(
  'the decline code %s means %s, and nobody is charged',
  async (code, reason) => {
    const before = stage.simulator.count('balance_transaction');
    const input = stage.input({ method: paidBy(`pm_sim_decline_${code}`) });
    const answer = await stage.provider.create(stage.call(), input);
    expect(answer).toMatchObject({
      ...{ kind: 'answered', providerRef: expect.stringMatching(/^pi_/) },
      report: { state: 'declined', decline: { reason, providerCode: code, message: 'Your card was declined.' } },
    });
    expect(await stage.provider.create(stage.call(), input)).toEqual(answer);
    const { providerRef } = answer as { providerRef: string };
    const asked = await stage.provider.retrieve(stage.call(), { attemptId: input.attemptId, providerRef });
    expect(asked).toMatchObject({ report: { state: 'declined', decline: { reason, providerCode: code } } });
    expect(stage.simulator.count('balance_transaction')).toBe(before);
  },
);

test.each([
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
  ['pm_card_chargeDeclinedProcessingError', 'other'],
])('the test card %s is declined as %s by its error code alone', async (card, reason) => {
  const answer = await stage.provider.create(stage.call(), stage.input({ method: paidBy(card) }));
  expect(answer).toMatchObject({ report: { state: 'declined', decline: { reason } } });
});
