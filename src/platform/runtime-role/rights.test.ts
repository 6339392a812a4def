import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { POSTING } from './posting-fixture.ts';
import { ROUTINE_RIGHTS, TABLE_RIGHTS } from './rights.ts';

let database: TestDatabase;
let running: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  running = new pg.Client({ connectionString: database.runtimeUrl });
  await running.connect();
});
afterAll(async () => {
  await running.end();
  await database.drop();
});

describe('the list of rights', () => {
  let schema: string;
  beforeAll(async () => {
    schema = await readFile(new URL('../../../db/schema.sql', import.meta.url), 'utf8');
  });

  test('says of every table of the schema what the running gateway may do, and of no other', () => {
    const tables = [...schema.matchAll(/^create table (\w+) \(/gm)].map(([, name]) => name);
    expect(Object.keys(TABLE_RIGHTS).sort()).toEqual([...tables, 'migrations'].sort());
  });

  test('lets it call every function of the schema that is not for triggers alone', () => {
    const functions = [...schema.matchAll(/^CREATE OR REPLACE FUNCTION public\.(\w+)\(.*\n RETURNS (?!trigger)/gm)];
    expect(ROUTINE_RIGHTS.map((name) => name.replace(/\(.*/, ''))).toEqual(functions.map(([, name]) => name));
  });

  test('lets nothing that is a record of what happened be changed or deleted', () => {
    const records = ['events', 'signals', 'ledger_transfers', 'delivery_attempts', 'provider_facts'] as const;
    for (const table of records) expect(TABLE_RIGHTS[table], table).toEqual(['select', 'insert']);
  });
});

describe('as the running role', () => {
  // A refused statement ends the transaction, and one that were not refused must not spoil the next.
  beforeEach(async () => {
    await running.query('rollback');
    await running.query('begin');
  });

  /** SQLSTATE and words, since our own triggers refuse under the same code where a right is missing. */
  async function refusal(statement: string): Promise<string> {
    return running.query(statement).then(
      () => 'done',
      (error: pg.DatabaseError) => `${error.code} ${error.message}`,
    );
  }

  const RECORDS = ['ledger_transfers', 'events', 'signals', 'migrations'];
  const CHANGES = [
    'update T set K = K',
    'delete from T',
    'truncate T',
    'lock table T in share row exclusive mode',
    'alter table T add column more text',
    'alter table T disable trigger all',
    'alter table T rename to old',
    'alter table T owner to current_user',
    'create trigger mine before insert on T for each row execute function suppress_redundant_updates_trigger()',
    'create rule mine as on insert to T do instead nothing',
    'create index mine on T (K)',
    'drop table T cascade',
  ];

  test.each(RECORDS)('%s can neither be changed nor emptied nor altered', async (table) => {
    const key = table === 'migrations' ? 'name' : 'tenant_id';
    for (const change of CHANGES) {
      await running.query('savepoint before');
      const statement = change.replaceAll('T', table).replaceAll('K', key);
      expect(await refusal(statement), statement).toMatch(/^42501 (permission denied|must be owner)/);
      await running.query('rollback to savepoint before');
    }
  });

  test.each([
    'insert into migrations (number, name, checksum) values (9999, $$9999_mine.sql$$, $$x$$)',
    'insert into ledger_balances values ($$t$$, $$live$$, $$EUR$$, $$p$$, $$sales$$, 0, 0, 1)',
    'update ledger_balances set credits = 0',
    'delete from payments',
    'delete from captures',
    'delete from refunds',
    'delete from reversals',
    'delete from disputes',
    'delete from attempts',
    'delete from idempotency_keys',
    'truncate outbox',
  ])('%s is refused', async (statement) => {
    expect(await refusal(statement)).toMatch(/^42501 permission denied/);
  });

  test.each([
    'drop trigger ledger_transfers_append_only on ledger_transfers',
    'drop trigger payments_amounts_updated on payments',
    'drop function refuse_change() cascade',
    'alter function post_to_balances() security invoker',
    'alter function check_payment_amounts(text[], text[]) owner to current_user',
    `create or replace function refuse_change() returns trigger language plpgsql as 'begin return null; end'`,
    `create or replace function check_payment_amounts(tenant_ids text[], payment_ids text[]) returns void
       language sql as 'select'`,
    'set session_replication_role = replica',
    'create table payments_too (n int)',
    'create schema mine',
    'create function mine() returns int language sql return 1',
    `copy payments to program 'cat'`,
    `select pg_read_file('/etc/passwd')`,
  ])('no guard can be removed or gone around: %s', async (statement) => {
    expect(await refusal(statement)).toMatch(/^42501 (permission denied|must be)/);
  });

  test('no table of its own can stand before ours in the eyes of a trigger, nor borrow one', async () => {
    expect(await refusal('create temporary table ledger_balances (n int)')).toMatch(
      /^42501 permission denied to create/,
    );
    await database.run('create table public.theirs (tenant_id text)');
    await database.run(`grant all on public.theirs to ${running.user}`);
    await running.query('rollback');
    expect(
      await refusal(`create trigger borrowed after insert on theirs referencing new table as posted
        for each statement execute function post_to_balances()`),
    ).toBe('42501 permission denied for function post_to_balances');
    await database.run('drop table public.theirs');
  });

  test('a posting still moves the balances, which it may not write itself', async () => {
    await running.query(POSTING);
    const { rows } = await running.query('select account, debits::int, credits::int from ledger_balances order by 1');
    expect(rows).toEqual([
      { account: 'provider_receivable', debits: 1250, credits: 0 },
      { account: 'sales', debits: 0, credits: 1250 },
    ]);
  });
});
