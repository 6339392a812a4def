import type { PaymentContext } from '../payments/context.ts';
import { nextDisputeSyncAt } from '../payments/dispute.ts';
import type { SyncWork } from '../payments/jobs.ts';
import { nextOperationSyncAt } from '../payments/operation.ts';
import { readAttempt } from '../payments/read-payment.ts';
import { syncAttempt } from '../payments/sync-attempt.ts';
import { inParallel } from '../platform/in-parallel.ts';
import type { ClaimedLane } from '../platform/lanes.ts';
import { dispatchEvidence } from './dispatch-evidence.ts';
import type { Evidence } from './evidence.ts';
import {
  scheduleDisputes,
  scheduleEvidenceSync,
  selectDueDisputes,
  selectDueEvidence,
  selectNextDisputeAt,
  selectNextEvidenceAt,
} from './store.ts';

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

/** The disputes that an account's sync lane asks about, since the news of them may have been lost. */
export function disputeWork(context: PaymentContext): SyncWork {
  const { query } = context.database;
  return {
    async carryOut(lane, clock) {
      const due = await selectDueDisputes(query, accountOf(lane), clock.now(), BATCH);
      // Whatever is answered: one that cannot be asked about must not be the first in the queue for ever.
      await scheduleDisputes(
        query,
        due.map((dispute) => ({ ...dispute, syncDueAt: nextDisputeSyncAt(dispute, clock.now()) })),
      );
      const attemptIds = [...new Set(due.map(({ attemptId }) => attemptId))];
      await inParallel(attemptIds, BATCH, async (attemptId) => {
        const attempt = await readAttempt(query, lane.tenantId, attemptId);
        if (attempt !== null) await syncAttempt(context, attempt, 'poll');
      });
    },
    nextDueAt: async (lane, clock) => clock.laneTimeOf(await selectNextDisputeAt(query, accountOf(lane))),
  };
}

function accountOf({ tenantId, laneId: providerAccountId }: ClaimedLane) {
  return { tenantId, providerAccountId };
}
