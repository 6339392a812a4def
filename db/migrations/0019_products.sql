-- What tenants sell under names of their own, and whether, how and to whom notifications go by it.

create table products (
  tenant_id text not null,
  product_id text not null,
  mode text not null,
  name text not null,
  -- The tenant's own id for it.
  reference text,
  status text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint products_pkey primary key (tenant_id, product_id),
  constraint products_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint products_reference_key unique (tenant_id, mode, reference),
  constraint products_mode_check check (mode in ('live', 'test')),
  constraint products_status_check check (status in ('active', 'archived'))
);
create index products_list_idx on products (tenant_id, mode, product_id);

-- A tenant's notifications of a mode, or with a product_id those of one product. No row: as it is by default.
create table notification_settings (
  tenant_id text not null,
  mode text not null,
  -- Empty: the tenant's own.
  product_id text not null,
  -- null: as the tenant has it.
  enabled boolean,
  paused boolean,
  additional_types_also_to_main boolean,
  admin_email_sealed bytea,
  updated_at timestamptz not null,
  -- Who changed it last, since pausing is an administrator's business.
  updated_by text not null,
  constraint notification_settings_pkey primary key (tenant_id, mode, product_id),
  constraint notification_settings_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint notification_settings_mode_check check (mode in ('live', 'test')),
  constraint notification_settings_complete_check check (
    product_id <> '' or (enabled is not null and paused is not null and additional_types_also_to_main is not null)
  )
);

-- held: came due while its tenant's or its product's notifications were paused; nobody looks at it until they are not.
alter table deliveries
  drop constraint deliveries_status_check,
  add constraint deliveries_status_check check (status in ('pending', 'held', 'succeeded', 'exhausted', 'canceled'));
create index deliveries_held_idx on deliveries (tenant_id, mode, delivery_id) where status = 'held';
