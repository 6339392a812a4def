-- What people look at who work with money: lists of captures, refunds and reversals, and the months of the ledger.

create index captures_list_idx on captures (tenant_id, mode, capture_id);
create index refunds_list_idx on refunds (tenant_id, mode, refund_id);
create index reversals_list_idx on reversals (tenant_id, mode, reversal_id);
-- Whoever asks for these looks for few among many; nearly all succeed, and those are found by the list itself.
create index captures_unfinished_idx on captures (tenant_id, mode, status, capture_id) where status <> 'succeeded';
create index refunds_unfinished_idx on refunds (tenant_id, mode, status, refund_id) where status <> 'succeeded';
create index reversals_unfinished_idx on reversals (tenant_id, mode, status, reversal_id) where status <> 'succeeded';

-- A month of the ledger that was closed, with what it added up to. Opened again it stays, with who did that and why; the
-- next closing is another row.
create table period_closings (
  tenant_id text not null,
  closing_id text not null,
  mode text not null,
  month text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  note text,
  closed_by text not null,
  closed_at timestamptz not null,
  reopened_by text,
  reopened_at timestamptz,
  reopen_reason text,
  constraint period_closings_pkey primary key (tenant_id, closing_id),
  constraint period_closings_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint period_closings_mode_check check (mode in ('live', 'test')),
  constraint period_closings_month_check check (month ~ '^\d{4}-(0[1-9]|1[0-2])$'),
  constraint period_closings_ends_check check (ends_at > starts_at),
  -- Nothing can still be on its way that is dated into it.
  constraint period_closings_over_check check (closed_at >= ends_at + interval '1 hour'),
  constraint period_closings_reopened_check check (
    (reopened_at is null) = (reopened_by is null) and (reopened_at is null) = (reopen_reason is null))
);
-- A month is closed once at a time; also how the last that is closed is found.
create unique index period_closings_standing_key on period_closings (tenant_id, mode, month) where reopened_at is null;
create index period_closings_month_idx on period_closings (tenant_id, mode, month, closing_id);

-- What each account of the ledger held before the month, and what the month moved.
create table period_totals (
  tenant_id text not null,
  closing_id text not null,
  currency text not null,
  provider_account_id text not null,
  account text not null,
  opening_debits numeric not null,
  opening_credits numeric not null,
  debits numeric not null,
  credits numeric not null,
  constraint period_totals_pkey primary key (tenant_id, closing_id, currency, provider_account_id, account),
  constraint period_totals_closing_fkey foreign key (tenant_id, closing_id)
    references period_closings (tenant_id, closing_id),
  constraint period_totals_sums_check check (
    least(opening_debits, opening_credits, debits, credits) >= 0)
);
create trigger period_totals_append_only before update or delete or truncate on period_totals
  for each statement execute function refuse_change();
create trigger period_closings_kept before delete or truncate on period_closings
  for each statement execute function refuse_change();

-- Debits equal credits in every currency, before the month and in it, or nothing is closed.
create function check_period_balance() returns trigger language plpgsql as $$
declare
  unbalanced text;
begin
  select currency into unbalanced from totals
  group by tenant_id, closing_id, currency
  having sum(debits) <> sum(credits) or sum(opening_debits) <> sum(opening_credits) limit 1;
  if unbalanced is not null then
    raise exception 'period_totals: debits and credits differ in %', unbalanced
      using errcode = 'check_violation', constraint = 'period_totals_balance_check', table = 'period_totals';
  end if;
  return null;
end $$;
create trigger period_totals_balance after insert on period_totals
  referencing new table as totals for each statement execute function check_period_balance();

-- A closed month takes no posting. The gateway dates a posting when it makes it, and closes no month before it is over for
-- an hour, so this refuses what could only come of a machine whose clock is wrong.
create function refuse_closed_period() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  closed text;
begin
  select c.month into closed from posted t
  join period_closings c on c.tenant_id = t.tenant_id and c.mode = t.mode and c.reopened_at is null
    and c.starts_at <= t.created_at and t.created_at < c.ends_at
  limit 1;
  if closed is not null then
    raise exception 'ledger_transfers: the period % is closed', closed
      using errcode = 'check_violation', constraint = 'ledger_transfers_period_check', table = 'ledger_transfers';
  end if;
  return null;
end $$;
create trigger ledger_transfers_period after insert on ledger_transfers
  referencing new table as posted for each statement execute function refuse_closed_period();
