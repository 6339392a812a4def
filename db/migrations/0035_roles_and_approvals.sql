-- Who may do what: keys that end, are bound to addresses and rotate; roles of tenants' own; what waits for a second person.

alter table api_keys
  -- The actor, as in the record; null: made with the tenant, or from the command line.
  add column created_by text,
  add column expires_at timestamptz,
  -- Written once a minute at most, beside the requests.
  add column last_used_at timestamptz,
  -- CIDR ranges from which alone it works; none: from everywhere.
  add column allowed_addresses text[] not null default '{}',
  -- The secret before the last rotation, and until when it works.
  add column previous_secret_hash bytea,
  add column previous_secret_until timestamptz,
  add constraint api_keys_previous_check check ((previous_secret_hash is null) = (previous_secret_until is null)),
  add constraint api_keys_previous_hash_check check (length(previous_secret_hash) = 32);
alter table api_keys alter column allowed_addresses drop default;
create index api_keys_list_idx on api_keys (tenant_id, mode, key_id);
-- The list's index begins with the same column.
drop index api_keys_tenant_idx;

alter table operator_keys
  -- Keys from before have all that a key can have.
  add column permissions text[] not null default '{*}',
  add column created_by text,
  add column expires_at timestamptz,
  add column last_used_at timestamptz,
  add column allowed_addresses text[] not null default '{}',
  add column previous_secret_hash bytea,
  add column previous_secret_until timestamptz,
  add constraint operator_keys_previous_check check ((previous_secret_hash is null) = (previous_secret_until is null)),
  add constraint operator_keys_previous_hash_check check (length(previous_secret_hash) = 32);
alter table operator_keys alter column permissions drop default, alter column allowed_addresses drop default;

alter table tenants
  -- Whether it may create tenants that it acts for; the operator says so.
  add column may_have_children boolean not null default false;
update tenants set may_have_children = true
where tenant_id in (select parent_tenant_id from tenants where parent_tenant_id is not null);

create table tenant_roles (
  tenant_id text not null,
  role_id text not null,
  name text not null,
  description text,
  permissions text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint tenant_roles_pkey primary key (tenant_id, role_id),
  constraint tenant_roles_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint tenant_roles_name_key unique (tenant_id, name)
);

-- Tenant `system` has those of the installation.
create table approvals (
  tenant_id text not null,
  approval_id text not null,
  mode text not null,
  -- The id of the endpoint that was called, and the permission that it needs.
  act text not null,
  permission text not null,
  state text not null,
  -- The request as it will be run, and what of it is shown to those who decide.
  request_sealed bytea not null,
  requested_by text not null,
  -- The person behind it: who asked, or who made the key that asked. Never the one who approves.
  requested_for text not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  note text,
  -- How the verb answered when it was run, and the id of what came of it.
  answer_status smallint,
  problem_code text,
  subject_id text,
  ended_at timestamptz,
  constraint approvals_pkey primary key (tenant_id, approval_id),
  constraint approvals_mode_check check (mode in ('live', 'test')),
  constraint approvals_state_check check (state in ('requested', 'approved', 'rejected', 'done', 'failed')),
  constraint approvals_decided_check check ((state = 'requested') = (decided_by is null)),
  constraint approvals_decided_at_check check ((decided_by is null) = (decided_at is null)),
  constraint approvals_other_check check (state = 'rejected' or (decided_by <> requested_by and decided_by <> requested_for)),
  constraint approvals_ended_check check ((state in ('rejected', 'done', 'failed')) = (ended_at is not null)),
  constraint approvals_answer_check check ((state in ('done', 'failed')) = (answer_status is not null))
);
create index approvals_list_idx on approvals (tenant_id, mode, state, approval_id);
-- Those that a crash left between the decision and the act; few at any time.
create index approvals_approved_idx on approvals (decided_at) where state = 'approved';
