import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { lowestId } from '../kernel/id.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Attempt } from './attempt.ts';
import type { Payment } from './payment.ts';
import { attemptFromRow, paymentFromRow } from './rows.ts';

export async function selectPayment(db: Queryable, tenantId: string, paymentId: string): Promise<Payment | null> {
  const row = await db
    .selectFrom('payments')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('payment_id', '=', paymentId)
    .executeTakeFirst();
  return row === undefined ? null : paymentFromRow(row);
}

export async function selectPaymentVersions(
  db: Queryable,
  payments: readonly { readonly tenantId: string; readonly paymentId: string }[],
): Promise<readonly { readonly tenantId: string; readonly paymentId: string; readonly version: number }[]> {
  const { rows } = await sql<{ tenant_id: string; payment_id: string; version: number }>`
    select p.tenant_id, p.payment_id, p.version from payments p
    join unnest(${payments.map(({ tenantId }) => tenantId)}::text[], ${payments.map(({ paymentId }) => paymentId)}::text[])
      as wanted (tenant_id, payment_id) using (tenant_id, payment_id)`.execute(db);
  return rows.map((row) => ({ tenantId: row.tenant_id, paymentId: row.payment_id, version: row.version }));
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

/** Attempts by their ids, in the order wanted; null where there is none. */
export async function selectAttemptsById(
  db: Queryable,
  wanted: readonly { readonly tenantId: string; readonly attemptId: string }[],
): Promise<readonly (Attempt | null)[]> {
  const { rows } = await sql<Selectable<Tables['attempts']>>`
    select a.* from (
      select distinct * from unnest(
        ${wanted.map((one) => one.tenantId)}::text[], ${wanted.map((one) => one.attemptId)}::text[])
    ) as w (tenant_id, attempt_id)
    join attempts a using (tenant_id, attempt_id)`.execute(db);
  const found = new Map(rows.map((row) => [`${row.tenant_id} ${row.attempt_id}`, attemptFromRow(row)]));
  return wanted.map(({ tenantId, attemptId }) => found.get(`${tenantId} ${attemptId}`) ?? null);
}

/** Null also where two attempts go by that name: nobody can say which is meant. */
export async function selectAttemptByRef(
  db: Queryable,
  named: { readonly tenantId: string; readonly providerAccountId: string; readonly providerRef: string },
): Promise<Attempt | null> {
  const rows = await db
    .selectFrom('attempts')
    .selectAll()
    .where('tenant_id', '=', named.tenantId)
    .where('provider_account_id', '=', named.providerAccountId)
    .where('provider_ref', '=', named.providerRef)
    .limit(2)
    .execute();
  const [row] = rows;
  return row === undefined || rows.length > 1 ? null : attemptFromRow(row);
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
  page: PageOptions,
): Promise<readonly Payment[]> {
  let query = db
    .selectFrom('payments')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('payment_id', page));
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

/** The payment behind a token's hash and the token's end, where it is not revoked. */
export async function selectTokenOwner(
  db: Queryable,
  tokenHash: Uint8Array,
): Promise<{ readonly tenantId: string; readonly paymentId: string; readonly expiresAt: Temporal.Instant } | null> {
  const row = await db
    .selectFrom('checkout_tokens')
    .select(['tenant_id', 'payment_id', 'expires_at'])
    .where('token_hash', '=', Buffer.from(tokenHash))
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? null : { tenantId: row.tenant_id, paymentId: row.payment_id, expiresAt: row.expires_at };
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
