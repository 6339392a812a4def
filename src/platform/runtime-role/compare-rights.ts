import type pg from 'pg';
import { ROUTINE_RIGHTS, TABLE_RIGHTS } from './rights.ts';

/** How a role differs from what the running gateway may do; both empty is right. */
export interface RightsComparison {
  readonly lacks: readonly string[];
  readonly exceeds: readonly string[];
  /** What it is rather than what it was granted; no grant mends that. */
  readonly stands: readonly string[];
}

/** The role, and every role that it may become: what those may do counts as its own, inherited or not. */
const REACH = `
  running as (select oid, rolname, rolsuper from pg_roles where rolname = $1),
  reach as (
    select r.* from pg_roles r, running
    -- A superuser is a member of every role, which would only make the list long.
    where case when running.rolsuper then r.oid = running.oid else pg_has_role(running.oid, r.oid, 'member') end)`;

const STANDING = `
  with ${REACH}
  select format('%s %s', what, case when reach.oid <> running.oid then format('(as a member of %s)', reach.rolname) end)
    as standing
  from running, reach cross join lateral (
    select 'is a superuser' as what where reach.rolsuper
    union all select 'may make roles' where reach.rolcreaterole
    union all select 'may replicate' where reach.rolreplication
    union all select 'may bypass row-level security' where reach.rolbypassrls
    union all select 'may write every table' where reach.rolname = 'pg_write_all_data'
    union all select 'may use the files and programs of the server' where reach.rolname in
      ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
    union all select 'owns the database' from pg_database where datname = current_database() and datdba = reach.oid
    union all select 'owns schema public' from pg_namespace where nspname = 'public' and nspowner = reach.oid
    union all select 'owns ' || string_agg(c.relname, ', ' order by c.relname) from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relowner = reach.oid
      having count(*) > 0
    union all select 'owns ' || string_agg(p.proname || '()', ', ' order by p.proname) from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.proowner = reach.oid
      having count(*) > 0
  ) as found (what)`;

/** What an operator or an extension put into the schema is their own business. */
export const OUR_ROUTINES = `
  select p.oid, format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)) as name from pg_proc p
  where p.pronamespace = 'public'::regnamespace
    and p.proowner = (
      select relowner from pg_class where relnamespace = 'public'::regnamespace and relname = 'migrations')
    and not exists (
      select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`;

/** $2: the tables as [{name, rights}]; $3: the routines. */
const RIGHTS = `
  with ${REACH},
  kinds as (
    select unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
      -- Unknown to older servers.
      || case when current_setting('server_version_num')::int >= 170000 then array['MAINTAIN'] else '{}' end) as kind),
  tables as (
    -- Not by to_regclass, which wants usage of the schema: what is missing is what we look for.
    select t.name, c.oid, t.rights
    from jsonb_to_recordset($2::jsonb) as t (name text, rights text[])
    left join pg_class c on c.relnamespace = 'public'::regnamespace and c.relname = t.name
    -- A partition is written through its table alone: rights on it would go around those on the table.
    union all select c.relname, c.oid, '{}' from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relispartition and c.relkind = 'r'),
  table_rights as (
    select format('%s on %s', lower(k.kind), t.name) as label, lower(k.kind) = any(t.rights) as wanted,
      has_table_privilege(running.oid, t.oid, k.kind) as has,
      exists (select from reach where has_table_privilege(reach.oid, t.oid, k.kind)
        or (case when k.kind in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
          then has_any_column_privilege(reach.oid, t.oid, k.kind) end)) as reaches
    from running, tables t, kinds k where t.oid is not null),
  routines as (${OUR_ROUTINES}),
  routine_rights as (
    select format('execute on %s', r.name) as label, r.name = any($3::text[]) as wanted,
      has_function_privilege(running.oid, r.oid, 'EXECUTE') as has,
      exists (select from reach where has_function_privilege(reach.oid, r.oid, 'EXECUTE')) as reaches
    from running, routines r),
  place_rights as (
    select format('%s on %s', k.kind, k.place) as label, k.wanted,
      case k.place when 'the database' then has_database_privilege(running.oid, current_database(), k.kind)
        else has_schema_privilege(running.oid, 'public', k.kind) end as has,
      exists (select from reach where case k.place
        when 'the database' then has_database_privilege(reach.oid, current_database(), k.kind)
        else has_schema_privilege(reach.oid, 'public', k.kind) end) as reaches
    from running, (values ('connect', 'the database', true), ('create', 'the database', false),
      ('temporary', 'the database', false), ('usage', 'schema public', true), ('create', 'schema public', false)
    ) as k (kind, place, wanted))
  select wanted, label from (
    select * from table_rights union all select * from routine_rights union all select * from place_rights
  ) every where case when wanted then not has else reaches end
  union all select true, format('table %s', name) from tables where oid is null
  union all select true, format('function %s', name) from unnest($3::text[]) as name
    where name not in (select name from routines)
  order by label`;

/** Compares what a role may do in this database with what the running gateway needs; null where there is no such role. */
export async function compareRights(client: pg.Client, role: string): Promise<RightsComparison | null> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) return null;
  const { rows: standing } = await client.query<{ standing: string }>(STANDING, [role]);
  if (standing.length > 0) return { lacks: [], exceeds: [], stands: standing.map((row) => row.standing.trim()) };
  const tables = Object.entries(TABLE_RIGHTS).map(([name, rights]) => ({ name, rights }));
  const { rows } = await client.query<{ wanted: boolean; label: string }>(RIGHTS, [
    role,
    JSON.stringify(tables),
    ROUTINE_RIGHTS,
  ]);
  const labels = (wanted: boolean) => rows.filter((row) => row.wanted === wanted).map((row) => row.label);
  return { lacks: labels(true), exceeds: labels(false), stands: [] };
}
