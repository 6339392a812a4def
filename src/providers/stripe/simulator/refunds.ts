import { z } from 'zod';
import { type Charge, find, newStripeId, type Refund } from './account.ts';
import { invalidRequest } from './api-error.ts';
import { moveBalance } from './balance.ts';
import type { Desk } from './desk.ts';
import { expand, metadata, positive } from './form.ts';
import { checkAmount } from './payment-intents.ts';

export const createRefundParams = z.strictObject({
  payment_intent: z.string(),
  amount: positive.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
  expand,
});

/** How a refund comes out; anything but `succeeded` is told later. */
export type RefundOutcome = 'succeeded' | 'pending';

/** https://docs.stripe.com/api/refunds/create */
export function createRefund(
  desk: Desk,
  params: z.output<typeof createRefundParams>,
  outcome: RefundOutcome = 'succeeded',
): Refund {
  const intent = find(desk.account, 'payment_intent', params.payment_intent);
  const charge = intent.latest_charge === null ? null : find(desk.account, 'charge', intent.latest_charge);
  if (intent.status !== 'succeeded' || charge === null) {
    throw invalidRequest('charge_not_refundable', 'This PaymentIntent does not have a successful charge to refund.');
  }
  const left = charge.amount - charge.amount_refunded;
  const amount = params.amount ?? left;
  if (left === 0) throw invalidRequest('charge_already_refunded', `Charge ${charge.id} has already been refunded.`);
  if (amount > left) {
    throw invalidRequest('amount_too_large', 'Refund amount is greater than unrefunded amount on charge', 'amount');
  }
  checkAmount(amount, intent.currency);
  const refund: Refund = {
    id: newStripeId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: desk.now,
    currency: charge.currency,
    metadata: { ...params.metadata },
    payment_intent: intent.id,
    reason: params.reason ?? null,
    status: outcome,
  };
  desk.account.objects.set(refund.id, refund);
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  if (outcome === 'succeeded') payBack(desk, refund);
  desk.tell('refund.created', refund);
  desk.tell('charge.refunded', charge);
  return refund;
}

/** A pending refund comes out, or a succeeded one comes back from the bank. */
export function moveRefund(desk: Desk, refund: Refund, status: 'succeeded' | 'failed' | 'canceled'): void {
  if (status === 'succeeded') {
    payBack(desk, refund);
  } else {
    const charge: Charge = find(desk.account, 'charge', refund.charge);
    charge.amount_refunded -= refund.amount;
    charge.refunded = false;
    if (status === 'failed') refund.failure_reason = 'expired_or_canceled_card';
    if (refund.balance_transaction !== null) {
      const { amount, currency, id: source } = refund;
      moveBalance(desk, { type: 'refund_failure', category: 'refund_failure', amount, currency, source });
    }
  }
  refund.status = status;
  if (status === 'failed') desk.tell('refund.failed', refund);
  desk.tell('refund.updated', refund);
}

function payBack(desk: Desk, refund: Refund): void {
  const movement = { type: 'refund', category: 'refund', amount: -refund.amount, currency: refund.currency };
  refund.balance_transaction = moveBalance(desk, { ...movement, source: refund.id }).id;
}
