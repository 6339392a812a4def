import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Attempt } from './attempt.ts';
import type { AnyOperation } from './dispatch-operation.ts';
import { captureFromRow, refundFromRow, reversalFromRow } from './operation-rows.ts';
import type { Payment } from './payment.ts';
import { attemptFromRow, paymentFromRow } from './rows.ts';

/** Attempts of an account that must be asked about, sent again or released. */
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

/** Where operations of each kind stand. */
const KEYS = { captures: 'capture_id', refunds: 'refund_id', reversals: 'reversal_id' } as const;

async function selectDue<Table extends keyof typeof KEYS>(
  db: Queryable,
  table: Table,
  due: DueAt,
): Promise<readonly Selectable<Tables[Table]>[]> {
  const { rows } = await sql<Selectable<Tables[Table]>>`
    select * from ${sql.table(table)}
    where tenant_id = ${due.tenantId} and provider_account_id = ${due.providerAccountId} and sync_due_at <= ${due.now}
    order by sync_due_at limit ${due.limit}`.execute(db);
  return rows;
}

interface DueAt {
  readonly tenantId: string;
  readonly providerAccountId: string;
  readonly now: Temporal.Instant;
  readonly limit: number;
}

/** Captures, refunds and reversals of an account that must be asked about or sent again, the longest due first. */
export async function selectDueOperations(db: Queryable, due: DueAt): Promise<readonly AnyOperation[]> {
  const captures = await selectDue(db, 'captures', due);
  const refunds = await selectDue(db, 'refunds', due);
  const reversals = await selectDue(db, 'reversals', due);
  return [...captures.map(captureFromRow), ...refunds.map(refundFromRow), ...reversals.map(reversalFromRow)]
    .sort((one, other) => Temporal.Instant.compare(one.syncDueAt ?? due.now, other.syncDueAt ?? due.now))
    .slice(0, due.limit);
}

/** Sets when to ask again, where no outcome came meanwhile. */
export async function scheduleOperationSync(
  db: Queryable,
  operation: AnyOperation,
  next: { readonly dueAt: Temporal.Instant; readonly tries: number },
): Promise<void> {
  const [table, id] = placeOf(operation);
  await sql`
    update ${sql.table(table)} set sync_due_at = ${next.dueAt}, sync_tries = ${next.tries}
    where tenant_id = ${operation.tenantId} and ${sql.ref(KEYS[table])} = ${id} and status = 'pending'`.execute(db);
}

function placeOf(operation: AnyOperation): readonly [keyof typeof KEYS, string] {
  if ('captureId' in operation) return ['captures', operation.captureId];
  if ('refundId' in operation) return ['refunds', operation.refundId];
  return ['reversals', operation.reversalId];
}

/** When the account's next attempt or operation is due; null where none waits. */
export async function selectNextSyncAt(
  db: Queryable,
  tenantId: string,
  providerAccountId: string,
): Promise<Temporal.Instant | null> {
  const { rows } = await sql<{ next: Temporal.Instant | null }>`
    select least(
      (select min(sync_due_at) from attempts
        where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId} and sync_due_at is not null),
      (select min(sync_due_at) from captures
        where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId} and sync_due_at is not null),
      (select min(sync_due_at) from refunds
        where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId} and sync_due_at is not null),
      (select min(sync_due_at) from reversals
        where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId} and sync_due_at is not null)
    ) as next`.execute(db);
  return rows[0]?.next ?? null;
}

/** Payments whose time is over, or that must be looked at again. */
export async function selectDuePayments(
  db: Queryable,
  tenantId: string,
  mode: Mode,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Payment[]> {
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('mode', '=', mode)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map(paymentFromRow);
}

export async function selectNextPaymentDueAt(
  db: Queryable,
  tenantId: string,
  mode: Mode,
): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('payments')
    .select((row) => row.fn.min('due_at').as('next'))
    .where('tenant_id', '=', tenantId)
    .where('mode', '=', mode)
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
