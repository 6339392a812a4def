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
