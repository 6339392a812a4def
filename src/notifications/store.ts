import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';
import { ackPolicy } from './ack-policy.ts';
import type { WebhookEndpoint } from './endpoint.ts';

export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

/**
 * Until the transaction ends nobody else changes what the tenant has set for its notifications. The tenant's row stands
 * for all of it; this lock lets pass whoever only refers to the tenant, such as new payments.
 */
export async function lockConfiguration(tx: Queryable, { tenantId }: Pick<Owner, 'tenantId'>): Promise<void> {
  await sql`select 1 from tenants where tenant_id = ${tenantId} for no key update`.execute(tx);
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
      merchant_code: endpoint.merchantCode,
      profile: endpoint.profile,
      ...settingsToRow(endpoint),
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
      dialect: endpoint.dialect,
      merchant_code: endpoint.merchantCode,
      profile: endpoint.profile,
      ...settingsToRow(endpoint),
      status: endpoint.status,
      description: endpoint.description,
      updated_at: endpoint.updatedAt,
    })
    .where('tenant_id', '=', endpoint.tenantId)
    .where('endpoint_id', '=', endpoint.endpointId)
    .execute();
}

function settingsToRow(endpoint: WebhookEndpoint) {
  return {
    product_id: endpoint.productId,
    additional: endpoint.additional,
    ack_policy: JSON.stringify(endpoint.ackPolicy),
    schedule: endpoint.schedule === null ? null : JSON.stringify(endpoint.schedule),
    rate_limit: endpoint.rateLimit,
    ordered: endpoint.ordered,
    disable_after_seconds: endpoint.disableAfterSeconds,
    test_passed_at: endpoint.testPassedAt,
  };
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

/** The same, locked until the transaction ends, so that two changes do not lose one. */
export async function lockEndpoint(tx: Queryable, owner: Owner, endpointId: string): Promise<WebhookEndpoint | null> {
  const row = await tx
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('endpoint_id', '=', endpointId)
    .where('status', '<>', 'deleted')
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? null : endpointFromRow(row);
}

export async function countEndpoints(db: Queryable, { tenantId, mode }: Owner): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from webhook_endpoints
    where tenant_id = ${tenantId} and mode = ${mode} and status <> 'deleted'`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function selectEndpoints(
  db: Queryable,
  owner: Owner,
  page: PageOptions,
): Promise<readonly WebhookEndpoint[]> {
  const query = db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('status', '<>', 'deleted')
    .$call(newestFirst('endpoint_id', page));
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

/** Whose signing secrets: an endpoint's, or the tenant's own of a mode. */
export interface SecretOwner {
  readonly tenantId: string;
  readonly mode: Mode;
  /** An endpoint's id, or DEFAULT_SECRET. */
  readonly endpointId: string;
}

export type SecretPurpose = 'signing' | 'signing_ed25519' | 'data_protection' | 'notification';

interface NewSecret extends SecretOwner {
  readonly secretId: string;
  readonly purpose: SecretPurpose;
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
      purpose: secret.purpose,
      secret_sealed: secret.sealed,
      created_at: secret.createdAt,
    })
    .execute();
}

export function selectSigningSecrets(db: Queryable, owner: SecretOwner, now: Temporal.Instant) {
  return (
    db
      .selectFrom('signing_secrets')
      .select(['secret_id', 'purpose', 'secret_sealed', 'created_at', 'expires_at'])
      .where('tenant_id', '=', owner.tenantId)
      .where('endpoint_id', '=', owner.endpointId)
      .where('mode', '=', owner.mode)
      .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', now)]))
      // The newest has no end yet; of two made in one millisecond the id does not tell which came first.
      .orderBy('expires_at', (order) => order.desc().nullsFirst())
      .orderBy('secret_id', 'desc')
      .execute()
  );
}

export function endpointFromRow(row: Selectable<Tables['webhook_endpoints']>): WebhookEndpoint {
  return {
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    mode: row.mode as Mode,
    url: row.url,
    eventTypes: row.event_types,
    dialect: row.dialect as WebhookEndpoint['dialect'],
    merchantCode: row.merchant_code,
    profile: row.profile as WebhookEndpoint['profile'],
    productId: row.product_id,
    additional: row.additional,
    ackPolicy: ackPolicy.parse(row.ack_policy),
    schedule: row.schedule as number[] | null,
    rateLimit: row.rate_limit,
    ordered: row.ordered,
    disableAfterSeconds: row.disable_after_seconds,
    testPassedAt: row.test_passed_at,
    status: row.status as WebhookEndpoint['status'],
    description: row.description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
