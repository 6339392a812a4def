import { recordOwnAct } from '../audit/record-own-act.ts';
import type { MailContext } from '../mail/queue-mail.ts';
import type { Queryable } from '../platform/database.ts';
import { readTenantClock } from '../test-clocks/tenant-clock.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import type { EndpointHealth } from './endpoint-health.ts';
import { disableCalled, lockHealth, setHealthStates } from './store-health.ts';
import { type DisablingReason, tellHealth } from './tell-health.ts';

/**
 * Gives up an endpoint, in the caller's transaction: what waits for it and what comes is kept until a person resumes it;
 * the tenant is told by an event and by mail, once. Returns whether it did: an endpoint that was paused, deleted, given up
 * or moved since it was called is left as it is.
 */
export async function disableEndpoint(
  context: MailContext,
  tx: Queryable,
  endpoint: WebhookEndpoint,
  reason: DisablingReason,
): Promise<boolean> {
  const seen = await lockHealth(tx, endpoint);
  if (seen.state === 'disabled' || !(await disableCalled(tx, endpoint, context.clock.now()))) return false;
  const health: EndpointHealth = { ...seen, state: 'disabled' };
  await setHealthStates(tx, [health]);
  const { tenantId, mode, endpointId: id } = endpoint;
  const target = { type: 'webhook-endpoint', id };
  recordOwnAct(tx, context.clock.now(), { tenantId, mode, action: 'endpoint.disabled', target, details: { reason } });
  const clock = await readTenantClock(tx, context.clock, endpoint.tenantId, endpoint.mode);
  await tellHealth(context, tx, [{ endpoint, health, to: { state: 'disabled', reason }, clock }]);
  return true;
}
