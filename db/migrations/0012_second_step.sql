-- The second step of an attempt: what the shopper's browser brought back is committed before the provider is asked to
-- turn it into a charge. And the provider's own name for the money, where it is another than the attempt's.

alter table attempts
  -- The browser's data, sealed: opened only to send them, again after a crash. Gone once the attempt has an outcome.
  add column completion_sealed bytea,
  -- Told with the authorization or the capture, where refunds and reversals go by it.
  add column charge_ref text,
  drop constraint attempts_state_check,
  add constraint attempts_state_check check (state in (
    'dispatched', 'requires_action', 'completing', 'pending', 'unknown',
    'authorized', 'captured', 'declined', 'refused', 'not_sent', 'canceled', 'expired')),
  drop constraint attempts_sync_check,
  add constraint attempts_sync_check check (
    sync_due_at is null
    or state in ('dispatched', 'requires_action', 'completing', 'pending', 'unknown')
    or (state = 'authorized' and release_requested_at is not null)),
  -- Without its data a step that was begun could not be finished after a crash.
  add constraint attempts_completing_check check (state <> 'completing' or completion_sealed is not null),
  add constraint attempts_completion_check check (
    completion_sealed is null or state in ('completing', 'pending', 'unknown'));

drop index attempts_open_key;
create unique index attempts_open_key on attempts (tenant_id, payment_id)
  where state in ('dispatched', 'requires_action', 'completing', 'pending', 'unknown');
