-- Every operation on a payment's money, the ledger, and the database's own word on both.

alter table payments
  -- Captures under way: already promised, so no longer available.
  add column amount_capture_pending bigint not null default 0,
  -- A final capture or a release was asked for: nothing more can be captured.
  add column captures_closed boolean not null default false,
  -- The reversal that is under way or has succeeded; with one there is no refund, and the other way round.
  add column reversal_id text,
  -- Money arrived a second time, by another attempt.
  add column duplicate_payment boolean not null default false,
  drop constraint payments_captured_check,
  add constraint payments_captured_check check (
    amount_captured >= 0 and amount_capture_pending >= 0
    and amount_captured + amount_capture_pending <= amount_authorized),
  add constraint payments_reversal_check check (
    reversal_id is null or (amount_refunded = 0 and amount_refund_pending = 0)),
  add constraint payments_reversed_check check (
    status <> 'reversed' or (reversal_id is not null and amount_captured = 0));

alter table attempts
  -- What is authorized and not captured is to be given back; repeated until the provider has said so.
  add column release_requested_at timestamptz,
  drop constraint attempts_sync_check,
  add constraint attempts_sync_check check (
    sync_due_at is null
    or state in ('dispatched', 'requires_action', 'pending', 'unknown')
    or (state = 'authorized' and release_requested_at is not null));

alter table captures
  add column provider_account_id text,
  add column mode text,
  add column final boolean not null default true,
  -- The money of a second success: it is not the payment's, and goes back or is kept in suspense.
  add column duplicate boolean not null default false,
  add column made_by text not null default 'gateway',
  add column dispatch text not null default 'acknowledged',
  add column provider_ref text,
  add column failure_code text,
  add column sync_due_at timestamptz,
  add column sync_tries integer not null default 0,
  add column updated_at timestamptz;
update captures c set provider_account_id = a.provider_account_id, mode = p.mode, updated_at = c.created_at
from attempts a, payments p
where a.tenant_id = c.tenant_id and a.attempt_id = c.attempt_id
  and p.tenant_id = c.tenant_id and p.payment_id = c.payment_id;
alter table captures
  alter column provider_account_id set not null,
  alter column mode set not null,
  alter column updated_at set not null,
  add constraint captures_dispatch_check check (dispatch in ('dispatched', 'unknown', 'acknowledged')),
  add constraint captures_made_by_check check (made_by in ('tenant', 'gateway', 'provider')),
  add constraint captures_sync_check check (sync_due_at is null or status = 'pending');
create index captures_sync_idx on captures (tenant_id, provider_account_id, sync_due_at) where sync_due_at is not null;
-- What a provider made itself is known by the provider's name for it, once.
create unique index captures_provider_ref_key on captures (tenant_id, provider_account_id, provider_ref)
  where provider_ref is not null;

alter table refunds
  add column duplicate boolean not null default false,
  add column made_by text not null default 'tenant',
  add constraint refunds_made_by_check check (made_by in ('tenant', 'gateway', 'provider'));
create unique index refunds_provider_ref_key on refunds (tenant_id, provider_account_id, provider_ref)
  where provider_ref is not null;

-- The undoing of a whole capture before the provider's cut-off, instead of a refund.
create table reversals (
  tenant_id text not null,
  reversal_id text not null,
  payment_id text not null,
  attempt_id text not null,
  provider_account_id text not null,
  mode text not null,
  amount bigint not null,
  currency text not null,
  reason text not null,
  made_by text not null,
  status text not null,
  dispatch text not null,
  provider_ref text,
  failure_code text,
  sync_due_at timestamptz,
  sync_tries integer not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint reversals_pkey primary key (tenant_id, reversal_id),
  constraint reversals_payment_fkey foreign key (tenant_id, payment_id) references payments (tenant_id, payment_id),
  constraint reversals_amount_check check (amount > 0),
  constraint reversals_made_by_check check (made_by in ('tenant', 'gateway', 'provider')),
  constraint reversals_status_check check (status in ('pending', 'succeeded', 'failed')),
  constraint reversals_dispatch_check check (dispatch in ('dispatched', 'unknown', 'acknowledged')),
  constraint reversals_sync_check check (sync_due_at is null or status = 'pending')
);
create unique index reversals_standing_key on reversals (tenant_id, payment_id) where status <> 'failed';
create index reversals_payment_idx on reversals (tenant_id, payment_id);
create index reversals_sync_idx on reversals (tenant_id, provider_account_id, sync_due_at)
  where sync_due_at is not null;
create unique index reversals_provider_ref_key on reversals (tenant_id, provider_account_id, provider_ref)
  where provider_ref is not null;

-- A payer's objection at the bank, as the provider tells it.
create table disputes (
  tenant_id text not null,
  dispute_id text not null,
  payment_id text not null,
  attempt_id text not null,
  provider_account_id text not null,
  mode text not null,
  provider_ref text not null,
  amount bigint not null,
  currency text not null,
  reason text not null,
  status text not null,
  evidence_due_at timestamptz,
  -- Totals so far; money moves by these, not by the verdict.
  amount_withdrawn bigint not null,
  amount_reinstated bigint not null,
  -- The provider's time of the status; an older report does not change it.
  reported_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint disputes_pkey primary key (tenant_id, dispute_id),
  constraint disputes_payment_fkey foreign key (tenant_id, payment_id) references payments (tenant_id, payment_id),
  constraint disputes_amount_check check (amount > 0),
  constraint disputes_money_check check (amount_reinstated >= 0 and amount_reinstated <= amount_withdrawn),
  constraint disputes_status_check check (status in ('inquiry', 'opened', 'under_review', 'won', 'lost', 'expired'))
);
create unique index disputes_provider_ref_key on disputes (tenant_id, provider_account_id, provider_ref);
create index disputes_payment_idx on disputes (tenant_id, payment_id);
create index disputes_list_idx on disputes (tenant_id, mode, dispute_id);

-- What a merchant answers to a dispute; committed before it is sent.
create table dispute_evidence (
  tenant_id text not null,
  evidence_id text not null,
  dispute_id text not null,
  payment_id text not null,
  provider_account_id text not null,
  mode text not null,
  -- Often full of the payer's personal data.
  text_sealed bytea not null,
  status text not null,
  failure_code text,
  sync_due_at timestamptz,
  sync_tries integer not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint dispute_evidence_pkey primary key (tenant_id, evidence_id),
  constraint dispute_evidence_dispute_fkey foreign key (tenant_id, dispute_id)
    references disputes (tenant_id, dispute_id),
  constraint dispute_evidence_status_check check (status in ('dispatched', 'unknown', 'submitted', 'refused')),
  constraint dispute_evidence_sync_check check ((sync_due_at is not null) = (status in ('dispatched', 'unknown')))
);
create index dispute_evidence_dispute_idx on dispute_evidence (tenant_id, dispute_id);
create index dispute_evidence_sync_idx on dispute_evidence (tenant_id, provider_account_id, sync_due_at)
  where sync_due_at is not null;
-- One at a time: the next may only answer what came of the last.
create unique index dispute_evidence_open_key on dispute_evidence (tenant_id, dispute_id)
  where status in ('dispatched', 'unknown');

alter table provider_accounts
  -- Until when after a capture this provider reverses it: {"afterSeconds"} or {"dailyAt", "timeZone"}; null: never.
  add column reversal_cut_off jsonb;
update provider_accounts set reversal_cut_off = '{"afterSeconds": 86400}' where provider = 'sandbox';

-- What was asked of a provider and what it said, without secrets: for the timeline, and for people who look for faults.
create table provider_calls (
  tenant_id text not null,
  call_id text not null,
  provider_account_id text not null,
  attempt_id text not null,
  operation text not null,
  request jsonb not null,
  outcome text not null,
  answer jsonb not null,
  duration_ms integer not null,
  created_at timestamptz not null,
  constraint provider_calls_pkey primary key (tenant_id, call_id),
  constraint provider_calls_outcome_check check (outcome in ('answered', 'not_found', 'refused', 'not_sent', 'unknown', 'failed'))
);
create index provider_calls_attempt_idx on provider_calls (tenant_id, attempt_id, call_id);

alter table signals rename column refund_id to subject_id;
alter table signals
  drop constraint signals_outcome_check,
  add constraint signals_outcome_check check (outcome in ('applied', 'no_change', 'quarantined', 'deferred'));
-- What contradicts our knowledge waits for a person, and is counted.
create index signals_quarantined_idx on signals (tenant_id, signal_id) where outcome = 'quarantined';

-- A tenant's own time in test mode, which stands still and is moved by hand.
create table test_clocks (
  tenant_id text not null,
  test_clock_id text not null,
  name text,
  stands_at timestamptz not null,
  status text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint test_clocks_pkey primary key (tenant_id, test_clock_id),
  constraint test_clocks_status_check check (status in ('held', 'released'))
);
create unique index test_clocks_held_key on test_clocks (tenant_id) where status = 'held';

-- One row moves an amount from one account to another, so a ledger that does not balance cannot be written.
create table ledger_transfers (
  tenant_id text not null,
  transfer_id text not null,
  mode text not null,
  currency text not null,
  provider_account_id text not null,
  kind text not null,
  debit_account text not null,
  credit_account text not null,
  amount bigint not null,
  payment_id text,
  -- The capture, refund, reversal or dispute that moved it.
  subject_id text not null,
  -- Names the movement, so that none is posted twice.
  posting_key text not null,
  created_at timestamptz not null,
  constraint ledger_transfers_pkey primary key (tenant_id, transfer_id),
  constraint ledger_transfers_posting_key unique (tenant_id, posting_key),
  constraint ledger_transfers_mode_check check (mode in ('live', 'test')),
  constraint ledger_transfers_amount_check check (amount > 0),
  constraint ledger_transfers_accounts_check check (debit_account <> credit_account),
  constraint ledger_transfers_debit_check check (debit_account in (
    'provider_receivable', 'sales', 'refunds', 'fees', 'disputed_funds', 'bank_clearing', 'reserve', 'suspense')),
  constraint ledger_transfers_credit_check check (credit_account in (
    'provider_receivable', 'sales', 'refunds', 'fees', 'disputed_funds', 'bank_clearing', 'reserve', 'suspense')),
  constraint ledger_transfers_kind_check check (kind in (
    'capture', 'capture_failed', 'refund', 'refund_failed', 'reversal', 'dispute_withdrawn', 'dispute_reinstated',
    'fee', 'payout', 'reserve_held', 'reserve_released', 'adjustment'))
);
create index ledger_transfers_list_idx on ledger_transfers (tenant_id, mode, transfer_id);
create index ledger_transfers_payment_idx on ledger_transfers (tenant_id, payment_id, transfer_id)
  where payment_id is not null;

-- What the transfers of an account add up to. Written by the trigger below alone; in stripes, so that two statements
-- that post for one tenant at the same time rarely wait for each other.
create table ledger_balances (
  tenant_id text not null,
  mode text not null,
  currency text not null,
  provider_account_id text not null,
  account text not null,
  stripe smallint not null,
  debits numeric not null,
  credits numeric not null,
  constraint ledger_balances_pkey primary key (tenant_id, mode, currency, provider_account_id, account, stripe)
) with (fillfactor = 50);

create function post_to_balances() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into ledger_balances as b
    (tenant_id, mode, currency, provider_account_id, account, stripe, debits, credits)
  select t.tenant_id, t.mode, t.currency, t.provider_account_id, side.account, pg_backend_pid() % 8,
    sum(side.debit), sum(side.credit)
  from posted t
  cross join lateral (values (t.debit_account, t.amount, 0::bigint), (t.credit_account, 0::bigint, t.amount))
    as side (account, debit, credit)
  group by 1, 2, 3, 4, 5
  -- One order for everybody, so that two statements never wait for each other crosswise.
  order by 1, 2, 3, 4, 5
  on conflict on constraint ledger_balances_pkey
    do update set debits = b.debits + excluded.debits, credits = b.credits + excluded.credits;
  return null;
end $$;
create trigger ledger_transfers_balance after insert on ledger_transfers
  referencing new table as posted for each statement execute function post_to_balances();

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'insufficient_privilege', hint = 'Correct a posting with another posting.';
end $$;
create trigger ledger_transfers_append_only before update or delete or truncate on ledger_transfers
  for each statement execute function refuse_change();
create trigger captures_kept before delete or truncate on captures
  for each statement execute function refuse_change();
create trigger refunds_kept before delete or truncate on refunds
  for each statement execute function refuse_change();
create trigger reversals_kept before delete or truncate on reversals
  for each statement execute function refuse_change();

-- A payment's amounts are exactly what its captures, refunds and reversals add up to, whoever writes.
-- A generic plan: planning anew at every call would cost several times what the query does.
create function check_payment_amounts(tenant_ids text[], payment_ids text[]) returns void language plpgsql
  set plan_cache_mode = force_generic_plan as $$
declare
  wrong text;
begin
  select p.payment_id into wrong
  from (select distinct tenant_id, payment_id from unnest(tenant_ids, payment_ids) as u (tenant_id, payment_id)) u
  join payments p using (tenant_id, payment_id)
  cross join lateral (
    select
      coalesce(sum(c.amount) filter (where c.status = 'succeeded' and not c.duplicate), 0) as captured,
      coalesce(sum(c.amount) filter (where c.status = 'pending' and not c.duplicate), 0) as pending,
      coalesce(sum(c.amount) filter (where c.status = 'succeeded' and c.duplicate), 0) as duplicate
    from captures c where c.tenant_id = p.tenant_id and c.payment_id = p.payment_id
  ) c
  cross join lateral (
    select
      coalesce(sum(r.amount) filter (where r.status = 'succeeded' and not r.duplicate), 0) as refunded,
      coalesce(sum(r.amount) filter (where r.status = 'pending' and not r.duplicate), 0) as pending,
      coalesce(sum(r.amount) filter (where r.status <> 'failed' and r.duplicate), 0) as duplicate
    from refunds r where r.tenant_id = p.tenant_id and r.payment_id = p.payment_id
  ) r
  cross join lateral (
    select coalesce(sum(v.amount), 0) as reversed
    from reversals v where v.tenant_id = p.tenant_id and v.payment_id = p.payment_id and v.status = 'succeeded'
  ) v
  where p.amount_captured <> c.captured - v.reversed or p.amount_capture_pending <> c.pending
    or p.amount_refunded <> r.refunded or p.amount_refund_pending <> r.pending or r.duplicate > c.duplicate
  limit 1;
  if wrong is not null then
    raise exception 'the amounts of payment % are not what its captures, refunds and reversals add up to', wrong
      using errcode = 'check_violation', constraint = 'payments_amounts_check', table = 'payments';
  end if;
end $$;

create function check_amounts_of_changed() returns trigger language plpgsql as $$
begin
  perform check_payment_amounts(array_agg(tenant_id), array_agg(payment_id)) from changed having count(*) > 0;
  return null;
end $$;
create function check_amounts_of_updated() returns trigger language plpgsql as $$
begin
  -- Before and after: an operation moved to another payment is missed by the first one.
  perform check_payment_amounts(array_agg(tenant_id), array_agg(payment_id))
  from (select tenant_id, payment_id from was union select tenant_id, payment_id from changed) either having count(*) > 0;
  return null;
end $$;
create trigger captures_inserted after insert on captures
  referencing new table as changed for each statement execute function check_amounts_of_changed();
create trigger captures_updated after update on captures
  referencing old table as was new table as changed for each statement execute function check_amounts_of_updated();
create trigger refunds_inserted after insert on refunds
  referencing new table as changed for each statement execute function check_amounts_of_changed();
create trigger refunds_updated after update on refunds
  referencing old table as was new table as changed for each statement execute function check_amounts_of_updated();
create trigger reversals_inserted after insert on reversals
  referencing new table as changed for each statement execute function check_amounts_of_changed();
create trigger reversals_updated after update on reversals
  referencing old table as was new table as changed for each statement execute function check_amounts_of_updated();

create function check_amounts_of_payment() returns trigger language plpgsql as $$
begin
  perform check_payment_amounts(array[new.tenant_id], array[new.payment_id]);
  return null;
end $$;
-- By row, because only so may a condition keep it from running for the many changes that move no amount.
create trigger payments_amounts_inserted after insert on payments for each row
  when (new.amount_captured + new.amount_capture_pending > 0)
  execute function check_amounts_of_payment();
create trigger payments_amounts_updated after update on payments for each row
  when ((old.amount_captured, old.amount_capture_pending, old.amount_refunded, old.amount_refund_pending)
    is distinct from (new.amount_captured, new.amount_capture_pending, new.amount_refunded, new.amount_refund_pending))
  execute function check_amounts_of_payment();

-- What moved before there was a ledger.
insert into ledger_transfers
  (tenant_id, transfer_id, mode, currency, provider_account_id, kind, debit_account, credit_account, amount, payment_id,
   subject_id, posting_key, created_at)
select tenant_id, 'tr_' || substr(capture_id, 5), mode, currency, provider_account_id, 'capture', 'provider_receivable',
  'sales', amount, payment_id, capture_id, capture_id || ':capture', created_at
from captures where status = 'succeeded'
union all
select tenant_id, 'tr_' || substr(refund_id, 4), mode, currency, provider_account_id, 'refund', 'refunds',
  'provider_receivable', amount, payment_id, refund_id, refund_id || ':refund', updated_at
from refunds where status = 'succeeded';
