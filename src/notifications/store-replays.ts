import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { lowestId } from '../kernel/id.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Delivery } from './delivery.ts';
import type { Replay, ReplayedStatus, ReplaySelection, ReplayStatus } from './replay.ts';
import type { Owner } from './store.ts';
import { deliveryToRow, type StoredEvent } from './store-deliveries.ts';

export type ReplayedEvent = Pick<StoredEvent, 'tenantId' | 'eventId' | 'type' | 'paymentId' | 'mode'>;

/** Whose events, to which endpoint, and which of them. */
export interface ReplayScope extends Owner {
  readonly endpointId: string;
  readonly selection: ReplaySelection;
}

export async function insertReplay(db: Queryable, replay: Replay): Promise<void> {
  await sql`insert into replays select r.* from ${recordset('replays', [replayToRow(replay)])} r`.execute(db);
}

/** Writes how far a replay has come. */
export async function updateReplay(db: Queryable, replay: Replay): Promise<void> {
  await db
    .updateTable('replays')
    .set({
      status: replay.status,
      deliveries_made: replay.deliveriesMade,
      cursor: replay.cursor,
      stop_reason: replay.stopReason,
      updated_at: replay.updatedAt,
      ended_at: replay.endedAt,
    })
    .where('tenant_id', '=', replay.tenantId)
    .where('replay_id', '=', replay.replayId)
    .execute();
}

export async function selectReplay(db: Queryable, owner: Owner, replayId: string): Promise<Replay | null> {
  const row = await db
    .selectFrom('replays')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('replay_id', '=', replayId)
    .executeTakeFirst();
  return row === undefined ? null : replayFromRow(row);
}

/** A literal, not a parameter: only so may a plan that serves every call use the index of what is running. */
const RUNNING = sql.lit('running');

/** The replay that is running to an endpoint, to be written by this transaction alone. */
export async function lockRunningReplay(tx: Queryable, tenantId: string, endpointId: string): Promise<Replay | null> {
  const row = await tx
    .selectFrom('replays')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('endpoint_id', '=', endpointId)
    .where('status', '=', RUNNING)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? null : replayFromRow(row);
}

export async function selectReplays(db: Queryable, owner: Owner, page: PageOptions): Promise<readonly Replay[]> {
  const query = db
    .selectFrom('replays')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('replay_id', page));
  return (await query.execute()).map(replayFromRow);
}

interface SelectedCount {
  /** Events of the selection's types in its period; never more than the limit. */
  readonly lookedAt: number;
  /** Those of them whose latest delivery stands as it is asked for. */
  readonly selected: number;
}

/** How many events a selection holds, out of no more than `lookedAtMax`. */
export async function countSelected(db: Queryable, scope: ReplayScope, lookedAtMax: number): Promise<SelectedCount> {
  const { rows } = await sql<{ looked_at: number; selected: number }>`
    with candidates as (
      select e.event_id from events e
      where ${inPeriod(scope, null)} and e.type = any (${[...scope.selection.eventTypes]}::text[])
      limit ${lookedAtMax}
    )
    select count(*)::int as looked_at, count(*) filter (where ${standsAsAsked(scope)})::int as selected
    from candidates c ${latestDelivery(scope)}`.execute(db);
  return { lookedAt: rows[0]?.looked_at ?? 0, selected: rows[0]?.selected ?? 0 };
}

interface SelectedBatch {
  readonly events: readonly ReplayedEvent[];
  /** Where the next batch begins; null: the period is through. */
  readonly cursor: string | null;
}

/**
 * The next events of a selection, oldest first. Looks at no more than `lookedAtMax` of them, so that a period in which
 * little is selected is gone through in steps too.
 */
export async function selectNextReplayed(
  db: Queryable,
  scope: ReplayScope,
  cursor: string | null,
  { limit, lookedAtMax }: { readonly limit: number; readonly lookedAtMax: number },
): Promise<SelectedBatch> {
  const { rows } = await sql<{
    event_id: string | null;
    type: string | null;
    payment_id: string | null;
    looked_at: number;
    last_looked_at: string | null;
  }>`
    with candidates as (
      select e.event_id, e.type, e.payment_id from events e where ${inPeriod(scope, cursor)}
      order by e.event_id limit ${lookedAtMax}
    ),
    reach as (select count(*)::int as looked_at, max(event_id) as last_looked_at from candidates),
    selected as (
      select c.event_id, c.type, c.payment_id from candidates c ${latestDelivery(scope)}
      where c.type = any (${[...scope.selection.eventTypes]}::text[]) and ${standsAsAsked(scope)}
      order by c.event_id limit ${limit}
    )
    select s.*, r.looked_at, r.last_looked_at from reach r left join selected s on true order by s.event_id`.execute(
    db,
  );
  const events = rows.flatMap(({ event_id: eventId, type, payment_id: paymentId }) =>
    eventId === null || type === null ? [] : [{ tenantId: scope.tenantId, mode: scope.mode, eventId, type, paymentId }],
  );
  const [first] = rows;
  if (events.length === limit) return { events, cursor: events.at(-1)?.eventId ?? null };
  return { events, cursor: first?.looked_at === lookedAtMax ? first.last_looked_at : null };
}

/** The oldest events of a selection. What it may look at was bounded when it was counted. */
export async function selectFirstReplayed(
  db: Queryable,
  scope: ReplayScope,
  limit: number,
): Promise<readonly ReplayedEvent[]> {
  const { rows } = await sql<{ event_id: string; type: string; payment_id: string | null }>`
    select c.event_id, c.type, c.payment_id
    from (
      select e.event_id, e.type, e.payment_id from events e
      where ${inPeriod(scope, null)} and e.type = any (${[...scope.selection.eventTypes]}::text[])
    ) c ${latestDelivery(scope)}
    where ${standsAsAsked(scope)} order by c.event_id limit ${limit}`.execute(db);
  const { tenantId, mode } = scope;
  return rows.map((row) => ({ tenantId, mode, eventId: row.event_id, type: row.type, paymentId: row.payment_id }));
}

/** Ids begin with the time of their making, so that the list's index holds a period in one piece. */
function inPeriod({ tenantId, mode, selection: { since, until } }: ReplayScope, cursor: string | null) {
  const from = lowestId('evt', since);
  return sql`e.tenant_id = ${tenantId} and e.mode = ${mode} and e.event_id < ${lowestId('evt', until)}
    and e.event_id >= ${from} and e.event_id > ${cursor ?? ''}`;
}

/** The newest delivery of each candidate to the endpoint, by the two indexes that hold an event's deliveries. */
function latestDelivery({ tenantId, endpointId }: ReplayScope): RawBuilder<unknown> {
  const found = (condition: RawBuilder<unknown>) => sql`
    select d.delivery_id, d.status from deliveries d
    where d.tenant_id = ${tenantId} and d.event_id = c.event_id and d.endpoint_id = ${endpointId} and ${condition}`;
  return sql`
    left join lateral (
      select both_kinds.status from (
        ${found(sql`d.trigger = 'automatic'`)} union all ${found(sql`d.trigger <> 'automatic'`)}
      ) both_kinds
      order by both_kinds.delivery_id desc limit 1
    ) latest on true`;
}

function standsAsAsked({ selection: { statuses } }: ReplayScope): RawBuilder<unknown> {
  return sql`coalesce(latest.status, 'none') = any (${[...statuses]}::text[])`;
}

/** Adds deliveries that a replay has made. */
export async function insertReplayed(tx: Queryable, deliveries: readonly Delivery[]): Promise<void> {
  await sql`insert into deliveries select r.* from ${recordset('deliveries', deliveries.map(deliveryToRow))} r`.execute(
    tx,
  );
}

/** Whether so many deliveries of a lane are due that more of them would only wait. */
export async function isBehind(
  db: Queryable,
  { tenantId, laneId, now, dueMax }: Pick<Delivery, 'tenantId' | 'laneId'> & { now: Temporal.Instant; dueMax: number },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from deliveries
    where tenant_id = ${tenantId} and lane_id = ${laneId} and status = 'pending' and due_at <= ${now}
    limit ${dueMax}`.execute(db);
  return rows.length === dueMax;
}

/** Whether so many replayed deliveries of a lane wait for another attempt that it takes none for now. */
export async function takesNone(
  db: Queryable,
  { tenantId, laneId, waitingMax }: Pick<Delivery, 'tenantId' | 'laneId'> & { waitingMax: number },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from deliveries
    where tenant_id = ${tenantId} and lane_id = ${laneId} and status = 'pending' and trigger = 'replay'
    limit ${waitingMax}`.execute(db);
  return rows.length === waitingMax;
}

function replayFromRow(row: Selectable<Tables['replays']>): Replay {
  return {
    tenantId: row.tenant_id,
    replayId: row.replay_id,
    mode: row.mode as Mode,
    endpointId: row.endpoint_id,
    selection: {
      since: row.since,
      until: row.until,
      eventTypes: row.event_types,
      statuses: row.statuses as ReplayedStatus[],
    },
    ratePerSecond: row.rate_per_second,
    status: row.status as ReplayStatus,
    eventsSelected: row.events_selected,
    deliveriesMade: row.deliveries_made,
    cursor: row.cursor,
    stopReason: row.stop_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at,
  };
}

function replayToRow(replay: Replay): WholeRow<'replays'> {
  return {
    tenant_id: replay.tenantId,
    replay_id: replay.replayId,
    mode: replay.mode,
    endpoint_id: replay.endpointId,
    since: replay.selection.since,
    until: replay.selection.until,
    event_types: [...replay.selection.eventTypes],
    statuses: [...replay.selection.statuses],
    rate_per_second: replay.ratePerSecond,
    status: replay.status,
    events_selected: replay.eventsSelected,
    deliveries_made: replay.deliveriesMade,
    cursor: replay.cursor,
    stop_reason: replay.stopReason,
    created_at: replay.createdAt,
    updated_at: replay.updatedAt,
    ended_at: replay.endedAt,
  };
}
