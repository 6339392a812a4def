-- What a provider account's messages were numbered with: a number that comes again with other content is refused. Kept far
-- longer than any message counts as fresh.
create table inbound_nonces (
  tenant_id text not null,
  provider_account_id text not null,
  nonce text not null,
  -- Of what the message said; a copy that was stamped and signed anew has the same.
  content_hash text not null,
  received_at timestamptz not null,
  constraint inbound_nonces_pkey primary key (tenant_id, provider_account_id, nonce)
);
create index inbound_nonces_age_idx on inbound_nonces (tenant_id, provider_account_id, received_at);

-- Attempts that a notification gives a reason to ask their provider about: one that came too late, or that contradicts an
-- earlier one. Apart from the attempt's own next question, which an ended attempt has no more.
create table provider_questions (
  tenant_id text not null,
  attempt_id text not null,
  provider_account_id text not null,
  -- Grows with each reason, so that one that comes while we ask is not taken for answered.
  generation bigint not null,
  tries integer not null,
  asked_at timestamptz,
  due_at timestamptz,
  constraint provider_questions_pkey primary key (tenant_id, attempt_id)
);
create index provider_questions_due_idx on provider_questions (tenant_id, provider_account_id, due_at)
  where due_at is not null;

-- Of verified notifications, the payment they are about, as soon as it is known.
alter table inbound_events add column payment_id text;
create index inbound_events_payment_idx on inbound_events (tenant_id, payment_id, inbound_event_id)
  where payment_id is not null;
alter table inbound_events drop constraint inbound_events_verdict_check;
alter table inbound_events add constraint inbound_events_verdict_check check (verdict in (
  'accepted', 'duplicate', 'conflicting_duplicate', 'nonce_reused', 'refused_unwanted',
  'bad_signature', 'stale_timestamp', 'malformed', 'wrong_source', 'not_configured'));

-- A partner gateway's notification names the attempt before the tenant is known.
create index attempts_id_idx on attempts (attempt_id);
