import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import type { SecretOwner } from './signing-secrets.ts';

export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

interface PageOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export async function insertEndpoint(db: Queryable, endpoint: WebhookEndpoint): Promise<void> {
  await db
    .insertInto('webhook_endpoints')
    .values({
      tenant_id: endpoint.tenantId,
      endpoint_id: endpoint.endpointId,
      mode: endpoint.mode,
      url: endpoint.url,
      event_types: [...endpoint.eventTypes],
      dialect: endpoint.dialect,
      status: endpoint.status,
      description: endpoint.description,
      created_at: endpoint.createdAt,
      updated_at: endpoint.updatedAt,
    })
    .execute();
}

/** Writes what a tenant may change of an endpoint. */
export async function updateEndpoint(db: Queryable, endpoint: WebhookEndpoint): Promise<void> {
  await db
    .updateTable('webhook_endpoints')
    .set({
      url: endpoint.url,
      event_types: [...endpoint.eventTypes],
      status: endpoint.status,
      description: endpoint.description,
      updated_at: endpoint.updatedAt,
    })
    .where('tenant_id', '=', endpoint.tenantId)
    .where('endpoint_id', '=', endpoint.endpointId)
    .execute();
}

/** An endpoint of the tenant and mode that is not deleted. */
export async function selectEndpoint(db: Queryable, owner: Owner, endpointId: string): Promise<WebhookEndpoint | null> {
  const row = await db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('endpoint_id', '=', endpointId)
    .where('status', '<>', 'deleted')
    .executeTakeFirst();
  return row === undefined ? null : endpointFromRow(row);
}

export async function selectEndpoints(
  db: Queryable,
  owner: Owner,
  page: PageOptions,
): Promise<readonly WebhookEndpoint[]> {
  let query = db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('status', '<>', 'deleted')
    .orderBy('endpoint_id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('endpoint_id', '<', page.cursor);
  return (await query.execute()).map(endpointFromRow);
}

/** Every endpoint of several tenants at once, the oldest first; paused ones too, since what comes is kept for them. */
export async function selectEndpointsOf(
  db: Queryable,
  tenantIds: readonly string[],
): Promise<readonly WebhookEndpoint[]> {
  const { rows } = await sql<Selectable<Tables['webhook_endpoints']>>`
    select * from webhook_endpoints
    where tenant_id = any(${tenantIds}) and status <> 'deleted'
    order by tenant_id, endpoint_id`.execute(db);
  return rows.map(endpointFromRow);
}

interface NewSecret extends SecretOwner {
  readonly secretId: string;
  readonly sealed: Uint8Array;
  readonly createdAt: Temporal.Instant;
}

export async function insertSigningSecret(db: Queryable, secret: NewSecret): Promise<void> {
  await db
    .insertInto('signing_secrets')
    .values({
      tenant_id: secret.tenantId,
      endpoint_id: secret.endpointId,
      mode: secret.mode,
      secret_id: secret.secretId,
      secret_sealed: secret.sealed,
      created_at: secret.createdAt,
    })
    .execute();
}

export function selectSigningSecrets(db: Queryable, owner: SecretOwner, now: Temporal.Instant) {
  return db
    .selectFrom('signing_secrets')
    .select(['secret_id', 'secret_sealed'])
    .where('tenant_id', '=', owner.tenantId)
    .where('endpoint_id', '=', owner.endpointId)
    .where('mode', '=', owner.mode)
    .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', now)]))
    .orderBy('secret_id', 'desc')
    .execute();
}

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

/** Events of several tenants by their ids. */
export async function selectEventsByIds(
  db: Queryable,
  ids: readonly { readonly tenantId: string; readonly eventId: string }[],
): Promise<readonly StoredEvent[]> {
  const { rows } = await sql<Selectable<Tables['events']>>`
    select e.* from events e
    join unnest(${ids.map(({ tenantId }) => tenantId)}::text[], ${ids.map(({ eventId }) => eventId)}::text[])
      as wanted (tenant_id, event_id) using (tenant_id, event_id)
    order by e.event_id`.execute(db);
  return rows.map(eventFromRow);
}

/** Adds deliveries; one that the relay had added before a crash stays as it is. */
export async function insertDeliveries(db: Queryable, deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await sql`
    insert into deliveries select r.* from ${recordset('deliveries', deliveries.map(deliveryToRow))} r
    on conflict do nothing`.execute(db);
}

/** A lane's deliveries that are due, the oldest first. */
export async function selectDueDeliveries(
  db: Queryable,
  tenantId: string,
  laneId: string,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Delivery[]> {
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('lane_id', '=', laneId)
    .where('status', '=', 'pending')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('delivery_id')
    .limit(limit)
    .execute();
  return rows.map(deliveryFromRow);
}

export async function selectNextDeliveryAt(
  db: Queryable,
  tenantId: string,
  laneId: string,
): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('deliveries')
    .select((row) => row.fn.min('due_at').as('next'))
    .where('tenant_id', '=', tenantId)
    .where('lane_id', '=', laneId)
    .where('status', '=', 'pending')
    .executeTakeFirst();
  return row?.next ?? null;
}

/** Records attempts and where they leave their deliveries. */
export async function recordAttempts(
  tx: Queryable,
  attempts: readonly WholeRow<'delivery_attempts'>[],
  deliveries: readonly Delivery[],
): Promise<void> {
  await sql`
    with recorded as (
      insert into delivery_attempts select r.* from ${recordset('delivery_attempts', attempts)} r
    )
    update deliveries d set
      status = r.status, attempts_made = r.attempts_made, due_at = r.due_at, last_attempt_at = r.last_attempt_at,
      last_status_code = r.last_status_code, last_error = r.last_error
    from ${recordset('deliveries', deliveries.map(deliveryToRow))} r
    where d.tenant_id = r.tenant_id and d.delivery_id = r.delivery_id and d.status = 'pending'`.execute(tx);
}

/** Ends what still waits for a deleted endpoint. */
export async function cancelDeliveries(db: Queryable, tenantId: string, laneId: string): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ status: 'canceled', due_at: null })
    .where('tenant_id', '=', tenantId)
    .where('lane_id', '=', laneId)
    .where('status', '=', 'pending')
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

export interface DeliveryFilter {
  readonly paymentId?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly status?: string | undefined;
}

/** Newest first; one row more than the limit. */
export async function selectDeliveries(
  db: Queryable,
  owner: Owner,
  filter: DeliveryFilter,
  page: PageOptions,
): Promise<readonly Delivery[]> {
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .orderBy('delivery_id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('delivery_id', '<', page.cursor);
  if (filter.paymentId !== undefined) query = query.where('payment_id', '=', filter.paymentId);
  if (filter.endpointId !== undefined) query = query.where('endpoint_id', '=', filter.endpointId);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  return (await query.execute()).map(deliveryFromRow);
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

function endpointFromRow(row: Selectable<Tables['webhook_endpoints']>): WebhookEndpoint {
  return {
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    mode: row.mode as Mode,
    url: row.url,
    eventTypes: row.event_types,
    dialect: row.dialect as WebhookEndpoint['dialect'],
    status: row.status as WebhookEndpoint['status'],
    description: row.description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
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

function deliveryFromRow(row: Selectable<Tables['deliveries']>): Delivery {
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
    trigger: row.trigger as Delivery['trigger'],
    status: row.status as DeliveryStatus,
    attemptsMade: row.attempts_made,
    dueAt: row.due_at,
    lastAttemptAt: row.last_attempt_at,
    lastStatusCode: row.last_status_code,
    lastError: row.last_error,
    createdAt: row.created_at,
  };
}

function deliveryToRow(delivery: Delivery): WholeRow<'deliveries'> {
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
    trigger: delivery.trigger,
    status: delivery.status,
    attempts_made: delivery.attemptsMade,
    due_at: delivery.dueAt,
    last_attempt_at: delivery.lastAttemptAt,
    last_status_code: delivery.lastStatusCode,
    last_error: delivery.lastError,
    created_at: delivery.createdAt,
  };
}
