import { type RawBuilder, sql } from 'kysely';
import { idRange } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { type EventHead, OUTBOX_SHARDS } from './event.ts';

type OutboxRow = WholeRow<'outbox'>;

const SHARDS = Array.from({ length: OUTBOX_SHARDS }, (_, shard) => shard);

/** The shards in which something waits; a probe of the index for each, since looking through the table meets its dead rows. */
export async function selectWaitingShards(db: Queryable): Promise<readonly number[]> {
  const { rows } = await sql<{ shard: number }>`
    select s.shard from unnest(${SHARDS}::smallint[]) s (shard)
    where exists (select from outbox o where o.shard = s.shard)`.execute(db);
  return rows.map(({ shard }) => shard);
}

/** Until the transaction ends nobody else relays this shard. No lease: nothing outside the database is waited for. */
export async function lockShard(tx: Queryable, shard: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from lanes where kind = 'relay' and lane_id = ${String(shard)} for update skip locked`.execute(tx);
  return rows.length === 1;
}

/** A shard's oldest rows. Read after the lock: what began before would still see what the last holder has passed on. */
export async function selectOldestRows(tx: Queryable, shard: number, limit: number): Promise<readonly OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    select * from outbox where shard = ${shard} order by outbox_id limit ${limit}`.execute(tx);
  return rows;
}

/** What the fan-out needs to know of the events that rows are about. */
export async function selectEventHeads(
  db: Queryable,
  rows: readonly OutboxRow[],
): Promise<ReadonlyMap<string, EventHead>> {
  const { first, last } = idRange(rows.map((row) => row.subject_id));
  const { rows: heads } = await sql<EventHead>`
    select e.tenant_id, e.event_id, e.mode, e.type, e.payment_id, e.product_id, e.notification_url, e.created_at
    from unnest(${rows.map((row) => row.tenant_id)}::text[], ${rows.map((row) => row.subject_id)}::text[])
      as wanted (tenant_id, event_id)
    join events e using (tenant_id, event_id)
    where e.event_id between ${first} and ${last}`.execute(db);
  return new Map(heads.map((head) => [head.event_id, head]));
}

/**
 * Removes rows and writes what comes of them, as one statement. `parts` are named statements that may join `taken`, which
 * has tenant_id and subject_id of the rows that were still there: who removes a row is who passes it on.
 * Returns how many these were.
 */
export async function passOnRows(
  db: Queryable,
  rows: readonly OutboxRow[],
  parts: readonly RawBuilder<unknown>[],
): Promise<number> {
  // Sorted, so that two relays that know of the same rows never wait for each other crosswise.
  const sorted = [...rows].sort((a, b) => (a.outbox_id < b.outbox_id ? -1 : 1));
  const taken = sql`taken as (
    delete from outbox o
    using unnest(${sorted.map((row) => row.shard)}::smallint[], ${sorted.map((row) => row.outbox_id)}::text[])
      as wanted (shard, outbox_id)
    where o.shard = wanted.shard and o.outbox_id = wanted.outbox_id
    returning o.tenant_id, o.subject_id
  )`;
  const { rows: counted } = await sql<{ count: number }>`
    with ${sql.join([taken, ...parts], sql`, `)} select count(*)::int as count from taken`.execute(db);
  return counted[0]?.count ?? 0;
}
