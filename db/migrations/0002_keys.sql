-- Keys at rest: the master key (outside the database) wraps one data key per tenant and one of the system.

create table data_keys (
  -- 'system' for what belongs to no tenant.
  tenant_id text not null,
  version integer not null,
  -- Which master key wrapped it: the first 16 hex digits of its SHA-256.
  master_key_id text not null,
  wrapped bytea not null,
  state text not null,
  created_at timestamptz not null,
  constraint data_keys_pkey primary key (tenant_id, version),
  constraint data_keys_state_check check (state in ('primary', 'readable', 'destroyed'))
);
create unique index data_keys_primary_key on data_keys (tenant_id) where state = 'primary';

-- Keys that sign access tokens. The private half is sealed under the system's data key.
create table signing_keys (
  kid text not null,
  algorithm text not null,
  public_jwk jsonb not null,
  private_jwk_sealed bytea not null,
  state text not null,
  created_at timestamptz not null,
  constraint signing_keys_pkey primary key (kid),
  constraint signing_keys_state_check check (state in ('primary', 'readable'))
);
create unique index signing_keys_primary_key on signing_keys (state) where state = 'primary';
