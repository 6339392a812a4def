/** One process per file: exclusive locking refuses a second one, which would notify twice. */
export const PRAGMAS = `
  pragma locking_mode = exclusive;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma foreign_keys = on;
`;

/** Every file began with this; those of before versions were counted have it already, and the version 0. */
const FIRST = `
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

/** Of an authorization that an older file holds: as long as a new one would last. */
const SEVEN_DAYS_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * Captures, reversals and disputes. Adds and never takes away: the table of refunds stays as it was, and is read no more.
 * Notifications that nobody has taken yet get the members that receivers now expect.
 */
const SECOND = `
  alter table charges add column amount_capture_pending integer not null default 0
    check (amount_capture_pending between 0 and amount_authorized - amount_captured);
  alter table charges add column amount_reversed integer not null default 0
    check (amount_reversed in (0, amount_captured) and (amount_reversed = 0 or amount_refunded = 0));
  alter table charges add column closed_by text check (closed_by in ('capture', 'release', 'lapse'));
  alter table charges add column authorization_expires_at integer;
  alter table charges add column dispute_at integer;
  update charges set authorization_expires_at = updated_at + ${SEVEN_DAYS_MS}, wake_at = updated_at + ${SEVEN_DAYS_MS}
    where state = 'authorized';

  create table operations (
    id text primary key,
    kind text not null check (kind in ('capture', 'refund', 'reversal')),
    charge_id text not null references charges (id),
    merchant_code text not null,
    reference text,
    content_hash text,
    amount integer not null check (amount > 0),
    final integer not null default 0 check (final in (0, 1)),
    notification_url text not null,
    state text not null check (state in ('pending', 'succeeded', 'failed')),
    plan_state text,
    plan_at integer,
    created_at integer not null,
    unique (merchant_code, kind, reference),
    check ((reference is null) = (content_hash is null)),
    check ((plan_state is null) = (plan_at is null) and (state <> 'pending' or plan_at is not null))
  ) strict;
  create index operations_charge_id on operations (charge_id);
  create index operations_plan_at on operations (plan_at) where plan_at is not null;
  create unique index operations_one_reversal on operations (charge_id) where kind = 'reversal' and state <> 'failed';
  insert into operations (id, kind, charge_id, merchant_code, reference, content_hash, amount, notification_url, state,
      plan_state, plan_at, created_at)
    select id, 'refund', charge_id, merchant_code, reference, content_hash, amount, notification_url, state,
      plan_state, plan_at, created_at from refunds order by created_at, rowid;

  create table turned_away (
    merchant_code text not null,
    kind text not null,
    reference text not null,
    primary key (merchant_code, kind, reference)
  ) strict, without rowid;

  create table disputes (
    id text primary key,
    charge_id text not null unique references charges (id),
    state text not null check (state in ('inquiry', 'opened', 'under_review', 'won', 'lost')),
    amount integer not null check (amount > 0),
    reason text not null,
    evidence_due_at integer,
    withdrawn integer not null check (withdrawn between 0 and amount),
    reinstated integer not null check (reinstated between 0 and withdrawn),
    evidence_key text,
    evidence_hash text,
    plan_state text,
    plan_at integer,
    created_at integer not null,
    updated_at integer not null,
    check ((plan_at is null) = (state in ('won', 'lost')))
  ) strict;
  create index disputes_plan_at on disputes (plan_at) where plan_at is not null;

  update notifications set body = json_set(body,
    '$.charge.amountReversed', 0,
    '$.charge.authorizationExpiresAt', iif(json_extract(body, '$.charge.state') = 'authorized',
      strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(body, '$.charge.updatedAt'), '+7 days'), null),
    '$.capture', null, '$.reversal', null, '$.dispute', null) where due_at is not null;
`;

/** Applied in this order, each once; `pragma user_version` counts those a file has. */
export const SCHEMA_STEPS: readonly string[] = [FIRST, SECOND];
