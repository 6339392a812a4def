import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../platform/database.ts';
import { pause } from '../../platform/deadline.ts';
import { type LaneWork, putLaneWork } from '../../platform/lanes.ts';
import type { Logger } from '../../platform/log.ts';
import { forInstallation } from '../../platform/tenant-scope.ts';
import type { TenantClocks } from '../../test-clocks/tenant-clock.ts';
import { selectForgottenLanes } from '../store-waiting.ts';

interface SweepContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
}

const SWEEP_MS = 60_000;
/** What has just become due may be on its way to its lane. */
const OVERDUE_S = 5;

/**
 * The work of lanes that nobody would look at although something is overdue in them. There are none unless there is a fault:
 * who adds a delivery or changes its receiver wakes the lane in the same transaction.
 */
export async function findForgottenLanes({
  database,
  clock,
  tenantClocks,
}: SweepContext): Promise<readonly LaneWork[]> {
  const lanes = await forInstallation('sweep', () => selectForgottenLanes(database.query));
  if (lanes.length === 0) return [];
  const clockOf = await tenantClocks.freshOf([...new Set(lanes.map(({ tenantId }) => tenantId))]);
  const since = clock.now().subtract({ seconds: OVERDUE_S });
  return lanes.flatMap(({ tenantId, laneId, mode, dueAt }) => {
    // Null where a test clock stands still before it: then it waits for the clock.
    const laneTime = clockOf(tenantId, mode).laneTimeOf(dueAt);
    if (laneTime === null || Temporal.Instant.compare(dueAt, since) > 0) return [];
    return [{ kind: 'delivery', tenantId, laneId, dueAt: clock.now() } as const];
  });
}

/** Wakes forgotten lanes once a minute, and says so, until the signal aborts. */
export async function wakeForgottenLanes(
  context: SweepContext & { readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  for (await pause(SWEEP_MS, signal); !signal.aborted; await pause(SWEEP_MS, signal)) {
    try {
      const work = await findForgottenLanes(context);
      if (work.length === 0) continue;
      context.log.error(
        { lanes: work.map(({ laneId }) => laneId) },
        'Deliveries were waiting in lanes that nobody looked at',
      );
      await forInstallation('lanes', async () => putLaneWork(work)?.execute(context.database.query));
    } catch (error) {
      context.log.warn({ error }, 'It could not be looked for forgotten lanes');
    }
  }
}
