import { cpus, loadavg } from 'node:os';
import type { BenchServer } from './database-server.ts';
import { describeFilling, type Filling } from './filling.ts';
import { type Bench, type Contender, type Measurement, measure } from './measure.ts';
import { type BenchOptions, BenchRefused } from './options.ts';
import { peakMemoryMib } from './process-cost.ts';
import { renderTable, summarize } from './report.ts';
import { warmupsBefore } from './warmup.ts';

/** Runs a benchmark and says on standard error, and by the exit code, what went wrong: 2 for the flags, 1 for the rest. */
export async function reportFailure(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof BenchRefused ? error.message : error);
    process.exitCode = error instanceof BenchRefused ? 2 : 1;
  }
}

/** The figures of a run, ready to be printed. */
export interface Comparison {
  readonly about: About;
  readonly rounds: readonly (readonly Measurement[])[];
}

/** Measures the subject beside the baselines named, in turns. */
export async function compare(
  bench: Bench,
  options: BenchOptions,
  contenders: readonly Contender[],
): Promise<Comparison> {
  const loadBefore = loadavg()[0] ?? 0;
  const rounds = await measureRounds(bench, options, contenders);
  const { subject, server, tool, filling } = bench;
  const [driverPid] = subject.driverPids;
  const memoryMib = {
    gateway: peakMemoryMib(subject.pid),
    driver: driverPid === undefined ? null : peakMemoryMib(driverPid),
  };
  const about = {
    ...describeRun(server, options, tool),
    loadBefore,
    memoryMib,
    postgresMemoryMib: peakOf(rounds),
    filling,
  };
  return { about, rounds };
}

/** Prints the figures: one line of JSON, or a table under `checked`, the sentence that says what was looked up. */
export function printComparison({ about, rounds }: Comparison, options: BenchOptions, checked: string): void {
  const lines = summarize(rounds);
  if (options.json) console.log(JSON.stringify({ ...about, lines, rounds }));
  else console.log(`${describe(about)}\n${checked}\n\n${renderTable(lines, about.baseline)}`);
}

/**
 * Contenders take turns within a round, in another order each round, so that what the machine does besides meets all of
 * them. What runs before a level's first round is thrown away.
 */
async function measureRounds(
  bench: Bench,
  options: BenchOptions,
  contenders: readonly Contender[],
): Promise<readonly (readonly Measurement[])[]> {
  const rounds: Measurement[][] = [];
  let number = 1;
  for (const [index, clients] of options.clients.entries()) {
    for (const window of warmupsBefore({ clients, isFirst: index === 0 }, options.warmupSeconds, contenders)) {
      await measure(bench, { ...window, number: number++ });
    }
    await bench.server.analyze();
    for (let round = 0; round < options.rounds; round++) {
      const order = contenders.map((_, at) => contenders[(at + round) % contenders.length] ?? 'gateway');
      const windows: Measurement[] = [];
      for (const contender of order) {
        windows.push(await measure(bench, { contender, clients, seconds: options.seconds, number: number++ }));
        process.stderr.write('.');
      }
      rounds.push(windows);
    }
  }
  process.stderr.write('\n');
  return rounds;
}

function peakOf(rounds: readonly (readonly Measurement[])[]): number | null {
  const sizes = rounds.flat().flatMap(({ postgresMemoryMib }) => postgresMemoryMib ?? []);
  return sizes.length === 0 ? null : Math.max(...sizes);
}

function describeRun(server: BenchServer, options: BenchOptions, tool: Bench['tool']) {
  const { seconds, rounds: roundCount, roles } = options;
  const postgres = `${server.version}${server.embedded ? ', embedded' : ''}`;
  const processors = cpus();
  const machine = `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`;
  return { machine, node: process.version, postgres, baseline: tool, roles, seconds, roundCount };
}

interface About extends ReturnType<typeof describeRun> {
  readonly loadBefore: number;
  readonly memoryMib: { readonly gateway: number | null; readonly driver: number | null };
  readonly postgresMemoryMib: number | null;
  readonly filling: Filling | null;
}

function describe(about: About): string {
  const mib = (size: number | null) => (size === null ? 'unknown' : `${size.toFixed(0)} MiB`);
  const { gateway, driver } = about.memoryMib;
  return [
    `${about.machine}, load ${about.loadBefore.toFixed(1)} before; Node ${about.node}; PostgreSQL ${about.postgres}`,
    `${about.roundCount} rounds of ${about.seconds} s windows; gateway roles ${about.roles}; baseline ${about.baseline}`,
    ...(about.filling === null ? [] : [describeFilling(about.filling)]),
    `Most memory: gateway ${mib(gateway)}, PostgreSQL ${mib(about.postgresMemoryMib)}, driver ${mib(driver)}`,
  ].join('\n');
}
