import { sql } from 'kysely';
import type { Clock } from '../kernel/clock.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Database, Queryable } from '../platform/database.ts';
import {
  addLaneWork,
  type ClaimedLane,
  claimLanesById,
  holdsLane,
  type LaneWork,
  releaseLane,
} from '../platform/lanes.ts';

interface RelayContext {
  readonly database: Database;
  readonly clock: Clock;
  /** Turns events into deliveries, in the relay's transaction, and says which lanes have work. */
  readonly fanOut: (
    tx: Queryable,
    events: readonly { readonly tenantId: string; readonly eventId: string }[],
  ) => Promise<readonly LaneWork[]>;
}

interface OutboxRow {
  readonly tenant_id: string;
  readonly outbox_id: string;
  readonly topic: string;
  readonly subject_id: string;
  readonly due_at: Temporal.Instant | null;
}

const LEASE_MS = 30_000;
const ROWS_MAX = 1_000;

/**
 * Passes on what committed transactions left in the outbox: events become deliveries, everything becomes lane work, the
 * rows go away, all in one transaction for each shard. A shard is leased first, so any number of relays may run.
 * Returns how many rows were passed on.
 */
export async function relayOutbox(context: RelayContext): Promise<number> {
  const { rows } = await sql<{ shard: number }>`select distinct shard from outbox`.execute(context.database.query);
  if (rows.length === 0) return 0;
  const shards = rows.map(({ shard }) => String(shard));
  const lanes = await claimLanesById(context.database.query, 'relay', shards, LEASE_MS);
  const outcomes = await Promise.allSettled(lanes.map((lane) => relayOrRelease(context, lane)));
  crashPoint('relay-committed');
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
}

/** A shard whose relaying broke is given back at once: its rows are still there, and others may fare better. */
async function relayOrRelease(context: RelayContext, lane: ClaimedLane): Promise<number> {
  try {
    return await relayShard(context, lane);
  } catch (error) {
    await releaseLane(context.database.query, lane, null, context.clock.now()).catch(() => undefined);
    throw error;
  }
}

async function relayShard({ database, clock, fanOut }: RelayContext, lane: ClaimedLane): Promise<number> {
  return database.transaction(async (tx) => {
    if (!(await holdsLane(tx, lane))) return 0;
    const { rows } = await sql<OutboxRow>`
      select tenant_id, outbox_id, topic, subject_id, due_at from outbox
      where shard = ${Number(lane.laneId)}
      order by outbox_id limit ${ROWS_MAX}`.execute(tx);
    const events = rows.filter(({ topic }) => topic === 'event');
    const now = clock.now();
    const deliveries = await fanOut(
      tx,
      events.map((row) => ({ tenantId: row.tenant_id, eventId: row.subject_id })),
    );
    await addLaneWork(tx, [...deliveries, ...rows.flatMap((row) => laneWorkOf(row, now))]);
    await sql`
      delete from outbox using unnest(
        ${rows.map((row) => row.tenant_id)}::text[], ${rows.map((row) => row.outbox_id)}::text[]) as done (tenant_id, outbox_id)
      where outbox.tenant_id = done.tenant_id and outbox.outbox_id = done.outbox_id`.execute(tx);
    await releaseLane(tx, lane, null, now);
    crashPoint('relay-uncommitted');
    return rows.length;
  });
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
