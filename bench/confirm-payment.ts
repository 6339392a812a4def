/**
 * How fast payments are paid: POST /payments/{id}/confirm against the sandbox, which approves at once in a process of
 * its own, beside a program that writes the rows of a new payment one transaction each, in turns.
 */
import { systemClock } from '../src/kernel/clock.ts';
import { openDatabase } from '../src/platform/database.ts';
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
import { paymentsNeeded, prepareCreated } from './prepared-payments.ts';
import { sampleRows } from './sample-payment.ts';
import { type SandboxProcess, startSandbox } from './sandbox-process.ts';
import { verifyKeptAnswers, verifyPaid } from './verify-paid.ts';
import { waitForRelay } from './verify-payments.ts';

const PER_SECOND_MAX = 2_000;

/** Runs the benchmark the flags describe and prints its figures. */
export function benchConfirmPayment(flags: readonly string[]): Promise<void> {
  return reportFailure(async () => {
    const options = readOptions(flags);
    const server = await openBenchServer(process.env.DATABASE_URL);
    try {
      if (options.explain) await explainStatements(server, options.rows, 'confirm-payment');
      else await withSandbox((sandbox) => measureConfirming(server, sandbox, options));
    } finally {
      await server.close();
    }
  });
}

async function withSandbox(work: (sandbox: SandboxProcess) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox();
  try {
    await work(sandbox);
  } finally {
    await sandbox.stop();
  }
}

async function measureConfirming(server: BenchServer, sandbox: SandboxProcess, options: BenchOptions): Promise<void> {
  const database = await server.createDatabase('gateway');
  const baselineDatabase = await server.createDatabase('baseline');
  const tool = await chooseBaseline(options.baseline);
  const { roles, profile } = options;
  const gateway = await startGateway({ databaseUrl: database.url, roles, profile, sandboxUrl: sandbox.url });
  const load = startLoad();
  try {
    const rows = await sampleRows(database.pool, gateway);
    const filling = await fillDatabases(server, [database, baselineDatabase], options.rows, gateway.tenantId);
    const parts = { gateway, load, sandbox, database, relays: roles.includes('worker') };
    const bench = { server, baselineDatabase, subject: confirming(parts), tool, rows, filling };
    const comparison = await compare(bench, options, ['gateway', 'one statement']);
    await load.stop();
    const profileFile = await gateway.stop();
    printComparison(
      comparison,
      options,
      'Every 200 is a paid payment with its capture and posting; no request failed.',
    );
    if (profileFile !== null) console.log(`\n${await renderProfile(profileFile)}`);
  } finally {
    await load.stop();
    await gateway.stop();
    await gateway.remove();
  }
}

interface Parts {
  readonly gateway: GatewayProcess;
  readonly load: LoadProcess;
  readonly sandbox: SandboxProcess;
  readonly database: BenchDatabase;
  readonly relays: boolean;
}

function confirming({ gateway, load, sandbox, database: { url, pool }, relays }: Parts): Subject {
  let paymentIds: readonly string[] = [];
  const relayed = async () => (relays ? waitForRelay(pool) : null);
  return {
    pid: gateway.pid,
    driverPids: [load.pid, sandbox.pid],
    async prepare(window) {
      const database = openDatabase({ url, connectionsMax: 1, applicationName: 'bench' });
      const count = paymentsNeeded(window, PER_SECOND_MAX);
      paymentIds = await prepareCreated(database.query, systemClock, gateway.tenantId, count);
      await database.close();
      await relayed();
    },
    async run({ clients, seconds }) {
      const { apiUrl, apiKey } = gateway;
      const done = await runLoad(load, { apiUrl, apiKey, clients, seconds, work: { kind: 'confirm', paymentIds } });
      return {
        ...done,
        async verify() {
          const relayMs = await relayed();
          await verifyPaid(
            pool,
            done.answered.map(([, , paymentId]) => paymentId),
          );
          await verifyKeptAnswers(
            pool,
            'confirmPayment',
            done.answered.map(([, key]) => key),
          );
          return relayMs;
        },
      };
    },
  };
}
