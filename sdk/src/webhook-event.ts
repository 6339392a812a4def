import type {
  Capture,
  Dispute,
  PaymentObject,
  Payout,
  ReconciliationException,
  Refund,
  Reversal,
  WebhookEndpoint,
} from './api.generated.ts';

export type PaymentEventType =
  `payment.${'created' | 'processing' | 'attempt_failed' | 'authorized' | 'succeeded' | 'failed' | 'canceled' | 'expired' | 'reversed'}`;

export type CaptureEventType = `capture.${'succeeded' | 'failed'}`;

export type RefundEventType = `refund.${'created' | 'succeeded' | 'failed'}`;

export type ReversalEventType = `reversal.${'succeeded' | 'failed'}`;

export type DisputeEventType =
  `dispute.${'opened' | 'updated' | 'funds_withdrawn' | 'funds_reinstated' | 'won' | 'lost'}`;

export type InvoiceEventType = `invoice.${'issued' | 'paid' | 'credited'}`;

export type EndpointEventType = `endpoint.${'failing' | 'disabled' | 'test'}`;

interface EventOf<Type extends string, Subject> {
  /** The same in every copy of the event. */
  id: string;
  type: Type;
  apiVersion: string;
  createdAt: string;
  mode: 'live' | 'test';
  tenantId: string;
  /** The object as it was right after the event. */
  data: { object: Subject };
}

/**
 * What a notification says; `type` tells which object it is about. Money is a whole number of minor units everywhere:
 * 1250 with EUR is 12.50 EUR. Instants are RFC 3339 in UTC.
 * New types come without notice: acknowledge those you do not know, and do nothing.
 */
export type WebhookEvent =
  | EventOf<PaymentEventType, PaymentObject>
  | EventOf<CaptureEventType, Capture>
  | EventOf<RefundEventType, Refund>
  | EventOf<ReversalEventType, Reversal>
  | EventOf<DisputeEventType, Dispute>
  | EventOf<'payout.paid', Payout>
  | EventOf<'reconciliation.mismatch', ReconciliationException>
  | EventOf<EndpointEventType, WebhookEndpoint>
  | EventOf<InvoiceEventType, Readonly<Record<string, unknown>>>;
