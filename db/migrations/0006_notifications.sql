-- Who is told, by which address, and every try at telling.

create table webhook_endpoints (
  tenant_id text not null,
  endpoint_id text not null,
  mode text not null,
  url text not null,
  event_types text[] not null,
  dialect text not null,
  status text not null,
  description text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint webhook_endpoints_pkey primary key (tenant_id, endpoint_id),
  constraint webhook_endpoints_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint webhook_endpoints_mode_check check (mode in ('live', 'test')),
  constraint webhook_endpoints_dialect_check check (dialect in ('standard')),
  constraint webhook_endpoints_status_check check (status in ('active', 'paused', 'deleted'))
);
create index webhook_endpoints_list_idx on webhook_endpoints (tenant_id, mode, endpoint_id);

-- Signing secrets: an endpoint's, or with endpoint_id 'default' the tenant's own of that mode, which signs
-- notifications to a payment's own address where no endpoint exists. Two are valid during a rotation.
create table signing_secrets (
  tenant_id text not null,
  endpoint_id text not null,
  mode text not null,
  secret_id text not null,
  secret_sealed bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  constraint signing_secrets_pkey primary key (tenant_id, endpoint_id, mode, secret_id)
);

create table deliveries (
  tenant_id text not null,
  delivery_id text not null,
  -- Whose queue it waits in: the endpoint's, or the origin's of a payment's own address.
  lane_id text not null,
  event_id text not null,
  event_type text not null,
  payment_id text,
  mode text not null,
  endpoint_id text,
  -- Set where a payment's own address replaces the endpoint's.
  url_override text,
  trigger text not null,
  status text not null,
  attempts_made integer not null default 0,
  due_at timestamptz,
  last_attempt_at timestamptz,
  last_status_code integer,
  last_error text,
  created_at timestamptz not null,
  constraint deliveries_pkey primary key (tenant_id, delivery_id),
  constraint deliveries_trigger_check check (trigger in ('automatic', 'resend')),
  constraint deliveries_status_check check (status in ('pending', 'succeeded', 'exhausted', 'canceled')),
  constraint deliveries_due_check check ((status = 'pending') = (due_at is not null)),
  constraint deliveries_target_check check (endpoint_id is not null or url_override is not null)
);
-- The relay may run an event twice after a crash; each lane gets an event automatically once.
create unique index deliveries_automatic_key on deliveries (tenant_id, event_id, lane_id) where trigger = 'automatic';
create index deliveries_due_idx on deliveries (tenant_id, lane_id, due_at, delivery_id) where status = 'pending';
create index deliveries_payment_idx on deliveries (tenant_id, payment_id, delivery_id) where payment_id is not null;
create index deliveries_list_idx on deliveries (tenant_id, mode, delivery_id);

create table delivery_attempts (
  tenant_id text not null,
  delivery_id text not null,
  attempt_number integer not null,
  attempted_at timestamptz not null,
  duration_ms integer not null,
  url text not null,
  outcome text not null,
  status_code integer,
  error text,
  remote_address text,
  response_headers jsonb,
  response_body bytea,
  constraint delivery_attempts_pkey primary key (tenant_id, delivery_id, attempt_number),
  constraint delivery_attempts_outcome_check check (outcome in ('acknowledged', 'refused', 'lost', 'not_sent'))
);
