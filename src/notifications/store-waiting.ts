import { type RawBuilder, type Selectable, sql } from 'kysely';
import { shardOf } from '../events/event.ts';
import type { Mode } from '../kernel/caller.ts';
import { idRange } from '../kernel/id.ts';
import { bytesArray, instantArray, integerArray, jsonArray, textArray } from '../platform/binary-arrays.ts';
import type { Queryable } from '../platform/database.ts';
import type { WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { endpointFromRow } from './store.ts';
import { deliveryFromRow, PENDING } from './store-deliveries.ts';

/** Whose waiting deliveries. */
export interface LaneName {
  readonly tenantId: string;
  readonly laneId: string;
}

export interface WaitingDelivery {
  readonly delivery: Delivery;
  /** Of its lane when it was read, which grows with everything that is added to the lane. */
  readonly generation: string;
  /** Something of its payment happened before it and is not passed on yet, so that it may not be sent. */
  readonly awaitsEarlier: boolean;
}

/** A place in the order of a lane as it was at a generation; what is added later may come up before it. */
export interface LanePlace {
  readonly dueAt: Temporal.Instant;
  readonly deliveryId: string;
  readonly generation: string;
}

export interface LaneToRead extends LaneName {
  readonly rowsMax: number;
  /** Only what stands behind this place, unless something was added since; null: from the beginning. */
  readonly after: LanePlace | null;
  /** How many more to read where it is read from the beginning, since so many of them are known. */
  readonly rowsKnown: number;
}

/**
 * What waits in each of several lanes, the first that is due first; due or not, since in a lane whose clock stands still
 * time is the tenant's. Where an endpoint keeps order, what waits for an earlier event of its payment is passed over.
 */
export async function selectWaitingDeliveries(
  db: Queryable,
  lanes: readonly LaneToRead[],
): Promise<readonly WaitingDelivery[]> {
  const { rows } = await sql<Selectable<Tables['deliveries']> & { awaits_earlier: boolean; generation: string }>`
    select d.*, g.generation::text as generation
    from unnest(
      ${lanes.map(({ tenantId }) => tenantId)}::text[], ${lanes.map(({ laneId }) => laneId)}::text[],
      ${lanes.map(({ rowsMax }) => rowsMax)}::integer[], ${lanes.map(({ rowsKnown }) => rowsKnown)}::integer[],
      ${lanes.map(({ tenantId }) => shardOf(tenantId))}::smallint[],
      ${lanes.map(({ after }) => after?.dueAt ?? null)}::timestamptz[],
      ${lanes.map(({ after }) => after?.deliveryId ?? null)}::text[],
      ${lanes.map(({ after }) => after?.generation ?? null)}::bigint[]
    ) as l (tenant_id, lane_id, rows_max, rows_known, shard, after_due_at, after_delivery_id, after_generation)
    left join lanes n on n.kind = 'delivery' and n.lane_id = l.lane_id
    cross join lateral (
      select coalesce(n.generation, 0) as generation, coalesce(n.generation = l.after_generation, false) as is_behind
    ) g
    left join webhook_endpoints e on e.tenant_id = l.tenant_id and e.endpoint_id = l.lane_id
    cross join lateral (
      select d.*, ${IS_ORDERED} and ${EARLIER_IS_NOT_PASSED_ON} as awaits_earlier
      from deliveries d
      where d.tenant_id = l.tenant_id and d.lane_id = l.lane_id and d.status = ${PENDING}
        and (d.due_at, d.delivery_id) > (
          case when g.is_behind then l.after_due_at else '-infinity' end,
          case when g.is_behind then l.after_delivery_id else '' end)
        and not (${IS_ORDERED} and ${EARLIER_IS_PENDING})
      order by d.due_at, d.delivery_id
      limit l.rows_max + case when g.is_behind then 0 else l.rows_known end
    ) d
    order by d.due_at, d.delivery_id`.execute(db);
  return rows.map((row) => ({
    delivery: deliveryFromRow(row),
    generation: row.generation,
    awaitsEarlier: row.awaits_earlier,
  }));
}

/** When the first of what waits in each of several lanes is due; nothing for a lane in which nothing does. */
export async function selectNextDue(
  db: Queryable,
  lanes: readonly LaneName[],
): Promise<ReadonlyMap<string, { readonly mode: Mode; readonly dueAt: Temporal.Instant }>> {
  const { rows } = await sql<{ lane_id: string; mode: string; due_at: Temporal.Instant }>`
    select l.lane_id, d.mode, d.due_at
    from unnest(
      ${lanes.map(({ tenantId }) => tenantId)}::text[], ${lanes.map(({ laneId }) => laneId)}::text[]
    ) as l (tenant_id, lane_id)
    left join webhook_endpoints e on e.tenant_id = l.tenant_id and e.endpoint_id = l.lane_id
    cross join lateral (
      select d.mode, d.due_at
      from deliveries d
      where d.tenant_id = l.tenant_id and d.lane_id = l.lane_id and d.status = ${PENDING}
        and not (${IS_ORDERED} and ${EARLIER_IS_PENDING})
      order by d.due_at, d.delivery_id
      limit 1
    ) d`.execute(db);
  return new Map(rows.map((row) => [row.lane_id, { mode: row.mode as Mode, dueAt: row.due_at }]));
}

/**
 * Lanes of which nobody knows that they have work, although something waits in them for a receiver that wants it, and when
 * the first of that is due. Looks at every lane that is at rest, one probe of the index for each.
 */
export async function selectForgottenLanes(
  db: Queryable,
): Promise<readonly (LaneName & { readonly mode: Mode; readonly dueAt: Temporal.Instant })[]> {
  const { rows } = await sql<{ tenant_id: string; lane_id: string; mode: string; due_at: Temporal.Instant }>`
    select l.tenant_id, l.lane_id, d.mode, d.due_at
    from lanes l
    cross join lateral (
      select d.mode, d.due_at, d.endpoint_id from deliveries d
      where d.tenant_id = l.tenant_id and d.lane_id = l.lane_id and d.status = ${PENDING}
      order by d.due_at, d.delivery_id
      limit 1
    ) d
    left join webhook_endpoints e on e.tenant_id = l.tenant_id and e.endpoint_id = d.endpoint_id
    where l.kind = 'delivery' and l.next_due_at is null and l.lease is null
      and coalesce(e.status, 'active') in ('active', 'deleted')`.execute(db);
  return rows.map((row) => ({
    ...{ tenantId: row.tenant_id, laneId: row.lane_id },
    ...{ mode: row.mode as Mode, dueAt: row.due_at },
  }));
}

/** What a person or a test sends takes no part in the order. */
const IN_ORDER = sql`('automatic', 'replay')`;

/** The lane's own endpoint keeps order, or the one under whose key a payment's own address is told. */
const IS_ORDERED: RawBuilder<boolean> = sql`(
  d.payment_id is not null and d.trigger in ${IN_ORDER} and coalesce(e.ordered, (
    select o.ordered from webhook_endpoints o where o.tenant_id = d.tenant_id and o.endpoint_id = d.endpoint_id
  ), false)
)`;

/**
 * Asked by payment: of the pending ones of a lane there may be a million, and with the status written as elsewhere the
 * planner might look through their index instead.
 */
const EARLIER_IS_PENDING: RawBuilder<boolean> = sql`exists (
  select from deliveries p
  where p.tenant_id = d.tenant_id and p.payment_id = d.payment_id and p.due_at is not null
    and p.lane_id = d.lane_id and p.trigger in ${IN_ORDER} and p.event_id < d.event_id
)`;

const EARLIER_IS_NOT_PASSED_ON: RawBuilder<boolean> = sql`exists (
  select from events v
  join outbox o on o.shard = l.shard and o.topic = 'event' and o.subject_id = v.event_id
  where v.tenant_id = d.tenant_id and v.payment_id = d.payment_id and v.event_id < d.event_id
)`;

/** An endpoint, and the ids of the secrets that are valid now. */
export interface EndpointNow {
  readonly endpoint: WebhookEndpoint;
  readonly secretIds: string;
}

/** Endpoints of several tenants that are not deleted. */
export async function selectEndpointsNow(
  db: Queryable,
  ids: readonly { readonly tenantId: string; readonly endpointId: string }[],
  now: Temporal.Instant,
): Promise<readonly EndpointNow[]> {
  const { rows } = await sql<Selectable<Tables['webhook_endpoints']> & { secret_ids: string | null }>`
    select e.*, (
      select string_agg(s.secret_id, ' ' order by s.secret_id) from signing_secrets s
      where s.tenant_id = e.tenant_id and s.endpoint_id = e.endpoint_id and s.mode = e.mode
        and (s.expires_at is null or s.expires_at > ${now})
    ) as secret_ids
    from webhook_endpoints e
    join unnest(${ids.map(({ tenantId }) => tenantId)}::text[], ${ids.map(({ endpointId }) => endpointId)}::text[])
      as wanted (tenant_id, endpoint_id) using (tenant_id, endpoint_id)
    where e.status <> 'deleted'`.execute(db);
  return rows.map((row) => ({ endpoint: endpointFromRow(row), secretIds: row.secret_ids ?? '' }));
}

/** Where a try leaves its delivery; the try itself, unless it ended without one. */
export interface AttemptRecord {
  readonly delivery: Delivery;
  readonly attempt: WholeRow<'delivery_attempts'> | null;
}

/** Records tries and where they leave their deliveries. What was ended by somebody else meanwhile stays as it is. */
export async function recordAttempts(tx: Queryable, records: readonly AttemptRecord[]): Promise<void> {
  const { first, last } = idRange(records.map(({ delivery }) => delivery.deliveryId));
  const attempts = records.map(({ attempt }) => attempt);
  await sql`
    with r as materialized (
      select * from unnest(
        ${textArray(records.map(({ delivery }) => delivery.tenantId))}::text[],
        ${textArray(records.map(({ delivery }) => delivery.deliveryId))}::text[],
        ${textArray(records.map(({ delivery }) => delivery.status))}::text[],
        ${integerArray(records.map(({ delivery }) => delivery.attemptsMade))}::integer[],
        ${instantArray(records.map(({ delivery }) => delivery.dueAt))}::timestamptz[],
        ${textArray(records.map(({ delivery }) => delivery.lastError))}::text[],
        ${instantArray(attempts.map((attempt) => attempt?.attempted_at ?? null))}::timestamptz[],
        ${integerArray(attempts.map((attempt) => attempt?.duration_ms ?? null))}::integer[],
        ${textArray(attempts.map((attempt) => attempt?.url ?? null))}::text[],
        ${textArray(attempts.map((attempt) => attempt?.outcome ?? null))}::text[],
        ${integerArray(attempts.map((attempt) => attempt?.status_code ?? null))}::integer[],
        ${textArray(attempts.map((attempt) => attempt?.remote_address ?? null))}::text[],
        ${jsonArray(attempts.map((attempt) => jsonOf(attempt?.response_headers)))}::jsonb[],
        ${bytesArray(attempts.map((attempt) => attempt?.response_body ?? null))}::bytea[],
        ${jsonArray(attempts.map((attempt) => jsonOf(attempt?.request_headers)))}::jsonb[],
        ${jsonArray(attempts.map((attempt) => jsonOf(attempt?.timings)))}::jsonb[]
      ) as r (
        tenant_id, delivery_id, status, attempts_made, due_at, error, attempted_at, duration_ms, url, outcome, status_code,
        remote_address, response_headers, response_body, request_headers, timings
      )
      -- All of them are. It has the planner expect one row, which it looks up by its key: with more than it believes to lie
      -- in the range it would go through the range, which holds whatever else was sent out in the same seconds.
      where delivery_id between ${first} and ${last}
    ),
    recorded as (
      insert into delivery_attempts (
        tenant_id, delivery_id, attempt_number, attempted_at, duration_ms, url, outcome, status_code, error,
        remote_address, response_headers, response_body, request_headers, timings
      )
      select tenant_id, delivery_id, attempts_made, attempted_at, duration_ms, url, outcome, status_code, error,
        remote_address, response_headers, response_body, request_headers, timings
      from r where outcome is not null
    )
    update deliveries d set
      status = r.status, attempts_made = r.attempts_made, due_at = r.due_at, last_error = r.error,
      last_attempt_at = coalesce(r.attempted_at, d.last_attempt_at),
      last_status_code = case when r.outcome is null then d.last_status_code else r.status_code end
    from r
    where d.tenant_id = r.tenant_id and d.delivery_id = r.delivery_id and d.delivery_id between ${first} and ${last}
      -- A parameter: with the status written out a plan made while a partition is new may look through what is pending.
      and d.status = ${'pending'}`.execute(tx);
}

function jsonOf(document: unknown): string | null {
  return document == null ? null : JSON.stringify(document);
}
