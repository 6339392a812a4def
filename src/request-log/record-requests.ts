import { findCardNumber } from '../kernel/card-number.ts';
import type { Clock } from '../kernel/clock.ts';
import { newOrderedId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import { pause } from '../platform/deadline.ts';
import type { AnsweredRequest } from '../platform/http/answered-request.ts';
import type { Logger } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { WholeRow } from '../platform/recordset.ts';
import { forTenants } from '../platform/tenant-scope.ts';
import { insertRequests } from './store.ts';

/** Keeps what tenants' back ends asked and were answered. */
export interface RequestRecorder {
  /** Returns at once and never throws: the log must not stand between a request and its answer. */
  record(request: AnsweredRequest): void;
  /** Writes what waits, and nothing that comes afterwards. */
  close(): Promise<void>;
}

interface RecorderContext {
  /** Its commits need not wait for the disk. */
  readonly database: { readonly query: Queryable };
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

type Row = WholeRow<'request_log'>;

/** One statement twice a second, however many requests there are, costs them next to nothing. */
const GATHER_MS = 500;
const BATCH_MAX = 500;
/** About ten megabytes while the database is slow or away; what comes on top is dropped and counted. */
const WAITING_MAX = 10_000;
const ERRORS_KEPT_MAX = 10;

/** Records requests in batches beside the work. A crash loses those of the last half second. */
export function createRequestRecorder(context: RecorderContext): RequestRecorder {
  const { database, clock, log, metrics } = context;
  const dropped = metrics.counter('tollgate_request_log_dropped_total', 'Requests that are missing in the request log');
  const stopping = new AbortController();
  let waiting: Row[] = [];
  let writing: Promise<void> | null = null;

  async function writeWaiting(): Promise<void> {
    await pause(GATHER_MS, stopping.signal);
    while (waiting.length > 0) {
      const rows = waiting.slice(0, BATCH_MAX);
      waiting = waiting.slice(BATCH_MAX);
      const tenants = rows.map((row) => row.tenant_id);
      await forTenants(tenants, () => insertRequests(database.query, rows)).catch((error: unknown) =>
        lose(rows.length, error),
      );
    }
    writing = null;
  }

  function lose(rows: number, error: unknown): void {
    dropped.add(rows);
    log.warn({ error, rows }, 'Requests could not be written to the request log');
  }

  return {
    record(request) {
      if (stopping.signal.aborted || waiting.length >= WAITING_MAX) return dropped.add();
      waiting.push(rowOf(request, clock));
      writing ??= writeWaiting();
    },
    async close() {
      stopping.abort();
      await writing;
    },
  };
}

/** Test clocks do not count here: it is about connections, which are the machine's. */
function rowOf(request: AnsweredRequest, clock: Clock): Row {
  const { caller, problem } = request;
  return {
    tenant_id: caller.tenantId,
    mode: caller.mode,
    request_id: newOrderedId('rq', clock),
    actor: caller.actor,
    operation: request.operation,
    method: request.method,
    route: request.route,
    status: request.status,
    code: problem?.code ?? null,
    detail: problem === null ? null : withoutCardNumber(problem.detail),
    errors: problem === null || problem.errors.length === 0 ? null : errorsOf(problem.errors),
    duration_ms: Math.round(request.durationMs),
    correlation_id: withoutCardNumber(request.correlationId),
    replayed: request.replayed,
    created_at: request.receivedAt,
  };
}

/** A pointer names fields as they were sent, and anybody may send anything as a name. */
function errorsOf(errors: NonNullable<AnsweredRequest['problem']>['errors']) {
  return errors
    .slice(0, ERRORS_KEPT_MAX)
    .map(({ pointer, detail }) => ({ pointer: withoutCardNumber(pointer), detail }));
}

function withoutCardNumber(text: string): string {
  return findCardNumber(text) ? '…' : text;
}
