import { sql } from 'kysely';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset } from '../platform/recordset.ts';
import type { ExceptionKind, ExceptionState, ReconciliationException } from './exception.ts';
import { exceptionFromRow, exceptionToRow } from './rows.ts';
import type { AccountKey } from './store-accounts.ts';
import type { Owner } from './store-statements.ts';

/** Everything that is known to be wrong, or was, with these lines and operations. */
export async function selectExceptionsOf(
  tx: Queryable,
  tenantId: string,
  subjectIds: readonly string[],
): Promise<readonly ReconciliationException[]> {
  const rows = await tx
    .selectFrom('reconciliation_exceptions')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('subject_id', '=', sql<string>`any(${[...subjectIds]}::text[])`)
    .execute();
  return rows.map(exceptionFromRow);
}

/** The operations with an open exception of an account, in the order of the exceptions, from after one. */
export async function selectOpenOperations(
  tx: Queryable,
  { tenantId, providerAccountId }: AccountKey,
  range: { readonly after: string; readonly limit: number },
): Promise<readonly { readonly exceptionId: string; readonly subjectId: string }[]> {
  return tx
    .selectFrom('reconciliation_exceptions')
    .select(['exception_id as exceptionId', 'subject_id as subjectId'])
    .where('tenant_id', '=', tenantId)
    .where('provider_account_id', '=', providerAccountId)
    .where('state', '=', 'open')
    .where('subject_noun', '<>', 'line')
    .where('exception_id', '>', range.after)
    .orderBy('exception_id')
    .limit(range.limit)
    .execute();
}

/** Writes exceptions as they are now. Their account is locked, so that nobody else has changed them meanwhile. */
export async function putExceptions(tx: Queryable, exceptions: readonly ReconciliationException[]): Promise<void> {
  if (exceptions.length === 0) return;
  await sql`
    insert into reconciliation_exceptions as e
    select r.* from ${recordset('reconciliation_exceptions', exceptions.map(exceptionToRow))} r
    on conflict on constraint reconciliation_exceptions_pkey do update set
      state = excluded.state, statement_id = excluded.statement_id, here = excluded.here, there = excluded.there,
      difference = excluded.difference, times_opened = excluded.times_opened, resolution = excluded.resolution,
      note = excluded.note, resolved_by = excluded.resolved_by, resolved_at = excluded.resolved_at,
      updated_at = excluded.updated_at`.execute(tx);
}

export async function selectException(
  db: Queryable,
  owner: Owner,
  exceptionId: string,
): Promise<ReconciliationException | null> {
  const row = await db
    .selectFrom('reconciliation_exceptions')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .where('exception_id', '=', exceptionId)
    .executeTakeFirst();
  return row === undefined ? null : exceptionFromRow(row);
}

export interface ExceptionFilter {
  readonly providerAccountId?: string | undefined;
  readonly state?: ExceptionState | undefined;
  readonly kind?: ExceptionKind | undefined;
  readonly paymentId?: string | undefined;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export async function selectExceptions(
  db: Queryable,
  owner: Owner,
  filter: ExceptionFilter,
  page: PageOptions,
): Promise<readonly ReconciliationException[]> {
  let query = db
    .selectFrom('reconciliation_exceptions')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('mode', '=', owner.mode)
    .$call(newestFirst('exception_id', page));
  if (filter.providerAccountId !== undefined) {
    query = query.where('provider_account_id', '=', filter.providerAccountId);
  }
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (filter.paymentId !== undefined) query = query.where('payment_id', '=', filter.paymentId);
  return (await query.execute()).map(exceptionFromRow);
}

/** A line whose exception a person has taken as it is; nothing looks at it again. */
export async function acceptLine(
  tx: Queryable,
  { tenantId, subjectId }: Pick<ReconciliationException, 'tenantId' | 'subjectId'>,
  now: Temporal.Instant,
): Promise<void> {
  await tx
    .updateTable('line_matches')
    .set({ state: 'accepted', updated_at: now })
    .where('tenant_id', '=', tenantId)
    .where('line_id', '=', subjectId)
    .where('state', '=', 'open')
    .execute();
}
