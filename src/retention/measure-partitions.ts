import type { Metrics } from '../platform/metrics.ts';
import { FAMILIES, monthsOpened, monthToDrop } from './partition.ts';
import { keptDays } from './retention.ts';
import { selectHoldsWork, selectLongestWishes, selectPartitions } from './store.ts';
import type { RetentionContext } from './tend-partitions.ts';

/** Adds what an operator watches of the partitions. */
export function measurePartitions(metrics: Metrics, { database, clock, retention }: RetentionContext): void {
  const db = database.query;
  metrics.gauge(
    'tollgate_partitions_months_ahead',
    'Coming months that have partitions of their own already',
    async () => monthsOpened(await selectPartitions(db), clock.now()),
  );
  metrics.gauges('tollgate_partition_bytes', 'Size of what stands in partitions', ['table'], async () => {
    const bytes = new Map<string, number>();
    for (const one of await selectPartitions(db)) {
      bytes.set(one.table, (bytes.get(one.table) ?? 0) + Number(one.bytes));
    }
    return [...bytes].map(([table, value]) => ({ labels: { table }, value }));
  });
  metrics.gauges(
    'tollgate_partitions_held',
    'Whether old rows are kept beyond their time because some of them still have work',
    ['family'],
    async () => {
      const partitions = await selectPartitions(db);
      const kept = keptDays(retention, await selectLongestWishes(db));
      return Promise.all(
        FAMILIES.map(async (family) => {
          const month = monthToDrop(partitions, family, kept[family], clock.now());
          return { labels: { family }, value: month !== null && (await selectHoldsWork(db, family, month)) ? 1 : 0 };
        }),
      );
    },
  );
}
