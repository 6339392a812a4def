import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { Owner } from './store.ts';
import { eventFromRow, type StoredEvent } from './store-deliveries.ts';

/**
 * What payments were when they were created: payment id → the object of its first event, with the last capture and the
 * reversal that were told of it (`capture`, `reversal`; null: none), and once it was paid with the attempt that did it and
 * the address it was paid for. None of these changes once the payment has ended, so that a resend says what the first
 * attempt said.
 */
export async function selectCreatedPayments(
  db: Queryable,
  payments: readonly { readonly tenantId: string; readonly paymentId: string }[],
): Promise<ReadonlyMap<string, unknown>> {
  if (payments.length === 0) return new Map();
  const { rows } = await sql<CreatedPaymentRow>`
    select e.payment_id, e.object, captured.object as capture, undone.object as reversal, paid.members as paid
    from (
      select distinct * from
        unnest(${payments.map(({ tenantId }) => tenantId)}::text[], ${payments.map(({ paymentId }) => paymentId)}::text[])
    ) as wanted (tenant_id, payment_id)
    join events e using (tenant_id, payment_id)
    left join lateral (
      select c.object from events c
      where c.tenant_id = e.tenant_id and c.payment_id = e.payment_id and c.type = 'capture.succeeded'
        and c.object ->> 'duplicate' is distinct from 'true'
      -- The one that closed it; of several events of one millisecond the ids do not tell which came last.
      order by c.object ->> 'final' = 'true' desc, c.created_at desc, c.event_id desc limit 1
    ) captured on true
    left join lateral (
      select r.object from events r
      where r.tenant_id = e.tenant_id and r.payment_id = e.payment_id and r.type = 'reversal.succeeded'
      order by r.event_id desc limit 1
    ) undone on true
    left join lateral (
      select json_build_object('latestAttempt', s.object -> 'latestAttempt',
        'shippingAddress', s.object -> 'shippingAddress') as members
      from events s
      where s.tenant_id = e.tenant_id and s.payment_id = e.payment_id and s.type = 'payment.succeeded'
      order by s.event_id limit 1
    ) paid on true
    where e.type = 'payment.created'`.execute(db);
  return new Map(rows.map(({ payment_id: id, object, paid, ...told }) => [id, { ...object, ...paid, ...told }]));
}

interface CreatedPaymentRow {
  readonly payment_id: string;
  readonly object: object;
  readonly capture: unknown;
  readonly reversal: unknown;
  readonly paid: object | null;
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
