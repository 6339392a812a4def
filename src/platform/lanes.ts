import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from './database.ts';
import { forInstallation } from './tenant-scope.ts';

export type LaneKind =
  | 'relay'
  | 'inbound'
  | 'sync'
  | 'expiry'
  | 'delivery'
  | 'reconcile'
  | 'mail'
  | 'ack'
  | 'replay'
  | 'domain';

/** A lane held by us until `release`, or until its lease runs out because we died. */
export interface ClaimedLane {
  readonly kind: LaneKind;
  readonly laneId: string;
  readonly tenantId: string;
  /** Fences every write of the holder: once the lease is somebody else's, our writes match nothing. */
  readonly lease: string;
  readonly generation: bigint;
}

/** More work for a lane, due at an instant of business time. */
export interface LaneWork {
  readonly kind: LaneKind;
  readonly laneId: string;
  readonly tenantId: string;
  readonly dueAt: Temporal.Instant;
}

/**
 * Claims up to `limit` lanes with due work, oldest first, skipping those others hold. Business time decides what is
 * due; the database's clock runs the lease, since leases of different machines must agree on one clock.
 */
export async function claimLanes(
  db: Queryable,
  kind: LaneKind,
  now: Temporal.Instant,
  limit: number,
  leaseMs: number,
): Promise<readonly ClaimedLane[]> {
  const lease = randomUUID();
  const { rows } = await forInstallation('lanes', () =>
    sql<{ lane_id: string; tenant_id: string; generation: bigint }>`
    with due as (
      select kind, lane_id from lanes
      where kind = ${kind} and next_due_at <= ${now}
        and (leased_until is null or leased_until < clock_timestamp())
      order by next_due_at
      limit ${limit}
      for update skip locked
    )
    update lanes set lease = ${lease}, leased_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from due where lanes.kind = due.kind and lanes.lane_id = due.lane_id
    returning lanes.lane_id, lanes.tenant_id, lanes.generation`.execute(db),
  );
  return rows.map((row) => toClaimedLane(kind, lease, row));
}

/** Claims the named lanes as far as nobody holds them, whatever their due time says; for work that is seen elsewhere. */
export async function claimLanesById(
  db: Queryable,
  kind: LaneKind,
  laneIds: readonly string[],
  leaseMs: number,
): Promise<readonly ClaimedLane[]> {
  const lease = randomUUID();
  const { rows } = await forInstallation('lanes', () =>
    sql<{ lane_id: string; tenant_id: string; generation: bigint }>`
    with free as (
      select kind, lane_id from lanes
      where kind = ${kind} and lane_id = any(${laneIds}) and (leased_until is null or leased_until < clock_timestamp())
      order by lane_id
      for update skip locked
    )
    update lanes set lease = ${lease}, leased_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from free where lanes.kind = free.kind and lanes.lane_id = free.lane_id
    returning lanes.lane_id, lanes.tenant_id, lanes.generation`.execute(db),
  );
  return rows.map((row) => toClaimedLane(kind, lease, row));
}

/** Adds work that somebody asked for to lanes, creating them where needed; a lane that is held is held no longer. */
export async function addLaneWork(db: Queryable, work: readonly LaneWork[]): Promise<void> {
  await putLaneWork(work, 'not held')?.execute(db);
}

/**
 * The statement that adds work to lanes, to be executed or to be a part of another one; null where there is none. Sorted,
 * so that two writers never wait for each other crosswise; the generation tells a worker that is just finishing that it
 * has not seen everything. A lane that is held stays so unless told otherwise.
 */
export function putLaneWork(
  work: readonly LaneWork[],
  hold: 'as it is' | 'not held' = 'as it is',
): RawBuilder<unknown> | null {
  const earliest = new Map<string, LaneWork>();
  for (const item of work) {
    const key = `${item.kind} ${item.laneId}`;
    const known = earliest.get(key);
    if (known === undefined || Temporal.Instant.compare(item.dueAt, known.dueAt) < 0) earliest.set(key, item);
  }
  if (earliest.size === 0) return null;
  const sorted = [...earliest.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return sql`
    insert into lanes (kind, lane_id, tenant_id, next_due_at)
    select * from unnest(
      ${sorted.map((item) => item.kind)}::text[], ${sorted.map((item) => item.laneId)}::text[],
      ${sorted.map((item) => item.tenantId)}::text[], ${sorted.map((item) => item.dueAt)}::timestamptz[])
    on conflict (kind, lane_id) do update set ${hold === 'not held' ? BROUGHT_FORWARD : HELD_BACK},
      generation = lanes.generation + 1`;
}

const BROUGHT_FORWARD = sql`held_until = null, next_due_at = least(lanes.next_due_at, excluded.next_due_at)`;
/** Nulls count for nothing in either function. */
const HELD_BACK = sql`next_due_at = greatest(least(lanes.next_due_at, excluded.next_due_at), lanes.held_until)`;

/**
 * Gives a lane back with the next instant its work is due (null: none). Where work was added meanwhile, the lane is due
 * at once. Does nothing where the lease is no longer ours.
 */
export async function releaseLane(
  db: Queryable,
  lane: ClaimedLane,
  nextDueAt: Temporal.Instant | null,
  now: Temporal.Instant,
): Promise<void> {
  await sql`
    update lanes set lease = null, leased_until = null,
      next_due_at = case when generation = ${lane.generation} then ${nextDueAt}::timestamptz else ${now}::timestamptz end
    where kind = ${lane.kind} and lane_id = ${lane.laneId} and lease = ${lane.lease}`.execute(db);
}

/** Has all of a tenant's lanes looked at, because its time was moved. Rare: it looks through the small table. */
export async function wakeLanesOf(tx: Queryable, tenantId: string, now: Temporal.Instant): Promise<void> {
  await sql`
    update lanes set next_due_at = ${now}, held_until = null, generation = generation + 1
    where (kind, lane_id) in (
      select kind, lane_id from lanes where tenant_id = ${tenantId} and kind <> 'relay' order by kind, lane_id for update)`.execute(
    tx,
  );
}

/** Whether the lane is still ours; locks its row, so that the answer holds until the transaction ends. */
export async function holdsLane(tx: Queryable, lane: ClaimedLane): Promise<boolean> {
  const { rows } = await sql`
    select 1 from lanes where kind = ${lane.kind} and lane_id = ${lane.laneId} and lease = ${lane.lease}
    for update`.execute(tx);
  return rows.length === 1;
}

/**
 * Gives the lanes, which stay ours, a fresh lease. Returns the ids of those that still are: what another has claimed
 * since is lost to us.
 */
export async function renewLanes(
  db: Queryable,
  kind: LaneKind,
  lanes: readonly ClaimedLane[],
  leaseMs: number,
): Promise<ReadonlySet<string>> {
  const { rows } = await forInstallation('lanes', () =>
    sql<{ lane_id: string }>`
    with held as (
      select l.kind, l.lane_id from lanes l
      join unnest(${lanes.map(({ laneId }) => laneId)}::text[], ${lanes.map(({ lease }) => lease)}::text[])
        as ours (lane_id, lease) on l.lane_id = ours.lane_id and l.lease = ours.lease
      where l.kind = ${kind}
      order by l.lane_id
      for update of l
    )
    update lanes set leased_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from held where lanes.kind = held.kind and lanes.lane_id = held.lane_id
    returning lanes.lane_id`.execute(db),
  );
  return new Set(rows.map((row) => row.lane_id));
}

/**
 * Which of the lanes are still ours; locks their rows in the order of their ids, so that the answer holds until the
 * transaction ends and two that finish never wait for each other crosswise.
 */
export async function lockHeldLanes(
  tx: Queryable,
  kind: LaneKind,
  lanes: readonly ClaimedLane[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ lane_id: string }>`
    select l.lane_id from lanes l
    join unnest(${lanes.map(({ laneId }) => laneId)}::text[], ${lanes.map(({ lease }) => lease)}::text[])
      as ours (lane_id, lease) on l.lane_id = ours.lane_id and l.lease = ours.lease
    where l.kind = ${kind}
    order by l.lane_id
    for update of l`.execute(tx);
  return new Set(rows.map((row) => row.lane_id));
}

/** A lane to be given back. */
export interface LaneRelease {
  readonly lane: ClaimedLane;
  /** null: no work is known of. */
  readonly nextDueAt: Temporal.Instant | null;
  /** Until when nothing but a person brings the lane forward; null: it is not held. */
  readonly heldUntil: Temporal.Instant | null;
}

/** Gives back lanes that `lockHeldLanes` has locked. Where work was added meanwhile, a lane is due as soon as it may be. */
export async function releaseLanes(
  tx: Queryable,
  kind: LaneKind,
  releases: readonly LaneRelease[],
  now: Temporal.Instant,
): Promise<void> {
  await sql`
    update lanes set lease = null, leased_until = null, held_until = r.held_until,
      next_due_at = case
        when lanes.generation = r.generation then r.next_due_at
        else greatest(${now}::timestamptz, r.held_until)
      end
    from unnest(
      ${releases.map(({ lane }) => lane.laneId)}::text[], ${releases.map(({ lane }) => lane.lease)}::text[],
      ${releases.map(({ lane }) => String(lane.generation))}::bigint[],
      ${releases.map(({ nextDueAt }) => nextDueAt)}::timestamptz[],
      ${releases.map(({ heldUntil }) => heldUntil)}::timestamptz[]
    ) as r (lane_id, lease, generation, next_due_at, held_until)
    where lanes.kind = ${kind} and lanes.lane_id = r.lane_id and lanes.lease = r.lease`.execute(tx);
}

/** Since when the longest-waiting due lane has been waiting without a holder; null where none does. */
export async function oldestOverdueLane(db: Queryable, now: Temporal.Instant): Promise<Temporal.Instant | null> {
  const { rows } = await forInstallation('lanes', () =>
    sql<{ oldest: Temporal.Instant | null }>`
    select min(next_due_at) as oldest from lanes
    where next_due_at <= ${now} and (leased_until is null or leased_until < clock_timestamp())`.execute(db),
  );
  return rows[0]?.oldest ?? null;
}

/** How many leases ran out some seconds ago, so that their holders must have died. */
export async function countExpiredLeases(db: Queryable): Promise<number> {
  const { rows } = await forInstallation('lanes', () =>
    sql<{ n: number }>`
    select count(*)::int as n from lanes where leased_until < clock_timestamp() - interval '5 seconds'`.execute(db),
  );
  return rows[0]?.n ?? 0;
}

function toClaimedLane(
  kind: LaneKind,
  lease: string,
  row: { lane_id: string; tenant_id: string; generation: bigint },
): ClaimedLane {
  return { kind, laneId: row.lane_id, tenantId: row.tenant_id, lease, generation: row.generation };
}
