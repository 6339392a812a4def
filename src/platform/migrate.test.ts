import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '../../test/support/database.ts';
import { MIGRATIONS_FOLDER, MigrationRefused, migrate, schemaIsCurrent } from './migrate.ts';

let database: TestDatabase;
let folder: string;
let folderUrl: URL;

beforeEach(async () => {
  database = await createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'tollgate-migrations-'));
  await cp(MIGRATIONS_FOLDER, folder, { recursive: true });
  folderUrl = pathToFileURL(`${folder}/`);
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('an empty database is brought up once, also by several at the same time', async () => {
  const results = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
  expect(results.map(({ applied }) => applied.length > 0).filter(Boolean)).toHaveLength(1);
  expect(await schemaIsCurrent(database.url)).toBe(true);
});

test('a failing migration leaves nothing of itself, and those before it stay', async () => {
  const { version } = await migrate(database.url, { folder: folderUrl });
  const name = `${String(version + 1).padStart(4, '0')}_broken.sql`;
  await writeFile(join(folder, name), 'create table half (n int); select 1 / 0;');
  await expect(migrate(database.url, { folder: folderUrl })).rejects.toThrow(/broken\.sql failed and was rolled back/);
  expect(await database.run(`select to_regclass('half') as half`)).toEqual([{ half: null }]);
  expect(await schemaIsCurrent(database.url)).toBe(true);
});

test('a database newer than the program is refused with both names', async () => {
  const { version } = await migrate(database.url, { folder: folderUrl });
  const name = `${String(version + 1).padStart(4, '0')}_future.sql`;
  await writeFile(join(folder, name), 'create table future (n int);');
  await migrate(database.url, { folder: folderUrl });
  await expect(migrate(database.url)).rejects.toThrow(/newer than this program: it has migration .*_future\.sql/);
  expect(await schemaIsCurrent(database.url)).toBe(false);
});

test('a migration edited after it ran is refused', async () => {
  await migrate(database.url, { folder: folderUrl });
  await writeFile(join(folder, '0001_tenants.sql'), '-- changed\n');
  await expect(migrate(database.url, { folder: folderUrl })).rejects.toThrow(
    /0001_tenants\.sql was changed after it had run/,
  );
});

test('a gap in the numbers is refused', async () => {
  await rm(join(folder, '0002_keys.sql'));
  await expect(migrate(database.url, { folder: folderUrl })).rejects.toThrow(MigrationRefused);
});
