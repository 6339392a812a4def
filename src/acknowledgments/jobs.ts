import { earliest } from '../kernel/earliest.ts';
import { SYSTEM } from '../keys/sealer.ts';
import { findWaiting, wakeLanes } from '../notifications/ack-deliveries.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { type ClaimedLane, releaseLane } from '../platform/lanes.ts';
import { type AckDeadline, ended, move } from './ack-deadline.ts';
import { type FiringContext, fireDeadline, postponeDeadline } from './fire-deadline.ts';
import { beat } from './keep-epoch.ts';
import { lockDeadline, saveLocked, selectDueDeadlines, selectNextLookAt } from './store.ts';
import { selectCurrentEndpoints } from './store-circumstances.ts';

/** Enough for a batch of which each asks a provider several times, 20 s at most each. */
export const ACK_LEASE_MS = 300_000;
const BATCH = 8;
const CONCURRENCY = 4;
/** Far more often than a database may go unseen before it counts as set back. */
const BEAT_S = 300;
/** Between two looks at a deadline that stands armed although it is over: its notification is held, or waits in a queue. */
const LOOK_AGAIN_ARMED_S = 300;

/** Works off what a tenant's deadlines have due: gives money back, and looks after those that nobody settled. */
export async function ackLane(context: FiringContext, lane: ClaimedLane): Promise<void> {
  const { database, clock } = context;
  if (lane.laneId === SYSTEM) {
    await beat(context);
    const now = clock.now();
    return releaseLane(database.query, lane, now.add({ seconds: BEAT_S }), now.add({ seconds: BEAT_S }));
  }
  const next: (Temporal.Instant | null)[] = [];
  for (const mode of ['live', 'test'] as const) {
    const owner = { tenantId: lane.tenantId, mode };
    const time = await context.tenantClocks.fresh(lane.tenantId, mode);
    const due = await selectDueDeadlines(database.query, owner, time.now(), BATCH);
    await inParallel(due, CONCURRENCY, async (deadline) => {
      if (deadline.state === 'firing') await fireOrPostpone(context, deadline);
      else await lookAfter(context, deadline, time.now());
    });
    next.push(time.laneTimeOf(await selectNextLookAt(database.query, owner)));
  }
  await releaseLane(database.query, lane, earliest(next), clock.now());
}

/** What breaks for one is tried again later, and keeps no other waiting. */
async function fireOrPostpone(context: FiringContext, deadline: AckDeadline): Promise<void> {
  try {
    await fireDeadline(context, deadline);
  } catch (error) {
    await postponeDeadline(context, deadline);
    throw error;
  }
}

/**
 * A deadline that is long over and was settled by nobody. It is not fired here, since there is no evidence of silence: its
 * notification waits (for us, or for somebody who paused the endpoint) and settles it when it has gone out; without a
 * notification it is withdrawn.
 */
async function lookAfter(context: FiringContext, { tenantId, deadlineId }: AckDeadline, now: Temporal.Instant) {
  await context.database.transaction(async (tx) => {
    const deadline = await lockDeadline(tx, tenantId, deadlineId);
    if (deadline?.state !== 'armed') return;
    const waiting = await findWaiting(tx, [deadline]);
    const policy = (await selectCurrentEndpoints(tx, [deadline])).get(deadline.endpointId)?.policy;
    if (waiting.length > 0 && policy?.type === 'reverse_on_no_ack') {
      const lookAt = now.add({ seconds: LOOK_AGAIN_ARMED_S });
      await saveLocked(tx, move(deadline, { lookAt }, 'Overdue; its notification still waits', now));
      await wakeLanes(
        tx,
        waiting.map((delivery) => ({ ...delivery, dueAt: context.clock.now() })),
      );
      return;
    }
    const reason = waiting.length > 0 ? 'policy_changed' : 'delivery_ended';
    const changes = { ...ended(now), state: 'withdrawn', reason } as const;
    await saveLocked(tx, move(deadline, changes, `Withdrawn: ${reason}`, now));
  });
}
