import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { cancelWaiting } from '../notifications/ack-deliveries.ts';
import { ARMING_EVENTS } from '../notifications/ack-policy.ts';
import type { RaiseAlarm } from '../notifications/alarm.ts';
import type { Delivery } from '../notifications/delivery.ts';
import type { DeliveryHook } from '../notifications/delivery-hooks.ts';
import type { WebhookEndpoint } from '../notifications/endpoint.ts';
import { crashPoint } from '../platform/crash-point.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { addLaneWork } from '../platform/lanes.ts';
import type { TenantClocks } from '../test-clocks/tenant-clock.ts';
import type { Moved } from './ack-deadline.ts';
import { type Dispatch, type DispatchWorld, decideDispatch } from './decide-dispatch.ts';
import { currentEpoch } from './keep-epoch.ts';
import { recordOutcomes } from './record-outcomes.ts';
import { lockDeadlines, saveDeadlines } from './store.ts';
import {
  type ArmingEvent,
  type CurrentEndpoint,
  type Epoch,
  selectArmingEvents,
  selectCurrentEndpoints,
} from './store-circumstances.ts';

export interface GuardContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  readonly raiseAlarm: RaiseAlarm;
}

type Guarded = Delivery & { readonly paymentId: string };

/**
 * How many may go out together where one of the receiver's has lately had no answer, or none that was recorded: each may
 * take the whole window, and what is sent together must be recorded together, before the lane's lease is over. The others
 * wait unarmed, which costs them nothing.
 */
const SILENT_AT_ONCE = 4;

/**
 * What the policy reverse_on_no_ack does around the sending of notifications. Before: the deadline of each payment is
 * committed, and only then may the first byte go out. After: what the attempt came to settles it, in the transaction
 * that records the attempt. Endpoints with another policy cost nothing.
 */
export function createDeadlineGuard(context: GuardContext): DeliveryHook {
  return {
    beforeSend: (endpoint, deliveries) => beforeSend(context, endpoint, deliveries),
    recorded: (tx, outcomes) => recordOutcomes(context, tx, outcomes),
  };
}

async function beforeSend(
  context: GuardContext,
  endpoint: WebhookEndpoint | null,
  deliveries: readonly Delivery[],
): Promise<ReadonlySet<string>> {
  const guarded = endpoint?.ackPolicy.type === 'reverse_on_no_ack' ? deliveries.filter(isGuarded) : [];
  const free = deliveries.filter((delivery) => !guarded.some(({ deliveryId }) => deliveryId === delivery.deliveryId));
  const [first] = guarded;
  if (first === undefined) return new Set(free.map(({ deliveryId }) => deliveryId));
  const now = (await context.tenantClocks.fresh(first.tenantId, first.mode)).now();
  const cleared = await context.database.transaction((tx) => clear(context, tx, guarded, now));
  crashPoint('deadline-armed');
  const beside = cleared.isSilent ? free.slice(0, SILENT_AT_ONCE) : free;
  return new Set([...cleared.deliveryIds, ...beside.map(({ deliveryId }) => deliveryId)]);
}

/** A sample is about no payment, whatever its event is called. */
function isGuarded(delivery: Delivery): delivery is Guarded {
  const { paymentId, eventType, trigger } = delivery;
  return paymentId !== null && ARMING_EVENTS.includes(eventType) && trigger !== 'test' && trigger !== 'simulation';
}

/** Commits what must stand before these go out, and says which may. */
async function clear(
  context: GuardContext,
  tx: Queryable,
  deliveries: readonly Guarded[],
  now: Temporal.Instant,
): Promise<{ readonly deliveryIds: readonly string[]; readonly isSilent: boolean }> {
  const named = deliveries.map(({ tenantId, endpointId }) => ({ tenantId, endpointId: endpointId ?? '' }));
  const endpoints = await selectCurrentEndpoints(tx, named);
  const epoch = await currentEpoch(context, tx);
  const events = await selectArmingEvents(tx, deliveries);
  const known = await lockDeadlines(tx, deliveries);
  const armed = deliveries.filter(({ paymentId }) => known.get(paymentId)?.state === 'armed');
  const isSilent = armed.length > 0;
  const next = isSilent ? [...new Set([...armed, ...deliveries])].slice(0, SILENT_AT_ONCE) : deliveries;
  const decided: { readonly delivery: Guarded; readonly dispatch: Dispatch }[] = [];
  const seen = new Set<string>();
  for (const delivery of next) {
    // Two of one payment in one batch: the second one waits for what the first one leaves.
    if (seen.has(delivery.paymentId)) continue;
    seen.add(delivery.paymentId);
    const event = events.get(delivery.eventId);
    const world: DispatchWorld = {
      now,
      newDeadlineId: () => newId('ack', context.clock),
      arming: armingOf(delivery, endpoints.get(delivery.endpointId ?? ''), event, epoch),
    };
    decided.push({ delivery, dispatch: decideDispatch(known.get(delivery.paymentId) ?? null, delivery, world) });
  }
  const arming = decided.flatMap(({ dispatch }) => (dispatch.kind === 'arm' ? [dispatch] : []));
  const written = await saveDeadlines(tx, arming);
  await lookLater(tx, context.clock, arming);
  await cancelWaiting(
    tx,
    decided.flatMap(({ delivery, dispatch }) => (dispatch.kind === 'stop' ? [delivery] : [])),
  );
  const cleared = decided.filter(({ dispatch }) => isCleared(dispatch, written));
  return { deliveryIds: cleared.map(({ delivery }) => delivery.deliveryId), isSilent };
}

/** Who lost a race for the payment's one deadline waits, and finds it next time. */
function isCleared(dispatch: Dispatch, written: ReadonlySet<string>): boolean {
  return dispatch.kind === 'send' || (dispatch.kind === 'arm' && written.has(dispatch.deadline.deadlineId));
}

/** What a notification arms; null: nothing. Nothing here says yes by default. */
function armingOf(
  delivery: Guarded,
  endpoint: CurrentEndpoint | undefined,
  event: ArmingEvent | undefined,
  epoch: Epoch,
): DispatchWorld['arming'] {
  if (endpoint === undefined || event === undefined) return null;
  const { policy, isActive, isTested } = endpoint;
  if (policy.type !== 'reverse_on_no_ack' || !isActive || !isTested) return null;
  if (event.type !== (event.captureMethod === 'manual' ? 'payment.authorized' : 'payment.succeeded')) return null;
  // A payment of before a restore may have been acknowledged in the life that was lost. Test mode's events are dated by
  // clocks that tenants set, so that only the delivery's own date counts there.
  const isOfThisLife =
    isAfter(delivery.createdAt, epoch) && (delivery.mode === 'test' || isAfter(event.createdAt, epoch));
  return isOfThisLife ? { windowSeconds: policy.windowSeconds, epoch: epoch.epoch } : null;
}

/** Before the first epoch nothing was ever armed that could have been lost. */
function isAfter(instant: Temporal.Instant, { epoch, startedAt }: Epoch): boolean {
  return epoch === 1 || Temporal.Instant.compare(instant, startedAt) > 0;
}

/** The net: should nobody record what comes of them, somebody looks. By the machine's clock, which lanes go by. */
async function lookLater(tx: Queryable, clock: Clock, armed: readonly Moved[]): Promise<void> {
  const now = clock.now();
  await addLaneWork(
    tx,
    armed.map(({ deadline: { tenantId, lookAt, armedAt } }) => ({
      ...{ kind: 'ack' as const, laneId: tenantId, tenantId },
      dueAt: lookAt === null ? now : now.add(lookAt.since(armedAt)),
    })),
  );
}
