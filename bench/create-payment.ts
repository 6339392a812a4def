/**
 * How fast payments are created: the HTTP API with real keys, beside a program that writes the same rows one
 * transaction each, in turns. docs/benchmarks.md says what the figures mean.
 */
import { chooseBaseline } from './baseline.ts';
import { compare, printComparison, reportFailure } from './compare.ts';
import { renderProfile } from './cpu-profile.ts';
import { type BenchDatabase, type BenchServer, openBenchServer } from './database-server.ts';
import { explainStatements } from './explain.ts';
import { fillDatabases } from './filling.ts';
import { type GatewayProcess, startGateway } from './gateway-process.ts';
import { type LoadProcess, runLoad, startLoad } from './load-process.ts';
import type { Subject } from './measure.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { sampleRows } from './sample-payment.ts';
import { verifyPayments, waitForRelay } from './verify-payments.ts';

/** Runs the benchmark the flags describe and prints its figures. */
export function benchCreatePayment(flags: readonly string[]): Promise<void> {
  return reportFailure(async () => {
    const options = readOptions(flags);
    const server = await openBenchServer(process.env.DATABASE_URL);
    try {
      if (options.explain) await explainStatements(server, options.rows, 'create-payment');
      else await measureCreating(server, options);
    } finally {
      await server.close();
    }
  });
}

async function measureCreating(server: BenchServer, options: BenchOptions): Promise<void> {
  const database = await server.createDatabase('gateway');
  const baselineDatabase = await server.createDatabase('baseline');
  const tool = await chooseBaseline(options.baseline);
  const { roles, profile } = options;
  const gateway = await startGateway({ databaseUrl: database.url, roles, profile });
  const load = startLoad();
  try {
    const rows = await sampleRows(database.pool, gateway);
    const filling = await fillDatabases(server, [database, baselineDatabase], options.rows, gateway.tenantId);
    const subject = creating(gateway, load, database, roles.includes('worker'));
    const bench = { server, baselineDatabase, subject, tool, rows, filling };
    const comparison = await compare(bench, options, ['gateway', 'five statements', 'one statement']);
    await load.stop();
    const profileFile = await gateway.stop();
    printComparison(comparison, options, 'Every 201 is in the database exactly once; no request failed.');
    if (profileFile !== null) console.log(`\n${await renderProfile(profileFile)}`);
  } finally {
    await load.stop();
    await gateway.stop();
    await gateway.remove();
  }
}

function creating(gateway: GatewayProcess, load: LoadProcess, { pool }: BenchDatabase, relays: boolean): Subject {
  return {
    pid: gateway.pid,
    driverPids: [load.pid],
    async prepare() {},
    async run({ clients, seconds, number }) {
      const prefix = `bench-${String(number).padStart(4, '0')}`;
      const { apiUrl, apiKey } = gateway;
      const done = await runLoad(load, { apiUrl, apiKey, clients, seconds, work: { kind: 'create', prefix } });
      return {
        ...done,
        async verify() {
          const relayMs = relays ? await waitForRelay(pool) : null;
          await verifyPayments(pool, prefix, done.answered);
          return relayMs;
        },
      };
    },
  };
}
