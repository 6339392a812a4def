import { type RawBuilder, sql } from 'kysely';
import { violatedConstraint } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { LimitClaim } from './claim-limits.ts';

/** What a new payment holds of its counters, as it is stored. */
export function holdsOf(
  { tenantId, paymentId, createdAt }: TakingPayment,
  claims: readonly LimitClaim[],
): readonly WholeRow<'limit_holds'>[] {
  return claims.map(({ basket, subject, period, startsAt, amount, amountMax, countMax }) => ({
    tenant_id: tenantId,
    payment_id: paymentId,
    basket_tenant_id: basket.tenantId,
    basket_id: basket.basketId,
    subject,
    period,
    starts_at: startsAt,
    amount,
    amount_held: amount,
    payments_held: 1,
    amount_max: amountMax,
    payments_max: countMax,
    settled: false,
    above: false,
    created_at: createdAt,
    updated_at: createdAt,
  }));
}

interface TakingPayment {
  readonly tenantId: string;
  readonly paymentId: string;
  readonly createdAt: Temporal.Instant;
}

/**
 * The part of the statement that writes new payments which takes what they hold, of those that `placed` (tenant_id,
 * payment_id) has. Counters are added to, all payments of the statement together, in the order of their keys, and the
 * table's own constraints compare with the maxima: where one is broken nothing of the statement stands, and
 * `isLimitBroken` knows the error. Payments come before counters, here and where they are given back (release-limits.ts),
 * so that no two statements wait for each other crosswise.
 */
export function takenByPlaced(holds: readonly WholeRow<'limit_holds'>[]): RawBuilder<unknown> {
  return sql`, holds_new as (
      insert into limit_holds select r.* from ${recordset('limit_holds', holds)} r
      join placed using (tenant_id, payment_id)
      returning basket_tenant_id, basket_id, subject, period, starts_at, amount_held, payments_held, amount_max,
        payments_max
    ), limits_taken as (
      insert into limit_counters
        (tenant_id, basket_id, subject, period, starts_at, amount, payments, amount_max, payments_max)
      select basket_tenant_id, basket_id, subject, period, starts_at, sum(amount_held)::bigint,
        sum(payments_held)::integer, min(amount_max), min(payments_max)
      from holds_new group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
      on conflict on constraint limit_counters_pkey do update set
        amount = limit_counters.amount + excluded.amount, payments = limit_counters.payments + excluded.payments,
        amount_max = excluded.amount_max, payments_max = excluded.payments_max
    )`;
}

/** Whether a statement was undone because a payment of it would have passed a maximum. */
export function isLimitBroken(error: unknown): boolean {
  const constraint = violatedConstraint(error);
  return constraint === 'limit_counters_amount_check' || constraint === 'limit_counters_payments_check';
}
