import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { bindInOnePiece, bindMessage } from './bind-message.ts';
import { type Database, openDatabase } from './database.ts';

describe('a message that binds parameters', () => {
  test('is laid out as the protocol has it', () => {
    expect(bindMessage('p', 'st', ['ä', Buffer.from([1, 2]), null, '']).toString('hex')).toBe(
      [
        ...['42', '0000002d', '7000', '737400', '0004', '0000000100000000', '0004'],
        ...['00000002c3a4', '000000020102', 'ffffffff', '00000000', '0001', '0000'],
      ].join(''),
    );
  });
});

describe('a connection whose parameters are sent in one piece', () => {
  let filled: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    filled = await createTestDatabase();
    database = openDatabase({ url: filled.url, connectionsMax: 1, applicationName: 'test' });
  });
  afterAll(async () => {
    await database.close();
    await filled.drop();
  });

  test('is what pg hands its parameters to', async () => {
    const pool = new pg.Pool({ connectionString: filled.url, max: 1 });
    try {
      const client = await pool.connect();
      bindInOnePiece(client);
      const wire = (client as unknown as { readonly connection: { bind: (...given: unknown[]) => void } }).connection;
      const bind = wire.bind;
      let bound = 0;
      wire.bind = (...given) => {
        bound++;
        bind(...given);
      };
      const { rows } = await client.query('select $1::int + 1 as sum', [41]);
      client.release();
      expect([rows, bound]).toEqual([[{ sum: 42 }], 1]);
    } finally {
      await pool.end();
    }
  });

  test('brings texts, bytes and nulls of any length over unchanged', async () => {
    const text = `${'€'.repeat(70_000)}😀`;
    const bytes = Buffer.alloc(300_000, 0xff);
    const { rows } = await sql<{ text: string; bytes: Buffer; none: null; list: string[]; yes: boolean }>`
      select ${text}::text as text, ${bytes}::bytea as bytes, ${null}::text as none,
        ${['a"b', 'c\\d']}::text[] as list, ${true}::boolean as yes`.execute(database.query);
    expect(rows).toEqual([{ text, bytes, none: null, list: ['a"b', 'c\\d'], yes: true }]);
  });

  test('is as good as before after a parameter that cannot be sent', async () => {
    const circular: { toPostgres: () => unknown } = { toPostgres: () => circular };
    await expect(sql`select ${circular}::text`.execute(database.query)).rejects.toThrow('circular reference');
    const { rows } = await sql<{ one: number }>`select ${1}::int as one`.execute(database.query);
    expect(rows).toEqual([{ one: 1 }]);
  });
});
