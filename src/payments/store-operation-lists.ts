import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { lowestId } from '../kernel/id.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import type { Tables } from '../platform/tables.generated.ts';
import type { OperationStatus } from './operation.ts';

export interface Owner {
  readonly tenantId: string;
  readonly mode: Mode;
}

export interface OperationFilter {
  readonly status?: OperationStatus | undefined;
  readonly paymentId?: string | undefined;
  /** What the provider calls it; two providers may use one name. */
  readonly providerRef?: string | undefined;
  readonly createdAfter?: Temporal.Instant | undefined;
  readonly createdBefore?: Temporal.Instant | undefined;
}

type Listed = 'captures' | 'refunds' | 'reversals';
const KEYS = {
  captures: { column: 'capture_id', prefix: 'cap' },
  refunds: { column: 'refund_id', prefix: 're' },
  reversals: { column: 'reversal_id', prefix: 'rev' },
} as const;

/** Newest first, from after the cursor; one row more than the limit, so that the caller knows whether there are more. */
export async function selectOperationList<Table extends Listed>(
  db: Queryable,
  table: Table,
  { tenantId, mode }: Owner,
  filter: OperationFilter,
  { limit, cursor }: PageOptions,
): Promise<readonly Selectable<Tables[Table]>[]> {
  const { column, prefix } = KEYS[table];
  const id = sql.ref(`o.${column}`);
  const { status, paymentId, providerRef, createdAfter, createdBefore } = filter;
  const conditions = [
    sql`o.tenant_id = ${tenantId}`,
    sql`o.mode = ${mode}`,
    ...(status === undefined ? [] : [sql`o.status = ${status}`]),
    ...(paymentId === undefined ? [] : [sql`o.payment_id = ${paymentId}`]),
    // Account by account, as the index has them.
    ...(providerRef === undefined
      ? []
      : [
          sql`o.provider_ref = ${providerRef} and o.provider_account_id in (
            select a.provider_account_id from provider_accounts a where a.tenant_id = ${tenantId} and a.mode = ${mode})`,
        ]),
    // Ids begin with their time, so that a period is a range of the index.
    ...(createdAfter === undefined ? [] : [sql`${id} >= ${lowestId(prefix, createdAfter.add({ milliseconds: 1 }))}`]),
    ...(createdBefore === undefined ? [] : [sql`${id} < ${lowestId(prefix, createdBefore)}`]),
    ...(cursor === undefined ? [] : [sql`${id} < ${cursor}`]),
  ];
  const { rows } = await sql<Selectable<Tables[Table]>>`
    select o.* from ${sql.table(table)} o where ${sql.join(conditions, sql` and `)}
    order by ${id} desc limit ${limit + 1}`.execute(db);
  return rows;
}
