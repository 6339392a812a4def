import { type RawBuilder, sql } from 'kysely';

/** What a payment still counts against its limits: `kept` of `total`, in minor units. */
export interface LimitChange {
  readonly tenantId: string;
  readonly paymentId: string;
  readonly kept: bigint;
  readonly total: bigint;
  /** It has come to an end. */
  readonly settled: boolean;
  readonly at: Temporal.Instant;
}

/**
 * The parts of the statement that writes payments which bring their holds, and the counters with them, to what is still
 * paid, of those that `moved` (tenant_id, payment_id) has. Each hold is set to its share of the payment, rounded up, and
 * its counter moves by the difference: it depends on how the payment stands and not on how it came there, so nothing is
 * given back twice, and partial refunds of any number leave no rest. Holds change only under their payment's version, so
 * what the statement reads of them is what it changes. Counters are locked in the order of their keys, after the payments.
 * Money that moved after all is counted again whatever the maximum is, and the hold says so (`above`).
 */
export function heldByMoved(changes: readonly LimitChange[]): readonly RawBuilder<unknown>[] {
  return [
    sql`holds_changing as materialized (
      select h.tenant_id, h.payment_id, h.basket_tenant_id, h.basket_id, h.subject, h.period, h.starts_at,
        h.amount_held, h.payments_held, h.amount_max, h.payments_max, w.settled, w.at,
        div(h.amount::numeric * w.kept + w.total - 1, w.total)::bigint as amount_next,
        case when w.kept > 0 then 1 else 0 end as payments_next
      from unnest(
        ${changes.map(({ tenantId }) => tenantId)}::text[], ${changes.map(({ paymentId }) => paymentId)}::text[],
        ${changes.map(({ kept }) => kept)}::bigint[], ${changes.map(({ total }) => total)}::bigint[],
        ${changes.map(({ settled }) => settled)}::boolean[], ${changes.map(({ at }) => at)}::timestamptz[]
      ) as w (tenant_id, payment_id, kept, total, settled, at)
      join moved using (tenant_id, payment_id)
      join limit_holds h using (tenant_id, payment_id)
    )`,
    sql`counters_locked as materialized (
      select c.tenant_id, c.basket_id, c.subject, c.period, c.starts_at, c.amount, c.payments,
        d.amount_change, d.payments_change
      from (
        select basket_tenant_id as tenant_id, basket_id, subject, period, starts_at,
          sum(amount_next - amount_held)::bigint as amount_change,
          sum(payments_next - payments_held)::integer as payments_change
        from holds_changing where amount_next <> amount_held or payments_next <> payments_held
        group by 1, 2, 3, 4, 5
      ) d join limit_counters c using (tenant_id, basket_id, subject, period, starts_at)
      order by 1, 2, 3, 4, 5
      for update of c
    )`,
    sql`counters_put as (
      update limit_counters c set amount = c.amount + l.amount_change, payments = c.payments + l.payments_change,
        amount_max = case when l.amount_change > 0 or l.payments_change > 0 then null else c.amount_max end,
        payments_max = case when l.amount_change > 0 or l.payments_change > 0 then null else c.payments_max end
      from counters_locked l
      where c.tenant_id = l.tenant_id and c.basket_id = l.basket_id and c.subject = l.subject
        and c.period = l.period and c.starts_at = l.starts_at
    )`,
    sql`holds_put as (
      update limit_holds h set amount_held = n.amount_next, payments_held = n.payments_next, settled = n.settled,
        updated_at = n.at, above = h.above or (
          (n.amount_next > n.amount_held or n.payments_next > n.payments_held) and coalesce(
            l.amount + l.amount_change > n.amount_max or l.payments + l.payments_change > n.payments_max, false
          )
        )
      from holds_changing n left join counters_locked l
        on l.tenant_id = n.basket_tenant_id and l.basket_id = n.basket_id and l.subject = n.subject
        and l.period = n.period and l.starts_at = n.starts_at
      where h.tenant_id = n.tenant_id and h.payment_id = n.payment_id and h.basket_id = n.basket_id
        and h.subject = n.subject and h.period = n.period
    )`,
  ];
}
