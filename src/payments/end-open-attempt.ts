import { present } from '../kernel/assert.ts';
import type { Attempt } from './attempt.ts';
import { cancelAttempt } from './cancel-attempt.ts';
import type { PaymentContext } from './context.ts';
import type { Payment } from './payment.ts';
import { selectAttempt, selectPayment } from './store.ts';
import { syncAttempt } from './sync-attempt.ts';

/**
 * Tries to get a processing payment out of its open attempt: asks the provider first, then has the attempt canceled
 * there where that is possible. What remains in doubt stays open. Returns the payment as it stands afterwards.
 */
export async function endOpenAttempt(context: PaymentContext, payment: Payment): Promise<Payment> {
  const { database } = context;
  const attempt = await openAttemptOf(context, payment);
  if (attempt === null) return payment;
  await syncAttempt(context, attempt, 'poll');
  const asked = present(await selectPayment(database.query, payment.tenantId, payment.paymentId), 'the payment');
  const still = await openAttemptOf(context, asked);
  if (still === null || (still.state !== 'requires_action' && still.state !== 'pending')) return asked;
  await cancelAttempt(context, still);
  return present(await selectPayment(database.query, payment.tenantId, payment.paymentId), 'the payment');
}

async function openAttemptOf({ database }: PaymentContext, payment: Payment): Promise<Attempt | null> {
  return payment.openAttemptId === null ? null : selectAttempt(database.query, payment.tenantId, payment.openAttemptId);
}
