import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId, newOrderedId } from '../kernel/id.ts';
import type { WholeRow } from '../platform/recordset.ts';

/** Everything that can happen, and what a tenant may subscribe to. */
export const EVENT_TYPES = [
  'payment.created',
  'payment.processing',
  'payment.attempt_failed',
  'payment.authorized',
  'payment.succeeded',
  'payment.failed',
  'payment.canceled',
  'payment.expired',
  'payment.reversed',
  'capture.succeeded',
  'capture.failed',
  'refund.created',
  'refund.succeeded',
  'refund.failed',
  'reversal.succeeded',
  'reversal.failed',
  'dispute.opened',
  'dispute.updated',
  'dispute.funds_withdrawn',
  'dispute.funds_reinstated',
  'dispute.won',
  'dispute.lost',
  'payout.paid',
  'reconciliation.mismatch',
  'endpoint.failing',
  'endpoint.disabled',
  'endpoint.test',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** The version of the objects inside events; pinned in each event, so that old ones stay readable. */
export const EVENT_API_VERSION = '2026-11-21';

/** What happened, with the object as it was right after. */
export interface NewEvent {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly type: EventType;
  readonly paymentId: string | null;
  readonly productId: string | null;
  readonly notificationUrl: string | null;
  readonly object: unknown;
  /** When the event's payment must be looked at again; rides in the outbox row. */
  readonly dueAt: Temporal.Instant | null;
}

/** What is said about an event without its object; where it goes follows from these. */
export type EventHead = Pick<
  WholeRow<'events'>,
  'tenant_id' | 'event_id' | 'mode' | 'type' | 'payment_id' | 'product_id' | 'notification_url' | 'created_at'
>;

interface EventRows {
  readonly event: WholeRow<'events'>;
  readonly outbox: WholeRow<'outbox'>;
}

/** The event's row and its outbox row, to be written by the same statement as the change itself. */
export function eventRows(event: NewEvent, clock: Clock): EventRows {
  // Who asked for order is told of a payment's events by their ids.
  const eventId = newOrderedId('evt', clock);
  return {
    event: {
      tenant_id: event.tenantId,
      event_id: eventId,
      mode: event.mode,
      type: event.type,
      api_version: EVENT_API_VERSION,
      payment_id: event.paymentId,
      product_id: event.productId,
      notification_url: event.notificationUrl,
      object: event.object,
      created_at: clock.now(),
    },
    outbox: outboxRow({ tenantId: event.tenantId, topic: 'event', subjectId: eventId, dueAt: event.dueAt }, clock),
  };
}

/** Work for somebody else, to be committed together with what caused it. */
export interface OutboxWork {
  readonly tenantId: string;
  readonly topic: 'event' | 'inbound' | 'sync';
  readonly subjectId: string;
  readonly dueAt: Temporal.Instant | null;
}

export function outboxRow(work: OutboxWork, clock: Clock): WholeRow<'outbox'> {
  return {
    tenant_id: work.tenantId,
    outbox_id: newId('ob', clock),
    shard: shardOf(work.tenantId),
    topic: work.topic,
    subject_id: work.subjectId,
    due_at: work.dueAt,
  };
}

export const OUTBOX_SHARDS = 16;

/** FNV-1a over the tenant id. The same tenant always has the same shard, so its rows are relayed in order. */
export function shardOf(tenantId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < tenantId.length; i++) hash = Math.imul(hash ^ tenantId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % OUTBOX_SHARDS;
}
