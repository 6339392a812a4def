import type { PaymentContext } from '../payments/context.ts';
import type { Payment } from '../payments/payment.ts';
import { routePayment } from '../provider-accounts/route-payment.ts';

/**
 * Whether a payment that is still to be paid would find no provider account now, or only such as have lately failed one
 * payment after the other (their circuits are open). The page says so beforehand; who tries all the same is let.
 */
export async function isServiceDown(context: PaymentContext, payment: Payment): Promise<boolean> {
  if (payment.status !== 'created') return false;
  const question = { owner: payment, payment, method: { given: undefined } } as const;
  const [first] = (await routePayment(context, question)).candidates;
  return first === undefined || first.circuit === 'open';
}
