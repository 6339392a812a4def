import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Dispute, DisputeStatus } from '../payments/dispute.ts';
import { disputeFromRow } from '../payments/operation-rows.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Evidence, EvidenceStatus } from './evidence.ts';

export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

export interface DisputeFilter {
  readonly paymentId?: string | undefined;
  readonly status?: DisputeStatus | undefined;
  readonly evidenceDueBefore?: Temporal.Instant | undefined;
}

export async function selectDispute(db: Queryable, tenantId: string, disputeId: string): Promise<Dispute | null> {
  const row = await db
    .selectFrom('disputes')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('dispute_id', '=', disputeId)
    .executeTakeFirst();
  return row === undefined ? null : disputeFromRow(row);
}

/** Newest first, from after the cursor; one row more than the limit, so that the caller knows whether there are more. */
export async function selectDisputes(
  db: Queryable,
  owner: Owner,
  filter: DisputeFilter,
  page: PageOptions,
): Promise<readonly Dispute[]> {
  let query = db
    .selectFrom('disputes')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('dispute_id', page));
  if (filter.paymentId !== undefined) query = query.where('payment_id', '=', filter.paymentId);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  if (filter.evidenceDueBefore !== undefined) query = query.where('evidence_due_at', '<', filter.evidenceDueBefore);
  return (await query.execute()).map(disputeFromRow);
}

interface Account {
  readonly tenantId: string;
  readonly providerAccountId: string;
}

/** What an account's sync lane looks after here. */
type Watched = 'disputes' | 'dispute_evidence';

/** Rows of an account that are due, the longest due first. */
async function selectDue<Table extends Watched>(
  db: Queryable,
  table: Table,
  { tenantId, providerAccountId }: Account,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Selectable<Tables[Table]>[]> {
  const { rows } = await sql<Selectable<Tables[Table]>>`
    select * from ${sql.table(table)}
    where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId} and sync_due_at <= ${now}
    order by sync_due_at limit ${limit}`.execute(db);
  return rows;
}

/** When the account's next row is due; null where none waits. */
async function selectNextDueAt(
  db: Queryable,
  table: Watched,
  { tenantId, providerAccountId }: Account,
): Promise<Temporal.Instant | null> {
  const { rows } = await sql<{ next: Temporal.Instant | null }>`
    select min(sync_due_at) as next from ${sql.table(table)}
    where tenant_id = ${tenantId} and provider_account_id = ${providerAccountId} and sync_due_at is not null`.execute(
    db,
  );
  return rows[0]?.next ?? null;
}

/** Disputes of an account that must be asked about. */
export async function selectDueDisputes(
  db: Queryable,
  account: Account,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Dispute[]> {
  return (await selectDue(db, 'disputes', account, now, limit)).map(disputeFromRow);
}

/** Sets when to ask again, where no news came meanwhile: those have set their own time. */
export async function scheduleDisputes(db: Queryable, disputes: readonly Dispute[]): Promise<void> {
  await sql`
    update disputes d set sync_due_at = r.sync_due_at
    from unnest(
      ${disputes.map((one) => one.tenantId)}::text[], ${disputes.map((one) => one.disputeId)}::text[],
      ${disputes.map((one) => one.updatedAt)}::timestamptz[], ${disputes.map((one) => one.syncDueAt)}::timestamptz[]
    ) as r (tenant_id, dispute_id, updated_at, sync_due_at)
    where d.tenant_id = r.tenant_id and d.dispute_id = r.dispute_id and d.updated_at = r.updated_at`.execute(db);
}

/** When the account's next dispute is to be asked about; null where none is. */
export function selectNextDisputeAt(db: Queryable, account: Account): Promise<Temporal.Instant | null> {
  return selectNextDueAt(db, 'disputes', account);
}

interface NewEvidenceRows {
  readonly evidence: Evidence;
  /** Wakes the sync worker, should the request that sends the evidence die. */
  readonly work: WholeRow<'outbox'>;
  readonly key: WholeRow<'idempotency_keys'> | null;
}

/**
 * Commits the intent and the claim of its key in one statement. Breaks dispute_evidence_open_key where other evidence
 * for the dispute is under way, and idempotency_keys_pkey where a twin was faster; then nothing is written.
 */
export async function insertEvidence(db: Queryable, { evidence, work, key }: NewEvidenceRows): Promise<void> {
  await sql`
    with evidence_put as (
      insert into dispute_evidence select r.* from ${recordset('dispute_evidence', [evidenceToRow(evidence)])} r
    ), work_put as (
      insert into outbox select r.* from ${recordset('outbox', [work])} r
    )
    insert into idempotency_keys select r.* from ${recordset('idempotency_keys', key === null ? [] : [key])} r`.execute(
    db,
  );
}

/** Records what came of sending evidence, with the work that follows from it. An outcome that is known stands. */
export async function updateEvidence(
  db: Queryable,
  evidence: Evidence,
  work: readonly WholeRow<'outbox'>[],
): Promise<void> {
  await sql`
    with recorded as (
      update dispute_evidence set
        status = ${evidence.status}, failure_code = ${evidence.failureCode}, sync_due_at = ${evidence.syncDueAt},
        sync_tries = ${evidence.syncTries}, updated_at = ${evidence.updatedAt}
      where tenant_id = ${evidence.tenantId} and evidence_id = ${evidence.evidenceId}
        and status in ('dispatched', 'unknown')
      returning tenant_id
    )
    insert into outbox select r.* from ${recordset('outbox', work)} r join recorded using (tenant_id)`.execute(db);
}

export async function selectEvidence(db: Queryable, tenantId: string, evidenceId: string): Promise<Evidence | null> {
  const row = await db
    .selectFrom('dispute_evidence')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('evidence_id', '=', evidenceId)
    .executeTakeFirst();
  return row === undefined ? null : evidenceFromRow(row);
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectEvidenceOf(
  db: Queryable,
  { tenantId, disputeId }: Pick<Dispute, 'tenantId' | 'disputeId'>,
  page: PageOptions,
): Promise<readonly Evidence[]> {
  const query = db
    .selectFrom('dispute_evidence')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('dispute_id', '=', disputeId)
    .$call(newestFirst('evidence_id', page));
  return (await query.execute()).map(evidenceFromRow);
}

/** Evidence of an account that must be sent again. */
export async function selectDueEvidence(
  db: Queryable,
  account: Account,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Evidence[]> {
  return (await selectDue(db, 'dispute_evidence', account, now, limit)).map(evidenceFromRow);
}

/** Sets when to send it again, where no outcome came meanwhile. Returns whether none did. */
export async function scheduleEvidenceSync(
  db: Queryable,
  { tenantId, evidenceId, syncDueAt, syncTries }: Evidence,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('dispute_evidence')
    .set({ sync_due_at: syncDueAt, sync_tries: syncTries })
    .where('tenant_id', '=', tenantId)
    .where('evidence_id', '=', evidenceId)
    .where('status', 'in', ['dispatched', 'unknown'])
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** When the account's next evidence is due; null where none waits. */
export function selectNextEvidenceAt(db: Queryable, account: Account): Promise<Temporal.Instant | null> {
  return selectNextDueAt(db, 'dispute_evidence', account);
}

function evidenceFromRow(row: Selectable<Tables['dispute_evidence']>): Evidence {
  return {
    tenantId: row.tenant_id,
    evidenceId: row.evidence_id,
    disputeId: row.dispute_id,
    paymentId: row.payment_id,
    providerAccountId: row.provider_account_id,
    mode: row.mode as Mode,
    textSealed: row.text_sealed,
    status: row.status as EvidenceStatus,
    failureCode: row.failure_code,
    syncDueAt: row.sync_due_at,
    syncTries: row.sync_tries,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function evidenceToRow(evidence: Evidence): WholeRow<'dispute_evidence'> {
  return {
    tenant_id: evidence.tenantId,
    evidence_id: evidence.evidenceId,
    dispute_id: evidence.disputeId,
    payment_id: evidence.paymentId,
    provider_account_id: evidence.providerAccountId,
    mode: evidence.mode,
    text_sealed: Buffer.from(evidence.textSealed),
    status: evidence.status,
    failure_code: evidence.failureCode,
    sync_due_at: evidence.syncDueAt,
    sync_tries: evidence.syncTries,
    created_at: evidence.createdAt,
    updated_at: evidence.updatedAt,
  };
}
