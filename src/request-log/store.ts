import { type Selectable, sql } from 'kysely';
import type { Mode } from '../kernel/caller.ts';
import { lowestId } from '../kernel/id.ts';
import type { PageOptions } from '../kernel/page.ts';
import type { Queryable } from '../platform/database.ts';
import { newestFirst } from '../platform/newest-first.ts';
import { recordset, type WholeRow } from '../platform/recordset.ts';
import type { Tables } from '../platform/tables.generated.ts';

export async function insertRequests(db: Queryable, rows: readonly WholeRow<'request_log'>[]): Promise<void> {
  await sql`insert into request_log select r.* from ${recordset('request_log', rows)} r`.execute(db);
}

/** Which requests are wanted. */
export interface RequestFilter {
  readonly code?: string | undefined;
  readonly refused?: boolean | undefined;
  readonly operation?: string | undefined;
  readonly method?: string | undefined;
  readonly status?: number | undefined;
  readonly actor?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly since: Temporal.Instant;
  readonly until: Temporal.Instant | null;
}

/** Newest first; one row more than the limit, so that the caller knows whether there are more. */
export function selectRequests(
  db: Queryable,
  { tenantId, mode }: { readonly tenantId: string; readonly mode: Mode },
  filter: RequestFilter,
  page: PageOptions,
): Promise<readonly Selectable<Tables['request_log']>[]> {
  const { code, refused, operation, method, status, actor, correlationId, since, until } = filter;
  let query = db
    .selectFrom('request_log')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('mode', '=', mode)
    .where('request_id', '>=', lowestId('rq', since))
    .$call(newestFirst('request_id', page));
  if (until !== null) query = query.where('request_id', '<', lowestId('rq', until));
  if (code !== undefined) query = query.where('code', '=', code);
  if (refused !== undefined) query = query.where('code', refused ? 'is not' : 'is', null);
  if (operation !== undefined) query = query.where('operation', '=', operation);
  if (method !== undefined) query = query.where('method', '=', method);
  if (status !== undefined) query = query.where('status', '=', status);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (correlationId !== undefined) query = query.where('correlation_id', '=', correlationId);
  return query.execute();
}
