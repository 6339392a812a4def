import type pg from 'pg';

/** A tenant has so many of the rows that plans meet both many tenants and tenants with many rows. */
export const TENANTS = 1_000;
/** One payment in four was told to somebody. */
const PAYMENTS_PER_DELIVERY = 4;
/** Lanes with due deliveries, and how many wait in each. */
const LANES = 1_000;
const DUE_IN_A_LANE = 100;

/** The ids of the made tenants and lanes, by their number from 0. */
export const tenantNumber = (n: number) => `ten_${String(n).padStart(26, '0')}`;
export const laneNumber = (n: number) => `we_${String(n).padStart(26, '0')}`;

const TENANT = `'ten_' || lpad((n % ${TENANTS})::text, 26, '0')`;
const id = (prefix: string, number = 'n') => `'${prefix}_' || lpad((${number})::text, 26, '0')`;
const AT = `timestamptz '2026-01-01T00:00:00Z' + n * interval '1 second'`;

/** Each fills a table from `n` = 1 to $1; everything is over and told, so that nothing is left for a worker but what is due. */
const STATEMENTS = [
  `insert into payments (tenant_id, payment_id, mode, reference, amount, currency, capture_method, status, version,
     amount_authorized, amount_captured, attempts_max, description, return_url, customer_sealed, request_shipping,
     metadata, expires_at, created_at, updated_at)
   select ${TENANT}, ${id('pay')}, 'test', 'order-' || n, 4990, 'EUR', 'automatic', 'succeeded', 3, 4990, 4990, 3,
     'Two tickets', 'https://shop.example/thanks?order=' || n, sha256(n::text::bytea), false,
     '{"channel": "web"}', ${AT}, ${AT}, ${AT}
   from generate_series(1, $1::int) n`,
  `insert into events (tenant_id, event_id, mode, type, api_version, payment_id, object, created_at)
   select ${TENANT}, ${id('evt')}, 'test', 'payment.created', '2026-11-21', ${id('pay')},
     jsonb_build_object('id', ${id('pay')}, 'object', 'payment', 'amount', 4990, 'status', 'created'), ${AT}
   from generate_series(1, $1::int) n`,
  `insert into checkout_tokens (token_hash, tenant_id, payment_id, expires_at)
   select sha256(n::text::bytea), ${TENANT}, ${id('pay')}, ${AT} from generate_series(1, $1::int) n`,
  `insert into idempotency_keys (tenant_id, mode, route, idempotency_key, fingerprint, state, resource_id, answer_status,
     answer_sealed, created_at)
   select ${TENANT}, 'test', 'createPayment', md5(n::text), md5(n::text), 'done', ${id('pay')}, 201,
     sha256(n::text::bytea), ${AT} from generate_series(1, $1::int) n`,
  `insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, payment_id, mode, endpoint_id, trigger,
     status, attempts_made, last_attempt_at, last_status_code, created_at)
   select ${TENANT}, ${id('whd')}, ${id('we', `n % ${LANES}`)}, ${id('evt')}, 'payment.created', ${id('pay')}, 'test',
     ${id('we', `n % ${LANES}`)}, 'automatic', 'succeeded', 1, ${AT}, 200, ${AT}
   from generate_series(1, $1::int) n`,
];

const DUE = [
  `insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, payment_id, mode, endpoint_id, trigger,
     status, due_at, created_at)
   select ${TENANT}, ${id('whd', '1000000000 + n')}, ${id('we', `n % ${LANES}`)}, ${id('evt')}, 'payment.succeeded',
     ${id('pay')}, 'test', ${id('we', `n % ${LANES}`)}, 'resend', 'pending', ${AT}, ${AT}
   from generate_series(1, $1::int) n`,
  `insert into lanes (kind, lane_id, tenant_id, next_due_at)
   select 'delivery', ${id('we')}, ${TENANT}, ${AT} from generate_series(0, $1::int - 1) n`,
];

/** Fills a migrated database and lets the planner look at it. Returns the seconds it took. */
export async function fillRows(pool: pg.Pool, rows: number): Promise<number> {
  const start = performance.now();
  const [payments = '', events = '', tokens = '', keys = '', deliveries = ''] = STATEMENTS;
  const [due = '', lanes = ''] = DUE;
  const rebuild = await dropIndexes(pool);
  // Two at a time, as many as the pool has connections.
  await Promise.all([
    fill(pool, [payments, tokens], rows),
    fill(pool, [events, keys], rows).then(() => fill(pool, [deliveries], Math.floor(rows / PAYMENTS_PER_DELIVERY))),
    fill(pool, [lanes], LANES),
  ]);
  await fill(pool, [due], LANES * DUE_IN_A_LANE);
  await Promise.all(rebuild.map((text) => pool.query(text)));
  await pool.query('vacuum analyze');
  return (performance.now() - start) / 1_000;
}

/** Takes away what is no constraint, since building an index at the end takes a fraction of the time. */
async function dropIndexes(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i
     where i.indrelid = any('{payments,events,checkout_tokens,deliveries}'::regclass[])
       and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
  );
  for (const { name } of rows) await pool.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}

async function fill(pool: pg.Pool, statements: readonly string[], rows: number): Promise<void> {
  for (const text of statements) await pool.query(text, [rows]);
}
