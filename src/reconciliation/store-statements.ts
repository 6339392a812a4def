import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { StatementLine } from './line.ts';
import { lineToRow } from './rows.ts';
import type { Statement, StatementStatus } from './statement.ts';
import type { AccountKey } from './store-accounts.ts';

export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

/** Breaks statements_upload_key for a file that was given before, and statements_automatic_key beside another window. */
export async function insertStatement(db: Queryable, statement: Statement): Promise<void> {
  await sql`insert into statements select r.* from ${recordset('statements', [statementToRow(statement)])} r`.execute(
    db,
  );
}

/** A statement as it goes on, where it still stands at `pagesBefore` pages. Returns whether it did. */
export async function updateStatement(db: Queryable, statement: Statement, pagesBefore: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('statements')
    .set({
      content_hash: statement.contentHash,
      status: statement.status,
      cursor: statement.cursor,
      pages: statement.pages,
      tries: statement.tries,
      due_at: statement.dueAt,
      last_error: statement.lastError,
      lines: statement.lines,
      lines_new: statement.linesNew,
      updated_at: statement.updatedAt,
    })
    .where('tenant_id', '=', statement.tenantId)
    .where('statement_id', '=', statement.statementId)
    .where('status', '=', 'collecting')
    .where('pages', '=', pagesBefore)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Says how many lines of an upload were new, once they are stored. */
export async function countNewLines(
  tx: Queryable,
  { tenantId, statementId }: Pick<Statement, 'tenantId' | 'statementId'>,
  linesNew: number,
): Promise<void> {
  await tx
    .updateTable('statements')
    .set({ lines_new: linesNew })
    .where('tenant_id', '=', tenantId)
    .where('statement_id', '=', statementId)
    .execute();
}

/** A line that was known under its name already. */
export interface KnownLine {
  readonly lineId: string;
  readonly lineRef: string;
  readonly contentHash: string;
}

/** Adds the lines that no statement has brought before. Returns how many, and what is stored of the others. */
export async function insertLines(
  tx: Queryable,
  lines: readonly StatementLine[],
): Promise<{ readonly added: number; readonly known: readonly KnownLine[] }> {
  const { rows: added } = await sql<{ line_ref: string }>`
    with added as (
      insert into statement_lines select r.* from ${recordset('statement_lines', lines.map(lineToRow))} r
      order by r.line_ref
      on conflict on constraint statement_lines_ref_key do nothing
      returning tenant_id, line_id, provider_account_id, statement_id, line_ref, created_at
    ), put as (
      insert into line_matches (tenant_id, line_id, provider_account_id, statement_id, state, updated_at)
      select tenant_id, line_id, provider_account_id, statement_id, 'waiting', created_at from added
    )
    select line_ref from added`.execute(tx);
  const [first] = lines;
  if (first === undefined || added.length === lines.length) return { added: added.length, known: [] };
  const isNew = new Set(added.map((row) => row.line_ref));
  const rows = await tx
    .selectFrom('statement_lines')
    .select(['line_id as lineId', 'line_ref as lineRef', 'content_hash as contentHash'])
    .where('tenant_id', '=', first.tenantId)
    .where('provider_account_id', '=', first.providerAccountId)
    .where(
      'line_ref',
      '=',
      sql<string>`any(${lines.map(({ lineRef }) => lineRef).filter((ref) => !isNew.has(ref))}::text[])`,
    )
    .execute();
  return { added: added.length, known: rows };
}

export async function selectStatement(db: Queryable, owner: Owner, statementId: string): Promise<Statement | null> {
  const row = await db
    .selectFrom('statements')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('statement_id', '=', statementId)
    .executeTakeFirst();
  return row === undefined ? null : statementFromRow(row);
}

/** The statement that a file became when it was given first. */
export async function selectUpload(
  db: Queryable,
  { tenantId, providerAccountId }: AccountKey,
  contentHash: string,
): Promise<Statement | null> {
  const row = await db
    .selectFrom('statements')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .where('source', '=', 'upload')
    .where('content_hash', '=', contentHash)
    .executeTakeFirst();
  return row === undefined ? null : statementFromRow(row);
}

export interface StatementFilter {
  readonly providerAccountId?: string | undefined;
  readonly status?: StatementStatus | undefined;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectStatements(
  db: Queryable,
  owner: Owner,
  filter: StatementFilter,
  page: PageOptions,
): Promise<readonly Statement[]> {
  let query = db
    .selectFrom('statements')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('statement_id', page));
  if (filter.providerAccountId !== undefined) {
    query = query.where('provider_account_id', '=', filter.providerAccountId);
  }
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  return (await query.execute()).map(statementFromRow);
}

/** Whether the account ever had a statement. */
export async function hasStatements(db: Queryable, { tenantId, providerAccountId }: AccountKey): Promise<boolean> {
  const row = await db
    .selectFrom('statements')
    .select('statement_id')
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Listings of an account that are not read to their end, the longest due first. */
export async function selectCollecting(
  db: Queryable,
  { tenantId, providerAccountId }: AccountKey,
): Promise<readonly Statement[]> {
  const rows = await db
    .selectFrom('statements')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .where('status', '=', 'collecting')
    .orderBy('due_at')
    .orderBy('statement_id')
    .execute();
  return rows.map(statementFromRow);
}

/** Ends the statements of an account of which no line waits any more. Returns how many these were. */
export async function closeStatements(
  tx: Queryable,
  { tenantId, providerAccountId }: AccountKey,
  now: Temporal.Instant,
): Promise<number> {
  const { rows } = await sql`
    update statements s set status = 'reconciled', updated_at = ${now}
    where s.tenant_id = ${tenantId} and s.provider_account_id = ${providerAccountId} and s.status = 'matching'
      and not exists (
        select from line_matches m
        where m.tenant_id = s.tenant_id and m.provider_account_id = s.provider_account_id
          and m.state = 'waiting' and m.statement_id = s.statement_id)
    returning 1`.execute(tx);
  return rows.length;
}

function statementFromRow(row: Selectable<Tables['statements']>): Statement {
  return {
    tenantId: row.tenant_id,
    statementId: row.statement_id,
    mode: row.mode as Mode,
    providerAccountId: row.provider_account_id,
    source: row.source as Statement['source'],
    automatic: row.automatic,
    name: row.name,
    contentHash: row.content_hash,
    status: row.status as StatementStatus,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    cursor: row.cursor,
    pages: row.pages,
    tries: row.tries,
    dueAt: row.due_at,
    lastError: row.last_error,
    lines: row.lines,
    linesNew: row.lines_new,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function statementToRow(statement: Statement): WholeRow<'statements'> {
  return {
    tenant_id: statement.tenantId,
    statement_id: statement.statementId,
    mode: statement.mode,
    provider_account_id: statement.providerAccountId,
    source: statement.source,
    automatic: statement.automatic,
    name: statement.name,
    content_hash: statement.contentHash,
    status: statement.status,
    period_from: statement.periodFrom,
    period_to: statement.periodTo,
    cursor: statement.cursor,
    pages: statement.pages,
    tries: statement.tries,
    due_at: statement.dueAt,
    last_error: statement.lastError,
    lines: statement.lines,
    lines_new: statement.linesNew,
    created_at: statement.createdAt,
    updated_at: statement.updatedAt,
  };
}
