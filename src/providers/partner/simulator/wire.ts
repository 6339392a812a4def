import type { SimulatedMerchant } from './merchant.ts';
import type { CreateAsk, RefundAsk, SimulatedOrder, SimulatedRefund } from './order.ts';
import type { Refusal } from './refusal.ts';

export type JsonObject = Readonly<Record<string, unknown>>;
export type Operation = 'create' | 'query' | 'refund';

/** A signed answer or notification before it is written; `members` already hold the signature. */
export interface WireAnswer {
  readonly status: number;
  readonly members: JsonObject;
}

/** One partner's way of speaking. */
export interface Wire {
  /** The operation a request is for, or null. */
  operationOf(path: string, body: JsonObject): Operation | null;
  merchantCodeOf(body: JsonObject): unknown;
  isSigned(merchant: SimulatedMerchant, operation: Operation, body: JsonObject): boolean;
  /** The request's own time in Unix seconds; null where the wire has none. @throws Refusal */
  sentAt(operation: Operation, body: JsonObject): number | null;
  /** @throws Refusal malformed | validation_failed */
  readCreate(body: JsonObject, now: Temporal.Instant): CreateAsk;
  /** @throws Refusal malformed */
  readQuery(body: JsonObject): { readonly orderId: string };
  /** @throws Refusal malformed | not_supported */
  readRefund(body: JsonObject): RefundAsk;
  created(merchant: SimulatedMerchant, order: SimulatedOrder, address: string): WireAnswer;
  queried(merchant: SimulatedMerchant, order: SimulatedOrder): WireAnswer;
  refunded(
    merchant: SimulatedMerchant,
    order: SimulatedOrder,
    refund: SimulatedRefund,
    now: Temporal.Instant,
  ): WireAnswer;
  /** Unsigned where no merchant is known. */
  refused(merchant: SimulatedMerchant | null, refusal: Refusal, operation: Operation, orderId: string): WireAnswer;
  notification(
    merchant: SimulatedMerchant,
    order: SimulatedOrder,
    refund: SimulatedRefund | null,
    stamp: { readonly now: Temporal.Instant; readonly nonce: string },
  ): JsonObject;
  isAcknowledged(status: number, body: string): boolean;
  /** The signature in its place, replaced by another one, or by none. */
  withSignature(members: JsonObject, signature: string | null): JsonObject;
}
