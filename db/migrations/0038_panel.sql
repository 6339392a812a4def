-- What the admin panel asks for: finding, sums by the hour, the log of requests, and which processes there are.

-- Prefixes are found by ranges, which are only exact where texts are compared byte by byte. A database whose own order is
-- such is left as it is; in others the indexes of these columns are built anew, and the tables are not rewritten.
do $$
begin
  if (select datcollate not in ('C', 'POSIX', 'C.UTF-8', 'C.utf8') from pg_database where datname = current_database()) then
    alter table payments alter column reference type text collate "C", alter column order_id type text collate "C";
    alter table refunds alter column reference type text collate "C";
    alter table products alter column reference type text collate "C";
    alter table checkouts alter column reference type text collate "C";
    alter table qr_codes alter column reference type text collate "C";
  end if;
end $$;

-- A keyed digest of the customer's e-mail address, cut to 64 bits: 0 where there is none, null where nobody has looked yet.
alter table payments add column email_digest bigint;
create index payments_email_idx on payments (tenant_id, mode, email_digest, payment_id) where email_digest <> 0;
-- Empty once those from before this migration were looked at: new payments have their digest from the start.
create index payments_undigested_idx on payments (tenant_id, payment_id)
  where customer_sealed is not null and email_digest is null;

-- The key of a tenant's digests. Its own, and not the data key, so that what was digested is found after a rotation.
create table search_keys (
  tenant_id text not null,
  purpose text not null,
  key_sealed bytea not null,
  created_at timestamptz not null,
  constraint search_keys_pkey primary key (tenant_id, purpose),
  constraint search_keys_purpose_check check (purpose = 'email'),
  constraint search_keys_tenant_fkey foreign key (tenant_id) references tenants (tenant_id)
);

-- What happened in an hour, summed up from rows that never change: events and ledger transfers. The tenant `system` stands
-- for all of them together.
create table activity_hours (
  tenant_id text not null,
  mode text not null,
  hour timestamptz not null,
  currency text not null,
  created bigint not null,
  approved bigint not null,
  declined bigint not null,
  captures bigint not null,
  captured bigint not null,
  refunds bigint not null,
  refunded bigint not null,
  reversed bigint not null,
  disputes bigint not null,
  disputed bigint not null,
  constraint activity_hours_pkey primary key (tenant_id, mode, hour, currency),
  constraint activity_hours_mode_check check (mode in ('live', 'test'))
);

-- Up to which hour a tenant was summed up.
create table activity_positions (
  tenant_id text not null,
  rolled_until timestamptz not null,
  constraint activity_positions_pkey primary key (tenant_id)
);
create index activity_positions_until_idx on activity_positions (rolled_until);

-- Requests of tenants' back ends and what they were answered; never a body, a query or a header.
create table request_log (
  tenant_id text not null,
  mode text not null,
  request_id text not null,
  actor text not null,
  operation text not null,
  method text not null,
  route text not null,
  status integer not null,
  code text,
  detail text,
  errors jsonb,
  duration_ms integer not null,
  correlation_id text not null,
  replayed boolean not null,
  created_at timestamptz not null,
  constraint request_log_pkey primary key (tenant_id, mode, request_id),
  constraint request_log_mode_check check (mode in ('live', 'test')),
  constraint request_log_code_check check (code is not null or (detail is null and errors is null))
) partition by range (request_id);
create table request_log_beyond partition of request_log for values from (minvalue) to (maxvalue);
create index request_log_refused_idx on request_log (tenant_id, mode, code, request_id) where code is not null;
create index request_log_correlation_idx on request_log (tenant_id, correlation_id);

-- The log becomes one of the families that partitions are kept for. Both functions are extended as they stand here, with
-- whatever migrations before this one have put into them.
do $$
begin
  execute format(
    'create or replace function partitioned_tables() returns table (parent text, family text, key_column text, prefix text) '
      'language sql immutable set search_path = pg_catalog, pg_temp as $f$ values %s $f$',
    (select string_agg(format('(%L, %L, %L, %L)', parent, family, key_column, prefix), ', ')
      || $x$, ('request_log', 'request_log', 'request_id', 'rq')$x$ from partitioned_tables()));
  execute replace(pg_get_functiondef('holds_work(text, date)'::regprocedure), 'end case;',
    $x$when 'request_log' then
      return false;
  end case;$x$);
end $$;

-- The processes that are running, by the machine's clock: each says so every few seconds.
create table processes (
  process_id text not null,
  roles text[] not null,
  version text not null,
  host text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  constraint processes_pkey primary key (process_id)
);
