/** One process per file: exclusive locking refuses a second one, which would notify twice. */
export const PRAGMAS = `
  pragma locking_mode = exclusive;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma foreign_keys = on;
`;

export const SCHEMA = `
  create table if not exists merchants (
    code text primary key,
    created_at integer not null
  ) strict;

  create table if not exists merchant_secrets (
    id integer primary key,
    merchant_code text not null references merchants (code),
    secret text not null check (length(secret) >= 16),
    unique (merchant_code, secret)
  ) strict;

  create table if not exists charges (
    id text primary key,
    merchant_code text not null references merchants (code),
    reference text not null,
    content_hash text not null,
    token text not null,
    amount integer not null check (amount > 0),
    currency text not null,
    capture_method text not null check (capture_method in ('automatic', 'manual')),
    description text,
    return_url text not null,
    notification_url text not null,
    expires_at integer not null,
    state text not null check (
      state in ('requires_action', 'pending', 'authorized', 'captured', 'declined', 'canceled', 'expired')
    ),
    decline_code text,
    amount_authorized integer not null default 0 check (amount_authorized between 0 and amount),
    amount_captured integer not null default 0 check (amount_captured between 0 and amount_authorized),
    amount_refunded integer not null default 0 check (amount_refunded between 0 and amount_captured),
    plan_outcome text,
    plan_at integer,
    plan_late integer not null default 0,
    wake_at integer,
    created_at integer not null,
    updated_at integer not null,
    unique (merchant_code, reference)
  ) strict;
  create index if not exists charges_wake_at on charges (wake_at) where wake_at is not null;

  create table if not exists refunds (
    id text primary key,
    charge_id text not null references charges (id),
    merchant_code text not null,
    reference text not null,
    content_hash text not null,
    amount integer not null check (amount > 0),
    notification_url text not null,
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    plan_state text,
    plan_at integer,
    created_at integer not null,
    unique (merchant_code, reference)
  ) strict;
  create index if not exists refunds_charge_id on refunds (charge_id);
  create index if not exists refunds_plan_at on refunds (plan_at) where plan_at is not null;

  create table if not exists notifications (
    id integer primary key,
    event_id text not null,
    charge_id text not null references charges (id),
    merchant_code text not null,
    url text not null,
    body text not null,
    fault text not null,
    attempts integer not null default 0,
    due_at integer,
    outcome text not null check (outcome in ('due', 'delivered', 'given_up', 'dropped')),
    check ((outcome = 'due') = (due_at is not null))
  ) strict;
  create index if not exists notifications_due_at on notifications (due_at, id) where due_at is not null;
`;
