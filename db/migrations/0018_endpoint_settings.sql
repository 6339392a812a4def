-- What an endpoint may be told apart by: product, dialect, policy, schedule, rate, order; and why a delivery goes where it
-- goes.

alter table webhook_endpoints
  -- Only what happens to payments of this product; null: of all.
  add column product_id text,
  -- Beside the main endpoint, with event types of its own.
  add column additional boolean not null default false,
  -- What counts as acknowledged, and what happens if it is not.
  add column ack_policy jsonb not null default '{"type": "retry"}',
  -- Seconds before each resend; null: as the dialect has it.
  add column schedule jsonb,
  -- Requests per second; null: no limit but what the receiver bears.
  add column rate_limit integer,
  -- Whether a payment's events are sent one after the other, in their order.
  add column ordered boolean not null default false,
  -- When a test of the endpoint as it is configured now was acknowledged.
  add column test_passed_at timestamptz,
  drop constraint webhook_endpoints_dialect_check,
  add constraint webhook_endpoints_dialect_check check (
    dialect in ('standard', 'bluesnap', 'bluesnap-receipt', 'encrypted', 'encrypted-legacy', 'partner')
  ),
  -- disabled: by us, because it failed for long or said that it is gone; what comes is kept.
  drop constraint webhook_endpoints_status_check,
  add constraint webhook_endpoints_status_check check (status in ('active', 'paused', 'disabled', 'deleted')),
  add constraint webhook_endpoints_ack_policy_check check (
    ack_policy ->> 'type' in ('retry', 'receipt', 'reverse_on_no_ack')
  ),
  add constraint webhook_endpoints_schedule_check check (schedule is null or jsonb_typeof(schedule) = 'array'),
  add constraint webhook_endpoints_rate_limit_check check (rate_limit > 0);

-- Only for the rows that stood: a new endpoint says all of it.
alter table webhook_endpoints alter column additional drop default, alter column ack_policy drop default,
  alter column ordered drop default;

alter table signing_secrets
  add column purpose text not null default 'signing',
  add constraint signing_secrets_purpose_check check (
    purpose in ('signing', 'signing_ed25519', 'data_protection', 'notification')
  );
alter table signing_secrets alter column purpose drop default;

alter table deliveries
  -- Which setting sent it there; null: from before it was noted.
  add column reason text,
  drop constraint deliveries_trigger_check,
  add constraint deliveries_trigger_check check (trigger in ('automatic', 'resend', 'replay', 'test', 'simulation')),
  add constraint deliveries_reason_check check (
    reason in ('tenant', 'product', 'payment', 'additional', 'partner', 'manual')
  );
