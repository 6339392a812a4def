-- What providers say they have settled, held against what is booked here, and what comes of the comparison.

-- One row for each provider account whose statements are read. Its lock lets one reconciliation of the account write at a
-- time; no provider is called while it is held.
create table reconciliation_accounts (
  tenant_id text not null,
  provider_account_id text not null,
  mode text not null,
  listing text not null,
  missing_after_days integer not null,
  expected_fee jsonb,
  -- Listings have been read up to here, and statements of any source reach to here.
  listed_until timestamptz,
  covered_until timestamptz,
  -- The last ledger transfer that was looked for on the statements. Ids begin with their time.
  checked_until text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint reconciliation_accounts_pkey primary key (tenant_id, provider_account_id),
  constraint reconciliation_accounts_account_fkey foreign key (tenant_id, provider_account_id)
    references provider_accounts (tenant_id, provider_account_id),
  constraint reconciliation_accounts_listing_check check (listing in ('daily', 'off')),
  constraint reconciliation_accounts_missing_check check (missing_after_days between 1 and 90)
);

-- A window of a provider's listing, or a file somebody gave us. A listing is read page by page: cursor and pages say where
-- it stands, so that a process that dies goes on from there.
create table statements (
  tenant_id text not null,
  statement_id text not null,
  mode text not null,
  provider_account_id text not null,
  source text not null,
  -- Whether the worker opened it by itself; those follow on each other.
  automatic boolean not null,
  name text,
  content_hash text not null,
  status text not null,
  period_from timestamptz not null,
  period_to timestamptz not null,
  cursor text,
  pages integer not null,
  tries integer not null,
  due_at timestamptz,
  last_error text,
  lines integer not null,
  lines_new integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint statements_pkey primary key (tenant_id, statement_id),
  constraint statements_account_fkey foreign key (tenant_id, provider_account_id)
    references provider_accounts (tenant_id, provider_account_id),
  constraint statements_source_check check (source in ('listing', 'upload')),
  constraint statements_status_check check (status in ('collecting', 'matching', 'reconciled')),
  constraint statements_due_check check ((status = 'collecting') = (due_at is not null)),
  constraint statements_period_check check (period_from <= period_to)
);
-- The same file twice is one statement.
create unique index statements_upload_key on statements (tenant_id, provider_account_id, content_hash)
  where source = 'upload';
-- One window follows on the other, also where two workers open the next one.
create unique index statements_automatic_key on statements (tenant_id, provider_account_id)
  where automatic and status = 'collecting';
create index statements_due_idx on statements (tenant_id, provider_account_id, due_at) where status = 'collecting';
create index statements_matching_idx on statements (tenant_id, provider_account_id) where status = 'matching';
create index statements_account_idx on statements (tenant_id, provider_account_id, statement_id);
create index statements_list_idx on statements (tenant_id, mode, statement_id);

-- What the provider said, as it said it first. A line that comes again, by pages or files that overlap, is the same line.
create table statement_lines (
  tenant_id text not null,
  line_id text not null,
  provider_account_id text not null,
  mode text not null,
  statement_id text not null,
  line_ref text not null,
  kind text not null,
  attempt_id text,
  provider_ref text,
  operation_id text,
  operation_ref text,
  currency text not null,
  gross bigint not null,
  fee bigint not null,
  net bigint not null,
  occurred_at timestamptz not null,
  available_at timestamptz,
  payout_ref text,
  content_hash text not null,
  created_at timestamptz not null,
  constraint statement_lines_pkey primary key (tenant_id, line_id),
  constraint statement_lines_ref_key unique (tenant_id, provider_account_id, line_ref),
  constraint statement_lines_statement_fkey foreign key (tenant_id, statement_id)
    references statements (tenant_id, statement_id),
  constraint statement_lines_kind_check check (
    kind in ('charge', 'refund', 'fee', 'dispute', 'dispute_reversal', 'payout', 'adjustment'))
);
create index statement_lines_statement_idx on statement_lines (tenant_id, statement_id, line_id);
create trigger statement_lines_append_only before update or delete or truncate on statement_lines
  for each statement execute function refuse_change();

-- Beside each line, what was made of it.
create table line_matches (
  tenant_id text not null,
  line_id text not null,
  provider_account_id text not null,
  statement_id text not null,
  state text not null,
  -- The capture, refund, reversal or dispute that it is about, as far as it is known.
  subject_noun text,
  subject_id text,
  updated_at timestamptz not null,
  constraint line_matches_pkey primary key (tenant_id, line_id),
  constraint line_matches_line_fkey foreign key (tenant_id, line_id) references statement_lines (tenant_id, line_id),
  constraint line_matches_state_check check (
    state in ('waiting', 'deferred', 'open', 'matched', 'booked', 'accepted')),
  constraint line_matches_noun_check check (subject_noun in ('capture', 'refund', 'reversal', 'dispute')),
  constraint line_matches_subject_check check (
    (subject_noun is null) = (subject_id is null) and (state <> 'matched' or subject_id is not null))
);
create index line_matches_unsettled_idx on line_matches (tenant_id, provider_account_id, state, line_id)
  where state in ('waiting', 'deferred', 'open');
create index line_matches_accepted_idx on line_matches (tenant_id, provider_account_id, line_id)
  where state = 'accepted';
create index line_matches_subject_idx on line_matches (tenant_id, subject_id) where subject_id is not null;
create index line_matches_statement_idx on line_matches (tenant_id, statement_id);

-- Of each operation that the statements have confirmed to the unit, what came of its money. Amounts are signed as the
-- balance at the provider moves.
create table settlements (
  tenant_id text not null,
  subject_id text not null,
  subject_noun text not null,
  mode text not null,
  provider_account_id text not null,
  payment_id text not null,
  currency text not null,
  gross bigint not null,
  fee bigint not null,
  net bigint not null,
  statement_id text not null,
  settled_at timestamptz not null,
  -- false: what came later contradicts it.
  confirmed boolean not null,
  updated_at timestamptz not null,
  constraint settlements_pkey primary key (tenant_id, subject_id),
  constraint settlements_noun_check check (subject_noun in ('capture', 'refund', 'reversal', 'dispute')),
  constraint settlements_net_check check (net = gross - fee)
);

-- What the provider sent to the tenant's bank.
create table payouts (
  tenant_id text not null,
  payout_id text not null,
  mode text not null,
  provider_account_id text not null,
  statement_id text not null,
  line_id text not null,
  payout_ref text not null,
  status text not null,
  amount bigint not null,
  currency text not null,
  paid_at timestamptz not null,
  returned_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint payouts_pkey primary key (tenant_id, payout_id),
  constraint payouts_ref_key unique (tenant_id, provider_account_id, payout_ref),
  constraint payouts_amount_check check (amount > 0),
  constraint payouts_status_check check (status in ('paid', 'returned')),
  constraint payouts_returned_check check ((status = 'returned') = (returned_at is not null))
);
create index payouts_list_idx on payouts (tenant_id, mode, payout_id);

-- What differs between here and there, once for each thing and kind, until it is right or a person has decided.
create table reconciliation_exceptions (
  tenant_id text not null,
  exception_id text not null,
  mode text not null,
  provider_account_id text not null,
  kind text not null,
  state text not null,
  subject_noun text not null,
  subject_id text not null,
  payment_id text,
  statement_id text,
  currency text not null,
  -- What is booked and what the statements say: documents of the API.
  here jsonb,
  there jsonb,
  -- Booked here minus said there, signed as the balance at the provider moves.
  difference bigint not null,
  times_opened integer not null,
  resolution text,
  note text,
  resolved_by text,
  resolved_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint reconciliation_exceptions_pkey primary key (tenant_id, exception_id),
  constraint reconciliation_exceptions_subject_key unique (tenant_id, subject_id, kind),
  constraint reconciliation_exceptions_kind_check check (kind in (
    'missing_here', 'missing_there', 'amount', 'currency', 'status', 'duplicate', 'fee', 'conflicting_line')),
  constraint reconciliation_exceptions_state_check check (state in ('open', 'resolved')),
  constraint reconciliation_exceptions_noun_check check (
    subject_noun in ('line', 'capture', 'refund', 'reversal', 'dispute')),
  constraint reconciliation_exceptions_resolution_check check (
    resolution in ('matched_later', 'accepted', 'provider_error', 'corrected_here', 'not_ours', 'other')),
  constraint reconciliation_exceptions_resolved_check check (
    (state = 'resolved') = (resolution is not null)
    and (resolution is null) = (resolved_at is null) and (resolution is null) = (resolved_by is null))
);
create index reconciliation_exceptions_list_idx on reconciliation_exceptions (tenant_id, mode, exception_id);
create index reconciliation_exceptions_open_idx
  on reconciliation_exceptions (tenant_id, provider_account_id, exception_id) where state = 'open';
create index reconciliation_exceptions_account_idx
  on reconciliation_exceptions (tenant_id, provider_account_id, exception_id) where difference <> 0;

-- The proof of a day: what the ledger says the provider owes, what its statements say, and what explains the rest.
create table reconciliation_reports (
  tenant_id text not null,
  report_id text not null,
  mode text not null,
  provider_account_id text not null,
  currency text not null,
  -- In UTC, such as 2026-11-21.
  day text not null,
  as_of timestamptz not null,
  ledger_receivable numeric not null,
  lines_net numeric not null,
  paid_out numeric not null,
  in_transit numeric not null,
  waiting_lines numeric not null,
  open_exceptions numeric not null,
  accepted_exceptions numeric not null,
  unexplained numeric not null,
  exceptions_open integer not null,
  created_at timestamptz not null,
  constraint reconciliation_reports_pkey primary key (tenant_id, report_id),
  constraint reconciliation_reports_day_key unique (tenant_id, provider_account_id, currency, day),
  constraint reconciliation_reports_date_check check (day ~ '^\d{4}-\d{2}-\d{2}$'),
  constraint reconciliation_reports_sum_check check (unexplained =
    ledger_receivable - lines_net + paid_out - in_transit + waiting_lines - open_exceptions - accepted_exceptions)
);
create index reconciliation_reports_unexplained_idx on reconciliation_reports (tenant_id, day) where unexplained <> 0;
create index reconciliation_reports_list_idx on reconciliation_reports (tenant_id, mode, report_id);

-- Providers give fees back, and banks payouts: each has its own way back, like a capture or a refund.
alter table ledger_transfers drop constraint ledger_transfers_kind_check;
alter table ledger_transfers add constraint ledger_transfers_kind_check check (kind in (
  'capture', 'capture_failed', 'refund', 'refund_failed', 'reversal', 'dispute_withdrawn', 'dispute_reinstated',
  'fee', 'fee_returned', 'payout', 'payout_returned', 'reserve_held', 'reserve_released', 'adjustment'));

alter table lanes drop constraint lanes_kind_check;
alter table lanes add constraint lanes_kind_check check (
  kind in ('relay', 'inbound', 'sync', 'expiry', 'delivery', 'reconcile'));
-- A new account's lane comes with the account.
insert into lanes (kind, lane_id, tenant_id, next_due_at)
  select 'reconcile', provider_account_id, tenant_id, created_at + interval '1 day' from provider_accounts;
