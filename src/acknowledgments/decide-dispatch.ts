import type { Delivery } from '../notifications/delivery.ts';
import { type AckDeadline, hasFired, type Moved, move } from './ack-deadline.ts';

/**
 * What is to be done before a notification goes out. `send`: it may go as it is. `arm`: once this stands in the database.
 * `stop`: never again, since the money is going back.
 */
export type Dispatch = { readonly kind: 'send' } | ({ readonly kind: 'arm' } & Moved) | { readonly kind: 'stop' };

/** What counts when it goes out. */
export interface DispatchWorld {
  readonly now: Temporal.Instant;
  readonly newDeadlineId: () => string;
  /** null: this notification arms nothing (its endpoint, its event, its age). */
  readonly arming: { readonly windowSeconds: number; readonly epoch: number } | null;
}

/** How long after its deadline somebody looks whether it still stands armed: the wait of a dead process's lease, and more. */
const LOOK_AFTER_S = 120;

/**
 * Arms the deadline of a payment, or leaves it as it is. The window counts from the request whose outcome we can see: one
 * that was in flight when we died may never have gone out, so that the same notification is sent again with a window of
 * its own; one that had no answer is repeated within the window that runs.
 */
export function decideDispatch(
  known: AckDeadline | null,
  delivery: Delivery & { readonly paymentId: string },
  world: DispatchWorld,
): Dispatch {
  const { now, arming } = world;
  if (known === null) {
    if (delivery.trigger !== 'automatic' || arming === null) return { kind: 'send' };
    return { kind: 'arm', ...firstArmed(delivery, arming, world) };
  }
  if (known.eventId !== delivery.eventId || known.endpointId !== delivery.endpointId) return { kind: 'send' };
  if (hasFired(known)) return { kind: 'stop' };
  if (delivery.trigger !== 'automatic' || known.deliveryId !== delivery.deliveryId) return { kind: 'send' };
  const dispatches = known.dispatches + 1;
  if (known.state === 'withdrawn' && arming !== null) {
    const again = { ...armed(arming, now), state: 'armed', reason: null, endedAt: null, dispatches } as const;
    return { kind: 'arm', ...move(known, again, 'Armed again: nothing had gone out', now) };
  }
  if (known.state !== 'armed') return { kind: 'send' };
  if (!known.inFlight) {
    return { kind: 'arm', ...move(known, { inFlight: true, dispatches }, 'Sent again within the window', now) };
  }
  const { windowSeconds, epoch } = known;
  const again = { ...armed(arming ?? { windowSeconds, epoch }, now), dispatches };
  const note = 'Sent again: what became of the request before is not known';
  return { kind: 'arm', ...move(known, { ...again, epoch }, note, now) };
}

type Arming = NonNullable<DispatchWorld['arming']>;

function armed({ windowSeconds, epoch }: Arming, now: Temporal.Instant) {
  const deadlineAt = now.add({ seconds: windowSeconds });
  return {
    ...{ windowSeconds, epoch, inFlight: true, armedAt: now, deadlineAt, unansweredSince: null },
    lookAt: deadlineAt.add({ seconds: LOOK_AFTER_S }),
    looks: 0,
  };
}

function firstArmed(
  delivery: Delivery & { readonly paymentId: string },
  arming: Arming,
  { now, newDeadlineId }: DispatchWorld,
): Moved {
  const { tenantId, paymentId, mode, endpointId, deliveryId, eventId } = delivery;
  const deadline: AckDeadline = {
    ...{ tenantId, deadlineId: newDeadlineId(), paymentId, mode, endpointId: endpointId ?? '', deliveryId, eventId },
    ...{ state: 'armed', version: 1, dispatches: 1, ...armed(arming, now) },
    ...{ cause: null, statusCode: null, reason: null },
    ...{ asked: 0, askedEarlier: 0, reversalTried: false, operation: null, operationId: null },
    ...{ lateAcknowledgedAt: null, endedAt: null, createdAt: now, updatedAt: now },
  };
  return { deadline, note: 'Armed' };
}
