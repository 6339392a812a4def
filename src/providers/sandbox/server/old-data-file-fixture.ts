/** For tests only: a data file as the sandbox left it before it knew of captures, reversals and disputes. */
import { DatabaseSync } from 'node:sqlite';

/** The merchant's secret in the old file. */
export const OLD_SECRET = 'the secret of an old shop';
/** Where the requests of that time had their notifications sent; nobody listens there. */
export const OLD_TARGET = 'http://127.0.0.1:9/hooks';

const OLD_SCHEMA = `
  create table merchants (code text primary key, created_at integer not null) strict;
  create table merchant_secrets (
    id integer primary key, merchant_code text not null references merchants (code),
    secret text not null check (length(secret) >= 16), unique (merchant_code, secret)
  ) strict;
  create table charges (
    id text primary key, merchant_code text not null references merchants (code), reference text not null,
    content_hash text not null, token text not null, amount integer not null check (amount > 0),
    currency text not null, capture_method text not null check (capture_method in ('automatic', 'manual')),
    description text, return_url text not null, notification_url text not null, expires_at integer not null,
    state text not null check (
      state in ('requires_action', 'pending', 'authorized', 'captured', 'declined', 'canceled', 'expired')
    ),
    decline_code text,
    amount_authorized integer not null default 0 check (amount_authorized between 0 and amount),
    amount_captured integer not null default 0 check (amount_captured between 0 and amount_authorized),
    amount_refunded integer not null default 0 check (amount_refunded between 0 and amount_captured),
    plan_outcome text, plan_at integer, plan_late integer not null default 0, wake_at integer,
    created_at integer not null, updated_at integer not null, unique (merchant_code, reference)
  ) strict;
  create index charges_wake_at on charges (wake_at) where wake_at is not null;
  create table refunds (
    id text primary key, charge_id text not null references charges (id), merchant_code text not null,
    reference text not null, content_hash text not null, amount integer not null check (amount > 0),
    notification_url text not null, state text not null check (state in ('pending', 'succeeded', 'failed')),
    plan_state text, plan_at integer, created_at integer not null, unique (merchant_code, reference)
  ) strict;
  create index refunds_charge_id on refunds (charge_id);
  create index refunds_plan_at on refunds (plan_at) where plan_at is not null;
  create table notifications (
    id integer primary key, event_id text not null, charge_id text not null references charges (id),
    merchant_code text not null, url text not null, body text not null, fault text not null,
    attempts integer not null default 0, due_at integer,
    outcome text not null check (outcome in ('due', 'delivered', 'given_up', 'dropped')),
    check ((outcome = 'due') = (due_at is not null))
  ) strict;
  create index notifications_due_at on notifications (due_at, id) where due_at is not null;
`;

const IDS = { authorized: `ch_${'a'.repeat(32)}`, captured: `ch_${'c'.repeat(32)}`, part: `ch_${'d'.repeat(32)}` };

/** 2026-01-01T00:00:00Z. */
const START = 1_767_225_600_000;

/**
 * Writes the file: an authorized charge, whose notification nobody has taken yet; a captured one, partly refunded, with
 * a refund that is pending; and one that was captured in part. Hashes are those of the requests that made them.
 */
export function writeOldDataFile(file: string, notificationUrl: string): void {
  const db = new DatabaseSync(file);
  db.exec(OLD_SCHEMA);
  db.prepare('insert into merchants values (?, ?)').run('shop', START);
  db.prepare('insert into merchant_secrets (merchant_code, secret) values (?, ?)').run('shop', OLD_SECRET);
  const charge = db.prepare(`insert into charges (id, reference, content_hash, token, capture_method, state,
      amount_captured, amount_refunded, merchant_code, amount, currency, return_url, notification_url, expires_at,
      amount_authorized, created_at, updated_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, 'shop', 1250, 'EUR', 'https://shop.example/back', '${OLD_TARGET}',
      ${START + 900_000}, 1250, ${START}, ${START})`);
  const hashes = {
    authorized: '4de3d33b744d01c0b8c10a1eeb1311113d94068d046510b359582bff7a9c9e0b',
    captured: 'b09d76e14a69345aa314ced493498ca15c8f5553a518758a39a7472fcc842108',
    part: 'd4e374cf36eeaa08f38de0c0f2e3144174d08009590a4e525a4261d89ea6f6f4',
  };
  charge.run(IDS.authorized, 'authorized', hashes.authorized, 'tok_approve', 'manual', 'authorized', 0, 0);
  charge.run(IDS.captured, 'captured', hashes.captured, 'tok_no_ipn', 'automatic', 'captured', 1250, 1103);
  charge.run(IDS.part, 'part', hashes.part, 'tok_no_ipn', 'manual', 'captured', 1000, 0);
  const refund = db.prepare(`insert into refunds (id, reference, content_hash, amount, state, plan_state, plan_at,
      charge_id, merchant_code, notification_url, created_at)
    values (?, ?, ?, ?, ?, ?, ?, '${IDS.captured}', 'shop', '${OLD_TARGET}', ${START})`);
  const done = 'd298fc010918971021ea0f7e3ee87cbb283d847e7e3866dbc452bda5ee2fa881';
  refund.run(`rf_${'1'.repeat(32)}`, 're_done', done, 1000, 'succeeded', null, null);
  const pending = '049110ce9cf69bd988cdc6c1eb415bfbe0a60d7b6450ed6facf5dc7063196331';
  refund.run(`rf_${'2'.repeat(32)}`, 're_pending', pending, 103, 'pending', 'succeeded', START + 2_000);
  db.prepare(`insert into notifications (event_id, charge_id, merchant_code, url, body, fault, attempts, due_at, outcome)
    values ('evt_old', ?, 'shop', ?, ?, 'none', 1, ?, 'due')`).run(
    IDS.authorized,
    notificationUrl,
    oldNotification(),
    START + 1_000,
  );
  db.close();
}

function oldNotification(): string {
  const charge = {
    ...{ id: IDS.authorized, object: 'charge', merchantCode: 'shop', reference: 'authorized', state: 'authorized' },
    ...{ amount: 1250, currency: 'EUR', captureMethod: 'manual', amountAuthorized: 1250, amountCaptured: 0 },
    ...{ amountRefunded: 0, decline: null, action: null, expiresAt: '2026-01-01T00:15:00Z' },
    ...{ createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' },
  };
  const event = { id: 'evt_old', object: 'event', type: 'charge.authorized', createdAt: '2026-01-01T00:00:00Z' };
  return JSON.stringify({ ...event, charge, refund: null });
}
