import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { nameOfColumn, SEALED_COLUMNS } from './sealed-columns.ts';

let test1: TestDatabase;

beforeAll(async () => {
  test1 = await createTestDatabase();
});
afterAll(() => test1.drop());

test('every sealed column of the schema is declared, and nothing else is', async () => {
  const rows = await test1.run<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = 'public' and column_name like '%sealed%'
       and table_name in (select c.relname from pg_class c where c.relkind in ('r', 'p') and not c.relispartition)`,
  );
  const bytes = SEALED_COLUMNS.filter(({ form }) => form === 'bytes').map(nameOfColumn);
  expect(bytes.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
});

test('rows are named by their primary key, so that none is passed over', async () => {
  const rows = await test1.run<{ table: string; key: string[] }>(
    `select c.relname as "table", array_agg(a.attname::text order by k.place) as key
     from pg_index i join pg_class c on c.oid = i.indrelid
     cross join unnest(i.indkey) with ordinality k (number, place)
     join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
     where i.indisprimary group by c.relname`,
  );
  const keys = new Map(rows.map(({ table, key }) => [table, key]));
  for (const { table, key, owner } of SEALED_COLUMNS) {
    expect(keys.get(table), table).toEqual(owner === 'tenant' ? ['tenant_id', ...key] : key);
  }
});
