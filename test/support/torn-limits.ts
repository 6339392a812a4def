import type { TestDatabase } from './database.ts';

/**
 * Whatever contradicts itself in the limits, as one row each; none is well. A counter is the sum of what payments hold of
 * it, and a hold is its payment's share: all while it is open, then what was captured and not refunded, rounded up.
 */
export function findTornLimits(database: TestDatabase): Promise<readonly Record<string, unknown>[]> {
  return database.run(`
    with held as (
      select basket_tenant_id as tenant_id, basket_id, subject, period, starts_at,
        sum(amount_held)::bigint as amount, sum(payments_held)::int as payments
      from limit_holds group by 1, 2, 3, 4, 5
    ), shares as (
      select h.*, p.status, case
          when p.status in ('created', 'processing', 'authorized') then p.amount - p.amount_refunded
          when p.status = 'succeeded' then p.amount_captured - p.amount_refunded
          else 0
        end as kept, p.amount as total, p.holds_limits
      from limit_holds h join payments p using (tenant_id, payment_id)
    )
    select 'counter' as what, coalesce(c.basket_id, held.basket_id) as id, coalesce(c.period, held.period) as period,
      c.amount::text as is, held.amount::text as should
    from limit_counters c full join held using (tenant_id, basket_id, subject, period, starts_at)
    where c.amount is distinct from held.amount or c.payments is distinct from held.payments
    union all
    select 'hold', payment_id || ' ' || status, period, amount_held::text,
      ceil(amount::numeric * kept / total)::text
    from shares
    where amount_held <> ceil(amount::numeric * kept / total) or payments_held <> (kept > 0)::int or not holds_limits
      or settled <> (status not in ('created', 'processing', 'authorized'))`);
}
