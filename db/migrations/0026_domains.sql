-- Hosts of tenants' own: claimed, proven by a TXT record, looked at again, and taken away when the proof goes.

create table domains (
  tenant_id text not null,
  domain_id text not null,
  mode text not null,
  -- Canonical: lower case, ASCII (IDNA), no trailing dot.
  domain text not null,
  -- What the TXT record must say; public by nature.
  challenge text not null,
  status text not null,
  -- Of the last look: why it is not proven.
  problem text,
  -- Definite looks in a row that found no proof, while it was verified.
  absences integer not null,
  verified_at timestamptz,
  checked_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint domains_pkey primary key (tenant_id, domain_id),
  constraint domains_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint domains_mode_check check (mode in ('live', 'test')),
  constraint domains_status_check check (status in ('pending', 'verified', 'lapsed', 'removed')),
  constraint domains_problem_check check (problem in ('no_record', 'wrong_record', 'dns_failed', 'taken')),
  constraint domains_domain_check check (domain = lower(domain) and domain !~ '[^a-z0-9.-]' and domain !~ '\.$'),
  constraint domains_verified_check check (status <> 'verified' or verified_at is not null)
);
create unique index domains_claim_key on domains (tenant_id, mode, domain) where status <> 'removed';
create index domains_list_idx on domains (tenant_id, mode, domain_id);

-- Whose a proven host is; at most one tenant's. A directory: small, not distributed, asked by the proxy at every unknown
-- name and by requests for their host.
create table verified_domains (
  domain text not null,
  tenant_id text not null,
  domain_id text not null,
  mode text not null,
  verified_at timestamptz not null,
  constraint verified_domains_pkey primary key (domain)
);
create index verified_domains_tenant_idx on verified_domains (tenant_id, mode, verified_at);

alter table lanes drop constraint lanes_kind_check;
alter table lanes add constraint lanes_kind_check check (
  kind in ('relay', 'inbound', 'sync', 'expiry', 'delivery', 'reconcile', 'mail', 'ack', 'replay', 'domain')
);
