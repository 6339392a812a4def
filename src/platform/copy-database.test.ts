import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LocalPostgresFixture } from '../../test/support/local-postgres-fixture.ts';
import { CopyRefused, copyDatabase } from './copy-database.ts';
import type { LocalPostgres } from './embedded-postgres/start-local-postgres.ts';
import { migrate } from './migrate.ts';
import { OWNER_SCOPE } from './owner-scope.ts';

const SCHEMA = `
  create table owners (owner_id text primary key, parent_id text references owners, note text not null);
  create table a_things (
    thing_id bigint generated always as identity primary key, owner_id text not null references owners,
    bytes bytea, body jsonb, at timestamptz, labels text[], ratio double precision,
    "Odd ""name""" text, length integer generated always as (cardinality(labels)) stored);
  create table parted (day date not null, thing_id bigint references a_things) partition by range (day);
  create table parted_new partition of parted for values from ('2026-01-01') to ('2027-01-01');
  create table lanes (kind text, tenant_id text, generation bigint default 0, lease text);
  insert into lanes (kind, tenant_id) values ('relay', 'system');`;
const ROWS = `
  insert into owners values ('b', null, E'tab\\t back\\\\slash \\n "quote" ü \\\\N'), ('a', 'b', '');
  insert into a_things (owner_id, bytes, body, at, labels, ratio, "Odd ""name""")
  select case when n % 2 = 0 then 'a' else 'b' end, decode(md5(n::text), 'hex'),
    jsonb_build_object('n', n, 'text', E'a\\nb\\\\'), '2026-03-29T00:59:59.123456Z'::timestamptz + n * interval '1 hour',
    array['x', null, 'a,"b"', n::text], n / 3.0, nullif(n % 5, 0)
  from generate_series(1, 10000) as n;
  insert into parted select '2026-01-01'::date + (n % 300)::int, n from generate_series(1, 100) as n;
  update lanes set generation = 7;`;

const log = { info() {}, warn() {} };

let fixture: LocalPostgresFixture;
let server: LocalPostgres;
/** A source with rows, which no test writes to. */
let full: string;

beforeAll(async () => {
  fixture = await LocalPostgresFixture.open();
  server = await fixture.start();
  full = await makeDatabase();
  await run(full, ROWS);
});

afterAll(() => fixture.remove());

/** A database migrated with the schema, or with another one of the same name. */
async function makeDatabase(schema = SCHEMA): Promise<string> {
  const url = await makeEmptyDatabase();
  const migrations = join(fixture.folder, nameOf(url));
  await mkdir(migrations);
  await writeFile(join(migrations, '0001_all.sql'), schema);
  await migrate(url, { folder: pathToFileURL(`${migrations}/`) });
  return url;
}

async function makeEmptyDatabase(): Promise<string> {
  const name = `db_${randomBytes(6).toString('hex')}`;
  await run(server.url, `create database ${name}`);
  return server.url.replace('/tollgate?', `/${name}?`);
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

async function run(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const everything = (url: string) =>
  run(
    url,
    `select (select json_agg(t order by thing_id)::text from a_things t) as things,
    (select json_agg(t order by owner_id)::text from owners t) as owners,
    (select json_agg(t order by thing_id)::text from parted t) as parted, (select json_agg(t)::text from lanes t) as lanes`,
  );

test('every row arrives as it was, in the order of foreign keys, and sequences go on', async () => {
  const [source, target] = [full, await makeDatabase()];
  const copied = await copyDatabase({ source, target, log });
  expect(copied).toEqual([
    { table: 'lanes', rows: 1 },
    { table: 'owners', rows: 2 },
    { table: 'a_things', rows: 10_000 },
    { table: 'parted', rows: 100 },
  ]);
  expect(await everything(target)).toEqual(await everything(source));
  const [added] = await run(target, `insert into a_things (owner_id) values ('a') returning thing_id::text`);
  expect(added).toEqual({ thing_id: '10001' });
});

test('a target with rows is refused by the name of the table, and keeps them', async () => {
  const [source, target] = [full, await makeDatabase()];
  await run(target, `insert into owners values ('theirs', null, '')`);
  await expect(copyDatabase({ source, target, log })).rejects.toThrow(/table owners has rows/);
  expect(await run(target, 'select owner_id from owners')).toEqual([{ owner_id: 'theirs' }]);
  expect(await run(target, 'select from a_things')).toEqual([]);
});

test('rows of migrations are no obstacle, but rows that somebody changed are', async () => {
  const [source, target] = [full, await makeDatabase()];
  await run(target, 'update lanes set generation = 1');
  await expect(copyDatabase({ source, target, log })).rejects.toThrow(/table lanes has rows/);
});

test('a target that is not migrated, or otherwise, is refused by the name of what differs', async () => {
  const source = full;
  await expect(copyDatabase({ source, target: await makeDatabase(''), log })).rejects.toThrow(/has no table parted/);
  const wider = SCHEMA.replace('note text', 'note varchar(9)');
  await expect(copyDatabase({ source, target: await makeDatabase(wider), log })).rejects.toThrow(
    /table owners is another/,
  );
  const edited = `${SCHEMA} -- edited`;
  await expect(copyDatabase({ source, target: await makeDatabase(edited), log })).rejects.toThrow(/migration 0001_all/);
  const more = `${SCHEMA} create table extra (n int);`;
  await expect(copyDatabase({ source, target: await makeDatabase(more), log })).rejects.toThrow(/has table extra/);
});

test('triggers of the target do not see what is copied, and stand afterwards as they stood before', async () => {
  const [source, target] = [full, await makeDatabase()];
  await run(
    target,
    `create function meddle() returns trigger language plpgsql as $$ begin new.note := 'changed'; return new; end $$;
     create trigger meddle before insert on owners for each row execute function meddle();
     create trigger meddle_always before insert on owners for each row execute function meddle();
     create trigger meddle_never before insert on owners for each row execute function meddle();
     create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
     create trigger refuse_part before insert on parted_new for each row execute function refuse();
     create trigger refuse_parted before insert on parted for each row execute function refuse();
     create table parted_old partition of parted for values from ('2025-01-01') to ('2026-01-01');
     alter table owners enable always trigger meddle_always, disable trigger meddle_never;
     alter table parted_old disable trigger refuse_parted`,
  );
  const triggers = () =>
    run(target, 'select tgname, tgrelid::int, tgenabled from pg_trigger where not tgisinternal order by 1, 2');
  const before = await triggers();
  await copyDatabase({ source, target, log });
  expect(await everything(target)).toEqual(await everything(source));
  expect(await triggers()).toEqual(before);
  expect(before.map(({ tgenabled }) => tgenabled)).toEqual(['O', 'A', 'D', 'O', 'O', 'O', 'D']);
});

/** A captured and partly refunded payment with its postings, in one statement because its parts vouch for each other. */
const MONEY = `
  with p as (
    insert into payments (tenant_id, payment_id, mode, reference, amount, currency, capture_method, status, version,
      amount_authorized, amount_captured, amount_refunded, attempts_max, request_shipping, metadata, return_style, expires_at,
      created_at, updated_at)
    values ('t', 'pay', 'test', 'order-1', 1250, 'EUR', 'automatic', 'succeeded', 3, 1250, 1250, 250, 3, false, '{}', 'plain',
      '2026-01-02Z', '2026-01-01Z', '2026-01-01Z')),
  c as (
    insert into captures (tenant_id, capture_id, payment_id, attempt_id, provider_account_id, mode, amount, currency,
      status, created_at, updated_at)
    values ('t', 'cap', 'pay', 'att', 'pa', 'test', 1250, 'EUR', 'succeeded', '2026-01-01Z', '2026-01-01Z')),
  r as (
    insert into refunds (tenant_id, refund_id, payment_id, attempt_id, provider_account_id, mode, amount, currency,
      reason, status, dispatch, created_at, updated_at)
    values ('t', 're', 'pay', 'att', 'pa', 'test', 250, 'EUR', '', 'succeeded', 'acknowledged', '2026-01-01Z',
      '2026-01-01Z'))
  insert into ledger_transfers (tenant_id, transfer_id, mode, currency, provider_account_id, kind, debit_account,
    credit_account, amount, payment_id, subject_id, posting_key, created_at)
  values
    ('t', 'tr_1', 'test', 'EUR', 'pa', 'capture', 'provider_receivable', 'sales', 1250, 'pay', 'cap', 'cap', '2026-01-01Z'),
    ('t', 'tr_2', 'test', 'EUR', 'pa', 'refund', 'refunds', 'provider_receivable', 250, 'pay', 're', 're', '2026-01-01Z')`;
const MONEY_TABLES = ['payments', 'captures', 'refunds', 'ledger_transfers', 'ledger_balances'];

test('money arrives with its balances as they were, in a database whose owner is no superuser', async () => {
  const [source, target] = [await makeEmptyDatabase(), await makeEmptyDatabase()];
  await migrate(source);
  await run(source, MONEY);
  // No sum of transfers: what arrives is what was there, and not counted anew.
  await run(source, `update ledger_balances set debits = debits + 1 where account = 'sales'`);
  await run(server.url, `create role plain_owner login; alter database ${nameOf(target)} owner to plain_owner`);
  const ownerUrl = target.replace('//tollgate@', '//plain_owner@');
  await migrate(ownerUrl);
  await copyDatabase({ source, target: ownerUrl, log });
  for (const table of MONEY_TABLES) {
    const rows = `select to_jsonb(t)::text as row from ${table} t order by 1`;
    expect(await run(target, rows), table).not.toEqual([]);
    expect(await run(target, rows), table).toEqual(await run(source, rows));
  }
  const guards = [
    [`delete from ledger_transfers`, /append-only/],
    [`update captures set amount = 1`, /amounts of payment pay are not/],
    [`update payments set amount_refunded = 0`, /amounts of payment pay are not/],
  ] as const;
  for (const [statement, refusal] of guards) {
    await expect(run(ownerUrl, `${OWNER_SCOPE}; ${statement}`)).rejects.toThrow(refusal);
  }
  // And from there on, as nobody but the owner: the walls stand again in the target, and are no end of the way.
  expect(await run(ownerUrl, 'select from payments')).toEqual([]);
  const next = await makeEmptyDatabase();
  await migrate(next);
  await copyDatabase({ source: ownerUrl, target: next, log });
  for (const table of MONEY_TABLES) {
    const count = `select count(*)::int as n from ${table}`;
    expect(await run(next, count), table).toEqual(await run(source, count));
  }
});

test('a row that the target keeps otherwise makes the copy refused and rolled back', async () => {
  const [source, target] = [await makeDatabase(), await makeDatabase()];
  await run(source, `create domain share as numeric; alter table owners add column share share`);
  await run(target, `create domain share as numeric(9, 0); alter table owners add column share share`);
  await run(source, `insert into owners values ('a', null, '', 1.5)`);
  const refusal = await copyDatabase({ source, target, log }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(CopyRefused);
  expect(String(refusal)).toContain('Table owners did not arrive as it was sent (1 rows sent, 1 there)');
  expect(await run(target, 'select count(*)::int as owners from owners')).toEqual([{ owners: 0 }]);
  expect(await run(target, 'select generation::int from lanes')).toEqual([{ generation: 0 }]);
});

test('a row that the target does not take makes the copy refused without quoting the row', async () => {
  const [source, target] = [full, await makeDatabase()];
  await run(target, `alter table a_things add constraint a_things_short_check check (thing_id < 9000)`);
  const refusal = await copyDatabase({ source, target, log }).catch((error: unknown) => error);
  expect(String(refusal)).toMatch(/CopyRefused: Table a_things could not be copied.*a_things_short_check/);
  expect(inspect(refusal)).not.toContain('Failing row');
  expect(await run(target, 'select from owners')).toEqual([]);
});

test('tables that refer to each other in a ring are refused', async () => {
  const ring = `create table one (id int primary key); create table two (id int primary key references one);
    alter table one add foreign key (id) references two`;
  const [source, target] = [await makeDatabase(ring), await makeDatabase(ring)];
  await expect(copyDatabase({ source, target, log })).rejects.toThrow(/in a ring: one, two/);
});

test('what is written to the source during the copy is not in the copy, which is one moment', async () => {
  const [source, target] = [await makeDatabase(), await makeDatabase()];
  await run(source, ROWS);
  let warned = 0;
  const writer = new pg.Client({ connectionString: source });
  await writer.connect();
  let writing = true;
  const written = (async () => {
    let rows = 0;
    for (; writing; rows++) await writer.query(`insert into owners values ('w${rows}', null, '')`);
    return rows;
  })();
  try {
    await copyDatabase({ source, target, log: { info() {}, warn: () => void warned++ } });
  } finally {
    writing = false;
  }
  expect(await written).toBeGreaterThan(0);
  await writer.end();
  expect(warned).toBe(1);
});
