import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { bytesArray, instantArray, integerArray, jsonArray, textArray } from './binary-arrays.ts';
import { type Database, openDatabase } from './database.ts';

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

interface Row {
  readonly text: string | null;
  readonly document: unknown;
  readonly bytes: Buffer | null;
  readonly number: number | null;
  readonly instant: Temporal.Instant | null;
}

async function read(rows: readonly Row[]): Promise<readonly Row[]> {
  const { rows: arrived } = await sql<Row>`
    select * from unnest(
      ${textArray(rows.map(({ text }) => text))}::text[],
      ${jsonArray(rows.map(({ document }) => (document === null ? null : JSON.stringify(document))))}::jsonb[],
      ${bytesArray(rows.map(({ bytes }) => bytes))}::bytea[],
      ${integerArray(rows.map(({ number }) => number))}::integer[],
      ${instantArray(rows.map(({ instant }) => instant))}::timestamptz[]
    ) as r (text, document, bytes, number, instant)`.execute(program.query);
  return arrived;
}

const FULL: Row = {
  text: 'say "ä" \\ {€, 𝄞} and \u2028, NULL',
  document: { quoted: 'a "b" \\ ä', list: [1, null, true], empty: {} },
  bytes: Buffer.from('00ff7f80', 'hex'),
  number: -2_147_483_648,
  instant: Temporal.Instant.from('2026-01-01T12:00:00.123456Z'),
};
const EMPTY: Row = {
  text: '',
  document: {},
  bytes: Buffer.alloc(0),
  number: 0,
  instant: Temporal.Instant.from('1969-12-31T23:59:59.999Z'),
};
const NONE: Row = { text: null, document: null, bytes: null, number: null, instant: null };

it('rows arrive as they were given: bytes, instants, quotes, what is empty and nulls', async () => {
  expect(await read([FULL, NONE, EMPTY, FULL])).toEqual([FULL, NONE, EMPTY, FULL]);
});

it('no rows are none, and only nulls are as many', async () => {
  expect(await read([])).toEqual([]);
  expect(await read([NONE, NONE])).toEqual([NONE, NONE]);
});

it('what is longer than anything before it arrives whole', async () => {
  const long = { ...FULL, text: 'ä€𝄞'.repeat(60_000), bytes: Buffer.alloc(300_000, 7) };
  expect(await read([EMPTY, long, NONE])).toEqual([EMPTY, long, NONE]);
});
