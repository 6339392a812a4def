import { pause } from '../platform/deadline.ts';
import { writeCheckpoints } from './checkpoint-folder.ts';
import { eraseExpiredEntries } from './store.ts';
import { selectGrowth } from './store-checkpoints.ts';
import { type CheckpointContext, takeCheckpoints } from './take-checkpoints.ts';

interface AuditJobContext extends CheckpointContext {
  /** Where checkpoints leave the database to; null: they stay in it, where its owner could change them too. */
  readonly checkpointsFolder: string | null;
}

const LOOK_MS = 5_000;
/** Whoever rewrites the record has this long at most before what was is signed. */
const SIGN_AFTER_MS = 60_000;
const SIGN_AFTER_ENTRIES = 1_000;
const ERASE_EVERY_MS = 3_600_000;
const ERASED_AT_ONCE = 1_000;

/** Signs what was recorded, brings it out of the database, and empties what is over, until the signal aborts. */
export async function keepAudit(context: AuditJobContext, signal: AbortSignal): Promise<void> {
  let signedAtMs = performance.now();
  let eraseAtMs = performance.now() + ERASE_EVERY_MS / 60;
  for (await pause(LOOK_MS, signal); !signal.aborted; await pause(LOOK_MS, signal)) {
    try {
      const { entries } = await selectGrowth(context.database.query);
      if (entries >= SIGN_AFTER_ENTRIES || performance.now() - signedAtMs >= SIGN_AFTER_MS) {
        await takeCheckpoints(context);
        signedAtMs = performance.now();
      }
      if (context.checkpointsFolder !== null) await writeCheckpoints(context.database.query, context.checkpointsFolder);
      if (performance.now() >= eraseAtMs) {
        const erased = await eraseExpiredEntries(context.database.query, ERASED_AT_ONCE);
        // More of them are for the next look.
        if (erased < ERASED_AT_ONCE) eraseAtMs = performance.now() + ERASE_EVERY_MS;
      }
    } catch (error) {
      context.log.error({ error }, 'The record could not be signed, brought out or emptied');
    }
  }
}
