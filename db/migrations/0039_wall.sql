-- The second wall: whatever a statement says, it reads and writes the rows of those tenants alone that its transaction was
-- told (docs/decisions/0041-row-level-security.md). `tollgate.tenants` holds their ids, by commas; work of the
-- installation begins it with `*` and its name. Nothing told: no rows.

/* What is told of work that belongs to no tenant; null: none, rows are the listed tenants' alone. */
create function scope_work() returns text
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$ select substring(current_setting('tollgate.tenants', true) from '^\*(\w+)') $$;

/* Whether this runs with the rights of who owns the tables: in the functions that the owner lends to the gateway. */
create function scope_runs_as_owner() returns boolean
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select pg_has_role((select relowner from pg_class where oid = to_regclass('public.migrations')), 'usage')
$$;

/*
 * Whether a table's rows of all tenants may be read. `owner` is for who migrates, copies and backs up, and counts for the
 * role that owns the tables alone.
 */
create function scope_reads_all() returns boolean
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case public.scope_work()
    when 'owner' then public.scope_runs_as_owner()
    else public.scope_work() in ('directory', 'lanes', 'relay', 'operator', 'people', 'keys', 'sweep', 'retention',
      'overview', 'audit')
  end
$$;

/* Whether a table's rows of all tenants may be written: what each work writes, table by table. */
create function scope_writes_all(relation text) returns boolean
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case public.scope_work()
    when 'owner' then public.scope_reads_all()
    when 'lanes' then relation = 'lanes'
    when 'relay' then relation = 'lanes'
    when 'keys' then relation in ('data_keys')
    when 'overview' then relation in ('activity_hours', 'activity_positions')
    when 'audit' then relation in ('audit_checkpointed')
      -- Emptied by a function of the owner's, which refuses what is young.
      or relation = 'audit_entries' and public.scope_runs_as_owner()
    -- Moved from one partition to another, by a function of the owner's.
    when 'retention' then public.scope_runs_as_owner() and relation in ('events', 'deliveries', 'delivery_attempts',
      'inbound_events', 'provider_calls', 'request_log')
    when 'people' then relation in ('memberships', 'invitations')
    else false
  end
$$;

/*
 * Walls every table of tenants that has no wall yet. Called after each run of migrations, so that a new table has one. A
 * partition has none of its own: it is written and read through its table.
 */
create procedure wall_tenant_tables()
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
declare
  walled record;
begin
  for walled in
    select c.oid::regclass as name, c.relname as plain from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname !~ '^detached_' and not (c.relrowsecurity and c.relforcerowsecurity)
    order by c.relname
  loop
    execute format('alter table %s enable row level security', walled.name);
    execute format('alter table %s force row level security', walled.name);
    -- The lists are made once for a statement (initplans). With `or` they are no condition of an index, so that the plan is
    -- the one of the statement's own condition.
    execute format($policy$
      create policy %I on %s
        using (tenant_id = any ((select string_to_array(current_setting('tollgate.tenants', true), ','))::text[])
          or (select public.scope_reads_all()))
        with check (tenant_id = any ((select string_to_array(current_setting('tollgate.tenants', true), ','))::text[])
          or (select public.scope_writes_all(%L)))$policy$,
      walled.plain || '_tenants', walled.name, walled.plain);
    -- What is deleted is looked at by `using` alone, which is for reading.
    execute format($policy$
      create policy %I on %s as restrictive for delete
        using (tenant_id = any ((select string_to_array(current_setting('tollgate.tenants', true), ','))::text[])
          or (select public.scope_writes_all(%L)))$policy$,
      walled.plain || '_deleted', walled.name, walled.plain);
  end loop;
end $$;

call wall_tenant_tables();
