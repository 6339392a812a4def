import type { Queryable } from '../platform/database.ts';
import type { Metrics } from '../platform/metrics.ts';
import { countMails } from './store.ts';

/** Adds what an operator watches of mails. */
export function measureMails(metrics: Metrics, db: Queryable): void {
  metrics.gauges('tollgate_mails', 'Mails to tenants that wait, and that came to nothing', ['state'], async () => {
    const { pending, failed } = await countMails(db);
    return [
      { labels: { state: 'pending' }, value: pending },
      { labels: { state: 'failed' }, value: failed },
    ];
  });
}
