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
    -- An object that was erased is null.
    where e.type = 'payment.created' and json_typeof(e.object) = 'object'`.execute(db);
  const told = new Map(rows.map(({ payment_id: id, object, paid, ...last }) => [id, { ...object, ...paid, ...last }]));
  const older = payments.filter(({ paymentId }) => !told.has(paymentId));
  return older.length === 0 ? told : new Map([...told, ...(await selectKeptPayments(db, older))]);
}

interface CreatedPaymentRow {
  readonly payment_id: string;
  readonly object: object;
  readonly capture: unknown;
  readonly reversal: unknown;
  readonly paid: object | null;
}

/**
 * The same of payments whose first events are not kept any more: a refund or a dispute may come years later, and is told
 * all the same. Made of what is kept for ever, in as far as somebody is told it.
 */
async function selectKeptPayments(
  db: Queryable,
  payments: readonly { readonly tenantId: string; readonly paymentId: string }[],
): Promise<readonly (readonly [string, unknown])[]> {
  const { rows } = await sql<{ payment_id: string; told: unknown }>`
    select p.payment_id, json_build_object(
      'id', p.payment_id, 'reference', p.reference, 'amount', p.amount, 'currency', p.currency, 'amountCaptured', 0,
      'productId', p.product_id, 'statementDescriptor', p.statement_descriptor, 'rrn2', p.rrn2,
      'cartItems', p.cart_items, 'latestAttempt', null,
      'capture', (
        select json_build_object('id', c.capture_id) from captures c
        where c.tenant_id = p.tenant_id and c.payment_id = p.payment_id and c.status = 'succeeded' and not c.duplicate
        order by c.final desc, c.created_at desc, c.capture_id desc limit 1),
      'reversal', (
        select json_build_object('id', r.reversal_id, 'amount', r.amount, 'currency', r.currency, 'reason', r.reason)
        from reversals r
        where r.tenant_id = p.tenant_id and r.payment_id = p.payment_id and r.status = 'succeeded'
        order by r.reversal_id desc limit 1)
      ) as told
    from payments p
    join unnest(${payments.map(({ tenantId }) => tenantId)}::text[], ${payments.map(({ paymentId }) => paymentId)}::text[])
      as wanted (tenant_id, payment_id) using (tenant_id, payment_id)`.execute(db);
  return rows.map(({ payment_id: id, told }) => [id, told]);
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
    .selectFrom('payments')
    .select(['product_id', 'notification_url'])
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('payment_id', '=', paymentId)
    .executeTakeFirst();
  return row === undefined ? null : { productId: row.product_id, notificationUrl: row.notification_url };
}
