import { openAddressIn, withOpenAddress } from '../../events/sealed-address.ts';
import type { Sealer } from '../../keys/sealer.ts';
import type { Queryable } from '../../platform/database.ts';
import { RecentMap } from '../../platform/recent-map.ts';
import type { Delivery } from '../delivery.ts';
import type { DialectEvent } from '../dialects/dialect.ts';
import { selectEventsByIds } from '../store-deliveries.ts';
import { selectCreatedPayments } from '../store-events.ts';

/** What a delivery's receiver wants to be told about its event. */
interface Wanted {
  readonly delivery: Delivery;
  readonly needsPayment: boolean;
}

/** An event goes to several receivers within moments, and is then not heard of until somebody did not take it. */
const EVENTS_MAX = 4_096;

/** Events as they were first read, which never change; so one is read and written out once for all its receivers. */
export class KnownEvents {
  readonly #events = new RecentMap<DialectEvent>(EVENTS_MAX);
  readonly #sealer: Sealer;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  /** The event of each delivery, by the delivery's id; none for an event that is not kept any more. */
  async find(db: Queryable, wanted: readonly Wanted[]): Promise<ReadonlyMap<string, DialectEvent>> {
    const found = new Map<string, DialectEvent>();
    const missing = new Map<string, Wanted>();
    for (const one of wanted) {
      const known = isFirst(one.delivery) ? this.#events.get(nameOf(one)) : undefined;
      if (known === undefined) missing.set(nameOf(one), one);
      else found.set(one.delivery.deliveryId, known);
    }
    if (missing.size === 0) return found;
    const read = await readEvents(db, this.#sealer, [...missing.values()]);
    for (const [name, event] of read) this.#events.set(name, event);
    for (const one of wanted) {
      const event = read.get(nameOf(one));
      if (event !== undefined) found.set(one.delivery.deliveryId, event);
    }
    return found;
  }
}

/** Later tries are rare, come late, and say what the table says then. */
function isFirst({ trigger, attemptsMade }: Delivery): boolean {
  return trigger === 'automatic' && attemptsMade === 0;
}

function nameOf({ delivery, needsPayment }: Wanted): string {
  return `${delivery.tenantId} ${delivery.eventId}${needsPayment ? ' +' : ''}`;
}

async function readEvents(
  db: Queryable,
  sealer: Sealer,
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<string, DialectEvent>> {
  const told = wanted.filter(({ needsPayment }) => needsPayment);
  const [events, payments] = await Promise.all([
    selectEventsByIds(db, [...new Map(wanted.map(({ delivery }) => [delivery.eventId, delivery])).values()]),
    selectCreatedPayments(
      db,
      told.flatMap(({ delivery: { tenantId, paymentId } }) => (paymentId === null ? [] : [{ tenantId, paymentId }])),
    ),
  ]);
  // One whose object was erased says nothing any more.
  const kept = events.filter(({ object }) => object !== null);
  const opened = await Promise.all(kept.map((event) => withOpenAddress(sealer, event)));
  const byId = new Map(opened.map((event) => [event.eventId, event]));
  const named = await Promise.all(
    wanted.map(async (one): Promise<[string, DialectEvent][]> => {
      const event = byId.get(one.delivery.eventId);
      if (event === undefined) return [];
      const payment = one.needsPayment ? (payments.get(event.paymentId ?? '') ?? null) : null;
      return [[nameOf(one), { ...event, payment: await openAddressIn(sealer, event, payment) }]];
    }),
  );
  return new Map(named.flat());
}
