-- What the proxies have in common: certificates with their keys, and the accounts they were ordered with.

-- A directory: asked by proxies' companions, and what the four hosts serve is no tenant's.
create table proxy_storage (
  -- Where it lies in a proxy's storage, such as certificates/<issuer>/<name>.
  place text not null,
  kind text not null,
  -- SHA-256 of the certificate, or of an account's public key.
  fingerprint text not null,
  valid_from timestamptz,
  valid_until timestamptz,
  -- Its files by name, sealed as one.
  files_sealed bytea not null,
  changed_at timestamptz not null,
  constraint proxy_storage_pkey primary key (place),
  constraint proxy_storage_kind_check check (kind in ('certificate', 'account')),
  constraint proxy_storage_fingerprint_check check (fingerprint ~ '^[0-9a-f]{64}$'),
  constraint proxy_storage_validity_check check (
    case kind
      when 'certificate' then valid_from is not null and valid_until is not null and valid_from < valid_until
      else valid_from is null and valid_until is null
    end
  )
);
create index proxy_storage_changed_idx on proxy_storage (changed_at);
create index proxy_storage_ended_idx on proxy_storage (valid_until) where kind = 'certificate';
