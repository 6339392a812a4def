import { present } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import { createBatcherPerDatabase } from '../platform/batch.ts';
import type { Queryable } from '../platform/database.ts';
import { admitTenant, forInstallation } from '../platform/tenant-scope.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import { type Attempt, isOpen } from './attempt.ts';
import { hashCheckoutToken } from './checkout-token.ts';
import type { PaymentContext } from './context.ts';
import type { Payment } from './payment.ts';
import {
  selectAttempt,
  selectAttemptByRef,
  selectAttemptsById,
  selectPayment,
  selectPaymentVersions,
  selectTokenOwner,
} from './store.ts';
import { selectPaymentIdByReference } from './store-new-payments.ts';

export interface PaymentWithAttempt {
  readonly payment: Payment;
  readonly latestAttempt: Attempt | null;
}

/** A payment as a checkout token opens it, with the time that counts for it. */
export interface OpenedPayment extends PaymentWithAttempt {
  readonly clock: TenantClock;
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

/** The versions of several payments, whosoever they are; those that do not exist are left out. */
export function readPaymentVersions(
  db: Queryable,
  payments: readonly { readonly tenantId: string; readonly paymentId: string }[],
): Promise<readonly { readonly tenantId: string; readonly paymentId: string; readonly version: number }[]> {
  return selectPaymentVersions(db, payments);
}

/** A tenant's payment by the tenant's own name for it. @throws Problem not_found */
export async function readPaymentByReference(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  reference: string,
): Promise<PaymentWithAttempt> {
  const paymentId = await selectPaymentIdByReference(db, owner, reference);
  if (paymentId === null) throw new Problem('not_found', 'There is no payment with this reference.');
  return readPayment(db, owner, paymentId);
}

/**
 * Who paid in the last second comes back from the bank after the token's end and must see the result: for a day more
 * the token shows the payment, while the payment's own state refuses every act.
 */
const SHOWN_AFTER_END = { hours: 24 } as const;

/** The payment a checkout token opens; unknown, ended and forged tokens all look the same. @throws Problem not_found */
export async function readPaymentByToken(
  { database, tenantClocks }: Pick<PaymentContext, 'database' | 'tenantClocks'>,
  token: string,
): Promise<OpenedPayment> {
  const db = database.query;
  const owner = await forInstallation('directory', () => selectTokenOwner(db, hashCheckoutToken(token)));
  if (owner !== null) admitTenant(owner.tenantId);
  const payment = owner === null ? null : await selectPayment(db, owner.tenantId, owner.paymentId);
  if (owner === null || payment === null) throw new Problem('not_found', 'This link opens no payment.');
  const clock = await tenantClocks.of(payment.tenantId, payment.mode);
  if (Temporal.Instant.compare(owner.expiresAt.add(SHOWN_AFTER_END), clock.now()) <= 0) {
    throw new Problem('not_found', 'This link opens no payment.');
  }
  return { ...(await withAttempt(db, payment)), clock };
}

async function withAttempt(db: Queryable, payment: Payment): Promise<PaymentWithAttempt> {
  const { tenantId, paymentId, lastAttemptId } = payment;
  const latestAttempt = lastAttemptId === null ? null : await selectAttempt(db, tenantId, lastAttemptId);
  const found = { payment, latestAttempt };
  if (!isTorn(found)) return found;
  return withAttempt(db, present(await selectPayment(db, tenantId, paymentId), 'the payment'));
}

/** Whether the attempt ended after its payment was read: the two are of different moments, and the payment is older. */
export function isTorn({ payment, latestAttempt }: PaymentWithAttempt): boolean {
  return latestAttempt !== null && payment.openAttemptId === latestAttempt.attemptId && !isOpen(latestAttempt);
}

/** An attempt by its id, for what provider notifications name; read together with those named at the same time. */
export function readAttempt(db: Queryable, tenantId: string, attemptId: string): Promise<Attempt | null> {
  return readAttempts(db, { tenantId, attemptId });
}

const readAttempts = createBatcherPerDatabase(selectAttemptsById, { itemsMax: 100 });

/** The attempt that a provider account knows under a name of its own. */
export function readAttemptByRef(
  db: Queryable,
  named: { readonly tenantId: string; readonly providerAccountId: string; readonly providerRef: string },
): Promise<Attempt | null> {
  return selectAttemptByRef(db, named);
}

/** The time that counts for an attempt's payment. */
export async function clockOfAttempt(
  { database, tenantClocks }: Pick<PaymentContext, 'database' | 'tenantClocks'>,
  attempt: Attempt,
): Promise<TenantClock> {
  const { mode } = await readPaymentOfAttempt(database.query, attempt);
  return tenantClocks.of(attempt.tenantId, mode);
}

/** The payment an attempt tries to get paid. */
export async function readPaymentOfAttempt(db: Queryable, attempt: Attempt): Promise<Payment> {
  return present(await selectPayment(db, attempt.tenantId, attempt.paymentId), 'the payment of an attempt');
}
