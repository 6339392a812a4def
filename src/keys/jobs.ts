import { pause } from '../platform/deadline.ts';
import { type ResealContext, resealOnce } from './reseal-values.ts';

export interface KeyJobContext extends ResealContext {
  /** Deletes keys of access tokens that no living token names. */
  readonly forgetTokenKeys: () => Promise<void>;
}

/** A rotation is begun by a person, who need not see it move within the second. */
const LOOK_MS = 3_000;
/** Between two turns, so that the work of tenants comes first. */
const GAP_MS = 20;
const FORGET_MS = 3_600_000;

/** Seals anew what rotations have left under older keys, and forgets old keys of tokens, until the signal aborts. */
export async function tendKeys(context: KeyJobContext, signal: AbortSignal): Promise<void> {
  let forgetAt = performance.now() + FORGET_MS;
  let waitMs = LOOK_MS;
  for (await pause(waitMs, signal); !signal.aborted; await pause(waitMs, signal)) {
    try {
      waitMs = (await resealOnce(context)) ? GAP_MS : LOOK_MS;
      if (performance.now() >= forgetAt) {
        forgetAt = performance.now() + FORGET_MS;
        await context.forgetTokenKeys();
      }
    } catch (error) {
      context.log.warn({ error }, 'The keys could not be looked after');
      waitMs = LOOK_MS;
    }
  }
}
