import { sql } from 'kysely';
import { instantOfId } from '../kernel/id.ts';
import { measureKeys } from '../keys/measure-keys.ts';
import { measureMails } from '../mail/measure-mails.ts';
import { measureNotifications } from '../notifications/measure-notifications.ts';
import { findForgottenLanes } from '../notifications/sending/find-forgotten-lanes.ts';
import { countExpiredLeases, oldestOverdueLane } from '../platform/lanes.ts';
import { measurePartitions } from '../retention/measure-partitions.ts';
import { countOpenCircuits } from '../routing/count-open-circuits.ts';
import type { Gateway } from './gateway.ts';

/** Adds the levels an operator watches: what waits, how long, and what was set aside for a person to look at. */
export function measureQueues({ config, metrics, payments, keys, clock, log }: Gateway): void {
  const db = payments.database.query;
  measureSweeps(metrics, payments);
  metrics.gauge('tollgate_outbox_rows', 'Committed changes that the relay has not passed on yet', async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from outbox`.execute(db);
    return rows[0]?.n ?? 0;
  });
  metrics.gauge('tollgate_lanes_overdue_seconds', 'Age of the oldest due work that nobody holds', async () => {
    const now = clock.now();
    const oldest = await oldestOverdueLane(db, now);
    return oldest === null ? 0 : now.since(oldest).total('seconds');
  });
  metrics.gauge(
    'tollgate_inbound_set_aside',
    'Verified notifications that do not fit and wait for a person',
    async () => {
      const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from inbound_events where state in ('quarantined', 'unmatched', 'failed')`.execute(db);
      return rows[0]?.n ?? 0;
    },
  );
  metrics.gauge('tollgate_provider_circuits_open', 'Provider accounts that lately do not answer', () =>
    countOpenCircuits(db),
  );
  measureNotifications(metrics, db, clock);
  measureMails(metrics, db);
  measureKeys(metrics, { ...keys, db });
  measurePartitions(metrics, { database: payments.database, clock, log, retention: config.retention });
  metrics.gauge(
    'tollgate_signals_quarantined',
    'Signals that contradict what is known of their payment and wait for a person',
    async () => {
      const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from signals where outcome = 'quarantined'`.execute(db);
      return rows[0]?.n ?? 0;
    },
  );
  metrics.gauge(
    'tollgate_reconciliation_exceptions_open',
    'Differences between statements and books that wait for a person',
    async () => {
      const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from reconciliation_exceptions where state = 'open'`.execute(db);
      return rows[0]?.n ?? 0;
    },
  );
  metrics.gauge(
    'tollgate_reconciliation_unexplained',
    'Daily proofs of today and yesterday that leave something which nothing explains',
    async () => {
      const yesterday = clock.now().subtract({ hours: 24 }).toString().slice(0, 10);
      const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from reconciliation_reports where unexplained <> 0 and day >= ${yesterday}`.execute(db);
      return rows[0]?.n ?? 0;
    },
  );
}

/** What is 0 unless there is a fault; it is repaired when it is found. */
function measureSweeps(metrics: Gateway['metrics'], context: Gateway['payments']): void {
  const db = context.database.query;
  const forgotten = 'Lanes with overdue deliveries that nobody would look at';
  metrics.gauge('tollgate_delivery_lanes_forgotten', forgotten, async () => (await findForgottenLanes(context)).length);
  metrics.gauge('tollgate_lanes_lease_expired', 'Lanes whose holder has ended without giving them back', () =>
    countExpiredLeases(db),
  );
  metrics.gauge('tollgate_outbox_oldest_seconds', 'Age of the oldest change that was not passed on', async () => {
    const { rows } = await sql<{ oldest: string | null }>`select min(outbox_id) as oldest from outbox`.execute(db);
    const oldest = rows[0]?.oldest ?? null;
    return oldest === null ? 0 : Math.max(0, context.clock.now().since(instantOfId(oldest)).total('seconds'));
  });
}
