-- Who uses us as a provider: the keys that partners sign with, and the payments they made.

-- A partner's request names its merchant code before the tenant is known. A code is never given twice.
create table partner_merchant_codes (
  merchant_code text not null,
  tenant_id text not null,
  partner_key_id text not null,
  constraint partner_merchant_codes_pkey primary key (merchant_code)
);

create table partner_keys (
  tenant_id text not null,
  partner_key_id text not null,
  mode text not null,
  merchant_code text not null,
  name text not null,
  algorithm text not null,
  -- How a new payment is shown to the partner's shopper: as an address to go to, or as the text of a QR code.
  presentation text not null,
  status text not null,
  key_sealed bytea not null,
  -- The key before the last rotation, and until when requests signed with it are taken.
  previous_key_sealed bytea,
  previous_key_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint partner_keys_pkey primary key (tenant_id, partner_key_id),
  constraint partner_keys_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint partner_keys_mode_check check (mode in ('live', 'test')),
  constraint partner_keys_algorithm_check check (algorithm in ('hmac-sha256', 'rsa-sha256')),
  constraint partner_keys_presentation_check check (presentation in ('redirect', 'qr')),
  constraint partner_keys_status_check check (status in ('active', 'revoked')),
  constraint partner_keys_previous_check check ((previous_key_sealed is null) = (previous_key_until is null))
);
create index partner_keys_list_idx on partner_keys (tenant_id, mode, partner_key_id);

-- Which payments a partner made, under its own names. Written with the payment, by the same statement.
create table partner_orders (
  tenant_id text not null,
  payment_id text not null,
  partner_key_id text not null,
  order_id text not null,
  constraint partner_orders_pkey primary key (tenant_id, payment_id),
  constraint partner_orders_order_key unique (tenant_id, partner_key_id, order_id),
  constraint partner_orders_payment_fkey foreign key (tenant_id, payment_id) references payments (tenant_id, payment_id),
  constraint partner_orders_partner_key_fkey
    foreign key (tenant_id, partner_key_id) references partner_keys (tenant_id, partner_key_id)
);

alter table webhook_endpoints
  -- What the receiver of the dialect `partner` knows us by.
  add column merchant_code text,
  drop constraint webhook_endpoints_dialect_check,
  add constraint webhook_endpoints_dialect_check check (dialect in ('standard', 'partner')),
  add constraint webhook_endpoints_merchant_code_check check ((dialect = 'partner') = (merchant_code is not null));

-- Set where a partner is told about a payment that it made; its key then signs, and there is no endpoint.
alter table deliveries add column partner_key_id text;
