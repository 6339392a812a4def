import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { Owner } from './store.ts';

/** An event that somebody wants sent again. */
export interface WantedAgain {
  readonly eventId: string;
  readonly type: string;
  readonly paymentId: string | null;
}

/**
 * Which of some events must not be sent again, by their ids: a success whose money went back since would have goods handed
 * out. Asked in the transaction that adds the deliveries.
 */
export type ResendGuard = (
  tx: Queryable,
  owner: Owner,
  events: readonly WantedAgain[],
) => Promise<ReadonlySet<WantedAgain['eventId']>>;

/** @throws Problem state_conflict where the event must not be sent again */
export async function refuseResend(guard: ResendGuard, tx: Queryable, owner: Owner, event: WantedAgain): Promise<void> {
  if (!(await guard(tx, owner, [event])).has(event.eventId)) return;
  throw new Problem('state_conflict', 'What this event tells is no longer so; it is not sent again.');
}
