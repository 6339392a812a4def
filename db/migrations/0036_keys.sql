-- Rotation and shredding of keys.

-- When a version stopped sealing; null: it seals.
alter table data_keys add column retired_at timestamptz;
update data_keys set retired_at = created_at where state <> 'primary';
-- A destroyed key is one that nobody has any more, wrapped or not.
update data_keys set wrapped = '' where state = 'destroyed';
alter table data_keys
  add constraint data_keys_retired_check check ((state = 'primary') = (retired_at is null)),
  add constraint data_keys_destroyed_check check ((state = 'destroyed') = (length(wrapped) = 0));
-- Which master keys are in use, and what each of them has wrapped.
create index data_keys_master_idx on data_keys (master_key_id, tenant_id, version) where state <> 'destroyed';
-- The oldest that still seals; and those due by their age.
create index data_keys_age_idx on data_keys (created_at) where state = 'primary';
create index data_keys_readable_idx on data_keys (tenant_id, version) where state = 'readable';

-- What is left of a data key that was destroyed after a rotation: the key of its digests, derived from it and sealed under
-- the version that seals now, since what was digested is not kept and cannot be digested anew.
create table digest_keys (
  tenant_id text not null,
  version integer not null,
  key_sealed bytea not null,
  created_at timestamptz not null,
  constraint digest_keys_pkey primary key (tenant_id, version)
);

-- Tenants whose values are being sealed anew, each with how far a pass over all sealed columns has come.
create table reseals (
  tenant_id text not null,
  -- The next column, by its place in the list of the program; and the last row looked at in it.
  column_name text not null,
  position text[] not null,
  -- Values under older versions that this pass has come upon.
  found bigint not null,
  began_at timestamptz not null,
  due_at timestamptz not null,
  constraint reseals_pkey primary key (tenant_id),
  constraint reseals_found_check check (found >= 0)
);
create index reseals_due_idx on reseals (due_at);

-- The key that signs next is known to everybody before it signs.
alter table signing_keys add column retired_at timestamptz;
alter table signing_keys drop constraint signing_keys_state_check;
alter table signing_keys
  add constraint signing_keys_state_check check (state in ('next', 'primary', 'readable')),
  add constraint signing_keys_retired_check check (retired_at is null or state = 'readable');
create unique index signing_keys_next_key on signing_keys (state) where state = 'next';

-- A removed tenant has no keys any more.
alter table tenants drop constraint tenants_status_check;
alter table tenants add constraint tenants_status_check check (status in ('active', 'suspended', 'removed'));

-- Events are never rewritten. This replaces the sealed bytes of a shipping address in them by others and nothing else, where
-- the ones that were read still stand there.
create function reseal_event_addresses(of_tenant text, event_ids text[], old_texts text[], new_texts text[]) returns integer
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  done integer;
begin
  if exists (select from unnest(old_texts || new_texts) t where t !~ '^sealed:[A-Za-z0-9_-]+$') then
    raise exception 'only sealed addresses take the place of sealed addresses' using errcode = 'invalid_parameter_value';
  end if;
  update public.events e set object = replace(e.object::text, r.old_text, r.new_text)::json
  from unnest(event_ids, old_texts, new_texts) r (event_id, old_text, new_text)
  where e.tenant_id = of_tenant and e.event_id = r.event_id and e.object ->> 'shippingAddress' = r.old_text;
  get diagnostics done = row_count;
  return done;
end $$;
revoke execute on function reseal_event_addresses(text, text[], text[], text[]) from public;
