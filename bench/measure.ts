import { type BaselineKind, type BaselineTool, runBaseline } from './baseline.ts';
import type { BaselineRows } from './baseline-rows.ts';
import type { BenchDatabase, BenchServer } from './database-server.ts';
import type { Filling } from './filling.ts';
import {
  cpuSeconds,
  endedChildrenCpuSeconds,
  machineCpuSeconds,
  serverCpuSeconds,
  serverMemoryMib,
} from './process-cost.ts';
import { quantile } from './statistics.ts';

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
  /** Of whoever drives the subject or serves it, or of the program that writes the baseline. */
  readonly driverCpu: number | null;
  /** What everybody else did on this machine meanwhile. */
  readonly otherCpu: number | null;
  readonly postgresMemoryMib: number | null;
  /** How long the relay still worked after the gateway's window. */
  readonly relayMs: number | null;
}

/** What is measured beside the baselines; `gateway` among the contenders. */
export interface Subject {
  readonly pid: number;
  /** Whose processor time is neither the subject's nor somebody else's: drivers, and the sandbox. */
  readonly driverPids: readonly number[];
  /** Makes what a window will use up, before its time begins. */
  prepare(window: Window): Promise<void>;
  /** @throws Error where a request failed */
  run(window: Window): Promise<WorkDone>;
}

/** One window's work. */
export interface WorkDone {
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
  /** Looks everything up in the database. Returns how long the relay still worked. @throws Error where anything differs */
  verify(): Promise<number | null>;
}

/** Everything that takes part in a run. */
export interface Bench {
  readonly server: BenchServer;
  readonly baselineDatabase: BenchDatabase;
  readonly subject: Subject;
  readonly tool: BaselineTool;
  readonly rows: BaselineRows;
  /** Null where the databases were empty. */
  readonly filling: Filling | null;
}

export interface Window {
  readonly contender: Contender;
  readonly clients: number;
  readonly seconds: number;
  /** Different for each window of a run; keys are made of it. */
  readonly number: number;
}

/** More keys than a window of two minutes can use. */
const KEYS_OF_A_WINDOW = 1_000_000_000;

/** Runs one window and says what it cost. @throws Error where a request failed or the database disagrees */
export async function measure(bench: Bench, window: Window): Promise<Measurement> {
  if (window.contender === 'gateway') await bench.subject.prepare(window);
  await bench.server.checkpoint();
  return window.contender === 'gateway' ? measureSubject(bench, window) : measureBaseline(bench, window);
}

async function measureSubject(bench: Bench, window: Window): Promise<Measurement> {
  const stop = startCosts(bench);
  const { elapsedMs, latenciesMs, verify } = await bench.subject.run(window);
  const costs = stop();
  const relayMs = await verify();
  const { clients } = window;
  const count = latenciesMs.length;
  const perSecond = count / (elapsedMs / 1_000);
  return { contender: 'gateway', clients, count, perSecond, relayMs, ...latencies(latenciesMs), ...costs };
}

async function measureBaseline(bench: Bench, window: Window & { contender: Contender }): Promise<Measurement> {
  const { contender, clients, seconds, number } = window;
  if (contender === 'gateway') throw new Error('The gateway is no baseline');
  const { baselineDatabase, tool, rows } = bench;
  const countRows = async () => {
    const found = await baselineDatabase.pool.query<{ count: number }>(
      `select count(*)::int as count from ${rows.counted}`,
    );
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
  if (written !== count)
    throw new Error(`The baseline committed ${count} transactions and wrote ${written} rows of ${rows.counted}`);
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
function startCosts({ server, subject }: Bench) {
  const read = () => {
    const drivers = [endedChildrenCpuSeconds(), ...subject.driverPids.map(cpuSeconds)];
    return {
      at: performance.now() / 1_000,
      gateway: cpuSeconds(subject.pid),
      postgres: server.postmaster === null ? null : serverCpuSeconds(server.postmaster),
      driver: drivers.reduce((sum, one) => (sum === null || one === null ? null : sum + one), 0),
      // The subject may be this very process.
      own: subject.pid === process.pid ? 0 : cpuSeconds(process.pid),
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
