-- Which payments an account takes: its share, currencies, amounts and methods. The program checks the shape.
-- null: no rules.
alter table provider_accounts add column routing jsonb;
alter table provider_accounts add constraint provider_accounts_routing_check check (jsonb_typeof(routing) = 'object');

-- How an account has lately answered, for all processes. No row: it has never failed. A success after a success writes
-- nothing.
create table provider_account_circuits (
  tenant_id text not null,
  provider_account_id text not null,
  state text not null,
  -- When it came into its state; null: it was never in another.
  since timestamptz,
  -- In a row, without a success between.
  failures integer not null,
  -- When the first failure of the row was seen.
  failing_since timestamptz,
  -- How often it has opened, or stayed open after a probe, without a success between.
  openings integer not null,
  -- Open: from when on one payment may probe the account.
  retry_at timestamptz,
  -- Until when nobody else probes.
  probe_until timestamptz,
  updated_at timestamptz not null,
  constraint provider_account_circuits_pkey primary key (tenant_id, provider_account_id),
  constraint provider_account_circuits_account_fkey foreign key (tenant_id, provider_account_id)
    references provider_accounts (tenant_id, provider_account_id),
  constraint provider_account_circuits_state_check check (state in ('closed', 'open')),
  constraint provider_account_circuits_failures_check check (failures >= 0 and openings >= 0),
  constraint provider_account_circuits_retry_check check ((state = 'open') = (retry_at is not null)),
  constraint provider_account_circuits_probe_check check (state = 'open' or probe_until is null)
);
create index provider_account_circuits_open_idx on provider_account_circuits (tenant_id) where state = 'open';

-- The attempt that took over in the same confirmation, where this one certainly did nothing at its provider.
alter table attempts add column failed_over_to text;
-- Money that a provider proves late after all moves it on, as it moves any attempt that ended.
alter table attempts add constraint attempts_failed_over_check
  check (failed_over_to is null or state in ('not_sent', 'refused', 'authorized', 'captured', 'canceled', 'expired'));
