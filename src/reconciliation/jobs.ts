import { type ClaimedLane, releaseLane } from '../platform/lanes.ts';
import { openProviderAccount } from '../provider-accounts/open-provider-account.ts';
import type { ReconciliationContext } from './context.ts';
import { nextTurnAt, takeTurn } from './reconcile-account.ts';

/** Four provider calls of 20 s, and as long again for comparing. */
export const RECONCILE_LEASE_MS = 160_000;

/**
 * Reconciles the account of a lane. Where the lease runs out meanwhile, another worker may be at the same account: what
 * each of them writes is fenced by the account's row and the statement's page.
 */
export async function reconcileLane(context: ReconciliationContext, lane: ClaimedLane): Promise<void> {
  const open = await openProviderAccount(context, lane.tenantId, lane.laneId);
  const { isDone } = await takeTurn(context, open);
  const now = context.clock.now();
  await releaseLane(context.database.query, lane, isDone ? await nextTurnAt(context, open) : now, now);
}
