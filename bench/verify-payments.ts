import type pg from 'pg';
import type { AnsweredPayment } from './load-driver.ts';

/** What the database holds of the payments that were answered with 201. */
interface Found {
  readonly payments: number;
  readonly tokens: number;
  readonly events: number;
  readonly keys: number;
  /** Payments of the window, acknowledged or not. */
  readonly all: number;
}

/**
 * Compares a window's answers with the database: each 201 is one payment under the id it was given, with one token, one
 * event and one kept answer, and there is no payment that nobody was told of.
 * @throws Error with the counts where anything differs
 */
export async function verifyPayments(
  pool: pg.Pool,
  prefix: string,
  created: readonly AnsweredPayment[],
): Promise<void> {
  const { rows } = await pool.query<Found>(
    `with told as materialized (
       select * from unnest($1::text[], $2::text[], $3::text[]) as t (reference, idempotency_key, payment_id)
     ), paid as materialized (
       select p.tenant_id, p.mode, p.payment_id, told.idempotency_key
       from payments p join told using (reference, payment_id) where p.reference like $4 || '-%'
     )
     select (select count(*)::int from paid) as payments,
       (select count(*)::int from checkout_tokens join paid using (tenant_id, payment_id)) as tokens,
       (select count(*)::int from events join paid using (tenant_id, payment_id) where type = 'payment.created') as events,
       (select count(*)::int from idempotency_keys k join paid using (tenant_id, mode, idempotency_key)
        where k.resource_id = paid.payment_id and k.answer_status = 201) as keys,
       (select count(*)::int from payments where reference like $4 || '-%') as all`,
    [created.map(([reference]) => reference), created.map(([, key]) => key), created.map(([, , id]) => id), prefix],
  );
  const found = rows[0];
  const expected = created.length;
  if (found === undefined || Object.values(found).some((count) => count !== expected)) {
    throw new Error(`${expected} payments were answered with 201; the database has ${JSON.stringify(found)}`);
  }
}

const RELAY_LIMIT_MS = 60_000;

/**
 * Waits until the relay has passed on everything, so that its work is not done in the baseline's time.
 * Returns how long it took, in milliseconds. @throws Error after the limit
 */
export async function waitForRelay(pool: pg.Pool): Promise<number> {
  const start = performance.now();
  for (;;) {
    const { rows } = await pool.query<{ waiting: boolean }>('select exists (select from outbox) as waiting');
    const waitedMs = performance.now() - start;
    if (rows[0]?.waiting !== true) return waitedMs;
    if (waitedMs > RELAY_LIMIT_MS) throw new Error(`The relay was not done after ${RELAY_LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
