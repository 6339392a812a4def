-- What happened, what is still to be told, and first answers kept for repeated requests.

create table events (
  tenant_id text not null,
  event_id text not null,
  mode text not null,
  type text not null,
  api_version text not null,
  -- The payment the event belongs to; its object may be the payment itself or, say, a refund of it.
  payment_id text,
  product_id text,
  -- A payment's own notification address; replaces the main endpoint's.
  notification_url text,
  object jsonb not null,
  created_at timestamptz not null,
  constraint events_pkey primary key (tenant_id, event_id),
  constraint events_mode_check check (mode in ('live', 'test'))
);
create index events_payment_idx on events (tenant_id, payment_id, event_id) where payment_id is not null;
create index events_list_idx on events (tenant_id, mode, event_id);

-- Committed together with the change it tells of, removed by the relay that passed it on. Normally almost empty.
create table outbox (
  tenant_id text not null,
  outbox_id text not null,
  -- Spreads the relay's work: hash of the tenant, so that one tenant's rows keep their order.
  shard smallint not null,
  topic text not null,
  -- event: the event; inbound, sync: the provider account.
  subject_id text not null,
  -- event: when its payment must be looked at again; inbound, sync: when the work is due. null: at once, or never.
  due_at timestamptz,
  constraint outbox_pkey primary key (tenant_id, outbox_id),
  constraint outbox_topic_check check (topic in ('event', 'inbound', 'sync'))
);
create index outbox_shard_idx on outbox (shard, outbox_id);

-- The due work of one endpoint, account or tenant. Claimed by a lease before any of its rows is touched.
create table lanes (
  kind text not null,
  lane_id text not null,
  tenant_id text not null,
  next_due_at timestamptz,
  leased_until timestamptz,
  lease text,
  -- One more at every addition, so that a worker that finishes knows whether it saw everything.
  generation bigint not null default 0,
  constraint lanes_pkey primary key (kind, lane_id),
  constraint lanes_kind_check check (kind in ('relay', 'inbound', 'sync', 'expiry', 'delivery'))
) with (fillfactor = 50);
create index lanes_due_idx on lanes (kind, next_due_at) where next_due_at is not null;

insert into lanes (kind, lane_id, tenant_id)
select 'relay', shard::text, 'system' from generate_series(0, 15) as shard;

-- First answers, sealed, kept for ever for money.
create table idempotency_keys (
  tenant_id text not null,
  mode text not null,
  route text not null,
  idempotency_key text not null,
  fingerprint text not null,
  -- running: the operation waits for somebody outside; its resource tells when it is over.
  state text not null,
  resource_id text,
  answer_status integer,
  answer_sealed bytea,
  created_at timestamptz not null,
  constraint idempotency_keys_pkey primary key (tenant_id, mode, route, idempotency_key),
  constraint idempotency_keys_state_check check (state in ('running', 'done')),
  constraint idempotency_keys_answer_check check (
    (state = 'done') = (answer_sealed is not null and answer_status is not null))
);
