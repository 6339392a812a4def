import type { Mode } from '../kernel/caller.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import { readTimeOf } from '../test-clocks/tenant-clock.ts';
import { ACK_DEADLINE_TRANSITIONS, type AckDeadline, type AckDeadlineState, ended, move } from './ack-deadline.ts';
import { currentEpoch, type EpochContext } from './keep-epoch.ts';
import { lockDeadline, saveLocked } from './store.ts';
import { selectSwitchedOff } from './store-circumstances.ts';

interface Decision {
  readonly owner: { readonly tenantId: string; readonly mode: Mode };
  readonly deadlineId: string;
  readonly by: string;
}

/**
 * Gives the money back after all, because a person says so. In the caller's transaction; the lane does the rest.
 * @throws Problem not_found, state_conflict
 */
export async function fireByPerson(context: EpochContext, tx: Queryable, decision: Decision): Promise<AckDeadline> {
  const deadline = await mustLock(tx, decision, 'firing');
  const { tenantId, mode } = deadline;
  if ((await selectSwitchedOff(tx, [tenantId])).has(tenantId)) {
    throw new Problem('state_conflict', 'The operator has switched the reversal of unacknowledged payments off.');
  }
  const now = await readTimeOf(tx, context.clock, tenantId, mode);
  const { epoch } = await currentEpoch(context, tx);
  // What was asked for before and failed may be asked for again.
  const changes = { state: 'firing', reason: null, epoch, looks: 0, lookAt: now, endedAt: null } as const;
  const again = { askedEarlier: deadline.asked, cause: deadline.cause ?? 'silence' };
  const moved = move(deadline, { ...changes, ...again }, `Fired by ${decision.by}`, now);
  await saveLocked(tx, moved);
  await addLaneWork(tx, [{ kind: 'ack', laneId: tenantId, tenantId, dueAt: context.clock.now() }]);
  return moved.deadline;
}

/** Leaves the payment as it is, because a person says so. In the caller's transaction. @throws Problem not_found, state_conflict */
export async function dismissByPerson(context: EpochContext, tx: Queryable, decision: Decision): Promise<AckDeadline> {
  const deadline = await mustLock(tx, decision, 'dismissed');
  const now = await readTimeOf(tx, context.clock, deadline.tenantId, deadline.mode);
  const moved = move(deadline, { ...ended(now), state: 'dismissed' }, `Dismissed by ${decision.by}`, now);
  await saveLocked(tx, moved);
  return moved.deadline;
}

/** Only what waits for a person; what is armed settles itself. */
async function mustLock(tx: Queryable, { owner, deadlineId }: Decision, to: AckDeadlineState): Promise<AckDeadline> {
  const deadline = await lockDeadline(tx, owner.tenantId, deadlineId);
  if (deadline === null || deadline.mode !== owner.mode) throw new Problem('not_found', 'There is no such deadline.');
  if (deadline.state === 'armed' || !ACK_DEADLINE_TRANSITIONS[deadline.state].includes(to)) {
    throw new Problem('state_conflict', `A deadline that is ${deadline.state} waits for nobody's decision.`);
  }
  return deadline;
}
