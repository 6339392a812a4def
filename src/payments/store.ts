import { sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { lowestId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Attempt } from './attempt.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';
import { attemptFromRow, paymentFromRow, refundFromRow } from './rows.ts';

/** Everything one applied signal writes. Lists may be empty; the statement stays the same. */
export interface SignalWrite {
  readonly payment: WholeRow<'payments'>;
  readonly newAttempts: readonly WholeRow<'attempts'>[];
  readonly movedAttempts: readonly WholeRow<'attempts'>[];
  readonly captures: readonly WholeRow<'captures'>[];
  readonly newRefunds: readonly WholeRow<'refunds'>[];
  readonly movedRefunds: readonly WholeRow<'refunds'>[];
  readonly events: readonly WholeRow<'events'>[];
  readonly outbox: readonly WholeRow<'outbox'>[];
  readonly signals: readonly WholeRow<'signals'>[];
}

/**
 * Writes a decision as one statement, if the payment still has the version it was decided on (the row carries the next
 * one). Returns false, and has written nothing, where somebody was faster.
 */
export async function writeSignal(db: Queryable, write: SignalWrite): Promise<boolean> {
  const { rows } = await sql`
    with moved as (
      update payments p set
        status = r.status, late = r.late, version = r.version, amount_authorized = r.amount_authorized,
        amount_captured = r.amount_captured, amount_refunded = r.amount_refunded,
        amount_refund_pending = r.amount_refund_pending, attempts_declined = r.attempts_declined,
        open_attempt_id = r.open_attempt_id, last_attempt_id = r.last_attempt_id,
        authorization_expires_at = r.authorization_expires_at, due_at = r.due_at, updated_at = r.updated_at
      from ${recordset('payments', [write.payment])} r
      where p.tenant_id = r.tenant_id and p.payment_id = r.payment_id and p.version = r.version - 1
      returning p.tenant_id, p.payment_id
    ), attempts_new as (
      insert into attempts select r.* from ${recordset('attempts', write.newAttempts)} r
      join moved using (tenant_id, payment_id)
    ), attempts_moved as (
      update attempts a set
        state = r.state, provider_ref = r.provider_ref, next_action = r.next_action, failure_code = r.failure_code,
        failure_message = r.failure_message, provider_expires_at = r.provider_expires_at, sync_due_at = r.sync_due_at,
        sync_tries = r.sync_tries, updated_at = r.updated_at
      from ${recordset('attempts', write.movedAttempts)} r join moved using (tenant_id, payment_id)
      where a.tenant_id = r.tenant_id and a.attempt_id = r.attempt_id
    ), captures_new as (
      insert into captures select r.* from ${recordset('captures', write.captures)} r
      join moved using (tenant_id, payment_id)
    ), refunds_new as (
      insert into refunds select r.* from ${recordset('refunds', write.newRefunds)} r
      join moved using (tenant_id, payment_id)
    ), refunds_moved as (
      update refunds f set
        status = r.status, dispatch = r.dispatch, provider_ref = r.provider_ref, failure_code = r.failure_code,
        sync_due_at = r.sync_due_at, sync_tries = r.sync_tries, updated_at = r.updated_at
      from ${recordset('refunds', write.movedRefunds)} r join moved using (tenant_id, payment_id)
      where f.tenant_id = r.tenant_id and f.refund_id = r.refund_id
    ), events_new as (
      insert into events select r.* from ${recordset('events', write.events)} r
      join moved using (tenant_id, payment_id)
    ), outbox_new as (
      insert into outbox select r.* from ${recordset('outbox', write.outbox)} r
      join moved using (tenant_id)
    ), signals_new as (
      insert into signals select r.* from ${recordset('signals', write.signals)} r
      join moved using (tenant_id, payment_id)
    )
    select 1 from moved`.execute(db);
  return rows.length === 1;
}

/** Records a signal that moved nothing: a repeat, or proof that was set aside. */
export async function insertSignal(db: Queryable, signal: WholeRow<'signals'>): Promise<void> {
  await sql`insert into signals select r.* from ${recordset('signals', [signal])} r`.execute(db);
}

export async function selectPayment(db: Queryable, tenantId: string, paymentId: string): Promise<Payment | null> {
  const row = await db
    .selectFrom('payments')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('payment_id', '=', paymentId)
    .executeTakeFirst();
  return row === undefined ? null : paymentFromRow(row);
}

export async function selectAttempt(db: Queryable, tenantId: string, attemptId: string): Promise<Attempt | null> {
  const row = await db
    .selectFrom('attempts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('attempt_id', '=', attemptId)
    .executeTakeFirst();
  return row === undefined ? null : attemptFromRow(row);
}

export async function selectRefund(db: Queryable, tenantId: string, refundId: string): Promise<Refund | null> {
  const row = await db
    .selectFrom('refunds')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('refund_id', '=', refundId)
    .executeTakeFirst();
  return row === undefined ? null : refundFromRow(row);
}

export interface PaymentFilter {
  readonly reference?: string | undefined;
  readonly orderId?: string | undefined;
  readonly status?: string | undefined;
  readonly createdAfter?: Temporal.Instant | undefined;
  readonly createdBefore?: Temporal.Instant | undefined;
}

/** Newest first, from after the cursor; one row more than the limit, so that the caller knows whether there are more. */
export async function selectPayments(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  filter: PaymentFilter,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<readonly Payment[]> {
  let query = db
    .selectFrom('payments')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .orderBy('payment_id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('payment_id', '<', page.cursor);
  if (filter.reference !== undefined) query = query.where('reference', '=', filter.reference);
  if (filter.orderId !== undefined) query = query.where('order_id', '=', filter.orderId);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  // Ids begin with their time, so that a period is a range of the primary key.
  if (filter.createdAfter !== undefined) {
    query = query.where('payment_id', '>=', lowestId('pay', filter.createdAfter.add({ milliseconds: 1 })));
  }
  if (filter.createdBefore !== undefined) {
    query = query.where('payment_id', '<', lowestId('pay', filter.createdBefore));
  }
  return (await query.execute()).map(paymentFromRow);
}

export async function selectAttempts(
  db: Queryable,
  tenantId: string,
  attemptIds: readonly string[],
): Promise<ReadonlyMap<string, Attempt>> {
  if (attemptIds.length === 0) return new Map();
  const { rows } = await sql<Parameters<typeof attemptFromRow>[0]>`
    select * from attempts where tenant_id = ${tenantId} and attempt_id = any(${attemptIds})`.execute(db);
  return new Map(rows.map((row) => [row.attempt_id, attemptFromRow(row)]));
}

/** The payment behind a token's hash, where the token is not revoked and did not end before the instant. */
export async function selectTokenOwner(
  db: Queryable,
  tokenHash: Uint8Array,
  notEndedBefore: Temporal.Instant,
): Promise<{ readonly tenantId: string; readonly paymentId: string } | null> {
  const row = await db
    .selectFrom('checkout_tokens')
    .select(['tenant_id', 'payment_id'])
    .where('token_hash', '=', Buffer.from(tokenHash))
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', notEndedBefore)
    .executeTakeFirst();
  return row === undefined ? null : { tenantId: row.tenant_id, paymentId: row.payment_id };
}

/** Ends the tokens of a payment and adds a new one; in the caller's transaction. */
export async function replaceTokens(
  tx: Queryable,
  token: WholeRow<'checkout_tokens'>,
  now: Temporal.Instant,
): Promise<void> {
  await tx
    .updateTable('checkout_tokens')
    .set({ revoked_at: now })
    .where('tenant_id', '=', token.tenant_id)
    .where('payment_id', '=', token.payment_id)
    .where('revoked_at', 'is', null)
    .execute();
  await sql`insert into checkout_tokens select r.* from ${recordset('checkout_tokens', [token])} r`.execute(tx);
}
