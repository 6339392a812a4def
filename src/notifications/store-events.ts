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
