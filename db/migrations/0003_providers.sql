-- A tenant's accounts at payment providers, and what those providers told us.

create table provider_accounts (
  tenant_id text not null,
  provider_account_id text not null,
  mode text not null,
  provider text not null,
  name text not null,
  -- The lower number is tried first.
  priority integer not null,
  status text not null,
  credentials_sealed bytea not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint provider_accounts_pkey primary key (tenant_id, provider_account_id),
  constraint provider_accounts_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint provider_accounts_mode_check check (mode in ('live', 'test')),
  constraint provider_accounts_status_check check (status in ('active', 'disabled'))
);

-- A directory: a notification names its account in the path, before the tenant is known.
create table provider_account_tenants (
  provider_account_id text not null,
  tenant_id text not null,
  constraint provider_account_tenants_pkey primary key (provider_account_id)
);

-- Every notification as it came, the refused ones too: evidence, and what a replay starts from.
create table inbound_events (
  tenant_id text not null,
  inbound_event_id text not null,
  provider_account_id text not null,
  provider text not null,
  received_at timestamptz not null,
  remote_address text not null,
  -- Method, query, headers and body bytes, sealed: a provider may put personal data anywhere.
  request_sealed bytea not null,
  -- What the signature check and the dedupe said at the door.
  verdict text not null,
  -- What came of it afterwards; null where nothing was to be done.
  state text,
  -- The verified facts in our words (ProviderEvent[]), to be applied by the worker.
  facts jsonb not null,
  outcome text,
  tries integer not null default 0,
  due_at timestamptz,
  processed_at timestamptz,
  constraint inbound_events_pkey primary key (tenant_id, inbound_event_id),
  constraint inbound_events_verdict_check check (verdict in (
    'accepted', 'duplicate', 'conflicting_duplicate',
    'bad_signature', 'stale_timestamp', 'malformed', 'wrong_source', 'not_configured')),
  constraint inbound_events_state_check check (state in ('pending', 'applied', 'quarantined', 'unmatched', 'failed')),
  constraint inbound_events_pending_check check ((state = 'pending') = (due_at is not null))
);
create index inbound_events_due_idx on inbound_events (tenant_id, provider_account_id, due_at) where state = 'pending';
-- Few by nature: what a person has to look at.
create index inbound_events_set_aside_idx on inbound_events (tenant_id, inbound_event_id)
  where state in ('quarantined', 'unmatched', 'failed');
create index inbound_events_account_idx on inbound_events (tenant_id, provider_account_id, inbound_event_id);

-- Which facts a provider account has told us already: the same fact twice is acknowledged and not applied again.
create table provider_facts (
  tenant_id text not null,
  provider_account_id text not null,
  dedupe_key text not null,
  content_hash text not null,
  inbound_event_id text not null,
  constraint provider_facts_pkey primary key (tenant_id, provider_account_id, dedupe_key)
);
