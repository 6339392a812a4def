import { amountToJson } from '../kernel/money.ts';
import { nextActionOf } from '../payments/attempt.ts';
import type { PaymentContext } from '../payments/context.ts';
import { isEnded, lacksAddress } from '../payments/payment.ts';
import type { OpenedPayment } from '../payments/read-payment.ts';
import type { CheckoutSessionAnswer } from './api.ts';
import { returnUrlWith, secondsLeft, stateKey } from './checkout-view.ts';

/** What the browser of a shopper may know of the payment that its token opens. */
export async function sessionJson(
  context: Pick<PaymentContext, 'checkoutUrlOf'>,
  token: string,
  { payment, latestAttempt, clock }: OpenedPayment,
): Promise<CheckoutSessionAnswer> {
  const now = clock.now();
  const action = nextActionOf(latestAttempt);
  const pageUrl = `${await context.checkoutUrlOf(payment)}/c/${token}`;
  return {
    object: 'checkout_session',
    paymentId: payment.paymentId,
    mode: payment.mode,
    reference: payment.reference,
    amount: amountToJson(payment.amount),
    currency: payment.currency,
    description: payment.description,
    status: payment.status,
    // The tenant's own address of the picture names the tenant, whom a shopper's token does not tell.
    nextAction: action?.type === 'qr' ? { ...action, imageUrl: `${pageUrl}/qr.svg` } : action,
    needsAddress: payment.status === 'created' && lacksAddress(payment),
    expiresAt: payment.expiresAt.toString(),
    secondsLeft: secondsLeft(payment, now),
    stateKey: stateKey(payment, now),
    leaveUrl: isEnded(payment) ? returnUrlWith(payment, payment.status) : null,
  };
}
