import type { Clock } from '../kernel/clock.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { addLaneWork, type ClaimedLane, holdsLane, releaseLane } from '../platform/lanes.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import { newManualDelivery } from './manual-delivery.ts';
import { endReplay, type Replay } from './replay.ts';
import type { ResendGuard } from './resend-guard.ts';
import { selectEndpoint } from './store.ts';
import {
  insertReplayed,
  isBehind,
  lockRunningReplay,
  selectNextReplayed,
  takesNone,
  updateReplay,
} from './store-replays.ts';

export interface ReplayContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  readonly resendGuard: ResendGuard;
  readonly wakeDelivery: () => void;
}

/** A batch is one transaction of ours; nobody is waited for. */
export const REPLAY_LEASE_MS = 30_000;
const LOOKED_AT_MAX = 5_000;
/** One batch is what the rate allows in this time. */
const TICK_S = 1;
/** How many seconds' worth may wait unsent before more is added: an endpoint that is slow is not buried. */
const BACKLOG_S = 3;
/** How many seconds' worth may be on their way to another attempt: one that fails is not given the whole past. */
const FAILING_S = 60;
/** How soon to look again at an endpoint that is paused, disabled or behind. */
const PAUSE_S = 5;

/**
 * Adds the next deliveries of the replay to one endpoint, as many as its rate allows for a second, behind whatever else is due to the
 * endpoint. Deliveries, cursor and progress are one transaction under the lane's lease: whatever crashes, no event is
 * added twice and none is left out.
 */
export async function replayLane(context: ReplayContext, lane: ClaimedLane): Promise<void> {
  const testClock = await context.tenantClocks.fresh(lane.tenantId, 'test');
  const liveClock = await context.tenantClocks.fresh(lane.tenantId, 'live');
  const made = await context.database.transaction(async (tx) => {
    if (!(await holdsLane(tx, lane))) return 0;
    const replay = await lockRunningReplay(tx, lane.tenantId, lane.laneId);
    if (replay === null) {
      await releaseLane(tx, lane, null, context.clock.now());
      return 0;
    }
    const step = await nextStep(context, tx, replay, replay.mode === 'live' ? liveClock : testClock);
    await updateReplay(tx, step.replay);
    const nextAt = step.inSeconds === null ? null : context.clock.now().add({ seconds: step.inSeconds });
    await releaseLane(tx, lane, nextAt, context.clock.now());
    return step.replay.deliveriesMade - replay.deliveriesMade;
  });
  if (made > 0) context.wakeDelivery();
}

interface Step {
  readonly replay: Replay;
  /** Until the next one; null: there is none. */
  readonly inSeconds: number | null;
}

async function nextStep(
  { clock, resendGuard }: ReplayContext,
  tx: Queryable,
  replay: Replay,
  tenantClock: TenantClock,
): Promise<Step> {
  const { tenantId, endpointId, ratePerSecond } = replay;
  const endpoint = await selectEndpoint(tx, replay, endpointId);
  if (endpoint === null) {
    return { replay: endReplay(replay, 'failed', clock.now(), 'The endpoint was deleted.'), inSeconds: null };
  }
  const limit = ratePerSecond * TICK_S;
  const now = tenantClock.now();
  const lane = { tenantId, laneId: endpointId };
  const mustWait =
    endpoint.status !== 'active' ||
    (await isBehind(tx, { ...lane, now, dueMax: limit * BACKLOG_S })) ||
    (await takesNone(tx, { ...lane, waitingMax: limit * FAILING_S }));
  if (mustWait) return { replay, inSeconds: PAUSE_S };
  const batch = await selectNextReplayed(tx, replay, replay.cursor, { limit, lookedAtMax: LOOKED_AT_MAX });
  const refused = await resendGuard(tx, replay, batch.events);
  const deliveries = batch.events
    .filter(({ eventId }) => !refused.has(eventId))
    .map((event) => newManualDelivery(event, endpoint, 'replay', tenantClock));
  if (deliveries.length > 0) {
    await insertReplayed(tx, deliveries);
    const dueAt = tenantClock.laneTimeOf(now) ?? now;
    await addLaneWork(tx, [{ kind: 'delivery', laneId: endpointId, tenantId, dueAt }]);
  }
  const deliveriesMade = replay.deliveriesMade + deliveries.length;
  const after = { ...replay, deliveriesMade, cursor: batch.cursor ?? replay.cursor, updatedAt: clock.now() };
  if (batch.cursor === null) return { replay: endReplay(after, 'done', clock.now()), inSeconds: null };
  // A step that looked at much and found little goes on at once.
  return { replay: after, inSeconds: deliveries.length === 0 ? 0 : TICK_S };
}
