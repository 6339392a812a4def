import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import { isPartnerTold } from '../partners/open-partner-key.ts';
import type { Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import type { Delivery } from './delivery.ts';
import { refuseExpired } from './event-expired.ts';
import { type ResendGuard, refuseResend } from './resend-guard.ts';
import { type Owner, selectEndpoint } from './store.ts';
import { insertDelivery, selectDelivery } from './store-deliveries.ts';

/**
 * Sends an event again by a new delivery with its own schedule; the earlier one stays as it is. In the caller's
 * transaction.
 * @throws Problem not_found, event_expired, state_conflict where its endpoint was deleted, its partner key revoked, its event made up for a
 * test, or where the event must not be sent again
 */
export async function resendDelivery(
  {
    tx,
    clock,
    resendGuard,
    keptSince,
  }: {
    readonly tx: Queryable;
    readonly clock: TenantClock;
    readonly resendGuard: ResendGuard;
    readonly keptSince: Temporal.Instant;
  },
  owner: Owner,
  deliveryId: string,
): Promise<Delivery> {
  const earlier = await selectDelivery(tx, owner, deliveryId);
  if (earlier === null) throw new Problem('not_found', 'There is no such delivery.');
  if (earlier.trigger === 'test' || earlier.trigger === 'simulation') {
    throw new Problem('state_conflict', 'This event was made up and sent once. Test or simulate again.');
  }
  refuseExpired(earlier.eventId, keptSince);
  const { endpointId, urlOverride, partnerKeyId, tenantId, laneId } = earlier;
  if (urlOverride === null && endpointId !== null && (await selectEndpoint(tx, owner, endpointId)) === null) {
    throw new Problem('state_conflict', 'The endpoint of this delivery was deleted.');
  }
  if (partnerKeyId !== null && !(await isPartnerTold(tx, tenantId, partnerKeyId))) {
    throw new Problem('state_conflict', 'The partner key of this delivery was revoked.');
  }
  await refuseResend(resendGuard, tx, owner, { ...earlier, type: earlier.eventType });
  const now = clock.now();
  const again: Delivery = {
    ...earlier,
    deliveryId: newId('whd', clock),
    trigger: 'resend',
    reason: 'manual',
    status: 'pending',
    attemptsMade: 0,
    dueAt: now,
    lastAttemptAt: null,
    lastStatusCode: null,
    lastError: null,
    createdAt: now,
  };
  await insertDelivery(tx, again);
  await addLaneWork(tx, [{ kind: 'delivery', laneId, tenantId, dueAt: clock.laneTimeOf(now) ?? now }]);
  return again;
}
