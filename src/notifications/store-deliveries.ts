import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { idRange } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';
import type { Owner } from './store.ts';

export interface StoredEvent {
  readonly tenantId: string;
  readonly eventId: string;
  readonly mode: Mode;
  readonly type: string;
  readonly apiVersion: string;
  readonly paymentId: string | null;
  readonly notificationUrl: string | null;
  readonly object: unknown;
  readonly createdAt: Temporal.Instant;
}

/** A literal, not a parameter: only so may a plan that serves every call use the index of what is pending. */
export const PENDING = sql.lit('pending');

/** Events of several tenants by their ids. */
export async function selectEventsByIds(
  db: Queryable,
  ids: readonly { readonly tenantId: string; readonly eventId: string }[],
): Promise<readonly StoredEvent[]> {
  const { first, last } = idRange(ids.map(({ eventId }) => eventId));
  const { rows } = await sql<Selectable<Tables['events']>>`
    select e.* from events e
    join unnest(${ids.map(({ tenantId }) => tenantId)}::text[], ${ids.map(({ eventId }) => eventId)}::text[])
      as wanted (tenant_id, event_id) using (tenant_id, event_id)
    where e.event_id between ${first} and ${last}
    order by e.event_id`.execute(db);
  return rows.map(eventFromRow);
}

export async function insertDelivery(db: Queryable, delivery: Delivery): Promise<void> {
  await sql`insert into deliveries select r.* from ${recordset('deliveries', [deliveryToRow(delivery)])} r`.execute(db);
}

/**
 * The statement that adds the deliveries of those events that `taken` has, as a part of the relay's; one that was added
 * before a crash stays as it is.
 */
export function insertDeliveriesOfTaken(deliveries: readonly Delivery[]): RawBuilder<unknown> {
  return sql`
    insert into deliveries select r.* from ${recordset('deliveries', deliveries.map(deliveryToRow))} r
    join taken on taken.tenant_id = r.tenant_id and taken.subject_id = r.event_id
    on conflict do nothing`;
}

/** The lanes in which something waits under an endpoint's key: its own, and those of payments' own addresses. */
export async function selectWaitingLanes(db: Queryable, tenantId: string, endpointId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select('lane_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('endpoint_id', '=', endpointId)
    .where('status', '=', PENDING)
    .execute();
  return rows.map((row) => row.lane_id);
}

/** Ends what still waits for a deleted endpoint. */
export async function cancelDeliveries(db: Queryable, tenantId: string, laneId: string): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ status: 'canceled', due_at: null })
    .where('tenant_id', '=', tenantId)
    .where('lane_id', '=', laneId)
    .where('status', '=', PENDING)
    .execute();
}

export async function selectDelivery(db: Queryable, owner: Owner, deliveryId: string): Promise<Delivery | null> {
  const row = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('delivery_id', '=', deliveryId)
    .executeTakeFirst();
  return row === undefined ? null : deliveryFromRow(row);
}

export async function selectDeliveryAttempts(db: Queryable, tenantId: string, deliveryId: string) {
  return db
    .selectFrom('delivery_attempts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('delivery_id', '=', deliveryId)
    .orderBy('attempt_number')
    .execute();
}

export function eventFromRow(row: Selectable<Tables['events']>): StoredEvent {
  return {
    tenantId: row.tenant_id,
    eventId: row.event_id,
    mode: row.mode as Mode,
    type: row.type,
    apiVersion: row.api_version,
    paymentId: row.payment_id,
    notificationUrl: row.notification_url,
    object: row.object,
    createdAt: row.created_at,
  };
}

export function deliveryFromRow(row: Selectable<Tables['deliveries']>): Delivery {
  return {
    tenantId: row.tenant_id,
    deliveryId: row.delivery_id,
    laneId: row.lane_id,
    eventId: row.event_id,
    eventType: row.event_type,
    paymentId: row.payment_id,
    mode: row.mode as Mode,
    endpointId: row.endpoint_id,
    urlOverride: row.url_override,
    partnerKeyId: row.partner_key_id,
    trigger: row.trigger as Delivery['trigger'],
    reason: row.reason as Delivery['reason'],
    status: row.status as DeliveryStatus,
    attemptsMade: row.attempts_made,
    dueAt: row.due_at,
    lastAttemptAt: row.last_attempt_at,
    lastStatusCode: row.last_status_code,
    lastError: row.last_error,
    createdAt: row.created_at,
  };
}

export function deliveryToRow(delivery: Delivery): WholeRow<'deliveries'> {
  return {
    tenant_id: delivery.tenantId,
    delivery_id: delivery.deliveryId,
    lane_id: delivery.laneId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    payment_id: delivery.paymentId,
    mode: delivery.mode,
    endpoint_id: delivery.endpointId,
    url_override: delivery.urlOverride,
    partner_key_id: delivery.partnerKeyId,
    trigger: delivery.trigger,
    reason: delivery.reason,
    status: delivery.status,
    attempts_made: delivery.attemptsMade,
    due_at: delivery.dueAt,
    last_attempt_at: delivery.lastAttemptAt,
    last_status_code: delivery.lastStatusCode,
    last_error: delivery.lastError,
    created_at: delivery.createdAt,
  };
}
