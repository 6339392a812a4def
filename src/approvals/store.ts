import type { Selectable } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { Permission } from '../kernel/endpoint.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Approval } from './approval.ts';

interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

export async function insertApproval(tx: Queryable, approval: Approval): Promise<void> {
  await tx
    .insertInto('approvals')
    .values({
      tenant_id: approval.tenantId,
      approval_id: approval.approvalId,
      mode: approval.mode,
      act: approval.act,
      permission: approval.permission,
      state: approval.state,
      request_sealed: Buffer.from(approval.requestSealed),
      requested_by: approval.requestedBy,
      requested_for: approval.requestedFor,
      requested_at: approval.requestedAt,
      expires_at: approval.expiresAt,
      ...{ decided_by: null, decided_at: null, note: null },
      ...{ answer_status: null, problem_code: null, subject_id: null, ended_at: null },
    })
    .execute();
}

export async function selectApproval(db: Queryable, owner: Owner, approvalId: string): Promise<Approval | null> {
  const row = await owned(db, owner).where('approval_id', '=', approvalId).executeTakeFirst();
  return row === undefined ? null : approvalFromRow(row);
}

/** Newest first; one row more than the limit. Those that lapsed are stored as they were asked for. */
export async function selectApprovals(
  db: Queryable,
  owner: Owner,
  page: PageOptions,
  state?: Approval['state'],
): Promise<readonly Approval[]> {
  const query = owned(db, owner)
    .$if(state !== undefined, (all) => all.where('state', '=', state ?? ''))
    .$call(newestFirst('approval_id', page));
  return (await query.execute()).map(approvalFromRow);
}

/** Decides once: of two who decide at the same time the second finds nothing that waits. Returns whether it was this one. */
export async function decide(
  tx: Queryable,
  { tenantId, approvalId }: Pick<Approval, 'tenantId' | 'approvalId'>,
  decision: { readonly state: 'approved' | 'rejected'; readonly by: string; readonly note: string | null },
  now: Temporal.Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('approvals')
    .set({
      state: decision.state,
      decided_by: decision.by,
      decided_at: now,
      note: decision.note,
      ended_at: decision.state === 'rejected' ? now : null,
    })
    .where('tenant_id', '=', tenantId)
    .where('approval_id', '=', approvalId)
    .where('state', '=', 'requested')
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Notes how the verb answered; a second time changes nothing. */
export async function endApproval(
  db: Queryable,
  { tenantId, approvalId }: Pick<Approval, 'tenantId' | 'approvalId'>,
  end: Required<Pick<Approval, 'answerStatus' | 'problemCode' | 'subjectId'>>,
  now: Temporal.Instant,
): Promise<void> {
  await db
    .updateTable('approvals')
    .set({
      state: end.problemCode === null ? 'done' : 'failed',
      answer_status: end.answerStatus,
      problem_code: end.problemCode,
      subject_id: end.subjectId,
      ended_at: now,
    })
    .where('tenant_id', '=', tenantId)
    .where('approval_id', '=', approvalId)
    .where('state', '=', 'approved')
    .execute();
}

/** Those that were decided before an instant and are not known to be done. */
export async function selectUnfinished(
  db: Queryable,
  before: Temporal.Instant,
  limit: number,
): Promise<readonly Approval[]> {
  const query = db.selectFrom('approvals').selectAll().where('state', '=', 'approved');
  const rows = await query.where('decided_at', '<=', before).orderBy('decided_at').limit(limit).execute();
  return rows.map(approvalFromRow);
}

function owned(db: Queryable, { tenantId, mode }: Owner) {
  return db.selectFrom('approvals').selectAll().where('tenant_id', '=', tenantId).where('mode', '=', mode);
}

function approvalFromRow(row: Selectable<Tables['approvals']>): Approval {
  return {
    tenantId: row.tenant_id,
    approvalId: row.approval_id,
    mode: row.mode as Mode,
    act: row.act,
    permission: row.permission as Permission,
    state: row.state as Approval['state'],
    requestSealed: row.request_sealed,
    requestedBy: row.requested_by,
    requestedFor: row.requested_for,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    note: row.note,
    answerStatus: row.answer_status,
    problemCode: row.problem_code,
    subjectId: row.subject_id,
    endedAt: row.ended_at,
  };
}
