import { type RawBuilder, type Selectable, sql } from 'kysely';
import { lowestId } from '../kernel/id.ts';
import type { Page, PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Owner } from './store.ts';
import { eventFromRow, type StoredEvent } from './store-deliveries.ts';

export interface EventFilter {
  readonly paymentId?: string | undefined;
  readonly type?: string | undefined;
  readonly since?: Temporal.Instant | undefined;
  readonly until?: Temporal.Instant | undefined;
  readonly undelivered?: boolean | undefined;
}

/**
 * How many events one page looks at where it wants those without an acknowledged delivery. Nearly all have one, so that a
 * page that were filled at any price would read the whole past.
 */
const LOOKED_AT_MAX = 5_000;

/** A page of events that every given filter lets through, newest first. */
export async function selectEventPage(
  db: Queryable,
  owner: Owner,
  filter: EventFilter,
  page: PageOptions,
): Promise<Page<StoredEvent>> {
  return filter.undelivered === true
    ? selectUndelivered(db, owner, filter, page)
    : cut(await selectNewest(db, owner, filter, { ...page, limit: page.limit + 1 }), page.limit);
}

function cut(events: readonly StoredEvent[], limit: number): Page<StoredEvent> {
  const data = events.slice(0, limit);
  const hasMore = events.length > limit;
  return { data, hasMore, nextCursor: hasMore ? (data.at(-1)?.eventId ?? null) : null };
}

async function selectNewest(
  db: Queryable,
  owner: Owner,
  filter: EventFilter,
  page: PageOptions,
): Promise<readonly StoredEvent[]> {
  const { rows } = await sql<Selectable<Tables['events']>>`
    select e.* from events e where ${conditions(owner, filter, page)}
    order by e.event_id desc limit ${page.limit}`.execute(db);
  return rows.map(eventFromRow);
}

async function selectUndelivered(
  db: Queryable,
  owner: Owner,
  filter: EventFilter,
  page: PageOptions,
): Promise<Page<StoredEvent>> {
  const { rows } = await sql<Selectable<Tables['events']> & { last_looked_at: string; looked_at: number }>`
    with looked_at as (
      select e.event_id from events e where ${conditions(owner, filter, page)}
      order by e.event_id desc limit ${LOOKED_AT_MAX}
    ),
    reach as (select min(event_id) as last_looked_at, count(*)::int as looked_at from looked_at),
    found as (
      select l.event_id from looked_at l
      where not exists (
        select from deliveries d
        where d.tenant_id = ${owner.tenantId} and d.event_id = l.event_id and d.trigger = 'automatic'
          and d.status = 'succeeded'
      ) and not exists (
        select from deliveries d
        where d.tenant_id = ${owner.tenantId} and d.event_id = l.event_id and d.trigger <> 'automatic'
          and d.status = 'succeeded'
      )
      order by l.event_id desc limit ${page.limit + 1}
    )
    select e.*, r.last_looked_at, r.looked_at
    from reach r
    left join found f on true
    left join events e on e.tenant_id = ${owner.tenantId} and e.event_id = f.event_id
    order by e.event_id desc`.execute(db);
  const [first] = rows;
  const found = rows.filter((row) => row.event_id !== null).map(eventFromRow);
  if (found.length > page.limit || first === undefined || first.looked_at < LOOKED_AT_MAX) {
    return cut(found, page.limit);
  }
  return { data: found, hasMore: true, nextCursor: first.last_looked_at };
}

/** Ids begin with the time of their making, so that the list's own index finds the first and the last. */
function conditions(
  { tenantId, mode }: Owner,
  { paymentId, type, since, until }: EventFilter,
  { cursor }: PageOptions,
): RawBuilder<unknown> {
  const parts = [
    sql`e.tenant_id = ${tenantId} and e.mode = ${mode}`,
    ...(cursor === undefined ? [] : [sql`e.event_id < ${cursor}`]),
    ...(paymentId === undefined ? [] : [sql`e.payment_id = ${paymentId}`]),
    ...(type === undefined ? [] : [sql`e.type = ${type}`]),
    ...(since === undefined ? [] : [sql`e.event_id >= ${lowestId('evt', since)}`]),
    ...(until === undefined ? [] : [sql`e.event_id < ${lowestId('evt', until)}`]),
  ];
  return sql.join(parts, sql` and `);
}
