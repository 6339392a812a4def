/**
 * How fast payments are created: the HTTP API with real keys, beside a program that writes the same rows one
 * transaction each, in turns. docs/benchmarks.md says what the figures mean.
 */
import { randomUUID } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { request } from 'undici';
import { chooseBaseline } from './baseline.ts';
import { baselineRows, readSample } from './baseline-rows.ts';
import { renderProfile } from './cpu-profile.ts';
import { type BenchServer, openBenchServer } from './database-server.ts';
import { explainStatements } from './explain.ts';
import { type GatewayProcess, startGateway } from './gateway-process.ts';
import { startLoad } from './load-process.ts';
import { type Bench, type Contender, type Measurement, measure } from './measure.ts';
import { type BenchOptions, BenchRefused, readOptions } from './options.ts';
import { paymentBody } from './payment-body.ts';
import { peakMemoryMib } from './process-cost.ts';
import { renderTable, summarize } from './report.ts';

/** Runs the benchmark the flags describe and prints its figures. */
export async function benchCreatePayment(flags: readonly string[]): Promise<void> {
  try {
    const options = readOptions(flags);
    const server = await openBenchServer(process.env.DATABASE_URL);
    try {
      if (options.explain) await explainStatements(server, options.rows);
      else await compare(server, options);
    } finally {
      await server.close();
    }
  } catch (error) {
    console.error(error instanceof BenchRefused ? error.message : error);
    process.exitCode = error instanceof BenchRefused ? 2 : 1;
  }
}

async function compare(server: BenchServer, options: BenchOptions): Promise<void> {
  const gatewayDatabase = await server.createDatabase('gateway');
  const baselineDatabase = await server.createDatabase('baseline');
  const tool = await chooseBaseline(options.baseline);
  const { roles, profile } = options;
  const gateway = await startGateway({ databaseUrl: gatewayDatabase.url, roles, profile });
  const load = startLoad();
  try {
    const rows = baselineRows(await readSample(gatewayDatabase.pool, await createSample(gateway)));
    const relays = roles.includes('worker');
    const parts = { server, gatewayDatabase, baselineDatabase, gateway, load, tool, rows, relays };
    const loadBefore = loadavg()[0] ?? 0;
    const rounds = await measureRounds(parts, options);
    const memoryMib = { gateway: peakMemoryMib(gateway.pid), driver: peakMemoryMib(load.pid) };
    await load.stop();
    const profileFile = await gateway.stop();
    const lines = summarize(rounds);
    const about = { ...describeRun(server, options, tool), loadBefore, memoryMib, postgresMemoryMib: peakOf(rounds) };
    if (options.json) console.log(JSON.stringify({ ...about, lines, rounds }));
    else console.log(`${describe(about)}\n\n${renderTable(lines, tool)}`);
    if (profileFile !== null) console.log(`\n${await renderProfile(profileFile)}`);
  } finally {
    await load.stop();
    await gateway.stop();
    await gateway.remove();
  }
}

/** One payment outside all windows, whose rows the baseline repeats. */
async function createSample(gateway: GatewayProcess): Promise<string> {
  const { statusCode, body } = await request(`${gateway.apiUrl}/api/v1/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${gateway.apiKey}`,
      'idempotency-key': randomUUID(),
      'content-type': 'application/json',
    },
    body: paymentBody('bench-0000-0000000000'),
  });
  const answer = (await body.json()) as { readonly id?: string };
  if (statusCode !== 201 || answer.id === undefined) throw new Error(`The sample was answered with ${statusCode}`);
  return answer.id;
}

const CONTENDERS: readonly Contender[] = ['gateway', 'five statements', 'one statement'];

/**
 * Contenders take turns within a round, in another order each round, so that what the machine does besides meets all of
 * them. Before a level's first round each runs once unmeasured.
 */
async function measureRounds(bench: Bench, options: BenchOptions): Promise<readonly (readonly Measurement[])[]> {
  const rounds: Measurement[][] = [];
  let number = 1;
  for (const clients of options.clients) {
    for (const contender of options.warmupSeconds > 0 ? CONTENDERS : []) {
      await measure(bench, { contender, clients, seconds: options.warmupSeconds, number: number++ });
    }
    for (let round = 0; round < options.rounds; round++) {
      const order = CONTENDERS.map((_, at) => CONTENDERS[(at + round) % CONTENDERS.length] ?? 'gateway');
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

function describeRun(server: BenchServer, options: BenchOptions, tool: string) {
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
}

function describe(about: About): string {
  const mib = (size: number | null) => (size === null ? 'unknown' : `${size.toFixed(0)} MiB`);
  const { gateway, driver } = about.memoryMib;
  return [
    `${about.machine}, load ${about.loadBefore.toFixed(1)} before; Node ${about.node}; PostgreSQL ${about.postgres}`,
    `${about.roundCount} rounds of ${about.seconds} s windows; gateway roles ${about.roles}; baseline ${about.baseline}`,
    `Most memory: gateway ${mib(gateway)}, PostgreSQL ${mib(about.postgresMemoryMib)}, driver ${mib(driver)}`,
    'Every 201 is in the database exactly once; no request failed.',
  ].join('\n');
}
