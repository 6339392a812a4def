import type { BenchServer } from './database-server.ts';
import { type DeliveryStage, openDeliveryStage } from './delivery-stage.ts';
import type { ReceiverProcess } from './receiver-process.ts';
import { quantile } from './statistics.ts';

const TENANTS = 10;
const ENDPOINTS_EACH = 5;
const PER_SECOND = 500;
const SECONDS = 10;
const WARMUP_SECONDS = 3;
const STALLED = [0, 1, 10, 0] as const;
const STALLED_PER_SECOND = 100;
/** What came meanwhile has its time to arrive. */
const AFTER_MS = 1_500;
const AFTER_MS_MAX = 60_000;

/** From the commit of an event, by the gateway's own batches and relay, to the request at the receiver. */
export async function measureLatency(server: BenchServer, receivers: ReceiverProcess): Promise<string> {
  const urls = Array.from({ length: TENANTS }, (_, tenant) => [`${receivers.url}/swift/${tenant}/0`]);
  const stage = await openDeliveryStage(server, 'latency', { urls });
  try {
    const latencies = await pace(stage, receivers, PER_SECOND);
    return `Commit of an event to its request at the receiver, at ${PER_SECOND} events a second, one endpoint each: ${spread(latencies)}.`;
  } finally {
    await stage.close();
  }
}

/** The same to 50 endpoints, some of which never answer: what the others notice of it. */
export async function measureStalled(server: BenchServer, receivers: ReceiverProcess): Promise<string> {
  const lines: string[] = [];
  for (const [run, stalled] of STALLED.entries()) {
    const urls = Array.from({ length: TENANTS }, (_, tenant) =>
      Array.from({ length: ENDPOINTS_EACH }, (_each, at) => {
        const number = at * TENANTS + tenant;
        return `${receivers.url}/${number < stalled ? 'never' : 'swift'}/${tenant}/${at}`;
      }),
    );
    const stage = await openDeliveryStage(server, `stalled${run}`, { urls });
    try {
      const latencies = await pace(stage, receivers, STALLED_PER_SECOND);
      lines.push(`- ${stalled} of 50 never answer: ${spread(latencies)}`);
    } finally {
      await stage.close();
    }
  }
  return `At ${STALLED_PER_SECOND} events a second, each to the 5 endpoints of its tenant, those that answer:\n\n${lines.join('\n')}`;
}

/** Events at an even rate, committed and relayed as the gateway does it; milliseconds until each is with a receiver. */
async function pace(stage: DeliveryStage, receivers: ReceiverProcess, perSecond: number): Promise<Float64Array> {
  const stopEngine = stage.start();
  const relay = stage.startRelay();
  const committed = new Map<string, number>();
  const run = async (seconds: number, noted: boolean) => {
    const begun = performance.now();
    const writes: Promise<void>[] = [];
    for (let sent = 0; sent < perSecond * seconds; ) {
      const due = Math.min(perSecond * seconds, ((performance.now() - begun) / 1_000) * perSecond);
      for (; sent < due; sent++) {
        writes.push(
          relay.commit(sent).then((eventId) => {
            if (noted) committed.set(eventId, performance.timeOrigin + performance.now());
          }),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(writes);
  };
  await run(WARMUP_SECONDS, false);
  await run(SECONDS, true);
  const isSwift = ([path, id]: readonly [string, string, number]) => committed.has(id) && path.startsWith('/swift');
  const arrivals: (readonly [string, string, number])[] = [];
  for (const end = performance.now() + AFTER_MS_MAX; performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, AFTER_MS));
    const { arrivals: more } = await receivers.report('report ids');
    arrivals.push(...more.filter(isSwift));
    if (arrivals.length > 0 && more.length === 0) break;
  }
  await relay.stop();
  // Those that never answer hold their last requests for as long as they may.
  stage.abandon(stopEngine);
  const latencies = arrivals.map(([, id, at]) => Math.max(0, at - (committed.get(id) ?? Number.NaN)));
  if (latencies.length < committed.size) throw new Error(`${committed.size} events, ${latencies.length} arrivals`);
  return Float64Array.from(latencies).sort();
}

function spread(latencies: Float64Array): string {
  const ms = (share: number) => `${quantile(latencies, share).toFixed(0)} ms`;
  return `p50 ${ms(0.5)}, p99 ${ms(0.99)}, most ${ms(1)} (${latencies.length} deliveries)`;
}
