-- How receivers answer, what follows from it, and the mails that tell people.

alter table webhook_endpoints
  -- Of failure without a success, until we stop trying; null: never.
  add column disable_after_seconds integer default 432000,
  add constraint webhook_endpoints_disable_after_check check (disable_after_seconds between 3600 and 2592000);
-- Only for the rows that stood: a new endpoint says all of it.
alter table webhook_endpoints alter column disable_after_seconds drop default;

-- What was seen of an endpoint lately, and what it counts as because of that. One row is written with each batch of attempts.
create table endpoint_health (
  tenant_id text not null,
  endpoint_id text not null,
  state text not null,
  -- Attempts in a row that were not acknowledged; since when; nought and null after each acknowledged one.
  consecutive_failures integer not null,
  failing_since timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_failure_status integer,
  last_failure_error text,
  -- When the tenant was told that it fails; disabling waits for a while after it.
  noticed_at timestamptz,
  constraint endpoint_health_pkey primary key (tenant_id, endpoint_id),
  constraint endpoint_health_endpoint_fkey foreign key (tenant_id, endpoint_id)
    references webhook_endpoints (tenant_id, endpoint_id),
  constraint endpoint_health_state_check check (state in ('healthy', 'failing', 'disabled')),
  constraint endpoint_health_failures_check check ((consecutive_failures = 0) = (failing_since is null)),
  constraint endpoint_health_noticed_check check (state <> 'failing' or noticed_at is not null)
) with (fillfactor = 70);
create index endpoint_health_unwell_idx on endpoint_health (state, failing_since) where state <> 'healthy';

-- The same by the hour, for rates and latencies over windows. Hours beyond the longest window are removed.
create table endpoint_health_hours (
  tenant_id text not null,
  endpoint_id text not null,
  hour timestamptz not null,
  attempts integer not null,
  acknowledged integer not null,
  -- Attempts by how long they took; the bounds stand in endpoint-health.ts and never change their places.
  latencies integer[] not null,
  constraint endpoint_health_hours_pkey primary key (tenant_id, endpoint_id, hour),
  constraint endpoint_health_hours_endpoint_fkey foreign key (tenant_id, endpoint_id)
    references webhook_endpoints (tenant_id, endpoint_id),
  constraint endpoint_health_hours_counts_check check (acknowledged between 0 and attempts)
) with (fillfactor = 70);

-- Mails to tenants' administrators and to operators. The row is the queue; what is written in a mail is made of its facts when it goes out.
create table mails (
  -- Or 'system', for whoever runs the installation.
  tenant_id text not null,
  mail_id text not null,
  mode text not null,
  kind text not null,
  -- What it is about, and a keyed digest of the address: news of the same topic join the mail that is still open.
  topic text not null,
  is_open boolean not null,
  -- The same news twice are one mail.
  dedupe_key text not null,
  -- Whose administrator it is for; null: the tenant's own. The address is looked up when it goes out.
  product_id text,
  facts jsonb not null,
  state text not null,
  tries_made integer not null,
  -- When it was to go out at first; the next of its topic keeps a distance from this.
  scheduled_at timestamptz not null,
  due_at timestamptz,
  sent_at timestamptz,
  last_error text,
  created_at timestamptz not null,
  constraint mails_pkey primary key (tenant_id, mail_id),
  constraint mails_dedupe_key unique (tenant_id, dedupe_key),
  constraint mails_mode_check check (mode in ('live', 'test')),
  constraint mails_kind_check check (kind in ('delivery_failures', 'endpoint_states', 'alarm')),
  constraint mails_state_check check (state in ('pending', 'sent', 'failed', 'skipped')),
  constraint mails_due_check check ((state = 'pending') = (due_at is not null)),
  constraint mails_sent_check check ((state = 'sent') = (sent_at is not null)),
  constraint mails_open_check check (state = 'pending' or not is_open)
);
create unique index mails_open_key on mails (tenant_id, topic) where is_open;
create index mails_topic_idx on mails (tenant_id, topic, scheduled_at);
create index mails_due_idx on mails (tenant_id, due_at, mail_id) where state = 'pending';
create index mails_list_idx on mails (mail_id);

alter table lanes drop constraint lanes_kind_check;
alter table lanes add constraint lanes_kind_check
  check (kind in ('relay', 'inbound', 'sync', 'expiry', 'delivery', 'reconcile', 'mail', 'ack', 'replay'));
