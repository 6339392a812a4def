-- A dispute lasts for months, and news of it can be lost like any other: whoever holds its money is asked every day.
alter table disputes add column sync_due_at timestamptz;
create index disputes_sync_idx on disputes (tenant_id, provider_account_id, sync_due_at) where sync_due_at is not null;

update disputes set sync_due_at = reported_at + interval '1 day' where status in ('inquiry', 'opened', 'under_review');
insert into lanes (kind, lane_id, tenant_id, next_due_at)
  select 'sync', provider_account_id, tenant_id, min(sync_due_at) from disputes
  where sync_due_at is not null group by provider_account_id, tenant_id
  on conflict (kind, lane_id) do update set
    next_due_at = least(lanes.next_due_at, excluded.next_due_at), generation = lanes.generation + 1;
