import { type Selectable, sql } from 'kysely';
import type { TimePlace } from '../kernel/time-cursor.ts';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Attempt } from './attempt.ts';
import type { AnyOperation } from './dispatch-operation.ts';
import type { Dispute } from './dispute.ts';
import type { SignalSummary } from './explain-payment.ts';
import { captureFromRow, disputeFromRow, refundFromRow, reversalFromRow } from './operation-rows.ts';
import type { Payment } from './payment.ts';
import { attemptFromRow } from './rows.ts';
import type { RouteSignal } from './tell-route.ts';

type Named = Pick<Payment, 'tenantId' | 'paymentId'>;

/** A payment has a handful of each; the bound keeps a strange one from filling an answer. */
const ROWS_MAX = 50;

/** Attempts of a payment that its provider still has a word to say about: open ones, and authorizations going back. */
export async function selectAttemptsToAsk(db: Queryable, { tenantId, paymentId }: Named): Promise<readonly Attempt[]> {
  const { rows } = await sql<Selectable<Tables['attempts']>>`
    select * from attempts
    where tenant_id = ${tenantId} and payment_id = ${paymentId} and sync_due_at is not null
    order by attempt_id limit ${ROWS_MAX}`.execute(db);
  return rows.map(attemptFromRow);
}

/** Captures, refunds and reversals of a payment whose outcome is still to come, the oldest first. */
export async function selectPendingOperations(db: Queryable, payment: Named): Promise<readonly AnyOperation[]> {
  const [captures, refunds, reversals] = await Promise.all([
    selectPending(db, 'captures', payment),
    selectPending(db, 'refunds', payment),
    selectPending(db, 'reversals', payment),
  ]);
  return [...captures.map(captureFromRow), ...refunds.map(refundFromRow), ...reversals.map(reversalFromRow)];
}

async function selectPending<Table extends 'captures' | 'refunds' | 'reversals'>(
  db: Queryable,
  table: Table,
  { tenantId, paymentId }: Named,
): Promise<readonly Selectable<Tables[Table]>[]> {
  const { rows } = await sql<Selectable<Tables[Table]>>`
    select * from ${sql.table(table)}
    where tenant_id = ${tenantId} and payment_id = ${paymentId} and status = 'pending'
    order by created_at limit ${ROWS_MAX}`.execute(db);
  return rows;
}

/** Disputes of a payment that the merchant may answer. */
export async function selectDisputesToAnswer(
  db: Queryable,
  { tenantId, paymentId }: Named,
): Promise<readonly Dispute[]> {
  const { rows } = await sql<Selectable<Tables['disputes']>>`
    select * from disputes
    where tenant_id = ${tenantId} and payment_id = ${paymentId} and status in ('inquiry', 'opened')
    order by dispute_id limit ${ROWS_MAX}`.execute(db);
  return rows.map(disputeFromRow);
}

interface History {
  /** When the payment came into its status; null where no event told it. */
  readonly statusSince: Temporal.Instant | null;
  readonly firstCaptureAt: Temporal.Instant | null;
  /** Money of a second success that is not refunded and not about to be; minor units. */
  readonly duplicateKept: bigint;
  readonly quarantinedSignals: number;
}

/** Events that tell of a payment's coming into a status; a declined attempt makes it payable again. */
function eventTypesOf({ status }: Payment): readonly string[] {
  return status === 'created' ? ['payment.created', 'payment.attempt_failed'] : [`payment.${status}`];
}

/** What of a payment's past its explanation needs. */
export async function selectHistory(db: Queryable, payment: Payment): Promise<History> {
  const { tenantId, paymentId } = payment;
  const { rows } = await sql<{
    status_since: Temporal.Instant | null;
    first_capture_at: Temporal.Instant | null;
    duplicate_kept: bigint;
    quarantined: bigint;
  }>`
    select
      (select created_at from events
        where tenant_id = ${tenantId} and payment_id = ${paymentId} and type = any(${eventTypesOf(payment)}::text[])
        order by event_id desc limit 1) as status_since,
      (select min(created_at) from captures
        where tenant_id = ${tenantId} and payment_id = ${paymentId} and status = 'succeeded' and not duplicate)
        as first_capture_at,
      (select coalesce(sum(amount), 0) from captures
        where tenant_id = ${tenantId} and payment_id = ${paymentId} and status = 'succeeded' and duplicate)
      - (select coalesce(sum(amount), 0) from refunds
        where tenant_id = ${tenantId} and payment_id = ${paymentId} and status <> 'failed' and duplicate)
        as duplicate_kept,
      (select count(*) from signals
        where tenant_id = ${tenantId} and payment_id = ${paymentId} and outcome = 'quarantined') as quarantined`.execute(
    db,
  );
  const [row] = rows;
  return {
    statusSince: row?.status_since ?? null,
    firstCaptureAt: row?.first_capture_at ?? null,
    duplicateKept: row?.duplicate_kept ?? 0n,
    quarantinedSignals: Number(row?.quarantined ?? 0n),
  };
}

/** The last thing that might have moved a payment. */
export async function selectLastSignal(db: Queryable, { tenantId, paymentId }: Named): Promise<SignalSummary | null> {
  const { rows } = await sql<SignalSummary>`
    select signal_id as id, created_at as at, source, kind, outcome, note from signals
    where tenant_id = ${tenantId} and payment_id = ${paymentId}
    order by signal_id desc limit 1`.execute(db);
  return rows[0] ?? null;
}

/** What began a payment's latest attempts, the newest first. */
export async function selectRouteSignals(
  db: Queryable,
  { tenantId, paymentId }: Named,
): Promise<readonly RouteSignal[]> {
  const { rows } = await sql<RouteSignal>`
    select attempt_id as "attemptId", kind, detail from signals
    where tenant_id = ${tenantId} and payment_id = ${paymentId} and outcome = 'applied'
      and kind in ('attempt_started', 'attempt_failed_over')
    order by signal_id desc limit ${ROWS_MAX}`.execute(db);
  return rows;
}

/** Something about a payment that a person may have to look at. */
export interface DoubtRow extends TimePlace {
  readonly payment_id: string;
  readonly mode: string;
  readonly object: string;
  readonly id: string;
  readonly next_question_at: Temporal.Instant | null;
  readonly tries: number;
  readonly note: string | null;
}

/**
 * What is in doubt at a tenant, newest first: attempts and operations of which nobody knows what came, operations and
 * releases that the first question did not settle, and signals that were set aside. Each kind is read by its partial
 * index of what is open or set aside, so what is settled costs nothing, however much it is.
 */
export async function selectDoubts(
  db: Queryable,
  tenantId: string,
  page: { readonly now: Temporal.Instant; readonly before: TimePlace | null; readonly rowsMax: number },
): Promise<readonly DoubtRow[]> {
  const { now, before, rowsMax } = page;
  const isBefore =
    before === null ? sql`true` : sql`(at, place) < (${before.at}::timestamptz, ${before.place}::text collate "C")`;
  const { rows } = await sql<DoubtRow>`
    select * from (
      select payment_id, 'attempt' as object, attempt_id as id, updated_at as at, attempt_id collate "C" as place,
        sync_due_at as next_question_at, sync_tries as tries, null::text as note
      from attempts
      where tenant_id = ${tenantId} and sync_due_at is not null
        and (state = 'unknown' or (state in ('dispatched', 'completing') and sync_due_at <= ${now})
          or (state = 'authorized' and sync_tries > 0))
      union all ${pendingDoubts('captures', tenantId, now)}
      union all ${pendingDoubts('refunds', tenantId, now)}
      union all ${pendingDoubts('reversals', tenantId, now)}
      union all
      select payment_id, 'signal', signal_id, created_at, signal_id collate "C", null::timestamptz, 0, note
      from signals where tenant_id = ${tenantId} and outcome = 'quarantined'
    ) doubts
    cross join lateral (
      select mode from payments p where p.tenant_id = ${tenantId} and p.payment_id = doubts.payment_id
    ) payment
    where ${isBefore}
    order by at desc, place desc limit ${rowsMax}`.execute(db);
  return rows;
}

const OPERATIONS = {
  captures: { object: 'capture', key: 'capture_id' },
  refunds: { object: 'refund', key: 'refund_id' },
  reversals: { object: 'reversal', key: 'reversal_id' },
} as const;

function pendingDoubts(table: keyof typeof OPERATIONS, tenantId: string, now: Temporal.Instant) {
  const { object, key } = OPERATIONS[table];
  return sql`
    select payment_id, ${sql.lit(object)}, ${sql.ref(key)}, updated_at, ${sql.ref(key)} collate "C", sync_due_at,
      sync_tries, null::text
    from ${sql.table(table)}
    where tenant_id = ${tenantId} and sync_due_at is not null
      and (dispatch = 'unknown' or sync_tries > 0 or (dispatch = 'dispatched' and sync_due_at <= ${now}))`;
}
