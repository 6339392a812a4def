import type { BenchServer } from './database-server.ts';
import { type DeliveryStage, openDeliveryStage } from './delivery-stage.ts';
import { prepareJobs, prepareLoop } from './delivery-yardsticks.ts';
import { cpuSeconds, serverCpuSeconds } from './process-cost.ts';
import type { ReceiverProcess } from './receiver-process.ts';
import { spreadOf } from './statistics.ts';

interface SpeedOptions {
  readonly deliveries: number;
  readonly rounds: number;
  readonly secure: boolean;
}

/** One window of one contender; processor times in microseconds for a delivery. */
interface Window {
  readonly contender: Contender;
  readonly perSecond: number;
  readonly ownUs: number;
  readonly postgresUs: number;
  readonly receiverUs: number;
}

type Contender = 'bare loop' | 'engine' | 'one job each' | 'bare loop again';

const TENANTS = 10;
const ENDPOINTS_EACH = 5;
const LIMIT_MS = 120_000;

/** Deliveries a second to 50 endpoints of 10 tenants, beside the bare loop and one job for each delivery. */
export async function measureSpeed(
  server: BenchServer,
  receivers: ReceiverProcess,
  { deliveries, rounds, secure }: SpeedOptions,
): Promise<string> {
  const url = secure ? receivers.secureUrl : receivers.url;
  const urls = Array.from({ length: TENANTS }, (_, tenant) =>
    Array.from({ length: ENDPOINTS_EACH }, (_each, at) => `${url}/swift/${tenant}/${at}`),
  );
  const stage = await openDeliveryStage(server, secure ? 'tls' : 'speed', { urls });
  const perTenant = Math.ceil(deliveries / (TENANTS * ENDPOINTS_EACH));
  const windows: Window[] = [];
  try {
    await stage.addEvents(perTenant);
    // What is compiled and planned by then is not measured.
    await stage.wakeAll();
    await stage.deliverAll(LIMIT_MS);
    for (let round = 0; round < rounds; round++) {
      const order: readonly Contender[] = ['bare loop', 'engine', 'one job each', 'bare loop again'];
      for (const contender of order) {
        const count = await stage.addEvents(perTenant);
        const work = await contend(contender, stage);
        await server.checkpoint();
        await receivers.report('report');
        windows.push(await measure(contender, count, work, server, receivers));
      }
    }
  } finally {
    await stage.close();
  }
  return render(windows);
}

/** Prepares a window; the function returned does its work. */
async function contend(contender: Contender, stage: DeliveryStage): Promise<() => Promise<void>> {
  switch (contender) {
    case 'engine':
      await stage.wakeAll();
      return async () => void (await stage.deliverAll(LIMIT_MS));
    case 'one job each':
      return prepareJobs(stage);
    default:
      return prepareLoop(stage);
  }
}

async function measure(
  contender: Contender,
  count: number,
  work: () => Promise<void>,
  server: BenchServer,
  receivers: ReceiverProcess,
): Promise<Window> {
  const read = () => ({
    own: cpuSeconds(process.pid) ?? 0,
    postgres: server.postmaster === null ? 0 : (serverCpuSeconds(server.postmaster) ?? 0),
    receiver: cpuSeconds(receivers.pid) ?? 0,
  });
  const before = read();
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1_000;
  const after = read();
  const { counts } = await receivers.report('report');
  if (counts.swift !== count) throw new Error(`${contender} sent ${counts.swift} of ${count}`);
  const us = (part: keyof typeof before) => ((after[part] - before[part]) / count) * 1_000_000;
  return {
    ...{ contender, perSecond: count / seconds },
    ...{ ownUs: us('own'), postgresUs: us('postgres'), receiverUs: us('receiver') },
  };
}

function render(windows: readonly Window[]): string {
  const contenders: readonly Contender[] = ['bare loop', 'bare loop again', 'engine', 'one job each'];
  const of = (contender: Contender) => windows.filter((window) => window.contender === contender);
  const show = (figures: readonly number[], digits: number) => {
    const { median, min, max } = spreadOf(figures);
    return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
  };
  const ratios = (contender: Contender, to: Contender) =>
    of(contender).map(({ perSecond }, round) => perSecond / (of(to)[round]?.perSecond ?? Number.NaN));
  const lines = contenders.map((contender) => {
    const cells = [
      contender,
      show(
        of(contender).map(({ perSecond }) => perSecond),
        0,
      ),
      show(ratios(contender, 'bare loop'), 2),
      show(ratios(contender, 'one job each'), 2),
      ...(['ownUs', 'postgresUs', 'receiverUs'] as const).map((part) =>
        spreadOf(of(contender).map((window) => window[part])).median.toFixed(0),
      ),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| | deliveries/s | to the bare loop | to one job each | own µs | PostgreSQL µs | receivers µs |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}
