import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '../../test/support/database.ts';
import { MigrationRefused } from './migrate.ts';
import { migrateDatabase, prepareDatabase } from './prepare-database.ts';
import { POSTING, POSTING_SCOPE } from './runtime-role/posting-fixture.ts';
import { RuntimeRoleRefused } from './runtime-role/refusal.ts';

const password = randomBytes(16).toString('hex');

let database: TestDatabase;
let roles: string[];
/** Of a role that owns the database and is no superuser, as an operator makes it. */
let ownerUrl: string;
/** Of a role that was made and granted nothing. */
let url: string;
let logged: { readonly level: 'info' | 'warn'; readonly message: string }[];

const note = (level: 'info' | 'warn') => (_: object, message: string) => void logged.push({ level, message });
const log = { info: note('info'), warn: note('warn') };

beforeEach(async () => {
  database = await createEmptyDatabase();
  [roles, logged] = [[], []];
  ownerUrl = await makeRole();
  url = await makeRole();
  // What a server gives to everybody unless told otherwise.
  await database.run(`grant connect, temporary on database ${databaseName()} to public`);
  await database.run(`alter database ${databaseName()} owner to ${userOf(ownerUrl)}`);
});
afterEach(async () => {
  const server = new pg.Client({ connectionString: database.url.replace(databaseName(), 'postgres') });
  await database.drop();
  await server.connect();
  for (const role of roles) await server.query(`drop role ${role}`);
  await server.end();
});

const databaseName = () => new URL(database.url).pathname.slice(1);
const userOf = (address: string) => new URL(address).username;

async function makeRole(): Promise<string> {
  const role = `test_${randomBytes(6).toString('hex')}`;
  await database.run(`create role ${role} login password '${password}'`);
  roles.push(role);
  const address = new URL(database.url);
  [address.username, address.password] = [role, password];
  return address.href;
}

async function as(address: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    // Of several statements the last one's.
    return [await client.query(statement)].flat().at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

const refusalFrom = (work: Promise<unknown>) => work.then(() => null).catch((error: Error) => error);

/** Who may do what, as the catalog has it. */
const GRANTS = `
  select relname as name, coalesce(relacl, acldefault('r', relowner))::text as acl from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
  union all select proname, proacl::text from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'public', nspacl::text from pg_namespace where nspname = 'public'
  union all select 'database', datacl::text from pg_database where datname = current_database() order by name`;

test('the owner migrates and grants, and the running role then writes what it may', async () => {
  expect(await prepareDatabase({ url, ownerUrl }, log)).toBe('runtime');
  expect(logged.map(({ message }) => message)).toEqual([
    'The database was migrated',
    'The rights of the running role were set',
  ]);
  await as(url, POSTING);
  expect(await as(url, 'select from ledger_balances')).toEqual([]);
  expect(await as(url, `${POSTING_SCOPE} select sum(credits)::int as credits from ledger_balances`)).toEqual([
    { credits: 1250 },
  ]);
  await expect(as(url, 'delete from ledger_transfers')).rejects.toThrow('permission denied');
});

test('several processes may start at once, and where everything is right a start writes nothing', async () => {
  const starts = [1, 2, 3].map(() => prepareDatabase({ url, ownerUrl }, log));
  expect(await Promise.all(starts)).toEqual(['runtime', 'runtime', 'runtime']);
  expect(logged).toHaveLength(2);
  const written = 'select max(xmin::text::bigint)::int as newest from pg_class where relkind = $$r$$';
  const before = await database.run(written);
  await prepareDatabase({ url, ownerUrl }, log);
  expect(await database.run(written)).toEqual(before);
  expect(logged).toHaveLength(2);
});

test('rights that a restore lost or somebody added are set to exactly what they were', async () => {
  await prepareDatabase({ url, ownerUrl }, log);
  const right = await database.run(GRANTS);
  const role = userOf(url);
  for (const meddling of [
    `revoke all on all tables in schema public from ${role}`,
    `grant update on events to ${role}`,
    `grant update (amount) on ledger_transfers to ${role}`,
    'grant delete on payments to public',
    `grant delete on deliveries_beyond to ${role}`,
    'grant create on schema public to public',
    `revoke usage on schema public from ${role}; revoke usage on schema public from public`,
    `grant temporary on database ${databaseName()} to public`,
    'grant execute on function post_to_balances() to public',
    `revoke execute on function check_payment_amounts(text[], text[]) from ${role}`,
  ]) {
    await database.run(meddling);
    await expect(prepareDatabase({ url, ownerUrl: null }, log), meddling).rejects.toThrow(/owner/);
    expect(await prepareDatabase({ url, ownerUrl }, log), meddling).toBe('runtime');
  }
  const set = await database.run(GRANTS);
  // Usage of the schema was taken from everybody above, and nobody but the role needs it.
  expect(set.filter(({ name }) => name !== 'public')).toEqual(right.filter(({ name }) => name !== 'public'));
});

test('without the owner its rights are looked at, and what is missing or too much is named with what to run', async () => {
  await prepareDatabase({ url, ownerUrl }, log);
  logged = [];
  expect(await prepareDatabase({ url, ownerUrl: null }, log)).toBe('runtime');
  expect(logged).toEqual([]);
  await database.run(`revoke insert on events from ${userOf(url)}`);
  await database.run(`grant delete on signals to ${userOf(url)}`);
  const refused = await refusalFrom(prepareDatabase({ url, ownerUrl: null }, log));
  expect(refused).toBeInstanceOf(RuntimeRoleRefused);
  expect(refused?.message).toBe(
    `The role ${userOf(url)} of DATABASE_URL lacks insert on events; and has too much: delete on signals. ` +
      "Run `npx tollgate migrate` with DATABASE_MIGRATE_URL set to the address of the database's owner.",
  );
});

test('without the owner, a schema that is behind the program is refused', async () => {
  await prepareDatabase({ url, ownerUrl }, log);
  await database.run('delete from migrations where number > 1');
  await expect(prepareDatabase({ url, ownerUrl: null }, log)).rejects.toThrow(/The schema is not .*tollgate migrate/);
});

test('a role that may not migrate an empty database is refused, and nothing is left in it', async () => {
  await expect(prepareDatabase({ url, ownerUrl: null }, log)).rejects.toThrow(
    /lacks .*function append_audit_entry.* and \d+ more.*tollgate migrate. with DATABASE_MIGRATE_URL/,
  );
  const migrated = await refusalFrom(migrateDatabase({ url, ownerUrl: null }));
  expect(migrated).toBeInstanceOf(MigrationRefused);
  expect(migrated?.message).toMatch(/may not change the schema. Set DATABASE_MIGRATE_URL/);
  expect(await database.run(`select to_regclass('migrations') as migrations`)).toEqual([{ migrations: null }]);
});

test('the owner alone migrates and runs, with one warning', async () => {
  expect(await prepareDatabase({ url: ownerUrl, ownerUrl: null }, log)).toBe('owner');
  expect(await prepareDatabase({ url: ownerUrl, ownerUrl }, log)).toBe('owner');
  const warnings = logged.filter(({ level }) => level === 'warn').map(({ message }) => message);
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/runs as the owner.*Two roles/);
});

test('a database that belonged to the running role gets an owner of its own as docs/operating.md says', async () => {
  const [running, owner] = [userOf(ownerUrl), userOf(url)];
  expect(await prepareDatabase({ url: ownerUrl, ownerUrl: null }, log)).toBe('owner');
  await as(ownerUrl, POSTING);
  await database.run(`alter database ${databaseName()} owner to ${owner}`);
  await database.run(`reassign owned by ${running} to ${owner}`);
  expect(await prepareDatabase({ url: ownerUrl, ownerUrl: url }, log)).toBe('runtime');
  await expect(as(ownerUrl, 'delete from ledger_transfers')).rejects.toThrow('permission denied');
});

test('a running role that could make itself more is refused where two are asked for', async () => {
  const [owner, role] = [userOf(ownerUrl), userOf(url)];
  await prepareDatabase({ url, ownerUrl }, log);
  const attempts: readonly (readonly [string, string, string])[] = [
    [`alter role ${role} superuser`, `alter role ${role} nosuperuser`, 'is a superuser'],
    [`alter role ${role} createrole`, `alter role ${role} nocreaterole`, 'may make roles'],
    [`alter role ${role} bypassrls`, `alter role ${role} nobypassrls`, 'may bypass row-level security'],
    // Inherited or not, it may become the other.
    [`alter role ${role} noinherit; grant ${owner} to ${role}`, `revoke ${owner} from ${role}`, `a member of ${owner}`],
    [`grant pg_write_all_data to ${role}`, `revoke pg_write_all_data from ${role}`, 'may write every table'],
    [`grant pg_execute_server_program to ${role}`, `revoke pg_execute_server_program from ${role}`, 'programs of'],
    [`alter table events owner to ${role}`, `alter table events owner to ${owner}`, 'owns events'],
    [
      `alter function refuse_change() owner to ${role}`,
      `alter function refuse_change() owner to ${owner}`,
      'owns refuse_change()',
    ],
  ];
  for (const [more, back, reason] of attempts) {
    await database.run(more);
    const refused = await refusalFrom(prepareDatabase({ url, ownerUrl }, log));
    expect(refused, more).toBeInstanceOf(RuntimeRoleRefused);
    expect(refused?.message, more).toContain(reason);
    await database.run(back);
  }
  // A table that changed hands takes its grants along.
  expect(await prepareDatabase({ url, ownerUrl }, log)).toBe('runtime');
});

test('a running role that has too much by another role is refused, since no grant of ours takes that away', async () => {
  const group = userOf(await makeRole());
  await prepareDatabase({ url, ownerUrl }, log);
  await database.run(`grant update on events to ${group}; grant ${group} to ${userOf(url)}`);
  await database.run(`revoke insert on signals from ${userOf(url)}`);
  const before = await database.run(GRANTS);
  await expect(migrateDatabase({ url, ownerUrl })).rejects.toThrow(/has too much: update on events/);
  expect(await database.run(GRANTS)).toEqual(before);
});

test('a running role that does not exist is refused with how to make it', async () => {
  const nobody = url.replace(userOf(url), 'test_nobody');
  await expect(prepareDatabase({ url: nobody, ownerUrl }, log)).rejects.toThrow(
    /test_nobody of DATABASE_URL does not exist.*create role "test_nobody" login/,
  );
});
