-- What grows with every payment and need not be kept for ever stands in partitions by the time that its ids begin with, so
-- that old months are dropped and never deleted row by row. docs/decisions/0032 says why so and not otherwise.

-- The lowest id of an instant, as newId writes them: 48 bits of milliseconds in ten characters of Crockford's base 32.
create function id_floor(prefix text, at timestamptz) returns text language sql immutable strict
set search_path = pg_catalog, pg_temp as $$
  select prefix || '_' || string_agg(
    substr('0123456789abcdefghjkmnpqrstvwxyz', ((milliseconds >> (5 * (9 - place))) & 31)::int + 1, 1), '' order by place
  ) || repeat('0', 16)
  from (select floor(extract(epoch from at) * 1000)::bigint as milliseconds) instant, generate_series(0, 9) as place
$$;

-- Which tables are partitioned, by which column, and with which ids. Those of a family are dropped together, in this order.
create function partitioned_tables() returns table (parent text, family text, key_column text, prefix text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  values
    ('events', 'events', 'event_id', 'evt'),
    ('deliveries', 'deliveries', 'delivery_id', 'whd'),
    ('delivery_attempts', 'deliveries', 'delivery_id', 'whd'),
    ('inbound_events', 'inbound_events', 'inbound_event_id', 'in'),
    ('provider_calls', 'provider_calls', 'call_id', 'pc')
$$;

-- The whole table becomes the only partition. That changes catalogs alone: nothing is read, copied or indexed anew.
do $$
declare
  part record;
  tail text;
  indexes text[];
  key text;
  definition text;
begin
  for part in select * from partitioned_tables() loop
    tail := part.parent || '_beyond';
    -- A unique index of a partitioned table must hold the key of the partitions; this one stays with each partition.
    indexes := array(
      select pg_get_indexdef(i.indexrelid) from pg_index i
      where i.indrelid = part.parent::regclass and not i.indisunique order by i.indexrelid);
    key := (select pg_get_constraintdef(k.oid) from pg_constraint k
      where k.conrelid = part.parent::regclass and k.contype = 'p');
    for definition in
      select format('alter index %I rename to %I', c.relname, tail || substr(c.relname, length(part.parent) + 1))
      from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = part.parent::regclass
    loop
      execute definition;
    end loop;
    execute format('alter table %I rename to %I', part.parent, tail);
    execute format('create table %I (like %I including defaults including constraints) partition by range (%I)',
      part.parent, tail, part.key_column);
    execute format('alter table %I add constraint %I %s', part.parent, part.parent || '_pkey', key);
    foreach definition in array indexes loop
      execute definition;
    end loop;
    execute format('alter table %I attach partition %I for values from (minvalue) to (maxvalue)', part.parent, tail);
    -- The new table has nobody's rights; the running role's follow with every migration, and are none on a partition.
    for definition in
      select format('revoke all on %I from %s', tail, case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end)
      from pg_class c, aclexplode(c.relacl) where c.oid = tail::regclass and grantee <> c.relowner
    loop
      execute definition;
    end loop;
  end loop;
end $$;

-- Ends the last partition where a month begins, and opens the next one, which takes everything from there on. So there is
-- always one for whatever is written, also for what a test clock dates years ahead; such rows move along. Locks the table
-- for some hundredths of a second, and waits a fifth of one for that at most: lock_not_available then, and nothing is done.
-- False: it was split there before, or somebody else is at it.
create function split_partition(parent_name text, month date) returns boolean language plpgsql
security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '200ms' as $$
declare
  part record;
  tail text := parent_name || '_beyond';
  made text := parent_name || to_char(month - 1, '"_"YYYY"_"MM');
  lower_bound text;
  bound text;
begin
  select * into strict part from public.partitioned_tables() p where p.parent = parent_name;
  if extract(day from month) <> 1 then
    raise exception 'partitions begin with a month' using errcode = 'invalid_parameter_value';
  end if;
  if not pg_try_advisory_xact_lock(7705301463) then return false; end if;
  bound := public.id_floor(part.prefix, month::timestamp at time zone 'UTC');
  lower_bound := (select substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM (\(.*\)) TO') from pg_class c
    where c.oid = to_regclass(format('public.%I', tail)));
  if lower_bound <> '(MINVALUE)' and trim(both '('')' from lower_bound) >= bound then return false; end if;
  execute format('alter table public.%I detach partition public.%I', parent_name, tail);
  execute format('alter table public.%I rename to %I', tail, made);
  execute format('create table public.%I partition of public.%I for values from (%L) to (maxvalue)',
    tail, parent_name, bound);
  if parent_name = 'deliveries' then
    execute format(
      'create unique index %I on public.%I (tenant_id, event_id, lane_id) where trigger = ''automatic''',
      'deliveries_automatic_' || to_char(month, 'YYYY_MM'), tail);
  end if;
  execute format('with later as (delete from public.%I where %I >= %L returning *) insert into public.%I select * from later',
    made, part.key_column, bound, parent_name);
  execute format('alter table public.%I attach partition public.%I for values from %s to (%L)',
    parent_name, made, lower_bound, bound);
  return true;
end $$;

-- An installation that has rows ends its first partition here, because that reads each of the five tables once under its
-- lock, which the running gateway would feel: where the month after the newest live event begins. Live mode knows no test
-- clock, so that is about now.
do $$
declare
  newest timestamptz := (
    select created_at from events order by mode = 'live' desc, event_id desc limit 1);
begin
  perform split_partition(parent, (date_trunc('month', newest at time zone 'UTC') + interval '1 month')::date)
  from partitioned_tables() where newest is not null;
end $$;

-- Takes the partitions that end before a month, or with it, out of a family of tables, and leaves an empty one in their
-- place. Refuses what is younger than 30 days by the server's own clock, so that not even a hole in the gateway could drop
-- what has just happened, and what still has work: unfinished deliveries, news that waits for a person. Waits for the lock
-- as split_partition does. What was taken out is dropped by drop_detached, after the commit.
create function detach_partitions(family_name text, month date) returns integer language plpgsql
security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '200ms' as $$
declare
  part record;
  old record;
  bound text;
  aside text;
  detached integer := 0;
begin
  if month::timestamp at time zone 'UTC' > clock_timestamp() - interval '30 days' then
    raise exception 'what is younger than 30 days is not dropped' using errcode = 'invalid_parameter_value';
  end if;
  if not pg_try_advisory_xact_lock(7705301463) then return 0; end if;
  if public.holds_work(family_name, month) then return 0; end if;
  for part in select * from public.partitioned_tables() p where p.family = family_name loop
    bound := public.id_floor(part.prefix, month::timestamp at time zone 'UTC');
    for old in
      select c.oid, c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = to_regclass(format('public.%I', part.parent))
        and substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''(.*)''\)') <= bound
      order by c.relname
    loop
      execute format('alter table public.%I detach partition public.%I', part.parent, old.name);
      aside := format('detached_%s_%s', old.name, old.oid);
      execute format('alter table public.%I rename to %I', old.name, aside);
      detached := detached + 1;
    end loop;
    if aside is null then continue; end if;
    execute format('create table public.%I partition of public.%I for values from (minvalue) to (%L)',
      part.parent || '_before', part.parent, bound);
    aside := null;
  end loop;
  return detached;
end $$;

-- Whether rows of a family from before a month still have something to be done.
create function holds_work(family_name text, month date) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before timestamptz := month::timestamp at time zone 'UTC';
begin
  case family_name
    when 'events' then
      return exists (select from public.deliveries where status = 'pending' and event_id < public.id_floor('evt', before))
        or exists (select from public.deliveries where status = 'held' and event_id < public.id_floor('evt', before))
        or exists (select from public.outbox where topic = 'event' and subject_id < public.id_floor('evt', before));
    when 'deliveries' then
      return exists (select from public.deliveries where status = 'pending' and delivery_id < public.id_floor('whd', before))
        or exists (select from public.deliveries where status = 'held' and delivery_id < public.id_floor('whd', before));
    when 'inbound_events' then
      return exists (
          select from public.inbound_events
          where state = 'pending' and inbound_event_id < public.id_floor('in', before))
        or exists (
          select from public.inbound_events
          where state in ('quarantined', 'unmatched', 'failed') and inbound_event_id < public.id_floor('in', before));
    when 'provider_calls' then
      return false;
  end case;
end $$;

-- Drops one table that was taken out; null where there is none left.
create function drop_detached() returns text language plpgsql
security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '200ms' as $$
declare
  aside text;
begin
  if not pg_try_advisory_xact_lock(7705301463) then return null; end if;
  select c.relname into aside from pg_class c join public.partitioned_tables() p
    on c.relname ~ format('^detached_%s_.*_\d+$', p.parent)
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition
    and c.relowner = (select relowner from pg_class where oid = 'public.events'::regclass)
  order by 1 limit 1;
  if aside is not null then execute format('drop table public.%I', aside); end if;
  return aside;
end $$;

-- How far a tenant's old contents were erased: `position` is the last id that was looked at. A pass begins anew every now
-- and then, since what still had work was passed over.
create table retention_positions (
  tenant_id text not null,
  subject text not null,
  position text not null,
  pass_began_at timestamptz not null,
  constraint retention_positions_pkey primary key (tenant_id, subject),
  constraint retention_positions_subject_check check (subject in ('events', 'deliveries', 'inbound_events'))
);

-- Empties what a tenant's rows between two ids say, of so many rows at most, and leaves the rows: an event's object; the
-- headers and the body of what was sent and answered; a provider's notification. What still has work is passed over. Refuses
-- what is younger than a day by the server's own clock. Returns the last id that was looked at, and how many rows were.
create function erase_contents(subject_name text, of_tenant text, after_id text, before_id text, rows_max integer,
  out last_id text, out looked_at integer, out erased integer)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  newest text := clock_timestamp() - interval '1 day';
begin
  case subject_name
    when 'events' then
      newest := public.id_floor('evt', newest::timestamptz);
      with looked as materialized (
        select e.event_id from public.events e
        where e.tenant_id = of_tenant and e.event_id > after_id and e.event_id < before_id and e.event_id < newest
        order by e.event_id limit rows_max
      ), emptied as (
        update public.events e set object = 'null' from looked l
        where e.tenant_id = of_tenant and e.event_id = l.event_id and json_typeof(e.object) <> 'null'
          and not exists (select from public.deliveries d
            where d.tenant_id = of_tenant and d.event_id = l.event_id and d.trigger = 'automatic'
              and d.status in ('pending', 'held'))
          and not exists (select from public.deliveries d
            where d.tenant_id = of_tenant and d.event_id = l.event_id and d.trigger <> 'automatic'
              and d.status in ('pending', 'held'))
        returning 1
      )
      select max(l.event_id), count(*), (select count(*) from emptied) into last_id, looked_at, erased from looked l;
    when 'deliveries' then
      newest := public.id_floor('whd', newest::timestamptz);
      with looked as materialized (
        select d.delivery_id, d.status from public.deliveries d
        where d.tenant_id = of_tenant and d.delivery_id > after_id and d.delivery_id < before_id and d.delivery_id < newest
        order by d.delivery_id limit rows_max
      ), emptied as (
        update public.delivery_attempts a
        set request_headers = null, response_headers = null, response_body = null from looked l
        where a.tenant_id = of_tenant and a.delivery_id = l.delivery_id and l.status not in ('pending', 'held')
          and (a.request_headers is not null or a.response_headers is not null or a.response_body is not null)
        returning 1
      )
      select max(l.delivery_id), count(*), (select count(*) from emptied) into last_id, looked_at, erased from looked l;
    when 'inbound_events' then
      newest := public.id_floor('in', newest::timestamptz);
      with looked as materialized (
        select i.inbound_event_id from public.inbound_events i
        where i.tenant_id = of_tenant and i.inbound_event_id > after_id and i.inbound_event_id < before_id
          and i.inbound_event_id < newest
        order by i.inbound_event_id limit rows_max
      ), emptied as (
        update public.inbound_events i set request_sealed = '' from looked l
        where i.tenant_id = of_tenant and i.inbound_event_id = l.inbound_event_id and i.request_sealed <> ''
          and coalesce(i.state, 'applied') in ('applied', 'resolved')
        returning 1
      )
      select max(l.inbound_event_id), count(*), (select count(*) from emptied) into last_id, looked_at, erased
      from looked l;
  end case;
end $$;
