import type pg from 'pg';

/** What the database holds of the payments that were said to be paid. */
interface Found {
  readonly payments: number;
  readonly attempts: number;
  readonly captures: number;
  readonly transfers: number;
  readonly events: number;
  readonly signals: number;
}

/**
 * Looks up payments that were said to be paid: each has succeeded with its whole amount, has one captured attempt, one
 * capture, one transfer in the ledger, one payment.succeeded, and one applied report.
 * @throws Error with the counts where anything differs
 */
export async function verifyPaid(pool: pg.Pool, paymentIds: readonly string[]): Promise<void> {
  const { rows } = await pool.query<Found>(
    `with told as materialized (
       select p.tenant_id, p.payment_id, p.amount, p.last_attempt_id
       from unnest($1::text[]) as t (payment_id) join payments p using (payment_id)
       where p.status = 'succeeded' and p.amount_captured = p.amount and p.open_attempt_id is null
     )
     select (select count(*)::int from told) as payments,
       (select count(*)::int from attempts a join told using (tenant_id, payment_id)
        where a.state = 'captured' and a.attempt_id = told.last_attempt_id) as attempts,
       (select count(*)::int from captures c join told using (tenant_id, payment_id)
        where c.status = 'succeeded' and c.amount = told.amount) as captures,
       (select count(*)::int from ledger_transfers l join told using (tenant_id, payment_id)
        where l.kind = 'capture' and l.amount = told.amount) as transfers,
       (select count(*)::int from events join told using (tenant_id, payment_id) where type = 'payment.succeeded') as events,
       (select count(*)::int from signals join told using (tenant_id, payment_id)
        where kind = 'attempt_reported' and outcome = 'applied') as signals`,
    [paymentIds],
  );
  const found = rows[0];
  const expected = paymentIds.length;
  if (found === undefined || Object.values(found).some((count) => count !== expected)) {
    throw new Error(`${expected} payments were said to be paid; the database has ${JSON.stringify(found)}`);
  }
}

/** Compares kept answers with those that were given: one under each key, with status 200. @throws Error where any differs */
export async function verifyKeptAnswers(pool: pg.Pool, route: string, keys: readonly string[]): Promise<void> {
  const { rows } = await pool.query<{ kept: number }>(
    `select count(*)::int as kept from idempotency_keys
     where route = $1 and idempotency_key = any($2::text[]) and state = 'done' and answer_status = 200`,
    [route, keys],
  );
  if (rows[0]?.kept !== keys.length) throw new Error(`${keys.length} answers were given and ${rows[0]?.kept} are kept`);
}
