import type pg from 'pg';

/**
 * The rows of one payment, or of one notification, as the gateway wrote them, taken apart into statements that write such rows again under new
 * keys. `{name}` stands for a parameter: pgbench and our own driver write it differently.
 */
export interface BaselineRows {
  /** One insert for each table. */
  readonly inserts: readonly string[];
  /** The same as one statement. */
  readonly combined: string;
  /** Every parameter but `{n}`, which counts transactions and makes the keys. */
  readonly values: Readonly<Record<string, string>>;
  /** The table that has one new row for each transaction. */
  readonly counted: string;
}

export type SampleRow = Readonly<Record<string, unknown>>;
export type KeyColumn = readonly [column: string, prefix: string, kind: 'text' | 'hash'];

/** The tables in the order a program without statements of several tables would write them. */
const TABLES = ['payments', 'checkout_tokens', 'events', 'outbox', 'idempotency_keys'] as const;
type Table = (typeof TABLES)[number];

/**
 * Keys are as long as the gateway's. Those that rise with time there do so here, and idempotency keys and token hashes
 * are as scattered, so that indexes grow alike.
 */
const KEYS: Readonly<Record<Table, readonly KeyColumn[]>> = {
  payments: [
    ['payment_id', 'pay_', 'text'],
    ['reference', 'base-', 'text'],
  ],
  checkout_tokens: [
    ['token_hash', '', 'hash'],
    ['payment_id', 'pay_', 'text'],
  ],
  events: [
    ['event_id', 'evt_', 'text'],
    ['payment_id', 'pay_', 'text'],
  ],
  outbox: [
    ['outbox_id', 'ob_', 'text'],
    ['subject_id', 'evt_', 'text'],
  ],
  idempotency_keys: [
    ['idempotency_key', '', 'hash'],
    ['resource_id', 'pay_', 'text'],
  ],
};

/** Reads what creating this payment wrote. @throws Error where a row is missing */
export async function readSample(pool: pg.Pool, paymentId: string): Promise<Readonly<Record<Table, SampleRow>>> {
  const one = async (text: string): Promise<SampleRow> => {
    const { rows } = await pool.query<{ row: SampleRow }>(text, [paymentId]);
    if (rows[0] === undefined) throw new Error('The sample payment has no row of every kind');
    return rows[0].row;
  };
  const payments = await one('select to_jsonb(t) as row from payments t where payment_id = $1');
  const events = await one(
    `select to_jsonb(t) as row from events t where payment_id = $1 and type = 'payment.created'`,
  );
  return {
    payments,
    events,
    checkout_tokens: await one('select to_jsonb(t) as row from checkout_tokens t where payment_id = $1'),
    idempotency_keys: await one('select to_jsonb(t) as row from idempotency_keys t where resource_id = $1'),
    // The relay has removed the real one by now.
    outbox: {
      tenant_id: events.tenant_id,
      outbox_id: String(events.event_id).replace('evt_', 'ob_'),
      shard: 7,
      topic: 'event',
      subject_id: events.event_id,
      due_at: payments.due_at,
    },
  };
}

/** Makes the statements that write such payments. */
export function baselineRows(sample: Readonly<Record<Table, SampleRow>>): BaselineRows {
  return rowsLike(TABLES.map((table) => ({ table, row: sample[table], keys: KEYS[table] })));
}

/** Makes statements that write rows like these under new keys; the first table is counted. */
export function rowsLike(
  samples: readonly { readonly table: string; readonly row: SampleRow; readonly keys: readonly KeyColumn[] }[],
): BaselineRows {
  const values: Record<string, string> = {};
  const inserts = samples.map(({ table, row, keys }) => {
    const given = Object.entries(row).filter(([, value]) => value !== null);
    const expressions = given.map(([column, value]) => {
      const key = keys.find(([name]) => name === column);
      if (key !== undefined) return keyExpression(key, String(value));
      const name = `${table}_${column}`;
      values[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
      return `{${name}}`;
    });
    return `insert into ${table} (${given.map(([column]) => column).join(', ')}) values (${expressions.join(', ')})`;
  });
  const parts = inserts.slice(0, -1).map((insert, index) => `${samples[index]?.table}_new as (${insert})`);
  return { inserts, combined: `with ${parts.join(', ')} ${inserts.at(-1)}`, values, counted: samples[0]?.table ?? '' };
}

function keyExpression([column, prefix, kind]: KeyColumn, like: string): string {
  const digits = '{n}::bigint::text';
  if (column === 'token_hash') return `sha256(${digits}::bytea)`;
  if (kind === 'hash') return `left(md5(${digits}) || 'tail', ${like.length})`;
  return `'${prefix}' || lpad(${digits}, ${like.length - prefix.length}, '0')`;
}
