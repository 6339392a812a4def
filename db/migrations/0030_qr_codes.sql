-- Codes that shoppers scan, and what was made of each scan.

create table qr_codes (
  tenant_id text not null,
  qr_code_id text not null,
  mode text not null,
  -- What its address ends in. Public by nature: whoever sees the code can pay, and nothing else.
  token text not null,
  kind text not null,
  -- What the code holds: our address, or a merchant-presented payload of EMVCo.
  content text not null,
  -- The tenant's own id for it.
  reference text,
  -- null: the shopper enters it. With amount_editable a proposal.
  amount bigint,
  currency text not null,
  amount_editable boolean not null,
  amount_min bigint,
  amount_max bigint,
  uses text not null,
  -- null: any number.
  uses_max integer,
  -- Payments that were begun. Together with the limit, the end and the cancellation it says what the status is: there
  -- is no column for it that somebody would have to change in time.
  uses_made integer not null,
  -- null: never.
  expires_at timestamptz,
  canceled_at timestamptz,
  -- What each of its payments is made with beside amount and reference.
  payment_fields jsonb not null,
  emvco jsonb,
  -- Counts the tenant's changes; scans are none.
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint qr_codes_pkey primary key (tenant_id, qr_code_id),
  constraint qr_codes_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint qr_codes_reference_key unique (tenant_id, mode, reference),
  constraint qr_codes_mode_check check (mode in ('live', 'test')),
  constraint qr_codes_kind_check check (kind in ('static', 'dynamic')),
  constraint qr_codes_content_check check (content in ('url', 'emvco') and (content = 'emvco') = (emvco is not null)),
  constraint qr_codes_amount_check check (amount > 0 and amount_min > 0 and amount_max >= coalesce(amount_min, 1)),
  constraint qr_codes_amount_known_check check (amount is not null or amount_editable),
  constraint qr_codes_uses_check check (
    uses in ('single', 'many') and (uses = 'many' or (uses_max is not null and uses_max = 1 and expires_at is not null))
  ),
  constraint qr_codes_dynamic_check check (kind = 'static' or (uses = 'single' and not amount_editable)),
  -- The last word on how often a code is paid.
  constraint qr_codes_uses_made_check check (uses_made >= 0 and uses_max > 0 and uses_made <= uses_max)
);
create index qr_codes_list_idx on qr_codes (tenant_id, mode, qr_code_id);

-- Whose code an address opens. A directory: small, not distributed, asked before the tenant is known.
create table qr_code_tokens (
  token text not null,
  tenant_id text not null,
  qr_code_id text not null,
  constraint qr_code_tokens_pkey primary key (token),
  constraint qr_code_tokens_token_check check (token ~ '^[A-Za-z0-9_-]{22}$')
);

-- One scan that became, or is becoming, a payment. Committed before the payment is made, whose key it is: whoever comes
-- again with the same visit gets the same payment.
create table qr_code_uses (
  tenant_id text not null,
  qr_code_id text not null,
  use_number integer not null,
  -- Who uses it: one constant for codes of a single use, so that there is never a second one.
  visit text not null,
  amount bigint not null,
  -- null until it is made.
  payment_id text,
  created_at timestamptz not null,
  constraint qr_code_uses_pkey primary key (tenant_id, qr_code_id, use_number),
  constraint qr_code_uses_code_fkey foreign key (tenant_id, qr_code_id) references qr_codes (tenant_id, qr_code_id),
  constraint qr_code_uses_visit_key unique (tenant_id, qr_code_id, visit),
  constraint qr_code_uses_number_check check (use_number > 0),
  constraint qr_code_uses_amount_check check (amount > 0)
);
