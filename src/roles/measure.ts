import { sql } from 'kysely';
import { measureMails } from '../mail/measure-mails.ts';
import { measureNotifications } from '../notifications/measure-notifications.ts';
import { oldestOverdueLane } from '../platform/lanes.ts';
import { countOpenCircuits } from '../routing/count-open-circuits.ts';
import type { Gateway } from './gateway.ts';

/** Adds the levels an operator watches: what waits, how long, and what was set aside for a person to look at. */
export function measureQueues({ metrics, payments, clock }: Gateway): void {
  const db = payments.database.query;
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
