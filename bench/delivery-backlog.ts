import { sql } from 'kysely';
import { selectNextDue, selectWaitingDeliveries } from '../src/notifications/store-waiting.ts';
import type { Queryable } from '../src/platform/database.ts';
import { claimLanes } from '../src/platform/lanes.ts';
import type { BenchServer } from './database-server.ts';
import { type DeliveryStage, openDeliveryStage } from './delivery-stage.ts';
import { openExplainingDatabase } from './explaining-database.ts';
import { cpuSeconds, serverCpuSeconds } from './process-cost.ts';
import type { ReceiverProcess } from './receiver-process.ts';
import { quantile } from './statistics.ts';

const TENANTS = 10;
const ENDPOINTS_EACH = 5;
const LEVELS = [0.001, 0.1, 1] as const;
const LANES_MAX = 64;
const ROWS_OF_A_LANE = 64;
const TIMES = 40;
const SECONDS = 5;
/** Of those that fill the table; one for all of them would take longer than a statement may. */
const ROWS_A_STATEMENT = 20_000;

/**
 * With so many deliveries pending, half of them in one lane: what a claim, a reading and a release ask the database for, and
 * what the process holds after it has sent for some seconds. Pages do not depend on what else the machine does.
 */
export async function measureBacklog(server: BenchServer, receivers: ReceiverProcess, rows: number): Promise<string> {
  const urls = Array.from({ length: TENANTS }, (_, tenant) =>
    Array.from({ length: ENDPOINTS_EACH }, (_each, at) => `${receivers.url}/swift/${tenant}/${at}`),
  );
  const stage = await openDeliveryStage(server, 'backlog', { urls });
  const lines = [
    '| pending | claim: pages, ms | read | next due | deliveries/s | own µs | PostgreSQL µs | heap MiB |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  const lanes = stage.endpoints.map(({ tenantId, endpointId: laneId }) => ({ tenantId, laneId }));
  const whole = lanes.map((lane) => ({ ...lane, rowsMax: ROWS_OF_A_LANE, after: null, rowsKnown: 0 }));
  const asked = [
    (db: Queryable) => claimLanes(db, 'delivery', stage.context.clock.now(), LANES_MAX, 0),
    (db: Queryable) => selectWaitingDeliveries(db, whole),
    (db: Queryable) => selectNextDue(db, lanes),
  ];
  try {
    let pending = await stage.addEvents(1);
    for (const level of LEVELS) {
      pending += await addPending(stage, Math.floor(rows * level) - pending);
      await stage.wakeAll();
      await server.checkpoint();
      const costs: string[] = [];
      for (const work of asked) {
        const pages = await pagesOf(stage, work);
        costs.push(`${pages}, ${(await time(() => work(stage.database.query))).toFixed(2)}`);
      }
      lines.push(`| ${[pending, ...costs, ...(await send(stage, server, receivers))].join(' | ')} |`);
      pending = await stage.pending();
    }
  } finally {
    await stage.close();
  }
  return `${lines.join('\n')}\n\nMedians of ${TIMES}; up to ${LANES_MAX} lanes claimed, ${ROWS_OF_A_LANE} rows read of each of 50.`;
}

/** Sends for some seconds: how many a second, processor time for each, and what the process then holds. */
async function send(
  stage: DeliveryStage,
  { postmaster }: BenchServer,
  receivers: ReceiverProcess,
): Promise<readonly string[]> {
  const cpu = () => [cpuSeconds(process.pid) ?? 0, postmaster === null ? 0 : (serverCpuSeconds(postmaster) ?? 0)];
  await stage.wakeAll();
  await receivers.report('report');
  const before = cpu();
  const stop = stage.start();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  const sent = (await receivers.report('report')).counts.swift ?? 0;
  const after = cpu();
  const heap = process.memoryUsage().heapUsed / 2 ** 20;
  await stop();
  const micros = after.map((seconds, at) => (((seconds - (before[at] ?? 0)) / sent) * 1_000_000).toFixed(0));
  return [(sent / SECONDS).toFixed(0), ...micros, heap.toFixed(0)];
}

/** How many pages a statement touches, wherever they lie. */
async function pagesOf(stage: DeliveryStage, work: (db: Queryable) => Promise<unknown>): Promise<number> {
  const pages: number[] = [];
  const explaining = openExplainingDatabase(stage.url, ({ plan }) => {
    const [, hit, read] = /Buffers: shared hit=(\d+)(?: read=(\d+))?/.exec(plan.join('\n')) ?? [];
    pages.push(Number(hit ?? 0) + Number(read ?? 0));
  });
  try {
    await work(explaining.query);
  } finally {
    await explaining.close();
  }
  return pages.reduce((sum, count) => sum + count, 0);
}

/** Copies of what is there, half of them in the first lane. */
async function addPending(stage: DeliveryStage, count: number): Promise<number> {
  const [first] = stage.endpoints;
  if (count <= 0 || first === undefined) return 0;
  const tag = `${Math.round(performance.now())}`;
  for (let from = 0; from < count; from += ROWS_A_STATEMENT) {
    const to = Math.min(count, from + ROWS_A_STATEMENT);
    await sql`
      with one_each as (
        select distinct on (lane_id) * from deliveries where trigger = 'automatic' order by lane_id, delivery_id
      ), placed as materialized (
        select one_each.*, row_number() over (order by (lane_id <> ${first.endpointId}), lane_id) - 1 as place,
          count(*) over () as places
        from one_each
      )
      insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, payment_id, mode, endpoint_id, trigger,
        reason, status, due_at, created_at)
      select p.tenant_id, 'whd_' || ${tag} || '_' || n, p.lane_id, p.event_id, p.event_type, 'pay_' || ${tag} || n, p.mode,
        p.endpoint_id, 'replay', 'manual', 'pending', p.created_at + n * interval '1 microsecond', p.created_at
      from generate_series(${from}::int + 1, ${to}::int) n
      join placed p on p.place = case when n % 2 = 0 then 0 else n / 2 % p.places end`.execute(stage.database.query);
  }
  await sql`analyze deliveries`.execute(stage.database.query);
  return count;
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
