import { type Selectable, sql } from 'kysely';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { OperationNoun } from './exception.ts';
import type { MatchState, StatementLine } from './line.ts';
import { lineFromRow } from './rows.ts';

/** A line with what was made of it. */
export interface ShownLine {
  readonly line: StatementLine;
  readonly state: MatchState;
  readonly subject: { readonly type: OperationNoun; readonly id: string } | null;
}

type Row = Selectable<Tables['statement_lines']> & {
  readonly state: MatchState;
  readonly subject_noun: OperationNoun | null;
  readonly subject_id: string | null;
};

/** The lines a statement brought first, newest first; one row more than the limit, so that the caller knows of more. */
export async function selectLinesOf(
  db: Queryable,
  { tenantId, statementId }: Pick<StatementLine, 'tenantId' | 'statementId'>,
  page: PageOptions & { readonly state?: MatchState | undefined },
): Promise<readonly ShownLine[]> {
  const inState = page.state === undefined ? sql`` : sql` and m.state = ${page.state}`;
  const before = page.cursor === undefined ? sql`` : sql` and l.line_id < ${page.cursor}`;
  const { rows } = await sql<Row>`
    select l.*, m.state, m.subject_noun, m.subject_id
    from statement_lines l join line_matches m on m.tenant_id = l.tenant_id and m.line_id = l.line_id
    where l.tenant_id = ${tenantId} and l.statement_id = ${statementId}${inState}${before}
    order by l.line_id desc limit ${page.limit + 1}`.execute(db);
  return rows.map(({ state, subject_noun: type, subject_id: id, ...row }) => ({
    line: lineFromRow(row),
    state,
    subject: type === null || id === null ? null : { type, id },
  }));
}

/** How many of the lines that a statement brought first are in which state. */
export async function countLinesOf(
  db: Queryable,
  { tenantId, statementId }: Pick<StatementLine, 'tenantId' | 'statementId'>,
): Promise<Readonly<Record<MatchState, number>>> {
  const { rows } = await sql<{ state: MatchState; count: number }>`
    select m.state, count(*)::int as count
    from statement_lines l join line_matches m on m.tenant_id = l.tenant_id and m.line_id = l.line_id
    where l.tenant_id = ${tenantId} and l.statement_id = ${statementId} group by 1`.execute(db);
  const counts = { waiting: 0, deferred: 0, open: 0, matched: 0, booked: 0, accepted: 0 };
  return { ...counts, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
}
