import type { Selectable } from 'kysely';
import { amountToJson } from '../kernel/money.ts';
import { pageOf } from '../kernel/page.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import type { Tables } from '../platform/tables.generated.ts';
import * as api from './api.ts';
import type { LedgerAccount } from './ledger-account.ts';
import { readBalances } from './read-balances.ts';
import { selectEntries } from './store.ts';

/** The endpoints that show the ledger. It is written by what moves money, never by a caller. */
export function ledgerRoutes(database: Database): readonly BoundEndpoint[] {
  return [
    bindEndpoint(api.getBalances, async ({ caller, query }) => ({
      body: await readBalances(database.query, caller, query),
    })),
    bindEndpoint(api.listLedgerEntries, async ({ caller, query }) => {
      const { createdAfter, createdBefore, ...rest } = query;
      const filter = { ...rest, createdAfter: instantOf(createdAfter), createdBefore: instantOf(createdBefore) };
      const rows = await selectEntries(database.query, caller, filter, query);
      return { body: pageOf(rows.map(entryJson), query.limit) };
    }),
  ];
}

function instantOf(text: string | undefined): Temporal.Instant | undefined {
  return text === undefined ? undefined : Temporal.Instant.from(text);
}

function entryJson(row: Selectable<Tables['ledger_transfers']>): api.EntryAnswer {
  return {
    id: row.transfer_id,
    object: 'ledger_entry',
    kind: row.kind as api.EntryAnswer['kind'],
    amount: amountToJson(row.amount),
    currency: row.currency,
    debitAccount: row.debit_account as LedgerAccount,
    creditAccount: row.credit_account as LedgerAccount,
    providerAccountId: row.provider_account_id,
    paymentId: row.payment_id,
    subjectId: row.subject_id,
    createdAt: row.created_at.toString(),
  };
}
