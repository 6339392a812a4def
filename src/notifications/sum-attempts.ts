import type { AttemptOutcome } from './delivery-hooks.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { countLatencies } from './latency-buckets.ts';
import type { HealthAddition } from './store-health.ts';

/** A batch of attempts at one endpoint, summed up. */
export interface SummedAttempts {
  readonly endpoint: WebhookEndpoint;
  readonly attempts: number;
  /** That were not acknowledged, of all. */
  readonly failures: number;
  /** Of the last answer from the endpoint's own address; null where there was none. */
  readonly lastStatus: number | null;
  /** What is to be added; `now`: the tenant's time, by which a failure began. */
  additionAt(now: Temporal.Instant): HealthAddition;
}

const HOUR_MS = 3_600_000;

/**
 * What a batch says of each endpoint, in the order of tenants and endpoints, which is the order they are locked in. Left
 * out is what says nothing of a receiver: tests, simulations and what failed by a fault of ours. Attempts at payments' own
 * addresses count for the rate, since the endpoint's policy is about them too, and not for whether the endpoint fails.
 */
export function sumAttempts(outcomes: readonly AttemptOutcome[]): readonly SummedAttempts[] {
  const groups = new Map<string, { readonly endpoint: WebhookEndpoint; readonly outcomes: AttemptOutcome[] }>();
  for (const outcome of outcomes) {
    const { endpoint, before, faultOf } = outcome;
    if (endpoint === null || faultOf === 'us' || isTrial(outcome)) continue;
    const place = `${before.tenantId} ${endpoint.endpointId}`;
    const group = groups.get(place) ?? { endpoint, outcomes: [] };
    group.outcomes.push(outcome);
    groups.set(place, group);
  }
  return [...groups.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, group]) => sum(group.endpoint, group.outcomes.toSorted(byEnd)));
}

/** Whether somebody tried something out; says nothing about how real notifications fare. */
export function isTrial({ before }: AttemptOutcome): boolean {
  return before.trigger === 'test' || before.trigger === 'simulation';
}

function endOf({ attemptedAt, durationMs }: AttemptOutcome): number {
  return attemptedAt.epochMilliseconds + durationMs;
}

function byEnd(one: AttemptOutcome, other: AttemptOutcome): number {
  return endOf(one) - endOf(other);
}

function sum(endpoint: WebhookEndpoint, outcomes: readonly AttemptOutcome[]): SummedAttempts {
  const acknowledged = outcomes.filter(({ kind }) => kind === 'acknowledged').length;
  const own = outcomes.filter(({ before }) => before.urlOverride === null);
  const { tenantId, endpointId } = endpoint;
  const ended = outcomes.at(-1);
  const lastEndMs = ended === undefined ? 0 : endOf(ended);
  return {
    endpoint,
    attempts: outcomes.length,
    failures: outcomes.length - acknowledged,
    lastStatus: own.at(-1)?.status ?? null,
    additionAt: (now) => ({
      hour: {
        tenant_id: tenantId,
        endpoint_id: endpointId,
        hour: Temporal.Instant.fromEpochMilliseconds(lastEndMs - (lastEndMs % HOUR_MS)),
        attempts: outcomes.length,
        acknowledged,
        latencies: countLatencies(outcomes.map(({ durationMs }) => durationMs)),
      },
      row: own.length === 0 ? null : rowOf(endpoint, own, now),
    }),
  };
}

function rowOf(
  { tenantId, endpointId }: WebhookEndpoint,
  own: readonly AttemptOutcome[],
  now: Temporal.Instant,
): NonNullable<HealthAddition['row']> {
  const lastSuccess = own.findLastIndex(({ kind }) => kind === 'acknowledged');
  const failed = own.slice(lastSuccess + 1);
  const lastFailure = own.findLast(({ kind }) => kind !== 'acknowledged') ?? null;
  return {
    tenant_id: tenantId,
    endpoint_id: endpointId,
    state: 'healthy',
    consecutive_failures: failed.length,
    failing_since: failed.length === 0 ? null : now,
    last_success_at: own[lastSuccess]?.attemptedAt ?? null,
    last_failure_at: lastFailure?.attemptedAt ?? null,
    last_failure_status: lastFailure?.status ?? null,
    last_failure_error: lastFailure?.after.lastError ?? null,
    noticed_at: null,
  };
}
