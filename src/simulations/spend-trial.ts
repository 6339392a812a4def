import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import { countTrial } from './store.ts';

/**
 * Tests and simulations of one tenant in a minute, over all processes. They make us call addresses of the caller's choice,
 * at once and for as long as the address likes to answer.
 */
const TRIALS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Counts one more test or simulation, before anything is sent. @throws Problem too_many_requests with Retry-After */
export async function spendTrial(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  tenantId: string,
): Promise<void> {
  const nowMs = clock.now().epochMilliseconds;
  const minuteMs = nowMs - (nowMs % MINUTE_MS);
  const minute = Temporal.Instant.fromEpochMilliseconds(minuteMs);
  const used = await database.transaction((tx) => countTrial(tx, tenantId, minute));
  if (used <= TRIALS_PER_MINUTE) return;
  throw new Problem('too_many_requests', `At most ${TRIALS_PER_MINUTE} tests and simulations are made in a minute.`, {
    retryAfterSeconds: Math.ceil((minuteMs + MINUTE_MS - nowMs) / 1_000),
  });
}
