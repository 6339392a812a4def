import { type RawBuilder, sql } from 'kysely';
import { completeKeysOfMoved, type KeyAnswer } from '../idempotency/complete-key.ts';
import { heldByMoved, type LimitChange } from '../limits/release-limits.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';

/** Everything that applied signals write, for any number of payments; each payment at most once. */
export interface SignalWrite {
  readonly payments: readonly WholeRow<'payments'>[];
  readonly attempts: readonly WholeRow<'attempts'>[];
  readonly captures: readonly WholeRow<'captures'>[];
  readonly refunds: readonly WholeRow<'refunds'>[];
  readonly reversals: readonly WholeRow<'reversals'>[];
  readonly disputes: readonly WholeRow<'disputes'>[];
  readonly transfers: readonly WholeRow<'ledger_transfers'>[];
  readonly events: readonly WholeRow<'events'>[];
  /** One for each event. */
  readonly outbox: readonly WholeRow<'outbox'>[];
  /** What to look at later; only a hint of when, so it may stand although its payment was not written. */
  readonly work: readonly WholeRow<'outbox'>[];
  readonly signals: readonly WholeRow<'signals'>[];
  /** Where payments that hold limits come to count less, or more again. */
  readonly limits: readonly LimitChange[];
  /** Claims of idempotency keys; resource_id names the payment, attempt or operation that is written with it. */
  readonly keys: readonly WholeRow<'idempotency_keys'>[];
  /** Answers that are given once the payment is written. */
  readonly answers: readonly (KeyAnswer & { readonly paymentId: string })[];
  /** Signals that move nothing: repeats, and proof that was set aside. */
  readonly unapplied: readonly WholeRow<'signals'>[];
}

/**
 * Writes decisions as one statement: each payment whole, if it still has the version it was decided on (the row carries
 * the next one), or not at all. Returns the ids of the payments written. Parts that are empty are left out of the
 * statement's text, so the few usual combinations are the prepared ones.
 */
export async function writeSignals(db: Queryable, write: SignalWrite): Promise<ReadonlySet<string>> {
  const parts: RawBuilder<unknown>[] = [
    sql`moved as (
      update payments p set
        status = r.status, late = r.late, version = r.version, amount_authorized = r.amount_authorized,
        amount_captured = r.amount_captured, amount_capture_pending = r.amount_capture_pending,
        amount_refunded = r.amount_refunded, amount_refund_pending = r.amount_refund_pending,
        captures_closed = r.captures_closed, reversal_id = r.reversal_id, duplicate_payment = r.duplicate_payment,
        attempts_declined = r.attempts_declined, open_attempt_id = r.open_attempt_id,
        last_attempt_id = r.last_attempt_id, shipping_address_sealed = r.shipping_address_sealed,
        authorization_expires_at = r.authorization_expires_at,
        due_at = r.due_at, updated_at = r.updated_at
      from ${recordset('payments', write.payments)} r
      where p.tenant_id = r.tenant_id and p.payment_id = r.payment_id and p.version = r.version - 1
      returning p.tenant_id, p.payment_id
    )`,
    ...(write.attempts.length === 0 ? [] : [putAttempts(write.attempts)]),
    ...(write.captures.length === 0 ? [] : [putOperations('captures', write.captures)]),
    ...(write.refunds.length === 0 ? [] : [putOperations('refunds', write.refunds)]),
    ...(write.reversals.length === 0 ? [] : [putOperations('reversals', write.reversals)]),
    ...(write.disputes.length === 0 ? [] : [putDisputes(write.disputes)]),
    ...(write.transfers.length === 0 ? [] : [insertOfMoved('ledger_transfers', write.transfers)]),
    ...(write.events.length === 0 ? [] : putEvents(write.events, write.outbox)),
    ...(write.work.length === 0
      ? []
      : [sql`work_put as (insert into outbox select r.* from ${recordset('outbox', write.work)} r)`]),
    ...(write.keys.length === 0 ? [] : [claimKeys(write)]),
    ...(write.answers.length === 0 ? [] : [sql`answers_put as (${completeKeysOfMoved(write.answers)})`]),
    ...(write.limits.length === 0 ? [] : heldByMoved(write.limits)),
    insertOfMoved('signals', write.signals),
    ...(write.unapplied.length === 0
      ? []
      : [sql`unapplied as (insert into signals select r.* from ${recordset('signals', write.unapplied)} r)`]),
  ];
  const { rows } = await sql<{ payment_id: string }>`
    with ${sql.join(parts, sql`, `)} select payment_id from moved`.execute(db);
  return new Set(rows.map((row) => row.payment_id));
}

/** Records signals that moved nothing, where nothing else is to be written. */
export async function insertSignals(db: Queryable, signals: readonly WholeRow<'signals'>[]): Promise<void> {
  await sql`insert into signals select r.* from ${recordset('signals', signals)} r`.execute(db);
}

function insertOfMoved<Table extends 'ledger_transfers' | 'signals'>(
  table: Table,
  rows: readonly WholeRow<Table>[],
): RawBuilder<unknown> {
  return sql`${sql.ref(`${table}_put`)} as (
    insert into ${sql.table(table)} select r.* from ${recordset(table, rows)} r join moved using (tenant_id, payment_id)
  )`;
}

/** One that ended goes before the one that takes over: a payment has one open attempt at a time, at every row. */
function putAttempts(rows: readonly WholeRow<'attempts'>[]): RawBuilder<unknown> {
  return sql`attempts_put as (
    insert into attempts select r.* from ${recordset('attempts', rows)} r join moved using (tenant_id, payment_id)
    order by r.failed_over_to is null
    on conflict on constraint attempts_pkey do update set
      state = excluded.state, provider_ref = excluded.provider_ref, next_action = excluded.next_action,
      failure_code = excluded.failure_code, failure_message = excluded.failure_message,
      completion_sealed = excluded.completion_sealed, charge_ref = excluded.charge_ref,
      provider_expires_at = excluded.provider_expires_at, release_requested_at = excluded.release_requested_at,
      sync_due_at = excluded.sync_due_at, sync_tries = excluded.sync_tries, updated_at = excluded.updated_at,
      failed_over_to = excluded.failed_over_to, instrument = excluded.instrument, auth_code = excluded.auth_code
    returning attempt_id as id
  )`;
}

const OPERATION_KEYS = { captures: 'capture_id', refunds: 'refund_id', reversals: 'reversal_id' } as const;

function putOperations<Table extends keyof typeof OPERATION_KEYS>(
  table: Table,
  rows: readonly WholeRow<Table>[],
): RawBuilder<unknown> {
  return sql`${sql.ref(`${table}_put`)} as (
    insert into ${sql.table(table)} select r.* from ${recordset(table, rows)} r join moved using (tenant_id, payment_id)
    on conflict on constraint ${sql.ref(`${table}_pkey`)} do update set
      status = excluded.status, dispatch = excluded.dispatch, provider_ref = excluded.provider_ref,
      failure_code = excluded.failure_code, sync_due_at = excluded.sync_due_at, sync_tries = excluded.sync_tries,
      updated_at = excluded.updated_at
    returning ${sql.ref(OPERATION_KEYS[table])} as id
  )`;
}

function putDisputes(rows: readonly WholeRow<'disputes'>[]): RawBuilder<unknown> {
  return sql`disputes_put as (
    insert into disputes select r.* from ${recordset('disputes', rows)} r join moved using (tenant_id, payment_id)
    on conflict on constraint disputes_pkey do update set
      amount = excluded.amount, reason = excluded.reason, status = excluded.status,
      evidence_due_at = excluded.evidence_due_at, amount_withdrawn = excluded.amount_withdrawn,
      amount_reinstated = excluded.amount_reinstated, reported_at = excluded.reported_at,
      updated_at = excluded.updated_at
  )`;
}

function putEvents(
  events: readonly WholeRow<'events'>[],
  outbox: readonly WholeRow<'outbox'>[],
): readonly RawBuilder<unknown>[] {
  return [
    sql`told as materialized (
      select r.* from ${recordset('events', events)} r join moved using (tenant_id, payment_id)
    )`,
    sql`events_put as (insert into events select * from told)`,
    sql`outbox_put as (
      insert into outbox select r.* from ${recordset('outbox', outbox)} r
      join told on told.tenant_id = r.tenant_id and told.event_id = r.subject_id
    )`,
  ];
}

/** Breaks idempotency_keys_pkey, and with it the whole statement, where a twin was faster. */
function claimKeys(write: SignalWrite): RawBuilder<unknown> {
  const puts = [
    sql`select payment_id as id from moved`,
    ...(write.attempts.length === 0 ? [] : [sql`select id from attempts_put`]),
    ...(write.captures.length === 0 ? [] : [sql`select id from captures_put`]),
    ...(write.refunds.length === 0 ? [] : [sql`select id from refunds_put`]),
    ...(write.reversals.length === 0 ? [] : [sql`select id from reversals_put`]),
  ];
  return sql`keys_put as (
    insert into idempotency_keys select r.* from ${recordset('idempotency_keys', write.keys)} r
    join (${sql.join(puts, sql` union all `)}) put on put.id = r.resource_id
  )`;
}
