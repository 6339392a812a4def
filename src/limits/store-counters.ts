import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';

/** Names one counter. */
export interface CounterKey {
  /** The basket's. */
  readonly tenantId: string;
  readonly basketId: string;
  readonly subject: Uint8Array;
  readonly period: 'day' | 'month';
  readonly startsAt: Temporal.Instant;
}

/** What is taken of a counter. */
export interface Counted {
  readonly amount: bigint;
  readonly count: number;
}

/** What was taken of any number of counters, in the order wanted; nothing of those that do not exist yet. */
export async function selectCounters(db: Queryable, keys: readonly CounterKey[]): Promise<readonly Counted[]> {
  const { rows } = await sql<{ position: bigint; amount: bigint; payments: number }>`
    select w.position, c.amount, c.payments
    from ${wanted(keys)} join limit_counters c using (tenant_id, basket_id, subject, period, starts_at)`.execute(db);
  const found = new Map(
    rows.map(({ position, amount, payments }) => [Number(position) - 1, { amount, count: payments }]),
  );
  return keys.map((_, index) => found.get(index) ?? { amount: 0n, count: 0 });
}

/** What of each counter is held by payments that have not come to an end. */
export async function selectHeld(db: Queryable, keys: readonly CounterKey[]): Promise<readonly Counted[]> {
  const { rows } = await sql<{ position: bigint; amount: bigint; payments: bigint }>`
    select w.position, sum(h.amount_held) as amount, sum(h.payments_held) as payments
    from ${wanted(keys)} join limit_holds h
      on h.basket_tenant_id = w.tenant_id and h.basket_id = w.basket_id and h.subject = w.subject
      and h.period = w.period and h.starts_at = w.starts_at and not h.settled
    group by w.position`.execute(db);
  const found = new Map(rows.map((row) => [Number(row.position) - 1, row]));
  return keys.map((_, index) => {
    const row = found.get(index);
    return { amount: row?.amount ?? 0n, count: Number(row?.payments ?? 0n) };
  });
}

function wanted(keys: readonly CounterKey[]) {
  return sql`unnest(
      ${keys.map(({ tenantId }) => tenantId)}::text[], ${keys.map(({ basketId }) => basketId)}::text[],
      ${keys.map(({ subject }) => Buffer.from(subject))}::bytea[], ${keys.map(({ period }) => period)}::text[],
      ${keys.map(({ startsAt }) => startsAt)}::timestamptz[]
    ) with ordinality as w (tenant_id, basket_id, subject, period, starts_at, position)`;
}
