import { AssertionFailed } from '../../kernel/assert.ts';
import type { Clock } from '../../kernel/clock.ts';
import { createBatcher } from '../../platform/batch.ts';
import { crashPoint } from '../../platform/crash-point.ts';
import type { Database, Queryable } from '../../platform/database.ts';
import { type LaneRelease, lockHeldLanes, releaseLanes } from '../../platform/lanes.ts';
import type { TenantClocks } from '../../test-clocks/tenant-clock.ts';
import type { DeliveryHook } from '../delivery-hooks.ts';
import { recordAttempts, selectNextDue } from '../store-waiting.ts';
import type { OpenLane } from './open-lane.ts';
import type { SentDelivery } from './send-delivery.ts';

interface RecordContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  readonly hooks: readonly DeliveryHook[];
}

/** What became of a delivery, or (null) only that the lane's turn ends. */
export interface Sent {
  readonly open: OpenLane;
  readonly sent: SentDelivery | null;
  /** Whether the lane is to be given back with it. Everything else of the lane is recorded already. */
  readonly ends: boolean;
}

/** `kept`: the lane was to be given back, but more of it is due, and it may stay. `lost`: it was no longer ours. */
export type Recorded = 'recorded' | 'released' | 'kept' | 'lost';

/** Bounds one transaction, during which the lanes in it take nothing new. */
const RECORDED_MAX = 400;

/**
 * A recorder that writes what ends while it is writing by the next transaction: attempts, where they leave their
 * deliveries, what hooks make of them, and lanes that are given back. What was sent under a lease that is no longer ours is
 * not written: somebody else sends it again.
 */
export function createRecorder(
  context: RecordContext,
  mayStay: (open: OpenLane) => boolean,
): (sent: Sent) => Promise<Recorded> {
  return createBatcher<Sent, Recorded>({
    itemsMax: RECORDED_MAX,
    tenantsOf: ({ open }) => [open.lane.tenantId],
    lockOf: ({ open }) => open.lane.laneId,
    write: (items) => recordAll(context, mayStay, items),
  });
}

async function recordAll(
  context: RecordContext,
  mayStay: (open: OpenLane) => boolean,
  items: readonly Sent[],
): Promise<readonly Recorded[]> {
  const lanes = [...new Set(items.map(({ open }) => open.lane))];
  const ending = items.filter(({ ends }) => ends).map(({ open }) => open);
  // Any reading after the claim will do, since who moves a clock adds to the lane's generation; and a transaction must not
  // wait for a second connection.
  const tenantIds = [...new Set(ending.map(({ lane }) => lane.tenantId))];
  const clockOf = tenantIds.length === 0 ? NO_CLOCKS : await context.tenantClocks.freshOf(tenantIds);
  const recorded = await context.database.transaction(async (tx) => {
    const held = await lockHeldLanes(tx, 'delivery', lanes);
    const ours = items.flatMap(({ open, sent }) => (sent !== null && held.has(open.lane.laneId) ? sent : []));
    await recordSent(context, tx, ours);
    const release = await releasesOf(
      tx,
      ending.filter(({ lane }) => held.has(lane.laneId)),
      { clockOf, mayStay, now: context.clock.now() },
    );
    if (release.length > 0) await releaseLanes(tx, 'delivery', release, context.clock.now());
    const released = new Set(release.map(({ lane }) => lane.laneId));
    return items.map(({ open: { lane }, ends }): Recorded => {
      if (!held.has(lane.laneId)) return 'lost';
      if (!ends) return 'recorded';
      return released.has(lane.laneId) ? 'released' : 'kept';
    });
  });
  crashPoint('delivery-recorded');
  return recorded;
}

async function recordSent({ hooks }: RecordContext, tx: Queryable, sent: readonly SentDelivery[]): Promise<void> {
  if (sent.length === 0) return;
  await recordAttempts(tx, sent);
  const outcomes = sent.flatMap(({ outcome }) => outcome ?? []);
  if (outcomes.length === 0) return;
  for (const hook of hooks) await hook.recorded?.(tx, outcomes);
}

const NO_CLOCKS: ReleaseTerms['clockOf'] = () => {
  throw new AssertionFailed('No lane ends here');
};

interface ReleaseTerms {
  readonly clockOf: Awaited<ReturnType<TenantClocks['freshOf']>>;
  readonly mayStay: (open: OpenLane) => boolean;
  readonly now: Temporal.Instant;
}

/**
 * When each lane is due next, computed after its row was locked: who adds work writes the lane's row as well and so comes
 * before this, or after it and finds what was written. A lane that is kept is left out.
 */
async function releasesOf(
  tx: Queryable,
  ending: readonly OpenLane[],
  { clockOf, mayStay, now }: ReleaseTerms,
): Promise<readonly LaneRelease[]> {
  if (ending.length === 0) return [];
  const next = await selectNextDue(
    tx,
    ending.map(({ lane }) => lane),
  );
  return ending.flatMap((open) => {
    const { lane, heldUntil, pauseMs, asleep } = open;
    const first = next.get(lane.laneId);
    const dueAt = first === undefined || asleep ? null : clockOf(lane.tenantId, first.mode).laneTimeOf(first.dueAt);
    if (dueAt === null) return { lane, nextDueAt: null, heldUntil };
    const isDue = Temporal.Instant.compare(dueAt, now) <= 0;
    if (isDue && heldUntil === null && pauseMs === 0 && mayStay(open)) return [];
    // The present for what is overdue: a lane with a long backlog stands at the end of the line again.
    const nextDueAt = latest(dueAt, now.add({ milliseconds: pauseMs }), heldUntil ?? now);
    return { lane, nextDueAt, heldUntil };
  });
}

function latest(...instants: readonly [Temporal.Instant, ...Temporal.Instant[]]): Temporal.Instant {
  return instants.reduce((late, one) => (Temporal.Instant.compare(one, late) > 0 ? one : late));
}
