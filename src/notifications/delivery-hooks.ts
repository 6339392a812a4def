import type { Queryable } from '../platform/database.ts';
import type { Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';

/** What one attempt came to. */
export interface AttemptOutcome {
  readonly before: Delivery;
  readonly after: Delivery;
  /** null: a payment's own address that stands alone, or a partner. */
  readonly endpoint: WebhookEndpoint | null;
  readonly attemptedAt: Temporal.Instant;
  readonly durationMs: number;
  readonly kind: 'acknowledged' | 'refused' | 'lost' | 'not_sent';
  /** Of the answer; null where there was none. */
  readonly status: number | null;
  /** `us`: the event could not be written, or its address may not be called; the receiver heard nothing. */
  readonly faultOf: 'receiver' | 'us' | null;
}

/** What others do around the sending of notifications. */
export interface DeliveryHook {
  /**
   * Called before a batch for one receiver is sent, with no transaction open; commits by itself what must stand before
   * the first byte goes out. Returns the ids of those that may be sent; the others stay as they are.
   */
  beforeSend?(
    endpoint: WebhookEndpoint | null,
    deliveries: readonly Delivery[],
  ): Promise<ReadonlySet<Delivery['deliveryId']>>;
  /** Called in the transaction that records attempts, once it is certain that they are recorded; may be many receivers'. */
  recorded?(tx: Queryable, outcomes: readonly AttemptOutcome[]): Promise<void>;
}
