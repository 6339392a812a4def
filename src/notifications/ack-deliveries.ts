import type { Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import type { Delivery } from './delivery.ts';
import { cancelDeliveriesById, selectDeliveryEnds, setDueAt } from './store-acks.ts';

type Named = Pick<Delivery, 'tenantId' | 'deliveryId' | 'laneId'>;

/** Ends deliveries that are not to be sent any more, since the money they tell of goes back. */
export async function cancelWaiting(tx: Queryable, deliveries: readonly Named[]): Promise<void> {
  if (deliveries.length === 0) return;
  await cancelDeliveriesById(tx, deliveries, 'Not sent any more: the payment is being given back');
}

/** Has deliveries sent again at their own instants, whatever their schedule said, by who looks at their lanes anew. */
export async function postponeWaiting(
  tx: Queryable,
  deliveries: readonly (Named & { readonly dueAt: Temporal.Instant })[],
): Promise<void> {
  if (deliveries.length === 0) return;
  await setDueAt(tx, deliveries);
  await wakeLanes(tx, deliveries);
}

/** Has lanes looked at, whose work may have been forgotten. */
export async function wakeLanes(
  tx: Queryable,
  deliveries: readonly (Named & { readonly dueAt: Temporal.Instant })[],
): Promise<void> {
  await addLaneWork(
    tx,
    deliveries.map(({ laneId, tenantId, dueAt }) => ({ kind: 'delivery', laneId, tenantId, dueAt })),
  );
}

/** The deliveries of these that still wait, with their lanes. */
export function findWaiting(
  db: Queryable,
  deliveries: readonly { readonly tenantId: string; readonly deliveryId: string }[],
): Promise<readonly Named[]> {
  return selectDeliveryEnds(db, deliveries);
}
