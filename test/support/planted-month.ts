import { lowestId } from '../../src/kernel/id.ts';
import type { TestDatabase } from './database.ts';

/** Books a fee of 5 cents in the month before last, in test mode, unless it is booked already. Answers the month. */
export async function plantEarlierMonth(database: TestDatabase, tenantId: string): Promise<string> {
  const at = Temporal.Now.zonedDateTimeISO('UTC').with({ day: 15 }).subtract({ months: 2 }).toInstant();
  await database.run(
    `insert into ledger_transfers (tenant_id, transfer_id, mode, currency, provider_account_id, kind, debit_account,
       credit_account, amount, subject_id, posting_key, created_at)
     values ($1, $2, 'test', 'EUR', 'pa_planted', 'fee', 'fees', 'provider_receivable', 5, 'planted', 'planted', $3)
     on conflict on constraint ledger_transfers_posting_key do nothing`,
    [tenantId, lowestId('tr', at), at],
  );
  return at.toString().slice(0, 7);
}
