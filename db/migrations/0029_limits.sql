-- How much of what may be sold to whom in a day and in a month: baskets, what was taken of them, and by which payment.

create table limit_baskets (
  tenant_id text not null,
  basket_id text not null,
  mode text not null,
  name text,
  -- In capitals; '*' alone is every item.
  item_types text[] not null,
  per text not null,
  currency text not null,
  -- Whose days and months.
  time_zone text not null,
  daily_max bigint,
  monthly_max bigint,
  daily_count_max integer,
  monthly_count_max integer,
  -- A payment that does not name what the basket counts by.
  when_unnamed text not null,
  active boolean not null,
  -- Customers and destinations stand in the counters as digests under this key.
  subject_key_sealed bytea not null,
  -- Kept for the payments that hold something of it.
  removed_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint limit_baskets_pkey primary key (tenant_id, basket_id),
  constraint limit_baskets_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint limit_baskets_mode_check check (mode in ('live', 'test')),
  constraint limit_baskets_per_check check (per in ('customer', 'destination', 'merchant', 'sub_merchant', 'group')),
  constraint limit_baskets_unnamed_check check (when_unnamed in ('refuse', 'pass')),
  constraint limit_baskets_types_check check (cardinality(item_types) >= 1),
  constraint limit_baskets_max_check check (
    num_nonnulls(daily_max, monthly_max, daily_count_max, monthly_count_max) >= 1
    and least(daily_max, monthly_max, daily_count_max, monthly_count_max) >= 0
  )
);
create index limit_baskets_list_idx on limit_baskets (tenant_id, mode, basket_id) where removed_at is null;
-- Who has any that holds: asked once a second, so that everybody else's payments are asked nothing.
create index limit_baskets_active_idx on limit_baskets (tenant_id) where active and removed_at is null;

-- What is taken of a basket by one subject in one period: the sum of what payments hold. Keyed by the basket's tenant,
-- whose children's payments count as well.
create table limit_counters (
  tenant_id text not null,
  basket_id text not null,
  subject bytea not null,
  period text not null,
  starts_at timestamptz not null,
  amount bigint not null,
  payments integer not null,
  -- What they had to stay below when something was last taken; null after money had moved that had been given back
  -- here, which counts whatever the maximum is.
  amount_max bigint,
  payments_max integer,
  constraint limit_counters_pkey primary key (tenant_id, basket_id, subject, period, starts_at),
  constraint limit_counters_subject_check check (length(subject) = 32),
  constraint limit_counters_period_check check (period in ('day', 'month')),
  constraint limit_counters_sign_check check (amount >= 0 and payments >= 0),
  -- The last word on every limit: a payment that breaks one of these is not written.
  constraint limit_counters_amount_check check (amount <= amount_max),
  constraint limit_counters_payments_check check (payments <= payments_max)
)
-- Only what is no key changes, many times a day: room for it on the same page spares the index.
with (fillfactor = 70);

-- What one payment holds of one counter, so that it is given back exactly once, whatever becomes of the payment.
create table limit_holds (
  tenant_id text not null,
  payment_id text not null,
  basket_tenant_id text not null,
  basket_id text not null,
  subject bytea not null,
  period text not null,
  starts_at timestamptz not null,
  -- Of the whole payment.
  amount bigint not null,
  -- What is still counted of it.
  amount_held bigint not null,
  payments_held integer not null,
  -- The maxima under which it was taken.
  amount_max bigint,
  payments_max integer,
  -- The payment has come to an end: nothing of this is only reserved any more.
  settled boolean not null,
  -- Taken again beyond a maximum, because money had moved.
  above boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint limit_holds_pkey primary key (tenant_id, payment_id, basket_id, subject, period),
  constraint limit_holds_payment_fkey foreign key (tenant_id, payment_id) references payments (tenant_id, payment_id),
  constraint limit_holds_amount_check check (amount_held >= 0 and amount_held <= amount),
  constraint limit_holds_payments_check check (payments_held in (0, 1))
);
create index limit_holds_open_idx on limit_holds (basket_tenant_id, basket_id, subject, period, starts_at)
  where not settled;

-- Whether there is anything to give back when a payment ends; nobody else's signals look for it.
alter table payments add column holds_limits boolean not null default false;
