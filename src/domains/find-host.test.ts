import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { createHostDirectory } from './find-host.ts';

let test1: TestDatabase;
let database: Database;
let looks = 0;

const countLooks: KyselyPlugin = {
  transformQuery({ node }) {
    looks++;
    return node;
  },
  transformResult: async ({ result }) => result,
};

beforeAll(async () => {
  test1 = await createTestDatabase();
  const opened = openDatabase({ url: test1.runtimeUrl, connectionsMax: 4, applicationName: 'test' });
  database = { ...opened, query: opened.query.withPlugin(countLooks) };
});
afterAll(async () => {
  await database?.close();
  await test1?.drop();
});
beforeEach(() => {
  looks = 0;
});

test('S4.7 a flood of names that nobody has proven costs a few looks', async () => {
  const { find } = createHostDirectory(database);
  const found = await Promise.all(Array.from({ length: 5_000 }, (_, index) => find(`flood${index}.example`)));
  expect(found.every((owner) => owner === null)).toBe(true);
  expect(looks).toBeLessThanOrEqual(15);
});

test('a name that is asked about again and again is looked up about once a second, and what is no name never', async () => {
  const directory = createHostDirectory(database);
  const begun = performance.now();
  for (let index = 0; index < 1_000; index++) {
    expect(await directory.find(index % 2 === 0 ? 'pay.shop.example' : 'PAY.shop.example.')).toBeNull();
    expect(await directory.find('127.0.0.1')).toBeNull();
  }
  expect(looks).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - begun) / 1_000));
  expect(directory.isAtHand('127.0.0.1')).toBe(true);
  expect(directory.isAtHand('other.shop.example')).toBe(false);
});

test('a name that has changed is looked up anew', async () => {
  const directory = createHostDirectory(database);
  await directory.find('pay.shop.example');
  directory.changed('pay.shop.example');
  expect(directory.isAtHand('pay.shop.example')).toBe(false);
  await directory.find('pay.shop.example');
  expect(looks).toBe(2);
});
