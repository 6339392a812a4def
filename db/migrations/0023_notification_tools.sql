-- Finding deliveries, replaying them in bulk, following events from a developer's machine, and a budget for simulations.

alter table delivery_attempts
  -- As they were sent, signatures left out; null: from before they were kept.
  add column request_headers jsonb,
  -- Milliseconds to the first byte, and of name, TCP and TLS where a connection was opened.
  add column timings jsonb;

-- Each filter of the list has an index in the list's order. Those with a condition hold what is rare, so that a delivery
-- that is acknowledged at once, like nearly all, stands in few of them.
create index deliveries_endpoint_idx on deliveries (tenant_id, endpoint_id, delivery_id) where endpoint_id is not null;
create index deliveries_type_idx on deliveries (tenant_id, mode, event_type, delivery_id);
create index deliveries_status_idx on deliveries (tenant_id, mode, status, delivery_id) where status <> 'succeeded';
create index deliveries_trigger_idx on deliveries (tenant_id, mode, trigger, delivery_id) where trigger <> 'automatic';
-- 0: no answer; else the first digit of the status code.
create index deliveries_failure_idx on deliveries (tenant_id, mode, (coalesce(last_status_code / 100, 0)), delivery_id)
  where last_error is not null;
-- Beside deliveries_automatic_key: together they find all deliveries of an event.
create index deliveries_repeat_idx on deliveries (tenant_id, event_id, delivery_id) where trigger <> 'automatic';

-- Past events that are being sent to an endpoint again.
create table replays (
  tenant_id text not null,
  replay_id text not null,
  mode text not null,
  endpoint_id text not null,
  -- Events from the first instant on, and before the second.
  since timestamptz not null,
  until timestamptz not null,
  event_types text[] not null,
  -- How the latest delivery of an event to the endpoint must stand; none: there is none.
  statuses text[] not null,
  rate_per_second integer not null,
  status text not null,
  -- What the selection held when the replay began.
  events_selected integer not null,
  deliveries_made integer not null,
  -- The last event that was looked at; null: none was.
  cursor text,
  -- Why nothing more comes of it, where it did not end by itself.
  stop_reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  ended_at timestamptz,
  constraint replays_pkey primary key (tenant_id, replay_id),
  constraint replays_mode_check check (mode in ('live', 'test')),
  constraint replays_status_check check (status in ('running', 'done', 'canceled', 'failed')),
  constraint replays_ended_check check ((status = 'running') = (ended_at is null)),
  constraint replays_period_check check (since < until),
  constraint replays_rate_check check (rate_per_second > 0),
  constraint replays_made_check check (deliveries_made >= 0 and events_selected >= 0)
);
create index replays_list_idx on replays (tenant_id, mode, replay_id);
-- One at a time for each endpoint: two would send the same events twice as fast as either was asked to.
create unique index replays_running_key on replays (tenant_id, endpoint_id) where status = 'running';

-- Programs that follow a tenant's events without an address of their own.
create table listeners (
  tenant_id text not null,
  listener_id text not null,
  mode text not null,
  event_types text[] not null,
  created_at timestamptz not null,
  -- Moves on with every question; then nothing more is kept for it.
  expires_at timestamptz not null,
  constraint listeners_pkey primary key (tenant_id, listener_id),
  constraint listeners_mode_check check (mode in ('live', 'test'))
);

-- What a listener has not taken yet. Without a reference to it: the relay adds rows, and nothing that becomes of a listener
-- meanwhile may hold up the relay.
create table listened_events (
  tenant_id text not null,
  listener_id text not null,
  event_id text not null,
  constraint listened_events_pkey primary key (tenant_id, listener_id, event_id)
);

-- How often a tenant has had us send made-up notifications in the minute that stands here.
create table simulation_budgets (
  tenant_id text not null,
  minute timestamptz not null,
  used integer not null,
  constraint simulation_budgets_pkey primary key (tenant_id),
  constraint simulation_budgets_used_check check (used > 0)
);

alter table lanes drop constraint lanes_kind_check;
alter table lanes add constraint lanes_kind_check check (
  kind in ('relay', 'inbound', 'sync', 'expiry', 'delivery', 'reconcile', 'mail', 'ack', 'replay'));
