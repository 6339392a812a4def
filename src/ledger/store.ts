import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { lowestId } from '../kernel/id.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import type { Tables } from '../platform/tables.generated.ts';

export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

export interface BalanceFilter {
  readonly currency?: string | undefined;
  readonly providerAccountId?: string | undefined;
}

/** What one account's transfers add up to, its stripes taken together; minor units. */
export interface AccountSums {
  readonly currency: string;
  readonly providerAccountId: string;
  readonly account: string;
  readonly debits: bigint;
  readonly credits: bigint;
}

/** One statement, so that all sums are of one moment. */
export async function selectBalances(
  db: Queryable,
  owner: Owner,
  filter: BalanceFilter,
): Promise<readonly AccountSums[]> {
  let query = db
    .selectFrom('ledger_balances')
    .select(['currency', 'provider_account_id', 'account'])
    .select(({ fn }) => [fn.sum<bigint>('debits').as('debits'), fn.sum<bigint>('credits').as('credits')])
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .groupBy(['currency', 'provider_account_id', 'account'])
    .orderBy('currency')
    .orderBy('provider_account_id')
    .orderBy('account');
  if (filter.currency !== undefined) query = query.where('currency', '=', filter.currency);
  if (filter.providerAccountId !== undefined) {
    query = query.where('provider_account_id', '=', filter.providerAccountId);
  }
  return (await query.execute()).map(({ provider_account_id: providerAccountId, ...rest }) => ({
    ...rest,
    providerAccountId,
  }));
}

export interface EntryFilter {
  readonly paymentId?: string | undefined;
  readonly currency?: string | undefined;
  readonly providerAccountId?: string | undefined;
  readonly account?: string | undefined;
  readonly kind?: string | undefined;
  readonly createdAfter?: Temporal.Instant | undefined;
  readonly createdBefore?: Temporal.Instant | undefined;
}

/** Newest first, from after the cursor; one row more than the limit, so that the caller knows whether there are more. */
export async function selectEntries(
  db: Queryable,
  owner: Owner,
  filter: EntryFilter,
  page: PageOptions,
): Promise<readonly Selectable<Tables['ledger_transfers']>[]> {
  let query = db
    .selectFrom('ledger_transfers')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('transfer_id', page));
  if (filter.paymentId !== undefined) query = query.where('payment_id', '=', filter.paymentId);
  if (filter.currency !== undefined) query = query.where('currency', '=', filter.currency);
  if (filter.providerAccountId !== undefined) {
    query = query.where('provider_account_id', '=', filter.providerAccountId);
  }
  if (filter.account !== undefined) {
    query = query.where(sql<boolean>`${filter.account}::text in (debit_account, credit_account)`);
  }
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  // Ids begin with their time, so that a period is a range of the index.
  if (filter.createdAfter !== undefined) {
    query = query.where('transfer_id', '>=', lowestId('tr', filter.createdAfter.add({ milliseconds: 1 })));
  }
  if (filter.createdBefore !== undefined) {
    query = query.where('transfer_id', '<', lowestId('tr', filter.createdBefore));
  }
  return query.execute();
}
