import type { PaymentContext } from '../payments/context.ts';
import type { SyncWork } from '../payments/jobs.ts';
import { nextOperationSyncAt } from '../payments/operation.ts';
import { inParallel } from '../platform/in-parallel.ts';
import type { ClaimedLane } from '../platform/lanes.ts';
import { dispatchEvidence } from './dispatch-evidence.ts';
import type { Evidence } from './evidence.ts';
import { scheduleEvidenceSync, selectDueEvidence, selectNextEvidenceAt } from './store.ts';

/** One round of provider calls, so that the lane's lease holds beside its other work. */
const BATCH = 4;

/** The evidence that an account's sync lane sends again. */
export function evidenceWork(context: PaymentContext): SyncWork {
  const { database, clock } = context;
  return {
    async carryOut(lane) {
      const due = await selectDueEvidence(database.query, accountOf(lane), clock.now(), BATCH);
      await inParallel(due, BATCH, (evidence) => repeatEvidence(context, evidence));
    },
    nextDueAt: (lane) => selectNextEvidenceAt(database.query, accountOf(lane)),
  };
}

/** The next try is settled before this one goes out, so that evidence which cannot even be sent holds up no other. */
async function repeatEvidence(context: PaymentContext, evidence: Evidence): Promise<void> {
  const syncTries = evidence.syncTries + 1;
  const again = { ...evidence, syncTries, syncDueAt: nextOperationSyncAt(syncTries, context.clock.now()) };
  if (await scheduleEvidenceSync(context.database.query, again)) await dispatchEvidence(context, again);
}

function accountOf({ tenantId, laneId: providerAccountId }: ClaimedLane) {
  return { tenantId, providerAccountId };
}
