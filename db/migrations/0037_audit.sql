-- Who did what, one chain for each tenant and one, `system`, for those who run the installation. Nothing of it is ever
-- changed: the running role may read and nothing else, and appends by a function that gives number and hash by itself.
-- docs/audit.md says what is hashed how; docs/decisions/0036 why so.

create table audit_heads (
  tenant_id text not null,
  entries bigint not null,
  hash bytea not null,
  constraint audit_heads_pkey primary key (tenant_id),
  constraint audit_heads_entries_check check (entries >= 0)
);

-- What stands before content_hash and hash is in every row for ever; the rest goes when its class has been kept for long
-- enough, all of it at once, and leaves the two hashes, by which the chain is proven as before.
create table audit_entries (
  tenant_id text not null,
  seq bigint not null,
  at timestamptz not null,
  class text not null,
  content_hash bytea not null,
  hash bytea not null,
  mode text,
  actor text,
  address text,
  correlation_id text,
  action text,
  target_type text,
  target_id text,
  outcome text,
  details json,
  constraint audit_entries_pkey primary key (tenant_id, seq),
  constraint audit_entries_seq_check check (seq > 0),
  constraint audit_entries_class_check check (class in ('security', 'change', 'money')),
  constraint audit_entries_mode_check check (mode in ('live', 'test')),
  constraint audit_entries_outcome_check check (outcome in ('done', 'unchanged', 'refused')),
  constraint audit_entries_content_check check ((action is null) = (actor is null) and (action is null) = (outcome is null))
);

create index audit_entries_at on audit_entries (tenant_id, at, seq);
create index audit_entries_actor on audit_entries (tenant_id, actor, at, seq);
create index audit_entries_action on audit_entries (tenant_id, action, at, seq);
create index audit_entries_target on audit_entries (tenant_id, target_id, at, seq);
create index audit_entries_erasable on audit_entries (class, at) where action is not null;

-- A text with its length in front, or `-` for none: what is put together of these can be taken apart in one way only.
create function audit_netstring(part text) returns text language sql immutable parallel safe
set search_path = pg_catalog, pg_temp as $$
  select coalesce(octet_length(part) || ':' || part, '-')
$$;

-- Appends one entry and returns its number. The head is locked until the transaction ends, so that numbers have no gaps and
-- a change and its entry stand or fall together.
create function append_audit_entry(of_tenant text, at_time timestamptz, of_class text, content json) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  head record;
  number bigint;
  said text;
  content_sha bytea;
  entry_sha bytea;
begin
  insert into public.audit_heads values (of_tenant, 0,
    sha256(convert_to(public.audit_netstring('tollgate audit') || public.audit_netstring(of_tenant), 'UTF8')))
  on conflict do nothing;
  select h.entries, h.hash into strict head from public.audit_heads h where h.tenant_id = of_tenant for update;
  number := head.entries + 1;
  said := public.audit_netstring(content ->> 'mode') || public.audit_netstring(content ->> 'actor')
    || public.audit_netstring(content ->> 'address') || public.audit_netstring(content ->> 'correlationId')
    || public.audit_netstring(content ->> 'action') || public.audit_netstring(content ->> 'targetType')
    || public.audit_netstring(content ->> 'targetId') || public.audit_netstring(content ->> 'outcome')
    || public.audit_netstring((content -> 'details')::text);
  content_sha := sha256(convert_to(said, 'UTF8'));
  entry_sha := sha256(convert_to(public.audit_netstring(of_tenant) || public.audit_netstring(number::text)
    || public.audit_netstring((extract(epoch from at_time) * 1000000)::bigint::text) || public.audit_netstring(of_class)
    || public.audit_netstring(encode(content_sha, 'hex')) || public.audit_netstring(encode(head.hash, 'hex')), 'UTF8'));
  insert into public.audit_entries (tenant_id, seq, at, class, content_hash, hash, mode, actor, address, correlation_id,
    action, target_type, target_id, outcome, details)
  values (of_tenant, number, at_time, of_class, content_sha, entry_sha, content ->> 'mode', content ->> 'actor',
    content ->> 'address', content ->> 'correlationId', content ->> 'action', content ->> 'targetType',
    content ->> 'targetId', content ->> 'outcome', content -> 'details');
  update public.audit_heads h set entries = number, hash = entry_sha where h.tenant_id = of_tenant;
  return number;
end $$;

-- How many days what an entry says is kept.
create function audit_days(of_class text) returns integer language sql immutable parallel safe
set search_path = pg_catalog, pg_temp as $$
  select case of_class when 'security' then 400 when 'change' then 1830 when 'money' then 3660 end
$$;

-- Empties so many entries whose days are over, by the server's own clock, and returns how many it were. The running role
-- may call it whenever it likes: it can take nothing that is younger.
create function erase_audit_entries(rows_max integer) returns integer language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  erased integer;
begin
  with old as (
    select e.tenant_id, e.seq from (values ('security'), ('change'), ('money')) as k (class)
    cross join lateral (
      select tenant_id, seq from public.audit_entries
      where class = k.class and action is not null and at < clock_timestamp() - public.audit_days(k.class) * interval '24 hours'
      order by at limit rows_max
    ) e limit rows_max
  ), emptied as (
    update public.audit_entries e
    set mode = null, actor = null, address = null, correlation_id = null, action = null, target_type = null,
      target_id = null, outcome = null, details = null
    from old where e.tenant_id = old.tenant_id and e.seq = old.seq and e.action is not null
    returning 1
  )
  select count(*) into erased from emptied;
  return erased;
end $$;

-- The keys that checkpoints are signed with; the newest one signs, all of them verify.
create table audit_signing_keys (
  key_id text not null,
  public_key text not null,
  private_key_sealed bytea not null,
  created_at timestamptz not null,
  constraint audit_signing_keys_pkey primary key (key_id)
);

-- What was signed, line by line as it stands in the files outside.
create table audit_checkpoints (
  number bigint not null,
  at timestamptz not null,
  line text not null,
  constraint audit_checkpoints_pkey primary key (number),
  constraint audit_checkpoints_number_check check (number > 0)
);

-- How far each chain has been signed.
create table audit_checkpointed (
  tenant_id text not null,
  entries bigint not null,
  constraint audit_checkpointed_pkey primary key (tenant_id)
);
