import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { deliveryToRow } from './store-deliveries.ts';

/** Keeps a delivery that is over already, with its one attempt. */
export async function insertTrial(
  db: Queryable,
  delivery: Delivery,
  attempt: WholeRow<'delivery_attempts'>,
): Promise<void> {
  await sql`
    with tried as (insert into delivery_attempts select r.* from ${recordset('delivery_attempts', [attempt])} r)
    insert into deliveries select r.* from ${recordset('deliveries', [deliveryToRow(delivery)])} r`.execute(db);
}

/**
 * Notes that a test of the endpoint was passed, if it still is what was tested: its settings and its keys. Returns whether
 * it is.
 */
export async function notePassedTest(
  db: Queryable,
  tested: WebhookEndpoint,
  keyIds: readonly string[],
  at: Temporal.Instant,
): Promise<boolean> {
  const { rows } = await sql`
    update webhook_endpoints e set test_passed_at = ${at}
    where e.tenant_id = ${tested.tenantId} and e.endpoint_id = ${tested.endpointId} and e.status <> 'deleted'
      and e.updated_at = ${tested.updatedAt} and e.url = ${tested.url} and e.dialect = ${tested.dialect}
      and not exists (
        select from signing_secrets s
        where s.tenant_id = e.tenant_id and s.endpoint_id = e.endpoint_id and s.mode = e.mode
          and (s.expires_at is null or s.expires_at > ${at}) and s.secret_id <> all (${keyIds}::text[])
      )
    returning 1`.execute(db);
  return rows.length === 1;
}
