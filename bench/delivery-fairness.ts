import type { BenchServer } from './database-server.ts';
import { openDeliveryStage } from './delivery-stage.ts';
import { cpuSeconds, serverCpuSeconds } from './process-cost.ts';
import type { ReceiverProcess } from './receiver-process.ts';

const TENANTS = 10;
const HEALTHY_EACH = 5;
const SLOW_EACH = 20;
const EVENTS_EACH = 200;
const SLOW_EVENTS_EACH = 50;
const SOCKETS_MAX = 800;
const LATE_MS = 5_000;
const LIMIT_MS = 60_000;
const LOOK_MS = 20;

/**
 * 10,000 deliveries to 50 endpoints that answer at once, mixed with 10,000 to 200 that take five seconds, 800 sockets in
 * all: when the healthy ones have theirs.
 */
export async function measureFairness(server: BenchServer, receivers: ReceiverProcess): Promise<string> {
  const { url } = receivers;
  const urls = Array.from({ length: TENANTS }, (_, tenant) => [
    ...Array.from({ length: HEALTHY_EACH }, (_each, at) => `${url}/swift/${tenant}/${at}`),
    ...Array.from({ length: SLOW_EACH }, (_each, at) => `${url}/late/${LATE_MS}/${tenant}/${at}`),
  ]);
  const stage = await openDeliveryStage(server, 'fairness', { urls, socketsMax: SOCKETS_MAX });
  try {
    const isSlow = (endpointUrl: string) => endpointUrl.includes('/late/');
    await stage.addEvents(EVENTS_EACH);
    await stage.keepFirst(SLOW_EVENTS_EACH, ({ url: target }) => isSlow(target));
    await stage.wakeAll();
    await receivers.report('report');
    const cpu = () =>
      (cpuSeconds(process.pid) ?? 0) + (server.postmaster === null ? 0 : (serverCpuSeconds(server.postmaster) ?? 0));
    const [begun, cpuBefore] = [performance.now(), cpu()];
    const stop = stage.start();
    let swift = 0;
    const expected = TENANTS * HEALTHY_EACH * EVENTS_EACH;
    while (swift < expected && performance.now() - begun < LIMIT_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      swift += (await receivers.report('report')).counts.swift ?? 0;
    }
    const seconds = (performance.now() - begun) / 1_000;
    const spent = cpu() - cpuBefore;
    await stop();
    return [
      `${swift} of ${expected} healthy deliveries were with their receivers after ${seconds.toFixed(2)} s,`,
      `for which engine and PostgreSQL had ${spent.toFixed(2)} s of processor time.`,
    ].join(' ');
  } finally {
    await stage.close();
  }
}
