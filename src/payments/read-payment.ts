import { present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { Attempt } from './attempt.ts';
import { hashCheckoutToken } from './checkout-token.ts';
import type { Payment } from './payment.ts';
import { selectAttempt, selectPayment, selectTokenOwner } from './store.ts';

export interface PaymentWithAttempt {
  readonly payment: Payment;
  readonly latestAttempt: Attempt | null;
}

/** A tenant's payment. Another tenant's, and one of the other mode, look like one that does not exist. @throws Problem not_found */
export async function readPayment(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  paymentId: string,
): Promise<PaymentWithAttempt> {
  const payment = await selectPayment(db, owner.tenantId, paymentId);
  if (payment === null || payment.mode !== owner.mode) throw new Problem('not_found', 'There is no such payment.');
  return withAttempt(db, payment);
}

/**
 * Who paid in the last second comes back from the bank after the token's end and must see the result: for a day more
 * the token shows the payment, while the payment's own state refuses every act.
 */
const SHOWN_AFTER_END = { hours: 24 } as const;

/** The payment a checkout token opens; unknown, ended and forged tokens all look the same. @throws Problem not_found */
export async function readPaymentByToken(db: Queryable, clock: Clock, token: string): Promise<PaymentWithAttempt> {
  const owner = await selectTokenOwner(db, hashCheckoutToken(token), clock.now().subtract(SHOWN_AFTER_END));
  const payment = owner === null ? null : await selectPayment(db, owner.tenantId, owner.paymentId);
  if (payment === null) throw new Problem('not_found', 'This link opens no payment.');
  return withAttempt(db, payment);
}

async function withAttempt(db: Queryable, payment: Payment): Promise<PaymentWithAttempt> {
  const { tenantId, lastAttemptId } = payment;
  return { payment, latestAttempt: lastAttemptId === null ? null : await selectAttempt(db, tenantId, lastAttemptId) };
}

/** An attempt by its id, for what provider notifications name. */
export function readAttempt(db: Queryable, tenantId: string, attemptId: string): Promise<Attempt | null> {
  return selectAttempt(db, tenantId, attemptId);
}

/** The payment an attempt tries to get paid. */
export async function readPaymentOfAttempt(db: Queryable, attempt: Attempt): Promise<Payment> {
  return present(await selectPayment(db, attempt.tenantId, attempt.paymentId), 'the payment of an attempt');
}
