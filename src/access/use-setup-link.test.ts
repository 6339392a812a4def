import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../test/support/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { hashSecret } from './secret-hash.ts';
import { insertSetupLink, useSetupLink } from './store-invitations.ts';

const NOW = Temporal.Instant.from('2026-11-22T12:00:00Z');
const LINKS = ['one', 'another'].map(hashSecret) as [Buffer, Buffer];

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase();
  database = openDatabase({ url: server.runtimeUrl, connectionsMax: 4, applicationName: 'set-up test' });
  for (const tokenHash of LINKS) {
    await insertSetupLink(database.query, { tokenHash, createdAt: NOW, expiresAt: NOW.add({ minutes: 30 }) });
  }
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

/** The other's statement waits for the row that was not committed yet. */
const somebodyWaits = () =>
  until(async () => {
    const [row] = await server.run<{ n: string }>(`select count(*) as n from pg_locks where not granted`);
    return Number(row?.n) > 0;
  });

test('of two links that are used at the same moment the second one does not count', async () => {
  const { promise: isUsed, resolve: used } = Promise.withResolvers<void>();
  const first = database.transaction(async (tx) => {
    const counts = await useSetupLink(tx, LINKS[0], NOW);
    used();
    await somebodyWaits();
    return counts;
  });
  await isUsed;
  const second = database.transaction(async (tx) => {
    if (!(await useSetupLink(tx, LINKS[1], NOW))) throw new Error('It does not count');
  });
  await expect(second).rejects.toThrow('It does not count');
  expect(await first).toBe(true);
  expect(await useSetupLink(database.query, LINKS[1], NOW)).toBe(false);
});
