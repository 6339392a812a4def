import pg from 'pg';
import { ownerIn } from './bench-tenant.ts';
import type { Life, SampleRow } from './sample-lives.ts';

/** The type of each column as SQL writes it, by `table.column`. */
export type ColumnTypes = ReadonlyMap<string, string>;

/** Payments take turns in what becomes of them. */
const TURNS = 20;

/** An id: its prefix, then 26 characters of which every payment that is made gets its own. */
const ID = /([a-z]+)_([0-7][0-9a-hjkmnp-tv-z]{25})(?![0-9a-z])/g;
/** The last character of a made id tells the ids of one payment apart; in ASCII order, as they came in the sample. */
const LAST_CHARACTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * What must be another in every row and holds no id: references rise as an order's number does; keys and hashes are as
 * scattered over their index as the program's are.
 */
const OWN_VALUES: Readonly<Record<string, (row: SampleRow) => string>> = {
  'payments.reference': () => `'order-' || n`,
  'payments.order_id': () => `'basket-' || n`,
  'checkout_tokens.token_hash': () => `sha256(('token' || n)::bytea)`,
  'idempotency_keys.idempotency_key': ({ values }) => `md5(${literal(`${values.route}`)} || n)::uuid::text`,
};

/** Bytes of a sealed value that are kept. */
const SEALED_BYTES = 16;

/**
 * Long values that are only ever read by their row's key, cut short: nothing looks at those of old rows, and whole they
 * are most of what a million payments would take to write. A row costs as many index entries either way.
 */
const SHORTENED: Readonly<Record<string, (value: unknown) => unknown>> = {
  'events.object': (object) => {
    const { id, object: noun, status, tenantId } = object as Readonly<Record<string, unknown>>;
    return { id, object: noun, status, tenantId };
  },
  'payments.customer_sealed': shortBytes,
  'attempts.request_sealed': shortBytes,
  'idempotency_keys.answer_sealed': shortBytes,
};

function shortBytes(hex: unknown): string {
  return String(hex).slice(0, '\\x'.length + 2 * SEALED_BYTES);
}

/**
 * The statement that writes a life again under other ids: for each tenant of $1 the numbers `n` from $2 to $3 whose
 * turn is among $4. One statement for all tables, because the database takes no payment without what its amounts are
 * made of. Answers how many payments it made.
 */
export function lifeStatement(life: Life, types: ColumnTypes): string {
  const place = placesIn(life);
  const puts = life.rows.map((row, index) => `put_${index} as (${insertOf(row, place, types)})`);
  return `
with made as materialized (
  select n, tenant, substr(tenant, 5) as owner, lpad(n::text, 25, '0') as digits, n * interval '1 second' as age
  from unnest($1::text[], $2::int[], $3::int[]) as share (tenant, first, last), generate_series(first, last) n
  where n % ${TURNS} = any($4::int[])
),
${puts.join(',\n')}
select count(*)::int as payments from made`;
}

/** What stands for the 26 characters of an id of the sample. */
type PlaceOf = (characters: string) => string;

function placesIn({ tenantId, rows }: Life): PlaceOf {
  const owner = ownerIn(tenantId);
  const all = [...JSON.stringify(rows).matchAll(ID)].map(([, , characters = '']) => characters);
  const own = [...new Set(all)].filter((characters) => characters !== owner).sort();
  if (own.length > LAST_CHARACTERS.length) throw new Error(`A life has ${own.length} ids, more than can be told apart`);
  return (characters) =>
    characters === owner ? 'owner' : `digits || '${LAST_CHARACTERS.charAt(own.indexOf(characters))}'`;
}

function insertOf(row: SampleRow, place: PlaceOf, types: ColumnTypes): string {
  const columns = Object.entries(row.values).filter(([, value]) => value !== null);
  const values = columns.map(([column, value]) => {
    const name = `${row.table}.${column}`;
    const shortened = SHORTENED[name]?.(value) ?? value;
    return OWN_VALUES[name]?.(row) ?? expression(shortened, types.get(name) ?? 'text', place);
  });
  return `insert into ${row.table} (${columns.map(([column]) => column).join(', ')}) select ${values.join(', ')} from made`;
}

function expression(value: unknown, type: string, place: PlaceOf): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (type.startsWith('timestamp')) return `${literal(text)}::${type} + age`;
  const parts: string[] = [];
  let read = 0;
  for (const { 0: all, 1: prefix, 2: characters = '', index } of text.matchAll(ID)) {
    parts.push(literal(`${text.slice(read, index)}${prefix}_`), place(characters));
    read = index + all.length;
  }
  if (read < text.length) parts.push(literal(text.slice(read)));
  return parts.length === 1 ? `${parts[0]}::${type}` : `(${parts.join(' || ')})::${type}`;
}

function literal(text: string): string {
  return pg.escapeLiteral(text);
}
