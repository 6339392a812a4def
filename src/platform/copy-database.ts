import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { liftWalls, readAllRows } from './copy-past-walls.ts';
import type { Logger } from './log.ts';

interface CopyOptions {
  /** Connection URLs. They may hold passwords and are never shown. */
  readonly source: string;
  readonly target: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
}

interface Table {
  readonly name: string;
  readonly partitioned: boolean;
  /** Without generated columns, in the source's order. */
  readonly columns: readonly string[];
}

/** Thrown with a sentence for the operator; the target was left as it was. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';
}

/** Written by migrate.ts on both sides, so it is compared and not copied. */
const MIGRATIONS = 'migrations';

/** Rows that migrations themselves put in. They do not make a table "not empty", and give way to the source's. */
const ROWS_OF_MIGRATIONS: Readonly<Record<string, string>> = {
  lanes: `kind in ('relay', 'ack') and tenant_id = 'system' and generation = 0 and lease is null`,
};

/**
 * Copies every row of schema public into a database that is migrated and empty. Phases: one snapshot of the source; one
 * transaction of the target with checks of schema and emptiness under locks, triggers off, COPY in the order of foreign
 * keys, a comparison of every table's rows, triggers on, sequences. Killed or refused at any point, the target has
 * nothing of it. The target's address is that of its tables' owner, who need not be a superuser.
 * What is written to the source meanwhile is not copied, so Tollgate is stopped first.
 * @throws CopyRefused where the schemas differ, a table of the target has rows, or what arrived is not what was sent
 */
export async function copyDatabase(options: CopyOptions): Promise<readonly CopiedTable[]> {
  const source = openClient(options.source);
  const target = openClient(options.target);
  try {
    await source.connect();
    await target.connect();
    await source.query('begin isolation level repeatable read read only');
    await target.query('begin');
    await agreeOnSettings([source, target]);
    await readAllRows(source);
    await warnOfOthers(source, options.log);
    await refuseOtherSchema(source, target);
    const tables = await orderedTables(source);
    const forceWalls = await liftWalls(target);
    await lockEmptyTables(target, tables);
    await openSamePartitions(source, target);
    const enableTriggers = await disableTriggers(target);
    for (const table of tables) await copyTable(source, target, table);
    const copied: CopiedTable[] = [];
    for (const table of tables) copied.push(await compareTable(source, target, table));
    await enableTriggers();
    await forceWalls();
    // Last, because a sequence keeps what it was set to when its transaction is rolled back.
    await copySequences(source, target);
    await target.query('commit');
    options.log.info(
      { tables: copied.length, rows: copied.reduce((sum, { rows }) => sum + rows, 0) },
      'Database copied',
    );
    return copied;
  } finally {
    // Ends open transactions too; a target that was not committed rolls back.
    await Promise.allSettled([source.end(), target.end()]);
  }
}

function openClient(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, application_name: 'tollgate copy', keepAlive: true });
  // A connection that breaks between two statements is seen by the next one; unheard, the event would end the process.
  client.on('error', () => {});
  return client;
}

/** The same text form on both sides, and none of the time-outs and filters that a server may have as defaults. */
async function agreeOnSettings(clients: readonly pg.Client[]): Promise<void> {
  for (const client of clients) {
    await client.query(`
      set local client_encoding = 'UTF8'; set local timezone = 'UTC'; set local datestyle = 'ISO, MDY';
      set local intervalstyle = 'postgres'; set local bytea_output = 'hex'; set local extra_float_digits = 3;
      set local search_path = public; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
      set local lock_timeout = '10s'`);
    // With row-level security a COPY would leave rows out without a word; now it fails instead.
    await client.query('set local row_security = off');
  }
}

async function warnOfOthers(source: pg.Client, log: CopyOptions['log']): Promise<void> {
  const { rows } = await source.query<{ sessions: number }>(`
    select count(*)::int as sessions from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
      and application_name <> 'tollgate copy'`);
  const sessions = rows[0]?.sessions ?? 0;
  if (sessions > 0) log.warn({ sessions }, 'Others are connected to the source; what they write now is not copied');
}

async function refuseOtherSchema(source: pg.Client, target: pg.Client): Promise<void> {
  const [ours, theirs] = [await describeSchema(source), await describeSchema(target)];
  for (const thing of ours.keys()) {
    if (!theirs.has(thing)) throw new CopyRefused(`The target has no ${thing}. Migrate it first.`);
  }
  for (const thing of theirs.keys()) {
    if (!ours.has(thing)) throw new CopyRefused(`The target has ${thing}, which the source has not. Migrate both.`);
  }
  for (const [thing, shape] of ours) {
    if (theirs.get(thing) === shape) continue;
    throw new CopyRefused(`In the target, ${thing} is another than in the source. Migrate both.`);
  }
}

/** Everything that must be equal, by a name an operator understands. The order of columns does not matter. */
async function describeSchema(client: pg.Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ thing: string; shape: string }>(`
    select 'table ' || c.relname as thing,
      coalesce(string_agg(format('%s %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        a.attgenerated), ', ' order by a.attname), '') as shape
    from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    group by c.relname
    union all
    select 'sequence ' || relname, '' from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'
    order by thing desc`);
  const described = new Map(rows.map(({ thing, shape }) => [thing, shape]));
  if (described.has(`table ${MIGRATIONS}`)) {
    const { rows: done } = await client.query<{ name: string; checksum: string }>(
      `select name, checksum from ${MIGRATIONS} order by number`,
    );
    for (const { name, checksum } of done) described.set(`migration ${name}`, checksum);
  }
  return described;
}

/** Tables, those that others refer to before the others. @throws CopyRefused where tables refer to each other in a ring */
async function orderedTables(source: pg.Client): Promise<readonly Table[]> {
  const { rows: tables } = await source.query<Table>(
    `
    select c.relname as name, c.relkind = 'p' as partitioned,
      array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '') as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> $1
    group by c.oid
    order by c.relname`,
    [MIGRATIONS],
  );
  const { rows: references } = await source.query<{ child: string; parent: string }>(`
    select distinct child.relname as child, parent.relname as parent
    from pg_constraint k join pg_class child on child.oid = k.conrelid join pg_class parent on parent.oid = k.confrelid
    where k.contype = 'f' and child.relnamespace = 'public'::regnamespace and child.oid <> parent.oid`);
  return sortByReference(tables, references);
}

function sortByReference(
  tables: readonly Table[],
  references: readonly { readonly child: string; readonly parent: string }[],
): readonly Table[] {
  const ordered: Table[] = [];
  let waiting = tables;
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ name }) => name));
    const blocked = new Set(references.filter(({ parent }) => names.has(parent)).map(({ child }) => child));
    const free = waiting.filter(({ name }) => !blocked.has(name));
    if (free.length === 0) {
      throw new CopyRefused(
        `These tables refer to each other in a ring: ${[...names].join(', ')}. They cannot be copied.`,
      );
    }
    ordered.push(...free);
    waiting = waiting.filter(({ name }) => blocked.has(name));
  }
  return ordered;
}

/** Under locks that keep writers out until commit, so that empty stays empty. */
async function lockEmptyTables(target: pg.Client, tables: readonly Table[]): Promise<void> {
  if (tables.length === 0) return;
  const list = tables.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
  await target.query(`lock table ${list} in share row exclusive mode`);
  for (const { name } of tables) {
    const table = pg.escapeIdentifier(name);
    const ofMigrations = ROWS_OF_MIGRATIONS[name];
    if (ofMigrations !== undefined) await target.query(`delete from ${table} where ${ofMigrations}`);
    const { rows } = await target.query<{ used: boolean }>(`select exists (select from ${table}) as used`);
    if (rows[0]?.used !== false) {
      throw new CopyRefused(`The target's table ${name} has rows. Copy into a database that is migrated and empty.`);
    }
  }
}

/**
 * Ends the target's last partitions at the months where the source's end, so that rows arrive where they stay: split later,
 * a whole table of them would be moved under a lock.
 */
async function openSamePartitions(source: pg.Client, target: pg.Client): Promise<void> {
  const { rows } = await source.query<{ table: string; month: string }>(`
    select parent.relname as "table", substring(part.relname from '_(\\d{4}_\\d{2})$') as month
    from pg_inherits i join pg_class parent on parent.oid = i.inhparent join pg_class part on part.oid = i.inhrelid
    where parent.relnamespace = 'public'::regnamespace and parent.relkind = 'p' and part.relname ~ '_\\d{4}_\\d{2}$'
      and to_regprocedure('split_partition(text, date)') is not null
    order by 1, 2`);
  for (const { table, month } of rows) {
    const split = `select split_partition($1, (to_date($2, 'YYYY_MM') + interval '1 month')::date)`;
    await target.query(split, [table, month]);
  }
}

/**
 * Turns off what watches over single changes: whole tables arrive one after the other, payments before the captures that
 * their amounts come from, and balances as well as the transfers they add up. Foreign keys stay on. Until commit only
 * this transaction sees it. Returns how to put every trigger back as it was.
 */
async function disableTriggers(target: pg.Client): Promise<() => Promise<void>> {
  const { rows: triggers } = await target.query<{ off: string; on: string }>(`
    select format('alter table only %s disable trigger %I', tgrelid::regclass, tgname) as off,
      format('alter table only %s enable %s trigger %I', tgrelid::regclass,
        case tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, tgname) as on
    from pg_trigger join pg_class c on c.oid = tgrelid
    where c.relnamespace = 'public'::regnamespace and not tgisinternal and tgenabled <> 'D'
    order by tgrelid, tgname`);
  for (const { off } of triggers) await target.query(off);
  return async () => {
    for (const { on } of triggers) await target.query(on);
  };
}

/** As text, which every version of PostgreSQL reads alike. */
async function copyTable(source: pg.Client, target: pg.Client, table: Table): Promise<void> {
  const name = pg.escapeIdentifier(table.name);
  const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  // COPY reads no partitioned table by its name before PostgreSQL 18.
  const out = table.partitioned ? `(select ${columns} from ${name})` : `${name} (${columns})`;
  try {
    await pipeline(
      source.query(copyTo(`copy ${out} to stdout`)),
      target.query(copyFrom(`copy ${name} (${columns}) from stdin`)),
    );
  } catch (error) {
    // Without the cause, whose detail quotes the row that failed.
    throw new CopyRefused(`Table ${table.name} could not be copied, nothing was kept: ${(error as Error).message}`);
  }
}

async function copySequences(source: pg.Client, target: pg.Client): Promise<void> {
  const { rows: sequences } = await source.query<{ name: string }>(`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S' order by relname`);
  for (const { name } of sequences) {
    const sequence = pg.escapeIdentifier(name);
    const { rows } = await source.query<{ last_value: string; is_called: boolean }>(
      `select last_value, is_called from ${sequence}`,
    );
    await target.query('select setval($1::regclass, $2, $3)', [sequence, rows[0]?.last_value, rows[0]?.is_called]);
  }
}

/** Compares number and content: a type of the same name may hold less than the source's. */
async function compareTable(source: pg.Client, target: pg.Client, table: Table): Promise<CopiedTable> {
  const [sent, arrived] = await Promise.all([measure(source, table), measure(target, table)]);
  if (sent.rows !== arrived.rows || sent.content !== arrived.content) {
    throw new CopyRefused(
      `Table ${table.name} did not arrive as it was sent (${sent.rows} rows sent, ${arrived.rows} there). ` +
        'Nothing was kept.',
    );
  }
  return { table: table.name, rows: Number(sent.rows) };
}

/** The sum of a part of each row's MD5 does not depend on the order of rows. It guards against accidents, not malice. */
async function measure(client: pg.Client, { name, columns }: Table): Promise<{ rows: string; content: string }> {
  const row = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  const { rows } = await client.query<{ rows: string; content: string }>(`
    select count(*)::text as rows,
      coalesce(sum(('x' || left(md5(row(${row})::text), 15))::bit(60)::bigint::numeric), 0)::text as content
    from ${pg.escapeIdentifier(name)}`);
  const [measured] = rows;
  if (measured === undefined) throw new CopyRefused(`Table ${name} cannot be counted.`);
  return measured;
}
