import { expect } from 'vitest';
import type { Installation } from './installation.ts';

/** What the ledger and the rows say about a payment, read behind the gateway's back. */
export interface MoneyWatch {
  /** `kind amount` in alphabetical order: what is posted in the same millisecond has no other. */
  transfers(paymentId: string): Promise<readonly string[]>;
  /** Fails where an account of the tenant does not add up, or a payment's amounts are not its operations'. */
  expectSound(): Promise<void>;
}

export function watchMoney({ database, tenant }: Installation): MoneyWatch {
  const { tenantId } = tenant.tenant;
  return {
    async transfers(paymentId) {
      const rows = await database.run<{ line: string }>(
        `select kind || ' ' || amount as line from ledger_transfers where payment_id = $1`,
        [paymentId],
      );
      return rows.map(({ line }) => line).sort();
    },
    async expectSound() {
      const [row] = await database.run(SOUND, [tenantId]);
      expect(row).toEqual({ unbalanced: 0, drifted: 0, over: 0 });
    },
  };
}

const SOUND = `
  select
    (select count(*)::int from (
      select currency, sum(debits) - sum(credits) as rest from ledger_balances where tenant_id = $1 group by currency
    ) sums where rest <> 0) as unbalanced,
    (select count(*)::int from (
      select account, sum(amount) as sum from (
        select debit_account as account, amount from ledger_transfers where tenant_id = $1
        union all select credit_account, -amount from ledger_transfers where tenant_id = $1
      ) moves group by account
      except select account, sum(debits) - sum(credits) from ledger_balances where tenant_id = $1 group by account
    ) differing) as drifted,
    (select count(*)::int from payments where tenant_id = $1
      and (amount_refunded + amount_refund_pending > amount_captured
        or amount_captured + amount_capture_pending > amount_authorized)) as over`;
