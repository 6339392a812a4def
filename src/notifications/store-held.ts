import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { Owner } from './store.ts';

/** What comes due in some queues. */
export interface DueInLanes {
  readonly laneIds: readonly string[];
  /** Business time; what is due later is no business of a pause yet. */
  readonly now: Temporal.Instant;
  readonly limit: number;
}

/**
 * Sets deliveries aside whose product, or with null among `paused` whose tenant, is paused: the named ones, and what else is
 * due in their queues, so that what is not paused need not wait behind it. They leave the index of what is due, and cost
 * nothing until they are let go. Returns the ids of those set aside.
 */
export async function holdDeliveries(
  tx: Queryable,
  { tenantId, mode }: Owner,
  deliveryIds: readonly string[],
  { laneIds, now, limit }: DueInLanes,
  paused: readonly (string | null)[],
): Promise<readonly string[]> {
  const everything = paused.includes(null);
  const { rows } = await sql<{ delivery_id: string }>`
    with due as (
      select d.delivery_id from deliveries d
      where d.tenant_id = ${tenantId} and d.delivery_id = any(${deliveryIds}::text[])
      union
      (select d.delivery_id from deliveries d
      where d.tenant_id = ${tenantId} and d.lane_id = any(${laneIds}::text[]) and d.status = 'pending' and d.due_at <= ${now}
        and d.partner_key_id is null
      limit ${limit})
    )
    update deliveries d set status = 'held', due_at = null
    from due
    where d.tenant_id = ${tenantId} and d.mode = ${mode} and d.delivery_id = due.delivery_id and d.status = 'pending'
      and (${everything}::boolean or exists (
        select from events e
        where e.tenant_id = d.tenant_id and e.event_id = d.event_id
          and e.product_id = any(${paused.filter((productId) => productId !== null)}::text[])))
    returning d.delivery_id`.execute(tx);
  return rows.map((row) => row.delivery_id);
}

export interface Release {
  /** Business time: they are due at once. */
  readonly dueAt: Temporal.Instant;
  /** Products that are still paused. */
  readonly paused: readonly string[];
  /** The last delivery that was looked at before; null: none. */
  readonly after: string | null;
  readonly limit: number;
}

/**
 * Lets go of held deliveries whose product is not paused, the oldest first, and returns their lanes and how far it looked;
 * `last` is null once nothing is left to look at. One may have been under way while it was set aside: its attempts were
 * recorded and nothing else, so that they are counted here, and it ends here where one of them was acknowledged.
 */
export async function releaseDeliveries(
  tx: Queryable,
  { tenantId, mode }: Owner,
  { dueAt, paused, after, limit }: Release,
): Promise<{ readonly laneIds: readonly string[]; readonly last: string | null }> {
  const { rows } = await sql<{ last: string | null; lane_ids: string[] | null }>`
    with looked_at as materialized (
      select d.tenant_id, d.delivery_id, d.event_id from deliveries d
      where d.tenant_id = ${tenantId} and d.mode = ${mode} and d.status = 'held' and d.delivery_id > ${after ?? ''}
      order by d.delivery_id limit ${limit}
    ), let_go as (
      update deliveries d set
        status = case when made.acknowledged then 'succeeded' else 'pending' end,
        due_at = case when made.acknowledged then null else ${dueAt}::timestamptz end,
        attempts_made = greatest(d.attempts_made, made.attempts)
      from looked_at l
      left join events e using (tenant_id, event_id)
      cross join lateral (
        select max(a.attempt_number) as attempts, coalesce(bool_or(a.outcome = 'acknowledged'), false) as acknowledged
        from delivery_attempts a where a.tenant_id = l.tenant_id and a.delivery_id = l.delivery_id
      ) made
      where d.tenant_id = l.tenant_id and d.delivery_id = l.delivery_id and d.status = 'held'
        and (e.product_id is null or e.product_id <> all(${paused}::text[]))
      returning d.lane_id
    )
    select (select max(delivery_id) from looked_at) as last,
      (select array_agg(distinct lane_id) from let_go) as lane_ids`.execute(tx);
  return { laneIds: rows[0]?.lane_ids ?? [], last: rows[0]?.last ?? null };
}

/** Ends what was set aside in the queue of an endpoint that is deleted. */
export async function cancelHeld(tx: Queryable, tenantId: string, endpointId: string): Promise<void> {
  await sql`
    update deliveries set status = 'canceled'
    where tenant_id = ${tenantId} and lane_id = ${endpointId} and status = 'held'`.execute(tx);
}

/** Ends everything that waits for an endpoint, with the reason where a person will look for it. */
export async function discardWaiting(tx: Queryable, tenantId: string, endpointId: string, why: string): Promise<void> {
  for (const part of partsFor(endpointId)) {
    await sql`
      update deliveries d set status = 'canceled', due_at = null, last_error = ${why}
      where d.tenant_id = ${tenantId} and ${part}`.execute(tx);
  }
}

/**
 * Ends what waits for an endpoint except the newest about each object. Within one millisecond a payment's version tells
 * which is newer, and what was created is older than what became of it.
 */
export async function discardOutdated(tx: Queryable, tenantId: string, endpointId: string, why: string): Promise<void> {
  await sql`
    with waiting as (${waitingFor(tenantId, endpointId)}), placed as (
      select w.delivery_id, row_number() over (
        partition by coalesce(e.object ->> 'id', w.event_id)
        order by e.created_at desc, (e.object ->> 'version')::bigint desc nulls last, e.type like '%.created',
          w.delivery_id desc
      ) as place
      from waiting w join events e on e.tenant_id = ${tenantId} and e.event_id = w.event_id
    )
    update deliveries d set status = 'canceled', due_at = null, last_error = ${why}
    from placed p
    where d.tenant_id = ${tenantId} and d.delivery_id = p.delivery_id and p.place > 1
      and d.status in ('pending', 'held')`.execute(tx);
}

/** How much waits for an endpoint, counted up to `limit`, and since when the oldest of it. */
export async function countWaiting(
  db: Queryable,
  tenantId: string,
  endpointId: string,
  limit: number,
): Promise<{ readonly count: number; readonly oldestAt: Temporal.Instant | null }> {
  const { rows } = await sql<{ count: number; oldest_at: Temporal.Instant | null }>`
    select count(*)::int as count, min(created_at) as oldest_at
    from (select * from (${waitingFor(tenantId, endpointId)}) waiting limit ${limit}) counted`.execute(db);
  return { count: rows[0]?.count ?? 0, oldestAt: rows[0]?.oldest_at ?? null };
}

function waitingFor(tenantId: string, endpointId: string): RawBuilder<unknown> {
  const parts = partsFor(endpointId).map(
    (part) => sql`
    select d.delivery_id, d.event_id, d.created_at from deliveries d where d.tenant_id = ${tenantId} and ${part}`,
  );
  return sql.join(parts, sql` union all `);
}

/**
 * What waits for an endpoint, in parts of which each has an index: of its own queue, of queues of payments' own addresses
 * (whose names begin alike), and of what is held. One condition on the status for all would look through every delivery
 * that the tenant ever had.
 */
function partsFor(endpointId: string): readonly RawBuilder<boolean>[] {
  return [
    sql`d.lane_id = ${endpointId} and d.status = 'pending'`,
    sql`d.lane_id like 'origin%' and d.status = 'pending' and d.endpoint_id = ${endpointId}`,
    sql`d.status = 'held' and d.endpoint_id = ${endpointId}`,
  ];
}
