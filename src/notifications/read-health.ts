import type { Clock } from '../kernel/clock.ts';
import { instantOfId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import type { EndpointHealthAnswer } from './api-health.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { disablingAt, type EndpointHealth, UNSEEN } from './endpoint-health.ts';
import { LATENCY_BOUNDS_MS, latencyAt } from './latency-buckets.ts';
import { selectBacklog, selectHealth, selectHours } from './store-health.ts';
import { lastFailureJson } from './tell-health.ts';

type Hour = Awaited<ReturnType<typeof selectHours>>[number];

const WEEK_HOURS = 7 * 24;

/** How an endpoint fares, as other programs see it. */
export async function readHealth(
  db: Queryable,
  clock: Clock,
  endpoint: WebhookEndpoint,
): Promise<EndpointHealthAnswer> {
  const { tenantId, endpointId } = endpoint;
  const now = clock.now();
  const hours = await selectHours(db, tenantId, endpointId, now.subtract({ hours: WEEK_HOURS + 1 }));
  const seen = await selectHealth(db, tenantId, endpointId);
  const { pending, oldestId } = await selectBacklog(db, tenantId, endpointId);
  const health: EndpointHealth = seen ?? { ...UNSEEN, tenantId, endpointId };
  const lastDay = windowOf(hours, now, 24);
  return {
    object: 'webhook_endpoint_health',
    endpointId,
    state: health.state,
    acknowledgementRate: lastDay.acknowledgementRate,
    hours: hours
      .filter(({ attempts }) => attempts > 0)
      .toSorted((one, other) => Temporal.Instant.compare(one.hour, other.hour))
      .map((hour) => ({ hour: hour.hour.toString(), ...sumOf([hour]) })),
    windows: { lastHour: windowOf(hours, now, 1), lastDay, lastWeek: windowOf(hours, now, WEEK_HOURS) },
    consecutiveFailures: health.consecutiveFailures,
    failingSince: health.failingSince?.toString() ?? null,
    noticedAt: health.noticedAt?.toString() ?? null,
    disableAt: disablingAt(health, endpoint)?.toString() ?? null,
    lastSuccessAt: health.lastSuccessAt?.toString() ?? null,
    lastFailure: lastFailureJson(health),
    pending,
    oldestPendingAt: oldestId === null ? null : instantOfId(oldestId).toString(),
  };
}

/** The full hours of a window and the one that has begun, summed up. */
function windowOf(
  hours: readonly Hour[],
  now: Temporal.Instant,
  length: number,
): EndpointHealthAnswer['windows']['lastDay'] {
  const since = now.subtract({ hours: length + 1 });
  return sumOf(hours.filter(({ hour }) => Temporal.Instant.compare(hour, since) > 0));
}

function sumOf(within: readonly Hour[]): EndpointHealthAnswer['windows']['lastDay'] {
  const attempts = within.reduce((sum, hour) => sum + hour.attempts, 0);
  const acknowledged = within.reduce((sum, hour) => sum + hour.acknowledged, 0);
  const counts = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, index) =>
    within.reduce((sum, { latencies }) => sum + (latencies[index] ?? 0), 0),
  );
  const [p50, p95] = [latencyAt(0.5, counts), latencyAt(0.95, counts)];
  return {
    ...{ attempts, acknowledged },
    acknowledgementRate: attempts === 0 ? null : acknowledged / attempts,
    latencyMs: p50 === null || p95 === null ? null : { p50, p95 },
  };
}
