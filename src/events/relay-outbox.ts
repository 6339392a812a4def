import { sql } from 'kysely';
import type { Clock } from '../kernel/clock.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { addLaneWork, type LaneKind, type LaneWork } from '../platform/lanes.ts';

interface RelayContext {
  readonly database: Database;
  readonly clock: Clock;
  /** Turns events into deliveries, in the relay's transaction, and says which lanes have work. */
  readonly fanOut: (
    tx: Queryable,
    events: readonly { readonly tenantId: string; readonly eventId: string }[],
  ) => Promise<readonly LaneWork[]>;
  /** Called after the commit for each kind of lane that has work now; a loop that is woken for nothing asks for nothing. */
  readonly wake: (kind: LaneKind) => void;
}

interface OutboxRow {
  readonly tenant_id: string;
  readonly outbox_id: string;
  readonly topic: string;
  readonly subject_id: string;
  readonly due_at: Temporal.Instant | null;
}

const ROWS_MAX = 1_000;

/**
 * Passes on what committed transactions left in the outbox: events become deliveries, everything becomes lane work, the
 * rows go away, all in one transaction for each shard. It holds the row of the shard's lane, so any number of relays
 * may run: a shard that another one is at is left to it. Returns how many rows were passed on.
 */
export async function relayOutbox(context: RelayContext): Promise<number> {
  const { rows } = await sql<{ shard: number }>`select distinct shard from outbox`.execute(context.database.query);
  if (rows.length === 0) return 0;
  const outcomes = await Promise.allSettled(rows.map(({ shard }) => relayShard(context, shard)));
  crashPoint('relay-committed');
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
}

async function relayShard({ database, clock, fanOut, wake }: RelayContext, shard: number): Promise<number> {
  const due = new Set<LaneKind>();
  const passedOn = await database.transaction(async (tx) => {
    if (!(await lockShard(tx, shard))) return 0;
    const rows = await takeRows(tx, shard);
    const events = rows.filter(({ topic }) => topic === 'event');
    const now = clock.now();
    const deliveries = await fanOut(
      tx,
      events.map((row) => ({ tenantId: row.tenant_id, eventId: row.subject_id })),
    );
    const work = [...deliveries, ...rows.flatMap((row) => laneWorkOf(row, now))];
    await addLaneWork(tx, work);
    for (const { kind, dueAt } of work) if (Temporal.Instant.compare(dueAt, now) <= 0) due.add(kind);
    crashPoint('relay-uncommitted');
    return rows.length;
  });
  for (const kind of due) wake(kind);
  return passedOn;
}

/** Until the transaction ends nobody else relays this shard. No lease: nothing outside the database is waited for. */
async function lockShard(tx: Queryable, shard: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from lanes where kind = 'relay' and lane_id = ${String(shard)} for update skip locked`.execute(tx);
  return rows.length === 1;
}

/**
 * Takes the oldest rows out, oldest first. A statement of its own after the lock: one that had begun before would still
 * see what the last holder has passed on.
 * By the rows' places, since a table that is emptied all the time has no statistics from which a join would be planned
 * well; nobody else moves or removes a row meanwhile.
 */
async function takeRows(tx: Queryable, shard: number): Promise<readonly OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    delete from outbox where ctid = any (array(
      select ctid from outbox where shard = ${shard} order by outbox_id limit ${ROWS_MAX}
    ))
    returning tenant_id, outbox_id, topic, subject_id, due_at`.execute(tx);
  return [...rows].sort((a, b) => (a.outbox_id < b.outbox_id ? -1 : 1));
}

function laneWorkOf(row: OutboxRow, now: Temporal.Instant): readonly LaneWork[] {
  const { tenant_id: tenantId, subject_id: subjectId, due_at: dueAt } = row;
  switch (row.topic) {
    case 'inbound':
    case 'sync':
      return [{ kind: row.topic, laneId: subjectId, tenantId, dueAt: dueAt ?? now }];
    default:
      return dueAt === null ? [] : [{ kind: 'expiry', laneId: tenantId, tenantId, dueAt }];
  }
}
