import { type Selectable, sql } from 'kysely';
import { present } from '../kernel/assert.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { EndpointHealth, HealthState } from './endpoint-health.ts';

/** What a batch of attempts adds to an endpoint's hour, and to its row unless all went to payments' own addresses. */
export interface HealthAddition {
  readonly hour: WholeRow<'endpoint_health_hours'>;
  /** `last_success_at` is set where an attempt was acknowledged; the failures are those after the last of these. */
  readonly row: WholeRow<'endpoint_health'> | null;
}

/** An endpoint after attempts were added to it. */
export interface AddedHealth {
  readonly tenantId: string;
  readonly endpointId: string;
  /** null where the batch had nothing of the endpoint's own address. */
  readonly health: EndpointHealth | null;
  /** Of the hour, this batch with it. */
  readonly hour: { readonly attempts: number; readonly acknowledged: number };
}

/** Adds a batch of attempts, as one statement for all endpoints. An acknowledged one ends what failed before it. */
export async function addHealth(tx: Queryable, additions: readonly HealthAddition[]): Promise<readonly AddedHealth[]> {
  type Row = Selectable<Tables['endpoint_health']> & { hour_attempts: number; hour_acknowledged: number };
  const rows = additions.flatMap(({ row }) => row ?? []);
  const hours = additions.map(({ hour }) => hour);
  const { rows: added } = await sql<{ [Name in keyof Row]: Row[Name] | null } & Pick<Row, 'tenant_id' | 'endpoint_id'>>`
    with hours as (
      insert into endpoint_health_hours as h select r.* from ${recordset('endpoint_health_hours', hours)} r
      on conflict (tenant_id, endpoint_id, hour) do update set
        attempts = h.attempts + excluded.attempts,
        acknowledged = h.acknowledged + excluded.acknowledged,
        latencies = array(
          select coalesce(one, 0) + coalesce(other, 0)
          from unnest(h.latencies, excluded.latencies) with ordinality as each (one, other, position)
          order by position)
      returning tenant_id, endpoint_id, attempts as hour_attempts, acknowledged as hour_acknowledged
    ), health as (
      insert into endpoint_health as h select r.* from ${recordset('endpoint_health', rows)} r
      on conflict (tenant_id, endpoint_id) do update set
        state = case when excluded.last_success_at is not null and h.state = 'failing' then 'healthy' else h.state end,
        consecutive_failures = excluded.consecutive_failures
          + case when excluded.last_success_at is null then h.consecutive_failures else 0 end,
        -- The smaller of both: a test clock may have been taken back meanwhile.
        failing_since = case when excluded.last_success_at is null
          then least(h.failing_since, excluded.failing_since) else excluded.failing_since end,
        noticed_at = case when excluded.last_success_at is null then h.noticed_at end,
        last_success_at = greatest(h.last_success_at, excluded.last_success_at),
        last_failure_at = greatest(h.last_failure_at, excluded.last_failure_at),
        last_failure_status = case when excluded.last_failure_at is null
          then h.last_failure_status else excluded.last_failure_status end,
        last_failure_error = case when excluded.last_failure_at is null
          then h.last_failure_error else excluded.last_failure_error end
      returning *
    )
    select hours.hour_attempts, hours.hour_acknowledged, health.*, hours.tenant_id, hours.endpoint_id
    from hours left join health using (tenant_id, endpoint_id)`.execute(tx);
  const inOrder = added.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  return inOrder.map((row) => ({
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    health: row.state === null ? null : healthFromRow(row as Row),
    hour: { attempts: row.hour_attempts ?? 0, acknowledged: row.hour_acknowledged ?? 0 },
  }));
}

/** What follows from the rows locks others in their order, so it must not be the join's. */
function placeOf(row: { readonly tenant_id: string; readonly endpoint_id: string }): string {
  return `${row.tenant_id} ${row.endpoint_id}`;
}

/** Writes what endpoints count as from now on. Their rows are ours: the same transaction has just added to them. */
export async function setHealthStates(
  tx: Queryable,
  changes: readonly Pick<EndpointHealth, 'tenantId' | 'endpointId' | 'state' | 'noticedAt'>[],
): Promise<void> {
  await sql`
    update endpoint_health h set state = c.state, noticed_at = c.noticed_at
    from unnest(
      ${changes.map(({ tenantId }) => tenantId)}::text[], ${changes.map(({ endpointId }) => endpointId)}::text[],
      ${changes.map(({ state }) => state)}::text[], ${changes.map(({ noticedAt }) => noticedAt)}::timestamptz[]
    ) as c (tenant_id, endpoint_id, state, noticed_at)
    where h.tenant_id = c.tenant_id and h.endpoint_id = c.endpoint_id`.execute(tx);
}

/** Forgets that an endpoint failed; what was counted stays. */
export async function clearFailures(tx: Queryable, tenantId: string, endpointId: string): Promise<void> {
  await tx
    .updateTable('endpoint_health')
    .set({ state: 'healthy', consecutive_failures: 0, failing_since: null, noticed_at: null })
    .where('tenant_id', '=', tenantId)
    .where('endpoint_id', '=', endpointId)
    .execute();
}

/** Removes the hours of endpoints that no window reaches any more. */
export async function deleteHoursBefore(
  tx: Queryable,
  endpoints: readonly { readonly tenantId: string; readonly endpointId: string }[],
  before: Temporal.Instant,
): Promise<void> {
  await sql`
    delete from endpoint_health_hours h
    using unnest(${endpoints.map(({ tenantId }) => tenantId)}::text[],
      ${endpoints.map(({ endpointId }) => endpointId)}::text[]) as o (tenant_id, endpoint_id)
    where h.tenant_id = o.tenant_id and h.endpoint_id = o.endpoint_id and h.hour < ${before}`.execute(tx);
}

/** Makes an endpoint disabled that is sent to, and still the one that was called. Returns whether it did. */
export async function disableCalled(
  tx: Queryable,
  endpoint: { readonly tenantId: string; readonly endpointId: string; readonly url: string },
  now: Temporal.Instant,
): Promise<boolean> {
  const { rows } = await sql`
    update webhook_endpoints set status = 'disabled', updated_at = ${now}
    where tenant_id = ${endpoint.tenantId} and endpoint_id = ${endpoint.endpointId}
      and status in ('active', 'disabled') and url = ${endpoint.url}
    returning endpoint_id`.execute(tx);
  return rows.length === 1;
}

export async function selectHealth(
  db: Queryable,
  tenantId: string,
  endpointId: string,
): Promise<EndpointHealth | null> {
  const row = await db
    .selectFrom('endpoint_health')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('endpoint_id', '=', endpointId)
    .executeTakeFirst();
  return row === undefined ? null : healthFromRow(row);
}

/** What was seen of an endpoint, kept from being changed by others until the transaction ends; made where there is none. */
export async function lockHealth(
  tx: Queryable,
  { tenantId, endpointId }: { readonly tenantId: string; readonly endpointId: string },
): Promise<EndpointHealth> {
  const { rows } = await sql<Selectable<Tables['endpoint_health']>>`
    insert into endpoint_health as h (tenant_id, endpoint_id, state, consecutive_failures)
    values (${tenantId}, ${endpointId}, 'healthy', 0)
    on conflict (tenant_id, endpoint_id) do update set state = h.state
    returning *`.execute(tx);
  return healthFromRow(present(rows[0], 'the row of an endpoint'));
}

/** Keeps others from changing what was seen of an endpoint, where there is anything, until the transaction ends. */
export async function holdHealth(tx: Queryable, tenantId: string, endpointId: string): Promise<void> {
  await sql`
    select from endpoint_health where tenant_id = ${tenantId} and endpoint_id = ${endpointId} for update`.execute(tx);
}

export function selectHours(db: Queryable, tenantId: string, endpointId: string, since: Temporal.Instant) {
  return db
    .selectFrom('endpoint_health_hours')
    .select(['hour', 'attempts', 'acknowledged', 'latencies'])
    .where('tenant_id', '=', tenantId)
    .where('endpoint_id', '=', endpointId)
    .where('hour', '>=', since)
    .execute();
}

/** How much waits in an endpoint's own lane, and the oldest of it by its id, which begins with its time. */
export async function selectBacklog(
  db: Queryable,
  tenantId: string,
  endpointId: string,
): Promise<{ readonly pending: number; readonly oldestId: string | null }> {
  const { rows } = await sql<{ pending: number; oldest_id: string | null }>`
    select count(*)::int as pending, min(delivery_id) as oldest_id from deliveries
    where tenant_id = ${tenantId} and lane_id = ${endpointId} and status = 'pending'`.execute(db);
  return { pending: rows[0]?.pending ?? 0, oldestId: rows[0]?.oldest_id ?? null };
}

/** The same over all tenants. */
export async function selectWholeBacklog(
  db: Queryable,
): Promise<{ readonly pending: number; readonly oldestId: string | null }> {
  const { rows } = await sql<{ pending: number; oldest_id: string | null }>`
    select count(*)::int as pending, min(delivery_id) as oldest_id from deliveries where status = 'pending'`.execute(
    db,
  );
  return { pending: rows[0]?.pending ?? 0, oldestId: rows[0]?.oldest_id ?? null };
}

/** How many endpoints are in each unwell state. */
export async function countUnwell(db: Queryable): Promise<ReadonlyMap<HealthState, number>> {
  const { rows } = await sql<{ state: HealthState; count: number }>`
    select h.state, count(*)::int as count from endpoint_health h
    join webhook_endpoints e using (tenant_id, endpoint_id)
    where h.state <> 'healthy' and e.status <> 'deleted' group by h.state`.execute(db);
  return new Map(rows.map((row) => [row.state, row.count]));
}

/** The endpoints that have been failing for longest. */
export async function selectFailing(db: Queryable, limit: number): Promise<readonly EndpointHealth[]> {
  const { rows } = await sql<Selectable<Tables['endpoint_health']>>`
    select h.* from endpoint_health h join webhook_endpoints e using (tenant_id, endpoint_id)
    where h.state = 'failing' and e.status <> 'deleted' order by h.failing_since limit ${limit}`.execute(db);
  return rows.map(healthFromRow);
}

export async function insertEvents(
  tx: Queryable,
  events: readonly WholeRow<'events'>[],
  outbox: readonly WholeRow<'outbox'>[],
): Promise<void> {
  await sql`
    with events_put as (insert into events select r.* from ${recordset('events', events)} r)
    insert into outbox select r.* from ${recordset('outbox', outbox)} r`.execute(tx);
}

/** The endpoints that events are about, by event; only for events whose object is an endpoint. */
export async function selectSubjects(
  db: Queryable,
  events: readonly { readonly tenant_id: string; readonly event_id: string }[],
): Promise<ReadonlyMap<string, string>> {
  if (events.length === 0) return new Map();
  const { rows } = await sql<{ event_id: string; subject_id: string }>`
    select e.event_id, e.object ->> 'id' as subject_id from events e
    join unnest(${events.map((event) => event.tenant_id)}::text[], ${events.map((event) => event.event_id)}::text[])
      as wanted (tenant_id, event_id) using (tenant_id, event_id)`.execute(db);
  return new Map(rows.map((row) => [row.event_id, row.subject_id]));
}

function healthFromRow(row: Selectable<Tables['endpoint_health']>): EndpointHealth {
  return {
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    state: row.state as HealthState,
    consecutiveFailures: row.consecutive_failures,
    failingSince: row.failing_since,
    lastSuccessAt: row.last_success_at,
    lastFailureAt: row.last_failure_at,
    lastFailureStatus: row.last_failure_status,
    lastFailureError: row.last_failure_error,
    noticedAt: row.noticed_at,
  };
}
