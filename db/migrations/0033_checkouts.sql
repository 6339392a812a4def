-- What a tenant says once of payments that are alike, and which payments were made by it.

create table checkouts (
  tenant_id text not null,
  checkout_id text not null,
  mode text not null,
  name text not null,
  -- The tenant's own id for it.
  reference text,
  status text not null,
  -- Members of new payments, as the API takes them.
  terms jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint checkouts_pkey primary key (tenant_id, checkout_id),
  constraint checkouts_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint checkouts_reference_key unique (tenant_id, mode, reference),
  constraint checkouts_mode_check check (mode in ('live', 'test')),
  constraint checkouts_status_check check (status in ('active', 'archived'))
);
create index checkouts_list_idx on checkouts (tenant_id, mode, checkout_id);

alter table payments
  add column checkout_id text,
  add constraint payments_checkout_fkey foreign key (tenant_id, checkout_id) references checkouts (tenant_id, checkout_id);
create index payments_checkout_idx on payments (tenant_id, checkout_id, payment_id) where checkout_id is not null;
