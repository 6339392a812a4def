import { type SelectQueryBuilder, type StringReference, sql } from 'kysely';
import type { PageOptions } from '../kernel/page.ts';

/**
 * The rows of a page, for `$call`: newest first, from after the cursor, and one more than the limit, which tells `pageOf`
 * whether there are more. The column is the id, which begins with its time.
 */
export function newestFirst<DB, TB extends keyof DB, O>(
  column: StringReference<DB, TB>,
  { limit, cursor }: PageOptions,
): (query: SelectQueryBuilder<DB, TB, O>) => SelectQueryBuilder<DB, TB, O> {
  return (query) => {
    const page = query.orderBy(column, 'desc').limit(limit + 1);
    return cursor === undefined ? page : page.where(sql<boolean>`${sql.ref(column)} < ${cursor}`);
  };
}
