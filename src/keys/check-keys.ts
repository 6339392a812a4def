import type { Queryable } from '../platform/database.ts';
import { missingMasterKeys } from './load-master-key.ts';
import type { MasterKey } from './master-key.ts';
import type { MasterKeys } from './master-keys.ts';
import { type Sealer, SYSTEM } from './sealer.ts';

interface CheckContext {
  /** Beside the pool of the requests. */
  readonly db: Queryable;
  readonly masterKeys: MasterKeys;
  readonly sealer: Sealer;
}

/** A key elsewhere is asked by every process, and each question costs something. */
const ASK_MS = 30_000;

/**
 * Whether this process can seal and open. Throws where a data key needs a master key that is not loaded, or the system's own
 * key cannot be had; `degraded` where a master key elsewhere does not answer or refuses: what is unwrapped goes on being
 * used, and a tenant that has not been seen lately has to wait.
 */
export function createKeyCheck({ db, masterKeys, sealer }: CheckContext): () => Promise<'degraded' | undefined> {
  const remote = masterKeys.all.filter((key) => key.kind === 'remote').map(watch);
  return async () => {
    const missing = await missingMasterKeys(db, masterKeys);
    if (missing.length > 0) throw new Error(`Data keys need master key ${missing.join(', ')}, which is not loaded`);
    await sealer.warm(SYSTEM);
    const answers = remote.map((answersNow) => answersNow());
    return answers.includes(false) ? 'degraded' : undefined;
  };
}

/** Whether the key answered when it was asked last; asks beside the caller, who does not wait. */
function watch(key: MasterKey): () => boolean {
  let answered = true;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const ask = async (): Promise<void> => {
    const probe = Buffer.alloc(32);
    const wrapped = await key.wrap(probe, 'tollgate check');
    answered = (await key.unwrap(wrapped, 'tollgate check')).equals(probe);
  };
  return () => {
    if (performance.now() - askedAtMs > ASK_MS) {
      askedAtMs = performance.now();
      ask().catch(() => {
        answered = false;
      });
    }
    return answered;
  };
}
