import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { EventHead } from '../events/event.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Listener } from './listener.ts';
import type { Owner } from './store.ts';
import { eventFromRow, type StoredEvent } from './store-deliveries.ts';

export async function insertListener(db: Queryable, listener: Listener): Promise<void> {
  const row = {
    tenant_id: listener.tenantId,
    listener_id: listener.listenerId,
    mode: listener.mode,
    event_types: [...listener.eventTypes],
    created_at: listener.createdAt,
    expires_at: listener.expiresAt,
  };
  await sql`insert into listeners select r.* from ${recordset('listeners', [row])} r`.execute(db);
}

/** Whoever adds listeners of a tenant does so one after the other until its transaction ends. */
export async function lockListenersOf(tx: Queryable, tenantId: string): Promise<number> {
  await sql`select 1 from tenants where tenant_id = ${tenantId} for no key update`.execute(tx);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from listeners where tenant_id = ${tenantId}`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Removes a tenant's listeners that nobody has asked for in time, and what was kept for those that are gone. */
export async function deleteExpired(tx: Queryable, tenantId: string, now: Temporal.Instant): Promise<void> {
  await sql`delete from listeners where tenant_id = ${tenantId} and expires_at <= ${now}`.execute(tx);
  await sql`
    delete from listened_events e
    where e.tenant_id = ${tenantId} and not exists (
      select from listeners l where l.tenant_id = e.tenant_id and l.listener_id = e.listener_id
    )`.execute(tx);
}

/** Keeps a listener for longer; null where there is none, or none any more. */
export async function prolongListener(
  db: Queryable,
  { tenantId, mode }: Owner,
  listenerId: string,
  { now, expiresAt }: { readonly now: Temporal.Instant; readonly expiresAt: Temporal.Instant },
): Promise<Listener | null> {
  const { rows } = await sql<Selectable<Tables['listeners']>>`
    update listeners set expires_at = ${expiresAt}
    where tenant_id = ${tenantId} and mode = ${mode} and listener_id = ${listenerId} and expires_at > ${now}
    returning *`.execute(db);
  const [row] = rows;
  return row === undefined ? null : listenerFromRow(row);
}

/** Removes a listener with what was kept for it; null where there is none. */
export async function deleteListener(
  tx: Queryable,
  { tenantId, mode }: Owner,
  listenerId: string,
): Promise<Listener | null> {
  const { rows } = await sql<Selectable<Tables['listeners']>>`
    delete from listeners where tenant_id = ${tenantId} and mode = ${mode} and listener_id = ${listenerId}
    returning *`.execute(tx);
  const [row] = rows;
  if (row === undefined) return null;
  await sql`delete from listened_events where tenant_id = ${tenantId} and listener_id = ${listenerId}`.execute(tx);
  return listenerFromRow(row);
}

/** What a listener has not taken, oldest first; null where the listener is gone. */
export async function selectListened(
  db: Queryable,
  { tenantId, listenerId }: Pick<Listener, 'tenantId' | 'listenerId'>,
  limit: number,
): Promise<readonly StoredEvent[] | null> {
  const { rows } = await sql<Selectable<Tables['events']>>`
    select e.* from listeners l
    left join lateral (
      select w.tenant_id, w.event_id from listened_events w
      where w.tenant_id = l.tenant_id and w.listener_id = l.listener_id
      order by w.event_id limit ${limit}
    ) waiting on true
    left join events e on e.tenant_id = waiting.tenant_id and e.event_id = waiting.event_id
    where l.tenant_id = ${tenantId} and l.listener_id = ${listenerId}
    order by e.event_id`.execute(db);
  return rows.length === 0 ? null : rows.filter((row) => row.event_id !== null).map(eventFromRow);
}

/** Forgets what a listener has taken; returns how many of these it had not taken before. */
export async function deleteListened(
  db: Queryable,
  { tenantId, listenerId }: Pick<Listener, 'tenantId' | 'listenerId'>,
  eventIds: readonly string[],
): Promise<number> {
  const { rows } = await sql`
    delete from listened_events
    where tenant_id = ${tenantId} and listener_id = ${listenerId} and event_id = any (${eventIds}::text[])
    returning 1`.execute(db);
  return rows.length;
}

/**
 * The statement that keeps events for who listens, as a part of the relay's: for those that `taken` still has. What is
 * committed before a listener is there is not kept for it; what comes after it is, in whatever order it comes.
 */
export function insertListenedOfTaken(events: readonly EventHead[], now: Temporal.Instant): RawBuilder<unknown> {
  return sql`
    insert into listened_events (tenant_id, listener_id, event_id)
    select l.tenant_id, l.listener_id, h.event_id
    from listeners l
    join unnest(${events.map((head) => head.tenant_id)}::text[], ${events.map((head) => head.event_id)}::text[],
        ${events.map((head) => head.mode)}::text[], ${events.map((head) => head.type)}::text[])
      as h (tenant_id, event_id, mode, type) on h.tenant_id = l.tenant_id and h.mode = l.mode
    join taken on taken.tenant_id = h.tenant_id and taken.subject_id = h.event_id
    where l.expires_at > ${now} and (h.type = any (l.event_types) or '*' = any (l.event_types))
    on conflict do nothing`;
}

function listenerFromRow(row: Selectable<Tables['listeners']>): Listener {
  return {
    tenantId: row.tenant_id,
    listenerId: row.listener_id,
    mode: row.mode as Mode,
    eventTypes: row.event_types,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
