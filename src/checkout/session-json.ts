import { amountToJson } from '../kernel/money.ts';
import { nextActionOf } from '../payments/attempt.ts';
import { isEnded, lacksAddress } from '../payments/payment.ts';
import type { OpenedPayment } from '../payments/read-payment.ts';
import type { CheckoutSessionAnswer } from './api.ts';
import { returnUrlWith, secondsLeft, stateKey } from './checkout-view.ts';

/** What the browser of a shopper may know of the payment that its token opens. */
export function sessionJson({ payment, latestAttempt, clock }: OpenedPayment): CheckoutSessionAnswer {
  const now = clock.now();
  return {
    object: 'checkout_session',
    paymentId: payment.paymentId,
    mode: payment.mode,
    reference: payment.reference,
    amount: amountToJson(payment.amount),
    currency: payment.currency,
    description: payment.description,
    status: payment.status,
    nextAction: nextActionOf(latestAttempt),
    needsAddress: payment.status === 'created' && lacksAddress(payment),
    expiresAt: payment.expiresAt.toString(),
    secondsLeft: secondsLeft(payment, now),
    stateKey: stateKey(payment, now),
    leaveUrl: isEnded(payment) ? returnUrlWith(payment, payment.status) : null,
  };
}
