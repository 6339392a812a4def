import { Problem } from '../../kernel/problem.ts';
import type { Logger } from '../../platform/log.ts';
import type { Delivery } from '../delivery.ts';
import { type NoReceiver, openReceiver, type Receiver, type ReceiverContext } from '../open-receiver.ts';
import { type EndpointNow, selectEndpointsNow } from '../store-waiting.ts';

/** `faulty`: it could not be opened for a reason of ours, and is tried again. */
export type FoundReceiver = Receiver | NoReceiver | { readonly kind: 'faulty' };

interface Kept {
  readonly receiver: Receiver;
  /** The endpoint and its secrets as they were when it was opened. */
  readonly version: string;
  readonly untilMs: number;
}

/** So that a data key that was destroyed stops working soon. */
const LIFETIME_MS = 60_000;
const RECEIVERS_MAX = 10_000;

/**
 * Endpoints with their keys opened. How an endpoint stands and which of its secrets are valid is read anew each time, for
 * all that are asked about by one statement; secrets are opened only where something of that has changed.
 */
export class KnownReceivers {
  readonly #context: ReceiverContext & { readonly log: Logger };
  readonly #kept = new Map<string, Kept>();

  constructor(context: ReceiverContext & { readonly log: Logger }) {
    this.#context = context;
  }

  /** The receiver of each delivery, by `receiverName`. */
  async find(deliveries: readonly Delivery[]): Promise<ReadonlyMap<string, FoundReceiver>> {
    const { database, clock } = this.#context;
    const byName = new Map(deliveries.map((delivery) => [receiverName(delivery), delivery]));
    const named = [...byName.values()].flatMap(({ tenantId, endpointId }) =>
      endpointId === null ? [] : [{ tenantId, endpointId }],
    );
    const endpoints = named.length === 0 ? [] : await selectEndpointsNow(database.query, named, clock.now());
    const byId = new Map(endpoints.map((one) => [one.endpoint.endpointId, one]));
    const opened = [...byName].map(async ([name, delivery]): Promise<[string, FoundReceiver]> => {
      return [name, await this.#open(name, delivery, byId.get(delivery.endpointId ?? '') ?? null)];
    });
    return new Map(await Promise.all(opened));
  }

  async #open(name: string, delivery: Delivery, now: EndpointNow | null): Promise<FoundReceiver> {
    const nowMs = performance.now();
    const version = now === null ? null : JSON.stringify(now);
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.version === version && kept.untilMs > nowMs) return kept.receiver;
    this.#kept.delete(name);
    try {
      const receiver = await openReceiver(this.#context, delivery, now?.endpoint ?? null);
      // Of a partner's keys and a tenant's default secret nothing that was read here would tell when they change.
      if (receiver.kind === 'open' && receiver.settings !== null && version !== null) {
        if (this.#kept.size >= RECEIVERS_MAX) this.#kept.clear();
        this.#kept.set(name, { receiver, version, untilMs: nowMs + LIFETIME_MS });
      }
      return receiver;
    } catch (error) {
      // The tenant was removed: its secrets are destroyed, so nothing of it is ever sent again.
      if (error instanceof Problem && error.code === 'gone') return { kind: 'gone', why: 'The tenant was removed' };
      this.#context.log.error({ lane: delivery.laneId, error }, 'A receiver could not be opened');
      return { kind: 'faulty' };
    }
  }
}

/** The same for deliveries to the same receiver; a lane may hold some from before and after an endpoint. */
export function receiverName({ tenantId, mode, endpointId, partnerKeyId }: Delivery): string {
  return `${tenantId} ${mode} ${endpointId ?? ''} ${partnerKeyId ?? ''}`;
}
