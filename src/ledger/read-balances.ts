import { amountToJson } from '../kernel/money.ts';
import type { Queryable } from '../platform/database.ts';
import type { BalanceAnswer } from './api.ts';
import { type LedgerAccount, NORMAL_SIDE } from './ledger-account.ts';
import { type AccountSums, type BalanceFilter, type Owner, selectBalances } from './store.ts';

interface Balances {
  readonly data: BalanceAnswer[];
  /** Over what is shown; debits equal credits, since a transfer stays within one currency and provider account. */
  readonly totals: { readonly currency: string; readonly debits: number; readonly credits: number }[];
}

/**
 * Every balance of a tenant in one mode, as of one moment; minor units.
 * @throws RangeError where a sum is beyond the integers JSON carries safely
 */
export async function readBalances(db: Queryable, owner: Owner, filter: BalanceFilter): Promise<Balances> {
  const sums = await selectBalances(db, owner, filter);
  const byCurrency = Map.groupBy(sums, ({ currency }) => currency);
  return {
    data: sums.map(balanceJson),
    totals: [...byCurrency].map(([currency, ofCurrency]) => ({
      currency,
      debits: amountToJson(ofCurrency.reduce((total, { debits }) => total + debits, 0n)),
      credits: amountToJson(ofCurrency.reduce((total, { credits }) => total + credits, 0n)),
    })),
  };
}

function balanceJson({ currency, providerAccountId, account: name, debits, credits }: AccountSums): BalanceAnswer {
  const account = name as LedgerAccount;
  const balance = NORMAL_SIDE[account] === 'debit' ? debits - credits : credits - debits;
  return {
    currency,
    providerAccountId,
    account,
    debits: amountToJson(debits),
    credits: amountToJson(credits),
    balance: amountToJson(balance),
  };
}
