import { type BaselineKind, type BaselineTool, runBaseline } from './baseline.ts';
import type { BaselineRows } from './baseline-rows.ts';
import type { BenchDatabase, BenchServer } from './database-server.ts';
import type { GatewayProcess } from './gateway-process.ts';
import type { LoadProcess } from './load-process.ts';
import {
  cpuSeconds,
  endedChildrenCpuSeconds,
  machineCpuSeconds,
  serverCpuSeconds,
  serverMemoryMib,
} from './process-cost.ts';
import { quantile } from './statistics.ts';
import { verifyPayments, waitForRelay } from './verify-payments.ts';

export type Contender = 'gateway' | BaselineKind;

/** One window of one contender. Processor times are user and system seconds within the window. */
export interface Measurement {
  readonly contender: Contender;
  readonly clients: number;
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly seconds: number;
  readonly gatewayCpu: number | null;
  readonly postgresCpu: number | null;
  /** The load driver's, or the program's that writes the baseline. */
  readonly driverCpu: number | null;
  /** What everybody else did on this machine meanwhile. */
  readonly otherCpu: number | null;
  readonly postgresMemoryMib: number | null;
  /** How long the relay still worked after the gateway's window. */
  readonly relayMs: number | null;
}

/** Everything that takes part in a run. */
export interface Bench {
  readonly server: BenchServer;
  readonly gatewayDatabase: BenchDatabase;
  readonly baselineDatabase: BenchDatabase;
  readonly gateway: GatewayProcess;
  readonly load: LoadProcess;
  readonly tool: BaselineTool;
  readonly rows: BaselineRows;
  readonly relays: boolean;
}

export interface Window {
  readonly contender: Contender;
  readonly clients: number;
  readonly seconds: number;
  /** Different for each window of a run; keys are made of it. */
  readonly number: number;
}

const RELAY_LIMIT_MS = 60_000;
/** More keys than a window of two minutes can use. */
const KEYS_OF_A_WINDOW = 1_000_000_000;

/** Runs one window and says what it cost. @throws Error where a request failed or the database disagrees */
export async function measure(bench: Bench, window: Window): Promise<Measurement> {
  await bench.server.checkpoint();
  return window.contender === 'gateway' ? measureGateway(bench, window) : measureBaseline(bench, window);
}

async function measureGateway(bench: Bench, { clients, seconds, number }: Window): Promise<Measurement> {
  const { gateway, gatewayDatabase, load } = bench;
  const prefix = `bench-${String(number).padStart(4, '0')}`;
  const stop = startCosts(bench);
  const result = await load.run({ apiUrl: gateway.apiUrl, apiKey: gateway.apiKey, clients, seconds, prefix });
  const costs = stop();
  if (Object.keys(result.failures).length > 0) {
    throw new Error(`Requests were not answered with 201: ${JSON.stringify(result.failures)}`);
  }
  const relayMs = bench.relays ? await waitForRelay(gatewayDatabase.pool, RELAY_LIMIT_MS) : null;
  await verifyPayments(gatewayDatabase.pool, prefix, result.created);
  const count = result.created.length;
  const perSecond = count / (result.elapsedMs / 1_000);
  return { contender: 'gateway', clients, count, perSecond, relayMs, ...latencies(result.latenciesMs), ...costs };
}

async function measureBaseline(bench: Bench, window: Window & { contender: Contender }): Promise<Measurement> {
  const { contender, clients, seconds, number } = window;
  if (contender === 'gateway') throw new Error('The gateway is no baseline');
  const { baselineDatabase, tool, rows } = bench;
  const countRows = async () => {
    const found = await baselineDatabase.pool.query<{ count: number }>('select count(*)::int as count from payments');
    return found.rows[0]?.count ?? 0;
  };
  const before = await countRows();
  const firstKey = number * KEYS_OF_A_WINDOW;
  const stop = startCosts(bench);
  const result = await runBaseline(tool, {
    kind: contender,
    rows,
    databaseUrl: baselineDatabase.url,
    clients,
    seconds,
    firstKey,
  });
  const costs = stop();
  const count = result.latenciesMs.length;
  const written = (await countRows()) - before;
  if (written !== count) throw new Error(`The baseline committed ${count} transactions and wrote ${written} payments`);
  return {
    contender,
    clients,
    count,
    perSecond: result.perSecond,
    relayMs: null,
    ...latencies(result.latenciesMs),
    ...costs,
  };
}

function latencies(figures: readonly number[]): { readonly p50Ms: number; readonly p99Ms: number } {
  const sorted = Float64Array.from(figures).sort();
  return { p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) };
}

/** Reads the clocks of all processes; the returned function reads them again and answers the differences. */
function startCosts({ server, gateway, load }: Bench) {
  const read = () => {
    const ended = endedChildrenCpuSeconds();
    const driver = cpuSeconds(load.pid);
    return {
      at: performance.now() / 1_000,
      gateway: cpuSeconds(gateway.pid),
      postgres: server.postmaster === null ? null : serverCpuSeconds(server.postmaster),
      driver: ended === null || driver === null ? null : ended + driver,
      own: cpuSeconds(process.pid),
      machine: machineCpuSeconds(),
    };
  };
  const before = read();
  return () => {
    const after = read();
    const spent = (part: Exclude<keyof typeof before, 'at'>) => difference(after[part], before[part]);
    const [gatewayCpu, postgresCpu, driverCpu] = [spent('gateway'), spent('postgres'), spent('driver')];
    const ours = [gatewayCpu, postgresCpu, driverCpu, spent('own')];
    const machine = spent('machine');
    const known = ours.every((one) => one !== null) && machine !== null;
    return {
      seconds: after.at - before.at,
      gatewayCpu,
      postgresCpu,
      driverCpu,
      otherCpu: known
        ? Math.max(
            0,
            ours.reduce<number>((rest, one) => rest - (one ?? 0), machine),
          )
        : null,
      postgresMemoryMib: server.postmaster === null ? null : serverMemoryMib(server.postmaster),
    };
  };
}

function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : after - before;
}
