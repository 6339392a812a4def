import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { Owner } from './store.ts';
import { eventFromRow, type StoredEvent } from './store-deliveries.ts';

/** What payments were when they were created: payment id → the object of its first event. */
export async function selectCreatedPayments(
  db: Queryable,
  payments: readonly { readonly tenantId: string; readonly paymentId: string }[],
): Promise<ReadonlyMap<string, unknown>> {
  if (payments.length === 0) return new Map();
  const { rows } = await sql<{ payment_id: string; object: unknown }>`
    select e.payment_id, e.object
    from (
      select distinct * from
        unnest(${payments.map(({ tenantId }) => tenantId)}::text[], ${payments.map(({ paymentId }) => paymentId)}::text[])
    ) as wanted (tenant_id, payment_id)
    join events e using (tenant_id, payment_id)
    where e.type = 'payment.created'`.execute(db);
  return new Map(rows.map((row) => [row.payment_id, row.object]));
}

interface EventFilter {
  readonly paymentId?: string | undefined;
  readonly type?: string | undefined;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectEvents(
  db: Queryable,
  owner: Owner,
  filter: EventFilter,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<readonly StoredEvent[]> {
  let query = db
    .selectFrom('events')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .orderBy('event_id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('event_id', '<', page.cursor);
  if (filter.paymentId !== undefined) query = query.where('payment_id', '=', filter.paymentId);
  if (filter.type !== undefined) query = query.where('type', '=', filter.type);
  return (await query.execute()).map(eventFromRow);
}

export async function selectEvent(db: Queryable, owner: Owner, eventId: string): Promise<StoredEvent | null> {
  const row = await db
    .selectFrom('events')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  return row === undefined ? null : eventFromRow(row);
}

/** What a payment was created with that decides where its events go; null: there is no such payment. */
export async function selectPaymentAddress(
  db: Queryable,
  owner: Owner,
  paymentId: string,
): Promise<{ readonly productId: string | null; readonly notificationUrl: string | null } | null> {
  const row = await db
    .selectFrom('events')
    .select(['product_id', 'notification_url'])
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('payment_id', '=', paymentId)
    .where('type', '=', 'payment.created')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { productId: row.product_id, notificationUrl: row.notification_url };
}
