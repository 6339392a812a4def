import type { Clock } from '../kernel/clock.ts';
import type { Database } from './database.ts';
import { type ClaimedLane, claimLanes, type LaneKind, releaseLane } from './lanes.ts';
import type { Logger } from './log.ts';
import { forTenants } from './tenant-scope.ts';
import type { Wakeup } from './wakeup.ts';

interface LaneLoopOptions {
  readonly kind: LaneKind;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly wakeup: Wakeup;
  /** Works off what is due in a lane and releases it. */
  readonly handle: (lane: ClaimedLane) => Promise<void>;
  readonly lanesMax: number;
  readonly leaseMs: number;
  readonly pollMs: number;
}

/** A lane whose work broke is tried again after this pause, so that a fault is not hammered. */
const PAUSE_AFTER_FAILURE_S = 5;
const PAUSE_AFTER_CLAIM_FAILURE_MS = 1_000;

/**
 * Claims lanes of a kind and works them off until the signal aborts; resolves when the last one is done. A failing lane
 * is released with a pause and harms no other.
 */
export async function runLaneLoop(options: LaneLoopOptions, signal: AbortSignal): Promise<void> {
  const { kind, database, clock, log, wakeup } = options;
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    const free = options.lanesMax - running.size;
    const lanes = await claim(options, free);
    if (lanes === null) {
      await wakeup.wait(kind, PAUSE_AFTER_CLAIM_FAILURE_MS, signal);
      continue;
    }
    for (const lane of lanes) {
      const work = forTenants([lane.tenantId], () => workOff(lane)).finally(() => running.delete(work));
      running.add(work);
    }
    if (lanes.length === free && free > 0) continue;
    const wake = wakeup.wait(kind, options.pollMs, signal);
    await (running.size >= options.lanesMax ? Promise.race([...running]) : Promise.race([wake, ...running]));
  }
  await Promise.all(running);

  async function workOff(lane: ClaimedLane): Promise<void> {
    try {
      await options.handle(lane);
    } catch (error) {
      log.error({ lane: lane.laneId, kind, error }, 'The work of a lane failed');
      const retryAt = clock.now().add({ seconds: PAUSE_AFTER_FAILURE_S });
      // Where even this fails the lease runs out by itself.
      await releaseLane(database.query, lane, retryAt, retryAt).catch(() => undefined);
    }
  }
}

async function claim(options: LaneLoopOptions, free: number): Promise<readonly ClaimedLane[] | null> {
  if (free === 0) return [];
  const { database, kind, clock, leaseMs, log } = options;
  try {
    return await claimLanes(database.query, kind, clock.now(), free, leaseMs);
  } catch (error) {
    log.warn({ kind, error }, 'Lanes could not be claimed');
    return null;
  }
}
