import type { z } from 'zod';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Page, pageOf } from '../kernel/page.ts';
import { PROBLEMS, type ProblemCode } from '../kernel/problem.ts';
import type { Database } from '../platform/database.ts';
import { type getRequestLog, type LoggedRequestAnswer, SHOWN_DAYS } from './api.ts';
import { selectRequests } from './store.ts';

export interface RequestLogContext {
  readonly database: Database;
  readonly clock: Clock;
}

type Query = z.output<NonNullable<(typeof getRequestLog)['query']>>;
type Row = Awaited<ReturnType<typeof selectRequests>>[number];

/** A page of a tenant's requests in a mode, newest first. */
export async function readRequests(
  { database, clock }: RequestLogContext,
  owner: { readonly tenantId: string; readonly mode: Mode },
  query: Query,
): Promise<Page<LoggedRequestAnswer>> {
  const { limit, cursor, createdAfter, createdBefore, refused, ...filter } = query;
  const oldest = clock.now().subtract({ hours: SHOWN_DAYS * 24 });
  const after = createdAfter === undefined ? oldest : Temporal.Instant.from(createdAfter);
  const since = Temporal.Instant.compare(after, oldest) > 0 ? after : oldest;
  const until = createdBefore === undefined ? null : Temporal.Instant.from(createdBefore);
  const wanted = { ...filter, refused: refused === undefined ? undefined : refused === 'true', since, until };
  const rows = await selectRequests(database.query, owner, wanted, { limit, cursor });
  return pageOf(rows.map(requestJson), limit);
}

function requestJson(row: Row): LoggedRequestAnswer {
  return {
    id: row.request_id,
    object: 'api_request',
    mode: row.mode as Mode,
    actor: row.actor,
    operation: row.operation,
    method: row.method,
    route: row.route,
    status: row.status,
    problem: problemJson(row),
    durationMs: row.duration_ms,
    correlationId: row.correlation_id,
    idempotencyReplayed: row.replayed,
    createdAt: row.created_at.toString(),
  };
}

/** A code that a later version does not have any more is its own title. */
function problemJson({ code, detail, errors }: Row): LoggedRequestAnswer['problem'] {
  if (code === null) return null;
  return {
    code,
    title: PROBLEMS[code as ProblemCode]?.title ?? code,
    detail: detail ?? '',
    errors: (errors ?? []) as { pointer: string; detail: string }[],
    documentation: `/docs/errors#${code}`,
  };
}
