import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { ReconciledAccount } from './account.ts';
import type { Proof, Report } from './report.ts';
import { MOVEMENTS } from './store-matching.ts';
import type { Owner } from './store-statements.ts';

interface ProofRow {
  readonly currency: string;
  readonly ledger_receivable: bigint;
  readonly lines_net: bigint;
  readonly paid_out: bigint;
  readonly waiting_lines: bigint;
  readonly open_exceptions: bigint;
  readonly accepted_exceptions: bigint;
  readonly exceptions_open: number;
}

/**
 * Everything a proof needs but what is in transit. One statement, so that it is of one moment; it adds up all lines of
 * the account, so that nothing that was kept as a sum is believed.
 */
export async function selectSums(
  tx: Queryable,
  { tenantId, providerAccountId, mode }: ReconciledAccount,
): Promise<readonly Omit<Proof, 'inTransit'>[]> {
  const own = sql`tenant_id = ${tenantId} and provider_account_id = ${providerAccountId}`;
  const { rows } = await sql<ProofRow>`
    with parts as (
      select currency, 'ledger' as part, sum(debits) - sum(credits) as amount, 0 as n from ledger_balances
      where ${own} and mode = ${mode} and account = 'provider_receivable' group by 1
      union all
      select currency, case kind when 'payout' then 'payout' else 'line' end, sum(net), 0 from statement_lines
      where ${own} group by 1, 2
      union all
      select l.currency, 'waiting', sum(l.net), 0 from line_matches m
      join statement_lines l on l.tenant_id = m.tenant_id and l.line_id = m.line_id
      where m.tenant_id = ${tenantId} and m.provider_account_id = ${providerAccountId}
        and m.state in ('waiting', 'deferred')
      group by 1
      union all
      select currency, case state when 'open' then 'open' else 'accepted' end, sum(difference), 0
      from reconciliation_exceptions where ${own} and difference <> 0 group by 1, 2
      union all
      select currency, 'count', 0, count(*) from reconciliation_exceptions where ${own} and state = 'open' group by 1
    )
    select currency,
      coalesce(sum(amount) filter (where part = 'ledger'), 0) as ledger_receivable,
      coalesce(sum(amount) filter (where part = 'line'), 0) as lines_net,
      coalesce(-sum(amount) filter (where part = 'payout'), 0) as paid_out,
      coalesce(sum(amount) filter (where part = 'waiting'), 0) as waiting_lines,
      coalesce(sum(amount) filter (where part = 'open'), 0) as open_exceptions,
      coalesce(sum(amount) filter (where part = 'accepted'), 0) as accepted_exceptions,
      sum(n)::int as exceptions_open
    from parts group by currency order by currency`.execute(tx);
  return rows.map((row) => ({
    currency: row.currency,
    ledgerReceivable: row.ledger_receivable,
    linesNet: row.lines_net,
    paidOut: row.paid_out,
    waitingLines: row.waiting_lines,
    openExceptions: row.open_exceptions,
    acceptedExceptions: row.accepted_exceptions,
    exceptionsOpen: row.exceptions_open,
  }));
}

/** Operations with movements that were not looked for on statements yet, from after one transfer. */
export async function selectUnchecked(
  tx: Queryable,
  { tenantId, mode, providerAccountId }: ReconciledAccount,
  range: { readonly after: string; readonly limit: number },
): Promise<{ readonly subjectIds: readonly string[]; readonly last: string | null }> {
  const { rows } = await sql<{ last: string | null; subject_ids: string[] | null }>`
    select max(transfer_id) as last, array_agg(distinct subject_id) filter (
      where provider_account_id = ${providerAccountId} and kind = any(${MOVEMENTS}::text[])) as subject_ids
    from (
      select transfer_id, subject_id, provider_account_id, kind from ledger_transfers
      where tenant_id = ${tenantId} and mode = ${mode} and transfer_id > ${range.after}
      order by transfer_id limit ${range.limit}
    ) t`.execute(tx);
  return { subjectIds: rows[0]?.subject_ids ?? [], last: rows[0]?.last ?? null };
}

/** By how much operations differ as far as exceptions say, open or resolved. */
export async function selectNamedDifferences(
  tx: Queryable,
  tenantId: string,
  subjectIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await sql<{ subject_id: string; difference: bigint }>`
    select subject_id, sum(difference) as difference from reconciliation_exceptions
    where tenant_id = ${tenantId} and subject_id = any(${subjectIds}::text[]) and difference <> 0
    group by subject_id`.execute(tx);
  return new Map(rows.map((row) => [row.subject_id, row.difference]));
}

/** Writes reports; one of the same day gives way. */
export async function putReports(tx: Queryable, reports: readonly Report[]): Promise<void> {
  if (reports.length === 0) return;
  await sql`
    insert into reconciliation_reports as p select r.* from ${recordset('reconciliation_reports', reports.map(toRow))} r
    on conflict on constraint reconciliation_reports_day_key do update set
      as_of = excluded.as_of, ledger_receivable = excluded.ledger_receivable, lines_net = excluded.lines_net,
      paid_out = excluded.paid_out, in_transit = excluded.in_transit, waiting_lines = excluded.waiting_lines,
      open_exceptions = excluded.open_exceptions, accepted_exceptions = excluded.accepted_exceptions,
      unexplained = excluded.unexplained, exceptions_open = excluded.exceptions_open
    where p.as_of <= excluded.as_of`.execute(tx);
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectReports(
  db: Queryable,
  owner: Owner,
  filter: { readonly providerAccountId?: string | undefined; readonly currency?: string | undefined },
  page: PageOptions,
): Promise<readonly Report[]> {
  let query = db
    .selectFrom('reconciliation_reports')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('report_id', page));
  if (filter.providerAccountId !== undefined) {
    query = query.where('provider_account_id', '=', filter.providerAccountId);
  }
  if (filter.currency !== undefined) query = query.where('currency', '=', filter.currency);
  return (await query.execute()).map(fromRow);
}

function fromRow(row: Selectable<Tables['reconciliation_reports']>): Report {
  return {
    tenantId: row.tenant_id,
    reportId: row.report_id,
    mode: row.mode as Mode,
    providerAccountId: row.provider_account_id,
    currency: row.currency,
    day: row.day,
    asOf: row.as_of,
    ledgerReceivable: row.ledger_receivable,
    linesNet: row.lines_net,
    paidOut: row.paid_out,
    inTransit: row.in_transit,
    waitingLines: row.waiting_lines,
    openExceptions: row.open_exceptions,
    acceptedExceptions: row.accepted_exceptions,
    unexplained: row.unexplained,
    exceptionsOpen: row.exceptions_open,
    createdAt: row.created_at,
  };
}

function toRow(report: Report): WholeRow<'reconciliation_reports'> {
  return {
    tenant_id: report.tenantId,
    report_id: report.reportId,
    mode: report.mode,
    provider_account_id: report.providerAccountId,
    currency: report.currency,
    day: report.day,
    as_of: report.asOf,
    ledger_receivable: report.ledgerReceivable,
    lines_net: report.linesNet,
    paid_out: report.paidOut,
    in_transit: report.inTransit,
    waiting_lines: report.waitingLines,
    open_exceptions: report.openExceptions,
    accepted_exceptions: report.acceptedExceptions,
    unexplained: report.unexplained,
    exceptions_open: report.exceptionsOpen,
    created_at: report.createdAt,
  };
}
