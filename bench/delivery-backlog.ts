import { sql } from 'kysely';
import { selectNextDue, selectWaitingDeliveries } from '../src/notifications/store-waiting.ts';
import { claimLanes } from '../src/platform/lanes.ts';
import type { BenchServer } from './database-server.ts';
import { type DeliveryStage, openDeliveryStage } from './delivery-stage.ts';
import type { ReceiverProcess } from './receiver-process.ts';
import { quantile } from './statistics.ts';

const TENANTS = 10;
const ENDPOINTS_EACH = 5;
const LEVELS = [0.001, 0.1, 1] as const;
const LANES_MAX = 64;
const ROWS_OF_A_LANE = 64;
const TIMES = 40;
const SECONDS = 5;

/**
 * With so many deliveries pending, half of them in one lane: what a claim, a reading and a release ask the database for, and
 * what the process holds after it has sent for some seconds.
 */
export async function measureBacklog(server: BenchServer, receivers: ReceiverProcess, rows: number): Promise<string> {
  const urls = Array.from({ length: TENANTS }, (_, tenant) =>
    Array.from({ length: ENDPOINTS_EACH }, (_each, at) => `${receivers.url}/swift/${tenant}/${at}`),
  );
  const stage = await openDeliveryStage(server, 'backlog', { urls });
  const lines = [
    '| pending | claim ms | read ms | next due ms | deliveries/s | heap MiB |',
    '| ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  try {
    let pending = await stage.addEvents(1);
    for (const level of LEVELS) {
      pending += await addPending(stage, Math.floor(rows * level) - pending);
      const claim = await time(() => claimOnce(stage));
      const lanes = stage.endpoints.map(({ tenantId, endpointId: laneId }) => ({ tenantId, laneId }));
      const read = await time(() =>
        selectWaitingDeliveries(
          stage.database.query,
          lanes.map((lane) => ({ ...lane, rowsMax: ROWS_OF_A_LANE, after: null, rowsKnown: 0 })),
        ),
      );
      const next = await time(() => selectNextDue(stage.database.query, lanes));
      await receivers.report('report');
      await stage.wakeAll();
      const stop = stage.start();
      await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
      const sent = (await receivers.report('report')).counts.swift ?? 0;
      const heap = process.memoryUsage().heapUsed / 2 ** 20;
      await stop();
      const figures = [pending, claim.toFixed(2), read.toFixed(1), next.toFixed(2), (sent / SECONDS).toFixed(0)];
      lines.push(`| ${figures.join(' | ')} | ${heap.toFixed(0)} |`);
      pending = await stage.pending();
    }
  } finally {
    await stage.close();
  }
  return `${lines.join('\n')}\n\nMedians of ${TIMES}; ${LANES_MAX} lanes claimed, ${ROWS_OF_A_LANE} rows read of each of 50.`;
}

/** Copies of what is there, half of them in the first lane. */
async function addPending(stage: DeliveryStage, count: number): Promise<number> {
  const [first] = stage.endpoints;
  if (count <= 0 || first === undefined) return 0;
  const tag = `${Math.round(performance.now())}`;
  await sql`
    insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, payment_id, mode, endpoint_id, trigger,
      reason, status, due_at, created_at)
    select d.tenant_id, 'whd_' || ${tag} || '_' || n, d.lane_id, d.event_id, d.event_type, 'pay_' || ${tag} || n, d.mode,
      d.endpoint_id, 'replay', 'manual', 'pending', d.created_at + n * interval '1 microsecond', d.created_at
    from generate_series(1, ${count}::int) n
    join lateral (
      select * from (
        select d.*, row_number() over (order by (lane_id <> ${first.endpointId}), lane_id) - 1 as place,
          count(*) over () as places
        from (select distinct on (lane_id) * from deliveries where trigger = 'automatic' order by lane_id, delivery_id) d
      ) numbered where place = case when n % 2 = 0 then 0 else n / 2 % places end
    ) d on true`.execute(stage.database.query);
  await sql`analyze deliveries`.execute(stage.database.query);
  return count;
}

/** All lanes due, none held; as it was afterwards. */
async function claimOnce(stage: DeliveryStage): Promise<void> {
  const { clock, database } = stage.context;
  await claimLanes(database.query, 'delivery', clock.now(), LANES_MAX, 0);
}

/** The median of some runs, in milliseconds. */
async function time(work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const begun = performance.now();
    await work();
    took.push(performance.now() - begun);
  }
  return quantile(Float64Array.from(took).sort(), 0.5);
}
