import type { Clock } from '../kernel/clock.ts';
import { instantOfId } from '../kernel/id.ts';
import type { Queryable } from '../platform/database.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { HealthContext } from './record-health.ts';
import { countUnwell, selectFailing, selectWholeBacklog } from './store-health.ts';

/** Labels are kept for as long as a process runs, so only endpoints in trouble get their own, and not more than these. */
const LABELED_MAX = 50;

/** Adds what an operator watches of notifications over the whole installation. */
export function measureNotifications(metrics: Metrics, db: Queryable, clock: Clock): void {
  const readBacklog = sharedBacklog(db);
  metrics.gauge('tollgate_deliveries_pending', 'Notifications on their way to tenants', async () => {
    return (await readBacklog()).pending;
  });
  metrics.gauge('tollgate_deliveries_oldest_pending_seconds', 'Age of the oldest notification that waits', async () => {
    const { oldestId } = await readBacklog();
    return oldestId === null ? 0 : Math.max(0, clock.now().since(instantOfId(oldestId)).total('seconds'));
  });
  metrics.gauges('tollgate_endpoints', 'Endpoints that are failing or disabled', ['state'], async () => {
    const counts = await countUnwell(db);
    return (['failing', 'disabled'] as const).map((state) => ({ labels: { state }, value: counts.get(state) ?? 0 }));
  });
  metrics.gauges(
    'tollgate_endpoint_failing_seconds',
    `How long an endpoint has been failing; the ${LABELED_MAX} that have for longest`,
    ['tenant', 'endpoint'],
    async () => {
      const now = clock.now();
      return (await selectFailing(db, LABELED_MAX)).map(({ tenantId, endpointId, failingSince }) => ({
        labels: { tenant: tenantId, endpoint: endpointId },
        value: failingSince === null ? 0 : Math.max(0, now.since(failingSince).total('seconds')),
      }));
    },
  );
}

type Backlog = Awaited<ReturnType<typeof selectWholeBacklog>>;

/** Both levels of a look are of one reading, which goes through everything that waits. */
function sharedBacklog(db: Queryable): () => Promise<Backlog> {
  let reading: Promise<Backlog> | null = null;
  return () => {
    reading ??= selectWholeBacklog(db).finally(() => {
      reading = null;
    });
    return reading;
  };
}

/** The counts of attempts of this process. Policies are few, so that each has an acknowledgement rate of its own (S1.23). */
export function countAttempts(metrics: Metrics): Pick<HealthContext, 'attempts' | 'attemptSeconds'> {
  return {
    attempts: metrics.counter('tollgate_notification_attempts_total', 'Attempts to notify tenants and partners', [
      ...['outcome', 'mode', 'policy'],
    ]),
    attemptSeconds: metrics.histogram(
      'tollgate_notification_attempt_seconds',
      'From a notification’s request to the end of its answer, or to giving up',
      ['outcome'],
    ),
  };
}
