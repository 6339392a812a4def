import { pause } from '../platform/deadline.ts';
import { forInstallation, forTenants } from '../platform/tenant-scope.ts';
import { type RunContext, runApproved } from './run-approved.ts';
import { selectUnfinished } from './store.ts';

const LOOK_MS = 30_000;
/** Longer than any verb takes: what was decided more lately is most likely still being run by who decided it. */
const UNFINISHED_AFTER_SECONDS = 60;
const APPROVALS_MAX = 20;

/** Runs what was approved and not done, because a process ended in between, until the signal aborts. */
export async function finishApprovals(context: RunContext, signal: AbortSignal): Promise<void> {
  for (await pause(LOOK_MS, signal); !signal.aborted; await pause(LOOK_MS, signal)) {
    try {
      await finishOnce(context);
    } catch (error) {
      context.log.warn({ error }, 'What was approved could not be finished');
    }
  }
}

/** One turn. */
export async function finishOnce(context: RunContext): Promise<void> {
  const before = context.clock.now().subtract({ seconds: UNFINISHED_AFTER_SECONDS });
  const unfinished = await forInstallation('sweep', () =>
    selectUnfinished(context.database.query, before, APPROVALS_MAX),
  );
  for (const approval of unfinished) await forTenants([approval.tenantId], () => runApproved(context, approval));
}
