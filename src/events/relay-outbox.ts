import { type RawBuilder, sql } from 'kysely';
import type { Clock } from '../kernel/clock.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { type LaneKind, type LaneWork, putLaneWork } from '../platform/lanes.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { forInstallation, forTenants } from '../platform/tenant-scope.ts';
import type { EventHead } from './event.ts';
import type { HandedOver, RelayInbox } from './relay-inbox.ts';
import { lockShard, passOnRows, selectEventHeads, selectOldestRows, selectWaitingShards } from './store-outbox.ts';

/** What events lead to: an insert to be made with the removal of their rows (null: nothing), and who has work by it. */
export interface FannedOut {
  /** A statement that writes for those events alone that `taken` (tenant_id, subject_id) still has. */
  readonly insert: RawBuilder<unknown> | null;
  readonly work: readonly LaneWork[];
}

export interface RelayContext {
  /** Its commits need not wait for the disk: what they might lose with a crash still stands in the outbox. */
  readonly database: Database;
  readonly clock: Clock;
  /** Turns events into what is to be written for them. Writes nothing itself. */
  readonly fanOut: (db: Queryable, events: readonly EventHead[]) => Promise<FannedOut>;
  /** A further statement like that of the fan-out, for who is told in another way; null: nothing to write. */
  readonly keep?: (events: readonly EventHead[], now: Temporal.Instant) => RawBuilder<unknown> | null;
  /** Called after the commit for each kind of lane that has work now; a loop that is woken for nothing asks for nothing. */
  readonly wake: (kind: LaneKind) => void;
}

/** Rows that one statement passes on. */
export const RELAYED_MAX = 1_000;

/**
 * Passes on rows that this process has just committed: events become deliveries, everything becomes lane work, the rows
 * go away, all in one statement. A row that somebody else was faster with is left out. Returns how many were passed on.
 */
export async function relayHandedOver(context: RelayContext, handed: readonly HandedOver[]): Promise<number> {
  const passedOn = await passOn(context, context.database.query, handed);
  crashPoint('relay-committed');
  for (const kind of passedOn.due) context.wake(kind);
  return passedOn.count;
}

/**
 * Passes on what nobody handed over: the rows of processes without a relay, and of those that ended too soon. One
 * transaction for each shard, which holds the row of the shard's lane, so that any number of relays may look: a shard that
 * another one is at is left to it. Rows that wait in `inbox` are left to it too. Returns how many rows were passed on.
 */
export async function relayOutbox(context: RelayContext, inbox: Pick<RelayInbox, 'holds'>): Promise<number> {
  const shards = await forInstallation('relay', () => selectWaitingShards(context.database.query));
  const outcomes = await Promise.allSettled(shards.map((shard) => relayShard(context, inbox, shard)));
  if (shards.length > 0) crashPoint('relay-committed');
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
}

async function relayShard(context: RelayContext, inbox: Pick<RelayInbox, 'holds'>, shard: number): Promise<number> {
  const { count, due } = await context.database.transaction(async (tx) => {
    const waiting = await forInstallation('relay', async () =>
      (await lockShard(tx, shard)) ? selectOldestRows(tx, shard, RELAYED_MAX) : [],
    );
    const rows = waiting.filter(({ outbox_id: id }) => !inbox.holds(id));
    if (rows.length === 0) return NOTHING;
    const about = rows.filter(({ topic }) => topic === 'event');
    const events = await forTenants(tenantsOf(rows), () => selectEventHeads(tx, about));
    return passOn(
      context,
      tx,
      rows.map((row) => ({ row, event: events.get(row.subject_id) ?? null })),
    );
  });
  for (const kind of due) context.wake(kind);
  return count;
}

interface PassedOn {
  readonly count: number;
  readonly due: ReadonlySet<LaneKind>;
}

const NOTHING: PassedOn = { count: 0, due: new Set() };

/** What has been found is passed on for those alone whose it is. */
function passOn(context: RelayContext, db: Queryable, handed: readonly HandedOver[]): Promise<PassedOn> {
  const tenants = tenantsOf(handed.map(({ row }) => row));
  return forTenants(tenants, () => passOnOf(context, db, handed));
}

function tenantsOf(rows: readonly Pick<WholeRow<'outbox'>, 'tenant_id'>[]): readonly string[] {
  return rows.map((row) => row.tenant_id);
}

async function passOnOf(
  { clock, fanOut, keep }: RelayContext,
  db: Queryable,
  handed: readonly HandedOver[],
): Promise<PassedOn> {
  const now = clock.now();
  const events = handed.flatMap(({ event }) => event ?? []);
  const { insert, work: deliveries } = await fanOut(db, events);
  const kept = keep?.(events, now) ?? null;
  const work = [...deliveries, ...handed.flatMap(({ row }) => laneWorkOf(row, now))];
  const lanes = putLaneWork(work);
  crashPoint('relay-uncommitted');
  const count = await passOnRows(
    db,
    handed.map(({ row }) => row),
    [
      ...(insert === null ? [] : [sql`fanned_out as (${insert})`]),
      ...(kept === null ? [] : [sql`kept as (${kept})`]),
      ...(lanes === null ? [] : [sql`lanes_put as (${lanes})`]),
    ],
  );
  const due = work.filter(({ dueAt }) => Temporal.Instant.compare(dueAt, now) <= 0).map(({ kind }) => kind);
  return { count, due: new Set(due) };
}

function laneWorkOf(row: WholeRow<'outbox'>, now: Temporal.Instant): readonly LaneWork[] {
  const { tenant_id: tenantId, subject_id: subjectId, due_at: dueAt } = row;
  switch (row.topic) {
    case 'inbound':
    case 'sync':
      return [{ kind: row.topic, laneId: subjectId, tenantId, dueAt: dueAt ?? now }];
    default:
      return dueAt === null ? [] : [{ kind: 'expiry', laneId: tenantId, tenantId, dueAt }];
  }
}
