import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { AssertionFailed } from '../kernel/assert.ts';
import { type ColumnTypeName, encodeColumns, JsonText } from './binary-column.ts';
import { COLUMNS } from './columns.generated.ts';
import { type Database, openDatabase } from './database.ts';
import { recordset, type WholeRow } from './recordset.ts';
import type { Tables } from './tables.generated.ts';

let database: TestDatabase;
let program: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  program = openDatabase({ url: database.url, connectionsMax: 1, applicationName: 'test' });
});

afterAll(async () => {
  await program.close();
  await database.drop();
});

const TOKEN = {
  token_hash: Buffer.from('00ff7f80'.repeat(8), 'hex'),
  tenant_id: 'ten_1',
  payment_id: 'say "ä" \\ and \u2028',
  expires_at: Temporal.Instant.from('2026-01-01T12:00:00.123Z'),
  revoked_at: null,
};

async function readBack<Table extends keyof Tables>(table: Table, rows: readonly WholeRow<Table>[]) {
  return (await sql<WholeRow<Table>>`select * from ${recordset(table, rows)} r`.execute(program.query)).rows;
}

it('rows arrive as they were given: bytes, instants, quotes and nulls', async () => {
  const rows = [TOKEN, { ...TOKEN, revoked_at: TOKEN.expires_at }];
  expect(plain(await readBack('checkout_tokens', rows))).toEqual(plain(rows));
});

it('a statement may be larger than any before it', async () => {
  const rows = [1, 2, 3].map((byte) => ({
    ...TOKEN,
    token_hash: Buffer.alloc(90_000, byte),
    payment_id: 'ä'.repeat(byte),
  }));
  expect(plain(await readBack('checkout_tokens', rows))).toEqual(plain(rows));
});

it('no rows are a statement like any other', async () => {
  expect(await readBack('checkout_tokens', [])).toEqual([]);
});

/** Instants as their texts: to the comparison one is like another. */
function plain(rows: readonly object[]): unknown {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value instanceof Temporal.Instant ? value.toString() : value]),
    ),
  );
}

/** Values at the edges of what a column of the type can hold, and what is easily mistaken for something else. */
const EDGES: Readonly<Record<ColumnTypeName, readonly unknown[]>> = {
  text: ['', 'null', 'ä', '€'.repeat(40), 'a'.repeat(31), 'a'.repeat(33), '😀 after the middle', ' {"a",b}\n\t\\'],
  'text[]': [[], ['a', 'say "b", {c}\\'], ['', 'null', 'NULL', ' ']],
  integer: [0, -1, 2_147_483_647, -2_147_483_648],
  'integer[]': [[], [1, -2]],
  smallint: [0, -1, 32_767, -32_768],
  bigint: [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)],
  boolean: [true, false],
  json: [{ a: [1, null, 'ä"\\'] }, [], 'text', 0],
  jsonb: [{ a: [1, null, 'ä"\\'] }, [], 'text', 0],
  bytea: [Buffer.alloc(0), Buffer.from([0, 255, 92, 120])],
  numeric: [0n, -1n, 10n ** 30n],
  'timestamp with time zone': ['2026-01-01T12:00:00.123Z', '1999-12-31T23:59:59.999999Z', '1969-07-20T20:17:40Z', '2000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z'].map((text) => Temporal.Instant.from(text)), // biome-ignore format: one list
};

describe('every column of every table', () => {
  it('takes the edges of its type', async () => {
    for (const table of Object.keys(COLUMNS) as (keyof Tables)[]) {
      const columns = Object.entries<ColumnTypeName>(COLUMNS[table]);
      const rows = Array.from({ length: 9 }, (_, number) =>
        Object.fromEntries(columns.map(([name, type]) => [name, EDGES[type][number] ?? null])),
      ) as unknown as WholeRow<typeof table>[];
      const read = await readBack(table, rows);
      expect(isDeepStrictEqual(plain(read), plain(rows)), table).toBe(true);
    }
  });

  it('has the place in a row that it has in its table', async () => {
    const { rows } = await sql<{ table: string; names: string[] }>`
      select attrelid::regclass::text as "table", array_agg(attname::text order by attnum) as names from pg_attribute
      where attrelid::regclass::text = any(${Object.keys(COLUMNS)}) and attnum > 0 and not attisdropped
      group by attrelid`.execute(program.query);
    expect(Object.fromEntries(rows.map(({ table, names }) => [table, names]))).toEqual(
      Object.fromEntries(Object.entries(COLUMNS).map(([table, columns]) => [table, Object.keys(columns)])),
    );
  });
});

it('a column that a later version added is left to its default', async () => {
  await database.run(`alter table checkout_tokens add column made_later text not null default 'as ever'`);
  await sql`insert into checkout_tokens select r.* from ${recordset('checkout_tokens', [TOKEN])} r`.execute(
    program.query,
  );
  const { rows } = await sql<object>`select * from checkout_tokens`.execute(program.query);
  expect(plain(rows)).toEqual(plain([{ ...TOKEN, made_later: 'as ever' }]));
});

it('finer parts of an instant than microseconds are rounded as PostgreSQL rounds them', async () => {
  const texts = ['2026-01-01T12:00:00.000000499Z', '2026-01-01T12:00:00.000000501Z', '1969-12-31T23:59:59.999999501Z'];
  const rows = texts.map((text) => ({ ...TOKEN, expires_at: Temporal.Instant.from(text) }));
  const read = await readBack('checkout_tokens', rows);
  const { rows: asText } = await sql<{ at: Temporal.Instant }>`
    select t::timestamptz as at from unnest(${texts}::text[]) t`.execute(program.query);
  expect(read.map((row) => String(row.expires_at))).toEqual(asText.map(({ at }) => String(at)));
});

it.each<[ColumnTypeName, readonly unknown[]]>([
  ['integer', [2_147_483_648, -2_147_483_649, 1.5, Number.NaN, '1']],
  ['smallint', [32_768, -32_769, 0.5]],
  ['bigint', [2n ** 63n, -(2n ** 63n) - 1n, 1]],
  ['boolean', [1, 'false']],
  ['timestamp with time zone', ['2026-01-01T12:00:00Z']],
  ['bytea', ['00ff']],
  ['json', [() => 1]],
])('what a column of %s cannot hold is refused and never cut to fit', (type, values) => {
  for (const value of values) {
    expect(() => encodeColumns([{ name: 'it', type }], [{ it: value }]), String(value)).toThrow(AssertionFailed);
  }
});

it('JSON that was written already stays as it was written', async () => {
  const columns = Object.entries<ColumnTypeName>(COLUMNS.events);
  const row = Object.fromEntries(columns.map(([name, type]) => [name, EDGES[type][0]]));
  const rows = [{ ...row, object: new JsonText('{"b": 1,  "a":2}') }] as unknown as WholeRow<'events'>[];
  const { rows: read } = await sql<{ text: string }>`
    select r.object::text as text from ${recordset('events', rows)} r`.execute(program.query);
  expect(read).toEqual([{ text: '{"b": 1,  "a":2}' }]);
});
