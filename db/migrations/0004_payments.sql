-- The money that moves: payments, their attempts, captures and refunds, and every signal that might move them.

create table payments (
  tenant_id text not null,
  payment_id text not null,
  mode text not null,
  reference text not null,
  amount bigint not null,
  currency text not null,
  capture_method text not null,
  status text not null,
  -- Set when provider proof revived a payment we had closed.
  late boolean not null default false,
  -- One more at every change; the compare-and-set of apply-signal.ts.
  version integer not null,
  amount_authorized bigint not null default 0,
  amount_captured bigint not null default 0,
  amount_refunded bigint not null default 0,
  -- Refunds under way: already promised, so no longer available.
  amount_refund_pending bigint not null default 0,
  attempts_max integer not null,
  attempts_declined integer not null default 0,
  -- The one attempt whose outcome is open; null when none is.
  open_attempt_id text,
  last_attempt_id text,
  provider_account_id text,
  order_id text,
  product_id text,
  description text,
  statement_descriptor text,
  return_url text,
  cancel_url text,
  notification_url text,
  customer_sealed bytea,
  cart_items jsonb,
  request_shipping boolean not null,
  terminal_id text,
  sub_merchant_name text,
  mcc text,
  rrn2 text,
  metadata jsonb not null,
  expires_at timestamptz not null,
  authorization_expires_at timestamptz,
  -- When the expiry worker must look; null once nothing can expire.
  due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint payments_pkey primary key (tenant_id, payment_id),
  constraint payments_reference_key unique (tenant_id, mode, reference),
  constraint payments_mode_check check (mode in ('live', 'test')),
  constraint payments_status_check check (status in (
    'created', 'processing', 'authorized', 'succeeded', 'failed', 'canceled', 'expired', 'reversed')),
  constraint payments_capture_method_check check (capture_method in ('automatic', 'manual')),
  constraint payments_amount_check check (amount between 1 and 999999999999),
  constraint payments_authorized_check check (amount_authorized between 0 and amount),
  constraint payments_captured_check check (amount_captured between 0 and amount_authorized),
  constraint payments_refunded_check check (
    amount_refunded >= 0 and amount_refund_pending >= 0
    and amount_refunded + amount_refund_pending <= amount_captured),
  constraint payments_succeeded_check check (status <> 'succeeded' or amount_captured > 0),
  constraint payments_open_attempt_check check ((status = 'processing') = (open_attempt_id is not null))
);
create index payments_due_idx on payments (tenant_id, due_at) where due_at is not null;
create index payments_list_idx on payments (tenant_id, mode, payment_id);
create index payments_order_idx on payments (tenant_id, mode, order_id) where order_id is not null;

-- A directory: a shopper's browser has only the token. The hash of 128 random bits or more, never the token.
create table checkout_tokens (
  token_hash bytea not null,
  tenant_id text not null,
  payment_id text not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint checkout_tokens_pkey primary key (token_hash),
  constraint checkout_tokens_hash_check check (length(token_hash) = 32)
);
create index checkout_tokens_payment_idx on checkout_tokens (tenant_id, payment_id);

-- One try at one provider. The row is committed before anything is sent: its id is the provider's idempotency key.
create table attempts (
  tenant_id text not null,
  attempt_id text not null,
  payment_id text not null,
  provider_account_id text not null,
  provider text not null,
  state text not null,
  provider_ref text,
  -- The exact request as first sent (return address and all), so that a repeat is the same request. Sealed: the
  -- return address may hold the checkout token.
  request_sealed bytea not null,
  next_action jsonb,
  failure_code text,
  failure_message text,
  provider_expires_at timestamptz,
  -- The sync queue: when to ask the provider next, and how often it was asked since the state changed.
  sync_due_at timestamptz,
  sync_tries integer not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint attempts_pkey primary key (tenant_id, attempt_id),
  constraint attempts_payment_fkey foreign key (tenant_id, payment_id) references payments (tenant_id, payment_id),
  constraint attempts_state_check check (state in (
    'dispatched', 'requires_action', 'pending', 'unknown',
    'authorized', 'captured', 'declined', 'refused', 'not_sent', 'canceled', 'expired')),
  constraint attempts_sync_check check (
    sync_due_at is null or state in ('dispatched', 'requires_action', 'pending', 'unknown'))
);
-- The database's own word that no payment has two open attempts, so that no shopper pays twice.
create unique index attempts_open_key on attempts (tenant_id, payment_id)
  where state in ('dispatched', 'requires_action', 'pending', 'unknown');
create index attempts_payment_idx on attempts (tenant_id, payment_id);
create index attempts_sync_idx on attempts (tenant_id, provider_account_id, sync_due_at) where sync_due_at is not null;

create table captures (
  tenant_id text not null,
  capture_id text not null,
  payment_id text not null,
  attempt_id text not null,
  amount bigint not null,
  currency text not null,
  status text not null,
  created_at timestamptz not null,
  constraint captures_pkey primary key (tenant_id, capture_id),
  constraint captures_payment_fkey foreign key (tenant_id, payment_id) references payments (tenant_id, payment_id),
  constraint captures_amount_check check (amount > 0),
  constraint captures_status_check check (status in ('pending', 'succeeded', 'failed'))
);
create index captures_payment_idx on captures (tenant_id, payment_id);

create table refunds (
  tenant_id text not null,
  refund_id text not null,
  payment_id text not null,
  attempt_id text not null,
  provider_account_id text not null,
  mode text not null,
  amount bigint not null,
  currency text not null,
  reason text not null,
  reference text,
  status text not null,
  -- Within pending: was it sent, and do we know what came of it?
  dispatch text not null,
  provider_ref text,
  failure_code text,
  sync_due_at timestamptz,
  sync_tries integer not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint refunds_pkey primary key (tenant_id, refund_id),
  constraint refunds_reference_key unique (tenant_id, mode, reference),
  constraint refunds_payment_fkey foreign key (tenant_id, payment_id) references payments (tenant_id, payment_id),
  constraint refunds_amount_check check (amount > 0),
  constraint refunds_status_check check (status in ('pending', 'succeeded', 'failed')),
  constraint refunds_dispatch_check check (dispatch in ('dispatched', 'unknown', 'acknowledged')),
  constraint refunds_sync_check check (sync_due_at is null or status = 'pending')
);
create index refunds_payment_idx on refunds (tenant_id, payment_id);
create index refunds_sync_idx on refunds (tenant_id, provider_account_id, sync_due_at) where sync_due_at is not null;

-- Everything that might have moved a payment, and what the one writer made of it.
create table signals (
  tenant_id text not null,
  signal_id text not null,
  payment_id text not null,
  attempt_id text,
  refund_id text,
  source text not null,
  kind text not null,
  detail jsonb not null,
  outcome text not null,
  note text,
  payment_version integer not null,
  created_at timestamptz not null,
  constraint signals_pkey primary key (tenant_id, signal_id),
  constraint signals_source_check check (source in (
    'tenant', 'shopper', 'provider_answer', 'notification', 'poll', 'timer', 'operator')),
  constraint signals_outcome_check check (outcome in ('applied', 'no_change', 'quarantined'))
);
create index signals_payment_idx on signals (tenant_id, payment_id, signal_id);
