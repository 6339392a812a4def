-- How a tenant shows itself: its logo, and a version by which two who change settings at once notice each other.
alter table tenants
  add column settings_version integer not null default 1,
  -- {hash, width, height} of the image in logos: what a page needs to show it, without reading the image.
  add column logo jsonb,
  add constraint tenants_settings_version_check check (settings_version > 0);

-- The images as they were re-encoded. The one before the current stays, for pages that are being shown.
create table logos (
  tenant_id text not null,
  -- SHA-256 of the image, in hex.
  hash text not null,
  image bytea not null,
  created_at timestamptz not null,
  constraint logos_pkey primary key (tenant_id, hash),
  constraint logos_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint logos_hash_check check (hash ~ '^[0-9a-f]{64}$'),
  constraint logos_image_check check (octet_length(image) between 1 and 262144)
);
