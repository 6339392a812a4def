import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type Database, openDatabase } from './database.ts';
import { recordset } from './recordset.ts';

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
  token_hash: Buffer.from('00ff7f80', 'hex'),
  tenant_id: 'ten_1',
  payment_id: 'say "ä" \\ and \u2028',
  expires_at: Temporal.Instant.from('2026-01-01T12:00:00.123Z'),
  revoked_at: null,
};

it('rows arrive as they were given: bytes, instants, quotes and nulls', async () => {
  const rows = await program.query
    .selectFrom(
      recordset('checkout_tokens', [TOKEN, { ...TOKEN, revoked_at: TOKEN.expires_at }])
        .$castTo<typeof TOKEN>()
        .as('r'),
    )
    .selectAll()
    .execute();
  expect(rows).toEqual([TOKEN, { ...TOKEN, revoked_at: TOKEN.expires_at }]);
});
