import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { TenantClocks } from '../../test-clocks/tenant-clock.ts';
import type { Delivery } from '../delivery.ts';
import type { Receiver } from '../open-receiver.ts';
import { type LanePlace, selectWaitingDeliveries, type WaitingDelivery } from '../store-waiting.ts';
import type { KnownEvents } from './known-events.ts';
import { type FoundReceiver, type KnownReceivers, receiverName } from './known-receivers.ts';
import type { OpenLane } from './open-lane.ts';
import type { ReadyDelivery } from './send-delivery.ts';

interface ReadContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly tenantClocks: TenantClocks;
  readonly events: KnownEvents;
  readonly receivers: KnownReceivers;
}

/** A lane, and up to how many rows of it are wanted. */
export interface LaneToRead {
  readonly open: OpenLane;
  readonly rowsMax: number;
}

/** What was found in a lane beyond what had been taken from it before. */
export interface ReadLane {
  readonly ready: readonly ReadyDelivery[];
  /** Deliveries that can never be sent any more, and why. */
  readonly ended: readonly { readonly delivery: Delivery; readonly why: string | null }[];
  /** The endpoint whose lane it is does not want anything now; whoever changes that wakes the lane. */
  readonly asleep: boolean;
  /** Some are for another receiver that is paused or disabled. */
  readonly held: boolean;
  /** Some could not be made ready for a reason of ours, or may not be sent before an event that is on its way. */
  readonly delayed: boolean;
  /** Whether as many rows came as were wanted, so that there may be more that is due. */
  readonly hasMore: boolean;
  /** Where the reading ended; null: nothing was due. */
  readonly last: LanePlace | null;
}

/**
 * Reads what is due in several lanes and makes it ready to be sent: a statement for the rows, one for the clocks, one for
 * the receivers and one for the events, however many lanes there are, less what is known already.
 */
export async function readLanes(context: ReadContext, lanes: readonly LaneToRead[]): Promise<readonly ReadLane[]> {
  const asked = lanes.map(({ open, rowsMax }) => open.beginReading(rowsMax));
  const [rows, clockOf] = await Promise.all([
    selectWaitingDeliveries(context.database.query, asked),
    context.tenantClocks.freshOf([...new Set(lanes.map(({ open }) => open.lane.tenantId))]),
  ]);
  const byLane = Map.groupBy(rows, ({ delivery }) => delivery.laneId);
  const found = lanes.map(({ open, rowsMax }, index) => {
    const all = byLane.get(open.lane.laneId) ?? [];
    const [first] = all;
    const now = first === undefined ? null : clockOf(first.delivery.tenantId, first.delivery.mode).now();
    // All of a lane are of one mode.
    // They come in the order in which they are due.
    const isAllDue = all.length > 0 && isDue(all[all.length - 1], now);
    const due = isAllDue ? all : all.filter((one) => isDue(one, now));
    const fresh = due.filter(({ delivery }) => !open.isTaken(delivery.deliveryId));
    const { after = null, rowsKnown = 0 } = asked[index] ?? {};
    const isFromStart = after === null || first?.generation !== after.generation;
    const hasMore = all.length >= rowsMax + (isFromStart ? rowsKnown : 0) && due.length === all.length;
    return { fresh, hasMore, last: placeOf(due.at(-1)) };
  });
  const sendable = found.flatMap(({ fresh }) => fresh.flatMap((one) => (one.awaitsEarlier ? [] : one.delivery)));
  const receivers = await context.receivers.find(sendable);
  const events = await context.events.find(
    context.database.query,
    sendable.flatMap((delivery) => {
      const receiver = receivers.get(receiverName(delivery));
      return receiver?.kind === 'open' ? [{ delivery, needsPayment: receiver.dialect.needsPayment }] : [];
    }),
  );
  return found.map(({ fresh, ...places }) => {
    const ready: ReadyDelivery[] = [];
    const ended: ReadLane['ended'][number][] = [];
    const others = new Set<Readied['kind']>();
    for (const { delivery, awaitsEarlier } of fresh) {
      const receiver = awaitsEarlier ? DELAYED : (receivers.get(receiverName(delivery)) ?? DELAYED);
      const readied = makeReady(delivery, receiver, events, clockOf(delivery.tenantId, delivery.mode));
      if (readied.kind === 'ready') ready.push(readied.ready);
      else if (readied.kind === 'ended') ended.push(readied);
      else others.add(readied.kind);
    }
    const [asleep, held, delayed] = [others.has('asleep'), others.has('held'), others.has('delayed')];
    return { ready, ended, asleep, held, delayed, ...places };
  });
}

function isDue(one: WaitingDelivery | undefined, now: Temporal.Instant | null): boolean {
  const dueAt = one?.delivery.dueAt ?? null;
  return dueAt !== null && now !== null && Temporal.Instant.compare(dueAt, now) <= 0;
}

function placeOf(last: WaitingDelivery | undefined): LanePlace | null {
  if (last === undefined || last.delivery.dueAt === null) return null;
  const { dueAt, deliveryId } = last.delivery;
  return { dueAt, deliveryId, generation: last.generation };
}

const DELAYED = { kind: 'faulty' } as const;

type Readied =
  | { readonly kind: 'ready'; readonly ready: ReadyDelivery }
  | { readonly kind: 'ended'; readonly delivery: Delivery; readonly why: string | null }
  | { readonly kind: 'asleep' | 'held' | 'delayed' };

function makeReady(
  delivery: Delivery,
  receiver: FoundReceiver,
  events: ReadonlyMap<string, ReadyDelivery['event']>,
  schedule: Clock,
): Readied {
  switch (receiver.kind) {
    case 'held':
      return { kind: delivery.endpointId === delivery.laneId ? 'asleep' : 'held' };
    case 'gone':
      return { kind: 'ended', delivery, why: receiver.why ?? delivery.lastError };
    case 'faulty':
      return { kind: 'delayed' };
    default:
      return readyFor(delivery, receiver, events, schedule);
  }
}

function readyFor(
  delivery: Delivery,
  receiver: Receiver,
  events: ReadonlyMap<string, ReadyDelivery['event']>,
  schedule: Clock,
): Readied {
  const event = events.get(delivery.deliveryId);
  if (event === undefined) return { kind: 'ended', delivery, why: 'The event is not kept any more' };
  return { kind: 'ready', ready: { delivery, event, receiver, schedule } };
}
