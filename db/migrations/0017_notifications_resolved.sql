-- What was set aside and will never be applied is settled by a person, with the reason.
alter table inbound_events add column resolved_note text;
alter table inbound_events add column resolved_by text;
alter table inbound_events add column resolved_at timestamptz;
alter table inbound_events drop constraint inbound_events_state_check;
alter table inbound_events add constraint inbound_events_state_check
  check (state in ('pending', 'applied', 'quarantined', 'unmatched', 'failed', 'resolved'));
alter table inbound_events add constraint inbound_events_resolved_check check (
  (state is not distinct from 'resolved') = (resolved_note is not null and resolved_by is not null and resolved_at is not null));
