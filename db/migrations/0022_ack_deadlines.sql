-- Payments that are given back where their success is not acknowledged: the deadlines, the fuse and the switch that stop
-- it, and what tells a database that was set back from one that ran on. docs/decisions/0024-reversal-on-silence.md

-- One for each payment, for ever. Committed before the first byte of the notification goes out.
create table ack_deadlines (
  tenant_id text not null,
  deadline_id text not null,
  payment_id text not null,
  mode text not null,
  endpoint_id text not null,
  delivery_id text not null,
  event_id text not null,
  state text not null,
  -- One more at every change; each change leaves a row in ack_deadline_steps.
  version integer not null,
  window_seconds integer not null,
  -- Of the installation, when it was armed last. What an earlier epoch left is fired by nobody but a person.
  epoch integer not null,
  -- Requests that were about to go out. One is in flight until its outcome is recorded; a crash leaves it so.
  dispatches integer not null,
  in_flight boolean not null,
  armed_at timestamptz not null,
  deadline_at timestamptz not null,
  -- When the first request of this arming was recorded to have had no answer; null: none was.
  unanswered_since timestamptz,
  -- Why it fired, or would have: an answer that was none, or none at all.
  cause text,
  status_code integer,
  -- Why it was withdrawn, suppressed, or failed.
  reason text,
  -- How often somebody was asked to give the money back.
  asked integer not null,
  -- Of these, what was asked for before a person fired it again.
  asked_earlier integer not null,
  reversal_tried boolean not null,
  -- What gives it back, whoever asked for it.
  operation text,
  operation_id text,
  -- When somebody has to look at it again; null: it has ended, or waits for a person.
  look_at timestamptz,
  looks integer not null,
  -- An acknowledgement that came when the money was already going back. Nothing is undone by it.
  late_acknowledged_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint ack_deadlines_pkey primary key (tenant_id, deadline_id),
  constraint ack_deadlines_payment_key unique (tenant_id, payment_id),
  constraint ack_deadlines_payment_fkey foreign key (tenant_id, payment_id) references payments (tenant_id, payment_id),
  constraint ack_deadlines_endpoint_fkey foreign key (tenant_id, endpoint_id)
    references webhook_endpoints (tenant_id, endpoint_id),
  constraint ack_deadlines_mode_check check (mode in ('live', 'test')),
  constraint ack_deadlines_state_check check (state in (
    'armed', 'withdrawn', 'acknowledged', 'suppressed', 'dismissed', 'firing', 'reversed', 'refunded', 'released', 'failed')),
  constraint ack_deadlines_cause_check check (cause in ('status', 'silence')),
  constraint ack_deadlines_fired_check check (
    state not in ('suppressed', 'dismissed', 'firing', 'reversed', 'refunded', 'released', 'failed') or cause is not null
    or reason is not null),
  constraint ack_deadlines_operation_check check (operation in ('reversal', 'refund', 'release')),
  constraint ack_deadlines_look_check check (look_at is not null or state not in ('armed', 'firing'))
) with (fillfactor = 70);
create index ack_deadlines_look_idx on ack_deadlines (tenant_id, mode, look_at) where look_at is not null;
create index ack_deadlines_list_idx on ack_deadlines (tenant_id, mode, deadline_id);
create index ack_deadlines_unsettled_idx on ack_deadlines (state)
  where state in ('armed', 'firing', 'suppressed', 'failed');

-- What happened to a deadline, in its order; never changed.
create table ack_deadline_steps (
  tenant_id text not null,
  deadline_id text not null,
  number integer not null,
  state text not null,
  note text not null,
  at timestamptz not null,
  constraint ack_deadline_steps_pkey primary key (tenant_id, deadline_id, number)
);

-- What an endpoint has lately made of its deadlines; open: it reverses nothing until somebody closes it.
create table ack_fuses (
  tenant_id text not null,
  endpoint_id text not null,
  mode text not null,
  state text not null,
  -- The latest outcomes since it was closed, the newest last: + acknowledged, - not.
  recent text not null,
  reason text,
  opened_at timestamptz,
  updated_at timestamptz not null,
  constraint ack_fuses_pkey primary key (tenant_id, endpoint_id),
  constraint ack_fuses_endpoint_fkey foreign key (tenant_id, endpoint_id)
    references webhook_endpoints (tenant_id, endpoint_id),
  constraint ack_fuses_mode_check check (mode in ('live', 'test')),
  constraint ack_fuses_state_check check (state in ('closed', 'open')),
  constraint ack_fuses_recent_check check (recent ~ '^[+-]{0,50}$'),
  constraint ack_fuses_opened_check check ((state = 'open') = (opened_at is not null and reason is not null))
);
create index ack_fuses_open_idx on ack_fuses (state) where state = 'open';

-- The operator's switch: the row of tenant 'system' is the whole installation's. No row: on.
create table ack_switches (
  tenant_id text not null,
  enabled boolean not null,
  reason text not null,
  changed_by text not null,
  changed_at timestamptz not null,
  constraint ack_switches_pkey primary key (tenant_id)
);

-- The installation's lives. A new one begins where the database is not the one that was seen last, or was not seen for long.
create table installation_epochs (
  -- Always 'system'.
  tenant_id text not null,
  epoch integer not null,
  -- What a restore, a promotion or a move changes of the server.
  fingerprint text not null,
  reason text not null,
  started_at timestamptz not null,
  last_seen_at timestamptz not null,
  constraint installation_epochs_pkey primary key (tenant_id, epoch)
);

-- At most one endpoint answers for the same payments.
create unique index webhook_endpoints_reversing_key on webhook_endpoints (tenant_id, mode, (coalesce(product_id, '')))
  where ack_policy ->> 'type' = 'reverse_on_no_ack' and status <> 'deleted';

alter table lanes drop constraint lanes_kind_check;
alter table lanes add constraint lanes_kind_check
  check (kind in ('relay', 'inbound', 'sync', 'expiry', 'delivery', 'reconcile', 'mail', 'ack', 'replay'));
-- The installation's heartbeat, due as soon as there is a worker.
insert into lanes (kind, lane_id, tenant_id, next_due_at) values ('ack', 'system', 'system', '2000-01-01T00:00:00Z');
