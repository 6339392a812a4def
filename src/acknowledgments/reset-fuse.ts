import type { Clock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import type { WebhookEndpoint } from '../notifications/endpoint.ts';
import type { Queryable } from '../platform/database.ts';
import { type AckFuse, closed, newFuse } from './ack-fuse.ts';
import { lockFuses, saveFuses } from './store-fuses.ts';

/**
 * Closes an endpoint's fuse, in the caller's transaction; a closed one stays as it is. What was suppressed stays so.
 * @throws Problem ack_policy_not_ready where no test has passed since it opened
 */
export async function resetFuse(
  { tx, clock }: { readonly tx: Queryable; readonly clock: Clock },
  endpoint: WebhookEndpoint,
): Promise<AckFuse> {
  const now = clock.now();
  const fuse = (await lockFuses(tx, [newFuse(endpoint, now)])).get(endpoint.endpointId) ?? newFuse(endpoint, now);
  if (fuse.state === 'closed' || fuse.openedAt === null) return fuse;
  const { testPassedAt } = endpoint;
  if (testPassedAt === null || Temporal.Instant.compare(testPassedAt, fuse.openedAt) < 0) {
    throw new Problem('ack_policy_not_ready', 'The endpoint has passed no test since its fuse opened.', {
      errors: [{ pointer: '/testPassedAt', detail: `Needs a test that passed after ${fuse.openedAt}` }],
    });
  }
  const reset = closed(fuse, now);
  await saveFuses(tx, [reset]);
  return reset;
}
