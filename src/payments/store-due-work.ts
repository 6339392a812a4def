import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { Attempt } from './attempt.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';
import { attemptFromRow, paymentFromRow, refundFromRow } from './rows.ts';

/** Open attempts of an account whose next question to the provider is due, and the instant of the one after them. */
export async function selectDueAttempts(
  db: Queryable,
  tenantId: string,
  providerAccountId: string,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Attempt[]> {
  const rows = await db
    .selectFrom('attempts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .where('sync_due_at', '<=', now)
    .orderBy('sync_due_at')
    .limit(limit)
    .execute();
  return rows.map(attemptFromRow);
}

/** Sets when to ask again, where the attempt did not move meanwhile. */
export async function scheduleAttemptSync(
  db: Queryable,
  attempt: Attempt,
  next: { readonly dueAt: Temporal.Instant; readonly tries: number },
): Promise<void> {
  await db
    .updateTable('attempts')
    .set({ sync_due_at: next.dueAt, sync_tries: next.tries })
    .where('tenant_id', '=', attempt.tenantId)
    .where('attempt_id', '=', attempt.attemptId)
    .where('state', '=', attempt.state)
    .execute();
}

export async function selectDueRefunds(
  db: Queryable,
  tenantId: string,
  providerAccountId: string,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Refund[]> {
  const rows = await db
    .selectFrom('refunds')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .where('sync_due_at', '<=', now)
    .orderBy('sync_due_at')
    .limit(limit)
    .execute();
  return rows.map(refundFromRow);
}

export async function scheduleRefundSync(
  db: Queryable,
  refund: Refund,
  next: { readonly dueAt: Temporal.Instant; readonly tries: number },
): Promise<void> {
  await db
    .updateTable('refunds')
    .set({ sync_due_at: next.dueAt, sync_tries: next.tries })
    .where('tenant_id', '=', refund.tenantId)
    .where('refund_id', '=', refund.refundId)
    .where('status', '=', 'pending')
    .execute();
}

/** When the account's next attempt or refund is due; null where none waits. */
export async function selectNextSyncAt(
  db: Queryable,
  tenantId: string,
  providerAccountId: string,
): Promise<Temporal.Instant | null> {
  const { rows } = await sql<{ next: Temporal.Instant | null }>`
    select least(
      (select min(sync_due_at) from attempts
        where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId} and sync_due_at is not null),
      (select min(sync_due_at) from refunds
        where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId} and sync_due_at is not null)
    ) as next`.execute(db);
  return rows[0]?.next ?? null;
}

/** Payments whose time is over, or that must be looked at again. */
export async function selectDuePayments(
  db: Queryable,
  tenantId: string,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Payment[]> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map(paymentFromRow);
}

export async function selectNextPaymentDueAt(db: Queryable, tenantId: string): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('payments')
    .select((row) => row.fn.min('due_at').as('next'))
    .where('tenant_id', '=', tenantId)
    .where('due_at', 'is not', null)
    .executeTakeFirst();
  return row?.next ?? null;
}

/** Looks at the payment again at an instant, where it did not move meanwhile. */
export async function postponePayment(db: Queryable, payment: Payment, until: Temporal.Instant): Promise<void> {
  await db
    .updateTable('payments')
    .set({ due_at: until })
    .where('tenant_id', '=', payment.tenantId)
    .where('payment_id', '=', payment.paymentId)
    .where('version', '=', payment.version)
    .execute();
}
