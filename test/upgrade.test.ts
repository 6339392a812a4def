import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { MIGRATIONS_FOLDER, migrate } from '../src/platform/migrate.ts';
import { createEmptyDatabase } from './support/database.ts';

/** Migrates up to a number and not further, as an installation did that is now brought up to date. */
async function migrateTo(url: string, last: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-migrations-'));
  try {
    for (const name of await readdir(MIGRATIONS_FOLDER)) {
      if (name.slice(0, 4) <= last) await cp(new URL(name, MIGRATIONS_FOLDER), join(folder, name));
    }
    await migrate(url, { folder: pathToFileURL(`${folder}/`) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const MONEY = `
  insert into tenants values ('ten_1', null, 'Shop', 'shop', 'EUR', 'active', '{}', now(), now());
  insert into provider_accounts values
    ('ten_1', 'pa_1', 'test', 'sandbox', 'Sandbox', 1, 'active', 'x', now(), now());
  insert into payments (tenant_id, payment_id, mode, reference, amount, currency, capture_method, status, version,
    amount_authorized, amount_captured, amount_refunded, attempts_max, request_shipping, metadata, expires_at,
    created_at, updated_at)
  values ('ten_1', 'pay_1', 'test', 'order-1', 100, 'EUR', 'automatic', 'succeeded', 3, 100, 100, 30, 3, false, '{}',
    now(), now(), now());
  insert into attempts (tenant_id, attempt_id, payment_id, provider_account_id, provider, state, request_sealed,
    created_at, updated_at)
  values ('ten_1', 'att_1', 'pay_1', 'pa_1', 'sandbox', 'captured', 'x', now(), now());
  insert into captures values ('ten_1', 'cap_1', 'pay_1', 'att_1', 100, 'EUR', 'succeeded', now());
  insert into refunds (tenant_id, refund_id, payment_id, attempt_id, provider_account_id, mode, amount, currency,
    reason, status, dispatch, created_at, updated_at)
  values ('ten_1', 're_2', 'pay_1', 'att_1', 'pa_1', 'test', 30, 'EUR', 'broken', 'succeeded', 'acknowledged', now(),
    now())`;

test('money from before the ledger is in the ledger afterwards, and its rows are whole', async () => {
  const database = await createEmptyDatabase();
  try {
    await migrateTo(database.url, '0006');
    await database.run(MONEY);
    await migrate(database.url);
    const balances = await database.run(
      `select account, (sum(debits) - sum(credits))::int as balance from ledger_balances group by account order by 1`,
    );
    expect(balances).toEqual([
      { account: 'provider_receivable', balance: 70 },
      { account: 'refunds', balance: 30 },
      { account: 'sales', balance: -100 },
    ]);
    const captures = await database.run('select provider_account_id, mode, final, dispatch from captures');
    expect(captures).toEqual([{ provider_account_id: 'pa_1', mode: 'test', final: true, dispatch: 'acknowledged' }]);
  } finally {
    await database.drop();
  }
});

/** Events of two months with their deliveries and attempts, and one that a test clock dates a year ahead. */
const TOLD = `
  with told (id, at, mode) as (values
    ('01ev9q8w000000000000000001', '2021-01-05T00:00:00Z'::timestamptz, 'live'),
    ('01fhp48800000000000000000a', '2021-10-10T12:00:00Z', 'live'),
    ('01ggy9mr00000000000000000b', '2022-11-01T00:00:00Z', 'test')),
  events_put as (
    insert into events (tenant_id, event_id, mode, type, api_version, object, created_at)
    select 'ten_1', 'evt_' || id, mode, 'payment.succeeded', 'x', '{"a":  1}', at from told),
  deliveries_put as (
    insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, mode, url_override, trigger, status,
      due_at, created_at)
    select 'ten_1', 'whd_' || id, 'we_1', 'evt_' || id, 'payment.succeeded', mode, 'https://shop.example', 'automatic',
      'pending', at, at from told)
  insert into delivery_attempts (tenant_id, delivery_id, attempt_number, attempted_at, duration_ms, url, outcome)
  select 'ten_1', 'whd_' || id, 1, at, 12, 'https://shop.example', 'refused' from told`;

test('what was told before there were partitions stands in them afterwards, each row as it was', async () => {
  const database = await createEmptyDatabase();
  const everything = () =>
    database.run(`select to_json(e)::text as event, to_json(d)::text as delivery, to_json(a)::text as attempt
      from events e join deliveries d using (tenant_id, event_id) join delivery_attempts a using (tenant_id, delivery_id)
      order by event_id`);
  try {
    await migrateTo(database.url, '0031');
    await database.run(TOLD);
    const before = await everything();
    await migrate(database.url);
    expect(before).toHaveLength(3);
    expect(await everything()).toEqual(before);
    const places = (table: string) =>
      database.run(
        `select tableoid::regclass::text as place, count(*)::int as rows from ${table} group by 1 order by 1`,
      );
    for (const table of ['events', 'deliveries', 'delivery_attempts']) {
      expect(await places(table)).toEqual([
        { place: `${table}_2021_10`, rows: 2 },
        { place: `${table}_beyond`, rows: 1 },
      ]);
    }
    await expect(
      database.run(`insert into deliveries select tenant_id, 'whd_other', lane_id, event_id, event_type, payment_id, mode,
        endpoint_id, url_override, trigger, status, attempts_made, due_at, last_attempt_at, last_status_code, last_error,
        created_at, partner_key_id, reason from deliveries where delivery_id like 'whd_01ggy%'`),
    ).rejects.toThrow(/duplicate key/);
  } finally {
    await database.drop();
  }
});
