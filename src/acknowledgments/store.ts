import { type Selectable, sql } from 'kysely';
import { assert } from '../kernel/assert.ts';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { AckDeadline, Moved } from './ack-deadline.ts';

/** Whose payments' deadlines. */
interface PaymentName {
  readonly tenantId: string;
  readonly paymentId: string;
}

/** The deadlines of payments, locked until the transaction ends; in one order, so that two batches never wait crosswise. */
export async function lockDeadlines(
  tx: Queryable,
  payments: readonly PaymentName[],
): Promise<ReadonlyMap<string, AckDeadline>> {
  const { rows } = await sql<Selectable<Tables['ack_deadlines']>>`
    select d.* from ack_deadlines d
    join (
      select distinct * from unnest(
        ${payments.map(({ tenantId }) => tenantId)}::text[], ${payments.map(({ paymentId }) => paymentId)}::text[])
    ) as wanted (tenant_id, payment_id) using (tenant_id, payment_id)
    order by d.tenant_id, d.deadline_id
    for update of d`.execute(tx);
  return new Map(rows.map((row) => [row.payment_id, deadlineFromRow(row)]));
}

/** The deadline as it stands, locked until the transaction ends. */
export async function lockDeadline(tx: Queryable, tenantId: string, deadlineId: string): Promise<AckDeadline | null> {
  const row = await tx
    .selectFrom('ack_deadlines')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('deadline_id', '=', deadlineId)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? null : deadlineFromRow(row);
}

/**
 * Writes deadlines, new and changed, each over the version before it, with the step that tells why. A payment that got its
 * deadline meanwhile keeps that one. Returns the ids of those that were written.
 */
export async function saveDeadlines(tx: Queryable, moved: readonly Moved[]): Promise<ReadonlySet<string>> {
  if (moved.length === 0) return new Set();
  const deadlines = recordset(
    'ack_deadlines',
    moved.map(({ deadline }) => deadlineToRow(deadline)),
  );
  const steps = recordset('ack_deadline_steps', moved.map(stepToRow));
  const { rows } = await sql<{ deadline_id: string }>`
    with added as (
      insert into ack_deadlines select r.* from ${deadlines} r where r.version = 1 order by r.tenant_id, r.payment_id
      on conflict do nothing
      returning tenant_id, deadline_id
    ), changed as (
      update ack_deadlines d set
        delivery_id = r.delivery_id, state = r.state, version = r.version, window_seconds = r.window_seconds,
        epoch = r.epoch, dispatches = r.dispatches, in_flight = r.in_flight, armed_at = r.armed_at,
        deadline_at = r.deadline_at, unanswered_since = r.unanswered_since, cause = r.cause,
        status_code = r.status_code, reason = r.reason, asked = r.asked, asked_earlier = r.asked_earlier,
        reversal_tried = r.reversal_tried,
        operation = r.operation, operation_id = r.operation_id, look_at = r.look_at, looks = r.looks,
        late_acknowledged_at = r.late_acknowledged_at, ended_at = r.ended_at, updated_at = r.updated_at
      from ${deadlines} r
      where d.tenant_id = r.tenant_id and d.deadline_id = r.deadline_id and d.version = r.version - 1
      returning d.tenant_id, d.deadline_id
    ), written as (
      select * from added union all select * from changed
    ), told as (
      insert into ack_deadline_steps select s.* from ${steps} s join written using (tenant_id, deadline_id)
    )
    select deadline_id from written`.execute(tx);
  return new Set(rows.map((row) => row.deadline_id));
}

/** As saveDeadlines, for a deadline that the caller has locked. @throws AssertionFailed where it was changed nevertheless */
export async function saveLocked(tx: Queryable, moved: Moved): Promise<void> {
  const written = await saveDeadlines(tx, [moved]);
  assert(written.size === 1, 'a locked deadline keeps its version');
}

/** Deadlines that somebody has to look at, the longest due first. */
export async function selectDueDeadlines(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  now: Temporal.Instant,
  limit: number,
): Promise<readonly AckDeadline[]> {
  const rows = await db
    .selectFrom('ack_deadlines')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('look_at', '<=', now)
    .orderBy('look_at')
    .limit(limit)
    .execute();
  return rows.map(deadlineFromRow);
}

export async function selectNextLookAt(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('ack_deadlines')
    .select((row) => row.fn.min('look_at').as('next'))
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('look_at', 'is not', null)
    .executeTakeFirst();
  return row?.next ?? null;
}

interface DeadlineFilter {
  readonly status?: string | undefined;
  readonly paymentId?: string | undefined;
  readonly endpointId?: string | undefined;
}

/** Newest first; one row more than the limit. */
export async function selectDeadlines(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  filter: DeadlineFilter,
  page: PageOptions,
): Promise<readonly AckDeadline[]> {
  let query = db
    .selectFrom('ack_deadlines')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('deadline_id', page));
  if (filter.status !== undefined) query = query.where('state', '=', filter.status);
  if (filter.paymentId !== undefined) query = query.where('payment_id', '=', filter.paymentId);
  if (filter.endpointId !== undefined) query = query.where('endpoint_id', '=', filter.endpointId);
  return (await query.execute()).map(deadlineFromRow);
}

export async function selectDeadline(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: Mode },
  deadlineId: string,
): Promise<AckDeadline | null> {
  const row = await db
    .selectFrom('ack_deadlines')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('deadline_id', '=', deadlineId)
    .executeTakeFirst();
  return row === undefined ? null : deadlineFromRow(row);
}

/** Those of some payments whose money goes or went back. */
export async function selectGivenBack(
  tx: Queryable,
  tenantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ payment_id: string }>`
    select payment_id from ack_deadlines
    where tenant_id = ${tenantId} and payment_id = any(${paymentIds})
      and state in ('firing', 'reversed', 'refunded', 'released')`.execute(tx);
  return new Set(rows.map((row) => row.payment_id));
}

export function selectSteps(db: Queryable, tenantId: string, deadlineId: string) {
  return db
    .selectFrom('ack_deadline_steps')
    .select(['number', 'state', 'note', 'at'])
    .where('tenant_id', '=', tenantId)
    .where('deadline_id', '=', deadlineId)
    .orderBy('number')
    .execute();
}

/** How many of the whole installation stand so. */
export async function countDeadlines(db: Queryable, which: 'under way' | 'left to a person'): Promise<number> {
  const states = which === 'under way' ? sql`('armed', 'firing')` : sql`('suppressed', 'failed')`;
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ack_deadlines where state in ${states}`.execute(db);
  return rows[0]?.n ?? 0;
}

function stepToRow({ deadline, note }: Moved): WholeRow<'ack_deadline_steps'> {
  const { tenantId, deadlineId, version, state, updatedAt } = deadline;
  return { tenant_id: tenantId, deadline_id: deadlineId, number: version, state, note, at: updatedAt };
}

function deadlineFromRow(row: Selectable<Tables['ack_deadlines']>): AckDeadline {
  return {
    tenantId: row.tenant_id,
    deadlineId: row.deadline_id,
    paymentId: row.payment_id,
    mode: row.mode as Mode,
    endpointId: row.endpoint_id,
    deliveryId: row.delivery_id,
    eventId: row.event_id,
    state: row.state as AckDeadline['state'],
    version: row.version,
    windowSeconds: row.window_seconds,
    epoch: row.epoch,
    dispatches: row.dispatches,
    inFlight: row.in_flight,
    armedAt: row.armed_at,
    deadlineAt: row.deadline_at,
    unansweredSince: row.unanswered_since,
    cause: row.cause as AckDeadline['cause'],
    statusCode: row.status_code,
    reason: row.reason as AckDeadline['reason'],
    asked: row.asked,
    askedEarlier: row.asked_earlier,
    reversalTried: row.reversal_tried,
    operation: row.operation as AckDeadline['operation'],
    operationId: row.operation_id,
    lookAt: row.look_at,
    looks: row.looks,
    lateAcknowledgedAt: row.late_acknowledged_at,
    endedAt: row.ended_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function deadlineToRow(deadline: AckDeadline): WholeRow<'ack_deadlines'> {
  return {
    tenant_id: deadline.tenantId,
    deadline_id: deadline.deadlineId,
    payment_id: deadline.paymentId,
    mode: deadline.mode,
    endpoint_id: deadline.endpointId,
    delivery_id: deadline.deliveryId,
    event_id: deadline.eventId,
    state: deadline.state,
    version: deadline.version,
    window_seconds: deadline.windowSeconds,
    epoch: deadline.epoch,
    dispatches: deadline.dispatches,
    in_flight: deadline.inFlight,
    armed_at: deadline.armedAt,
    deadline_at: deadline.deadlineAt,
    unanswered_since: deadline.unansweredSince,
    cause: deadline.cause,
    status_code: deadline.statusCode,
    reason: deadline.reason,
    asked: deadline.asked,
    asked_earlier: deadline.askedEarlier,
    reversal_tried: deadline.reversalTried,
    operation: deadline.operation,
    operation_id: deadline.operationId,
    look_at: deadline.lookAt,
    looks: deadline.looks,
    late_acknowledged_at: deadline.lateAcknowledgedAt,
    ended_at: deadline.endedAt,
    created_at: deadline.createdAt,
    updated_at: deadline.updatedAt,
  };
}
