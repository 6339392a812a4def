import { type RawBuilder, sql } from 'kysely';
import { takenByPlaced } from '../limits/take-limits.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';

/** Everything that creating one payment writes. */
export interface NewPayment {
  readonly payment: WholeRow<'payments'>;
  readonly token: WholeRow<'checkout_tokens'>;
  readonly event: WholeRow<'events'>;
  readonly outbox: WholeRow<'outbox'>;
  /** The kept first answer; resource_id is the payment. null where the request came without a key. */
  readonly key: WholeRow<'idempotency_keys'> | null;
  /** Where a partner made it. */
  readonly order?: WholeRow<'partner_orders'>;
  /** What it takes of limits. */
  readonly holds?: readonly WholeRow<'limit_holds'>[];
}

/**
 * Writes any number of new payments as one statement, each whole or not at all, and returns the ids of those written.
 * A payment is passed over where its reference or its idempotency key has been used; the caller finds out which.
 * References are sorted, so that two such statements never wait for each other crosswise.
 * Breaks idempotency_keys_pkey, and writes nothing, where a key came twice at once with different references, and a
 * constraint of limit_counters where a payment would pass a maximum.
 */
export async function insertPayments(db: Queryable, items: readonly NewPayment[]): Promise<ReadonlySet<string>> {
  const keys = items.flatMap(({ key }) => (key === null ? [] : [key]));
  const orders = items.flatMap(({ order = [] }) => order);
  const holds = items.flatMap((item) => item.holds ?? []);
  const { rows } = await sql<{ payment_id: string }>`
    with keys as materialized (
      select * from ${recordset('idempotency_keys', keys)} k
    ), used as (
      select keys.resource_id from keys
      join idempotency_keys known using (tenant_id, mode, route, idempotency_key)
    ), placed as (
      insert into payments select r.* from ${recordset(
        'payments',
        items.map(({ payment }) => payment),
      )} r
      where r.payment_id not in (select resource_id from used)
      order by r.tenant_id, r.mode, r.reference
      on conflict on constraint payments_reference_key do nothing
      returning tenant_id, payment_id
    ), keys_new as (
      insert into idempotency_keys select keys.* from keys
      join placed on placed.tenant_id = keys.tenant_id and placed.payment_id = keys.resource_id
      order by keys.tenant_id, keys.mode, keys.route, keys.idempotency_key
    ), tokens_new as (
      insert into checkout_tokens select r.* from ${recordset(
        'checkout_tokens',
        items.map(({ token }) => token),
      )} r
      join placed using (tenant_id, payment_id)
    ), told as materialized (
      select r.* from ${recordset(
        'events',
        items.map(({ event }) => event),
      )} r
      join placed using (tenant_id, payment_id)
    ), events_new as (
      insert into events select * from told
    ), outbox_new as (
      insert into outbox select r.* from ${recordset(
        'outbox',
        items.map(({ outbox }) => outbox),
      )} r
      join told on told.tenant_id = r.tenant_id and told.event_id = r.subject_id
    )${orders.length === 0 ? NOTHING : ordersNew(orders)}${holds.length === 0 ? NOTHING : takenByPlaced(holds)}
    select payment_id from placed`.execute(db);
  return new Set(rows.map((row) => row.payment_id));
}

const NOTHING = sql``;

/** A part of the statement where partners made payments, so that all others are spared it. */
function ordersNew(orders: readonly WholeRow<'partner_orders'>[]): RawBuilder<unknown> {
  return sql`, orders_new as (
      insert into partner_orders select r.* from ${recordset('partner_orders', orders)} r
      join placed using (tenant_id, payment_id)
    )`;
}

/** The payment that used a reference first. */
export async function selectPaymentIdByReference(
  db: Queryable,
  owner: { readonly tenantId: string; readonly mode: string },
  reference: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('payments')
    .select('payment_id')
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('reference', '=', reference)
    .executeTakeFirst();
  return row?.payment_id ?? null;
}
