import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { lowestId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { Closing, LooseEnds } from './period.ts';

export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

/** What one account held before a month and what the month moved; minor units. */
export interface Totals {
  readonly currency: string;
  readonly provider_account_id: string;
  readonly account: string;
  readonly opening_debits: bigint;
  readonly opening_credits: bigint;
  readonly debits: bigint;
  readonly credits: bigint;
}

/** Closing and opening again are decided one at a time. The tenant's row is what all of them can lock. */
export async function lockPeriods(tx: Queryable, { tenantId }: Owner): Promise<void> {
  await sql`select 1 from tenants where tenant_id = ${tenantId} for no key update`.execute(tx);
}

/** When the first entry was booked; null: nothing ever was. */
export async function selectFirstEntryAt(db: Queryable, { tenantId, mode }: Owner): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom('ledger_transfers')
    .select('created_at')
    .where('tenant_id', '=', tenantId)
    .where('mode', '=', mode)
    .orderBy('transfer_id')
    .limit(1)
    .executeTakeFirst();
  return row?.created_at ?? null;
}

/** All closings by month, those that were opened again first. */
export async function selectClosings(db: Queryable, { tenantId, mode }: Owner): Promise<readonly Closing[]> {
  const rows = await db
    .selectFrom('period_closings')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('mode', '=', mode)
    .orderBy('month')
    .orderBy('reopened_at', (order) => order.asc().nullsLast())
    .execute();
  return rows.map(closingFromRow);
}

/** What a month was closed with. */
export async function selectTotals(db: Queryable, { tenantId, closingId }: Closing): Promise<readonly Totals[]> {
  const { rows } = await sql<Totals>`
    select currency, provider_account_id, account, opening_debits, opening_credits, debits, credits
    from period_totals where tenant_id = ${tenantId} and closing_id = ${closingId} order by 1, 2, 3`.execute(db);
  return rows;
}

/** A range of the ledger, and what it goes on from: the closing right before it or, where there is none, the first entry. */
export interface Range {
  readonly owner: Owner;
  readonly startsAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  readonly before: Closing | null;
}

/** What the ledger has of a month now. One statement, so that all sums are of one moment. */
export async function sumRange(db: Queryable, range: Range): Promise<readonly Totals[]> {
  return (await sql<Totals>`${sums(range)} order by 1, 2, 3`.execute(db)).rows;
}

/** Entries have ids that begin with their time, so that a month is a range of ledger_transfers_list_idx. */
function sums({ owner, startsAt, endsAt, before }: Range): RawBuilder<Totals> {
  const { tenantId, mode } = owner;
  const start = lowestId('tr', startsAt);
  const from = before === null ? '' : lowestId('tr', before.endsAt);
  return sql<Totals>`
    with kept as (
      select currency, provider_account_id, account, opening_debits + debits as debits, opening_credits + credits as credits
      from period_totals where tenant_id = ${tenantId} and closing_id = ${before?.closingId ?? ''}
    ), moved as (
      select t.currency, t.provider_account_id, side.account,
        coalesce(sum(side.debit) filter (where t.transfer_id < ${start}), 0) as debits_before,
        coalesce(sum(side.credit) filter (where t.transfer_id < ${start}), 0) as credits_before,
        coalesce(sum(side.debit) filter (where t.transfer_id >= ${start}), 0) as debits,
        coalesce(sum(side.credit) filter (where t.transfer_id >= ${start}), 0) as credits
      from ledger_transfers t
      cross join lateral (values (t.debit_account, t.amount, 0::bigint), (t.credit_account, 0::bigint, t.amount))
        as side (account, debit, credit)
      where t.tenant_id = ${tenantId} and t.mode = ${mode}
        and t.transfer_id >= ${from} and t.transfer_id < ${lowestId('tr', endsAt)}
      group by 1, 2, 3
    )
    select currency, provider_account_id, account,
      coalesce(k.debits, 0) + coalesce(m.debits_before, 0) as opening_debits,
      coalesce(k.credits, 0) + coalesce(m.credits_before, 0) as opening_credits,
      coalesce(m.debits, 0) as debits, coalesce(m.credits, 0) as credits
    from kept k full join moved m using (currency, provider_account_id, account)`;
}

/** What a month would leave behind, as of now. */
export async function selectLooseEnds(db: Queryable, owner: Owner, endsAt: Temporal.Instant): Promise<LooseEnds> {
  const { tenantId, mode } = owner;
  const pending = (table: 'captures' | 'refunds' | 'reversals', key: string, prefix: 'cap' | 're' | 'rev') => sql`
    (select count(*) from ${sql.table(table)} where tenant_id = ${tenantId} and mode = ${mode} and status = 'pending'
      and ${sql.ref(key)} < ${lowestId(prefix, endsAt)})`;
  const { rows } = await sql<LooseEnds>`
    select (select count(*) from reconciliation_exceptions
        where tenant_id = ${tenantId} and mode = ${mode} and state = 'open')::int as "openExceptions",
      (select count(*) from statements
        where tenant_id = ${tenantId} and mode = ${mode} and status <> 'reconciled')::int as "unreadStatements",
      (${pending('captures', 'capture_id', 'cap')} + ${pending('refunds', 'refund_id', 're')}
        + ${pending('reversals', 'reversal_id', 'rev')})::int as "pendingOperations"`.execute(db);
  return rows[0] ?? { openExceptions: 0, unreadStatements: 0, pendingOperations: 0 };
}

/** Closes a month with what the ledger has of it, by what stands in the ledger at this moment. */
export async function insertClosing(tx: Queryable, closing: Closing, range: Range): Promise<void> {
  await sql`insert into period_closings select r.* from ${recordset('period_closings', [closingToRow(closing)])} r`.execute(
    tx,
  );
  await sql`
    insert into period_totals (tenant_id, closing_id, currency, provider_account_id, account, opening_debits,
      opening_credits, debits, credits)
    select ${closing.tenantId}::text, ${closing.closingId}::text, s.* from (${sums(range)}) s`.execute(tx);
}

export async function reopenClosing(
  tx: Queryable,
  { tenantId, closingId }: Closing,
  { by, at, reason }: { readonly by: string; readonly at: Temporal.Instant; readonly reason: string },
): Promise<void> {
  await tx
    .updateTable('period_closings')
    .set({ reopened_by: by, reopened_at: at, reopen_reason: reason })
    .where('tenant_id', '=', tenantId)
    .where('closing_id', '=', closingId)
    .where('reopened_at', 'is', null)
    .execute();
}

function closingFromRow(row: Selectable<Tables['period_closings']>): Closing {
  return {
    tenantId: row.tenant_id,
    closingId: row.closing_id,
    mode: row.mode as Mode,
    month: row.month,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    note: row.note,
    closedBy: row.closed_by,
    closedAt: row.closed_at,
    reopenedBy: row.reopened_by,
    reopenedAt: row.reopened_at,
    reopenReason: row.reopen_reason,
  };
}

function closingToRow(closing: Closing): WholeRow<'period_closings'> {
  return {
    tenant_id: closing.tenantId,
    closing_id: closing.closingId,
    mode: closing.mode,
    month: closing.month,
    starts_at: closing.startsAt,
    ends_at: closing.endsAt,
    note: closing.note,
    closed_by: closing.closedBy,
    closed_at: closing.closedAt,
    reopened_by: closing.reopenedBy,
    reopened_at: closing.reopenedAt,
    reopen_reason: closing.reopenReason,
  };
}
