-- Who: tenants and the credentials by which their back ends, and the operator, come in.

-- The directory of tenants; small, and read by everything, so it stays undistributed on Citus.
create table tenants (
  tenant_id text not null,
  parent_tenant_id text,
  name text not null,
  app_name text not null,
  currency text not null,
  status text not null,
  -- Branding, return origins, app schemes, frame ancestors, default terminal and mcc: tenants/settings.ts has the shape.
  settings jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint tenants_pkey primary key (tenant_id),
  constraint tenants_app_name_key unique (app_name),
  constraint tenants_parent_fkey foreign key (parent_tenant_id) references tenants (tenant_id),
  constraint tenants_parent_check check (parent_tenant_id <> tenant_id),
  constraint tenants_status_check check (status in ('active', 'suspended')),
  constraint tenants_currency_check check (currency ~ '^[A-Z]{3}$')
);
create index tenants_parent_idx on tenants (parent_tenant_id) where parent_tenant_id is not null;

-- appSecret and liveAppSecret. Several rows may be valid at once during a rotation.
create table app_secrets (
  tenant_id text not null,
  mode text not null,
  secret_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  constraint app_secrets_pkey primary key (tenant_id, mode, secret_hash),
  constraint app_secrets_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint app_secrets_mode_check check (mode in ('live', 'test')),
  constraint app_secrets_hash_check check (length(secret_hash) = 32)
);

-- A directory: looked up by key id before the tenant is known.
create table api_keys (
  key_id text not null,
  tenant_id text not null,
  mode text not null,
  secret_hash bytea not null,
  name text not null,
  scopes text[] not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  constraint api_keys_pkey primary key (key_id),
  constraint api_keys_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint api_keys_mode_check check (mode in ('live', 'test')),
  constraint api_keys_hash_check check (length(secret_hash) = 32)
);
create index api_keys_tenant_idx on api_keys (tenant_id);

-- The keys of those who run the installation; they belong to no tenant.
create table operator_keys (
  key_id text not null,
  secret_hash bytea not null,
  name text not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  constraint operator_keys_pkey primary key (key_id),
  constraint operator_keys_hash_check check (length(secret_hash) = 32)
);
