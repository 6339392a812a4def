/**
 * How long what the panel asks takes with many payments behind: searches, numbers, lists.
 * Usage: npm run bench search -- --rows 1000000
 */
import { performance } from 'node:perf_hooks';
import { reportFailure } from './compare.ts';
import { openBenchServer } from './database-server.ts';
import { openExplainedGateway } from './explained-gateway.ts';
import { explainedPanel } from './explained-panel.ts';
import { describeFilling } from './filling.ts';
import { readOptions } from './options.ts';
import { cpuSeconds, machineCpuSeconds, serverCpuSeconds } from './process-cost.ts';
import { startSandbox } from './sandbox-process.ts';
import { quantile } from './statistics.ts';

/** The first ones read from disk and make plans. */
const WARMUPS = 5;
const TIMES = 60;

/** Measures, and prints what was seen. */
export function benchSearch(flags: readonly string[]): Promise<void> {
  return reportFailure(async () => {
    const { rows } = readOptions(['--explain', ...flags]);
    const server = await openBenchServer(process.env.DATABASE_URL);
    const sandbox = await startSandbox();
    const gateway = await openExplainedGateway(server, { sandboxUrl: sandbox.url, rows }, () => {});
    try {
      const { context, plain, filling } = gateway;
      console.log(`PostgreSQL ${server.version}${filling === null ? '' : `; ${describeFilling(filling)}`}`);
      console.log('median ms  p95 ms  PostgreSQL ms  others');
      for (const [title, work] of await explainedPanel({ ...gateway, context: { ...context, database: plain } })) {
        console.log(`${await time(work, server.postmaster)}  ${title}`);
      }
    } finally {
      await gateway.close();
      await sandbox.stop();
      await server.close();
    }
  });
}

/** One after the other, since one person asks; PostgreSQL's processor time is for one of them. */
async function time(work: () => Promise<unknown>, postmaster: number | null): Promise<string> {
  for (let n = 0; n < WARMUPS; n++) await work();
  const spent = () => ({
    server: (postmaster === null ? null : serverCpuSeconds(postmaster)) ?? Number.NaN,
    own: cpuSeconds(process.pid) ?? Number.NaN,
    machine: machineCpuSeconds() ?? Number.NaN,
  });
  const before = spent();
  const begun = performance.now();
  const took: number[] = [];
  for (let n = 0; n < TIMES; n++) {
    const asked = performance.now();
    await work();
    took.push(performance.now() - asked);
  }
  const seconds = (performance.now() - begun) / 1_000;
  const after = spent();
  const [server, own] = [after.server - before.server, after.own - before.own];
  const others = (after.machine - before.machine - server - own) / seconds;
  const sorted = Float64Array.from(took).sort();
  const figures = [quantile(sorted, 0.5), quantile(sorted, 0.95), (server * 1_000) / TIMES].map((ms) => ms.toFixed(2));
  return `${figures[0]?.padStart(9)}  ${figures[1]?.padStart(6)}  ${figures[2]?.padStart(13)}  ${others.toFixed(1).padStart(6)}`;
}
