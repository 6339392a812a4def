import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { WebhookEndpoint } from './endpoint.ts';

interface DeliveryName {
  readonly tenantId: string;
  readonly deliveryId: string;
}

const tenantsOf = (names: readonly DeliveryName[]) => names.map(({ tenantId }) => tenantId);
const idsOf = (names: readonly DeliveryName[]) => names.map(({ deliveryId }) => deliveryId);

export async function cancelDeliveriesById(tx: Queryable, names: readonly DeliveryName[], why: string): Promise<void> {
  await sql`
    update deliveries d set status = 'canceled', due_at = null,
      last_error = concat_ws('. ', d.last_error, ${why}::text)
    from unnest(${tenantsOf(names)}::text[], ${idsOf(names)}::text[]) as wanted (tenant_id, delivery_id)
    where d.tenant_id = wanted.tenant_id and d.delivery_id = wanted.delivery_id
      and d.status in ('pending', 'exhausted')`.execute(tx);
}

/** Also where the schedule was used up a moment ago, in the same transaction. */
export async function setDueAt(
  tx: Queryable,
  names: readonly (DeliveryName & { readonly dueAt: Temporal.Instant })[],
): Promise<void> {
  await sql`
    update deliveries d set status = 'pending', due_at = wanted.due_at
    from unnest(
      ${tenantsOf(names)}::text[], ${idsOf(names)}::text[], ${names.map(({ dueAt }) => dueAt)}::timestamptz[]
    ) as wanted (tenant_id, delivery_id, due_at)
    where d.tenant_id = wanted.tenant_id and d.delivery_id = wanted.delivery_id
      and d.status in ('pending', 'exhausted')`.execute(tx);
}

export async function selectDeliveryEnds(db: Queryable, names: readonly DeliveryName[]) {
  const { rows } = await sql<{ tenant_id: string; delivery_id: string; lane_id: string }>`
    select d.tenant_id, d.delivery_id, d.lane_id from deliveries d
    join unnest(${tenantsOf(names)}::text[], ${idsOf(names)}::text[]) as wanted (tenant_id, delivery_id)
      using (tenant_id, delivery_id)
    where d.status = 'pending'`.execute(db);
  return rows.map((row) => ({ tenantId: row.tenant_id, deliveryId: row.delivery_id, laneId: row.lane_id }));
}

/** Whether the endpoint in the table has passed a test as it is described; locked, so that it stays so. */
export async function lockTested(
  tx: Queryable,
  { tenantId, endpointId, url, dialect }: Pick<WebhookEndpoint, 'tenantId' | 'endpointId' | 'url' | 'dialect'>,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from webhook_endpoints
    where tenant_id = ${tenantId} and endpoint_id = ${endpointId} and url = ${url} and dialect = ${dialect}
      and test_passed_at is not null
    for update`.execute(tx);
  return rows.length === 1;
}
