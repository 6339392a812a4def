/**
 * How fast the one writer of payments is: providers' reports applied in this process, beside a program that writes the
 * rows of a new payment one transaction each, in turns. `clients` are signals in flight.
 */
import { systemClock } from '../src/kernel/clock.ts';
import { createApplySignal } from '../src/payments/apply-signal.ts';
import { insertPayments } from '../src/payments/store-new-payments.ts';
import { type Database, KEYED_PLANS, openDatabase } from '../src/platform/database.ts';
import { createReadTenant } from '../src/tenants/read-tenant.ts';
import { createTenantClocks } from '../src/test-clocks/tenant-clock.ts';
import { chooseBaseline } from './baseline.ts';
import { baselineRows, readSample } from './baseline-rows.ts';
import { insertBenchTenants } from './bench-tenant.ts';
import { compare, printComparison, reportFailure } from './compare.ts';
import { type BenchDatabase, type BenchServer, openBenchServer } from './database-server.ts';
import { explainStatements } from './explain.ts';
import { fillDatabases } from './filling.ts';
import type { Subject } from './measure.ts';
import { newPayment } from './new-payment.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { capturedReport } from './payment-report.ts';
import { type OpenAttempt, paymentsNeeded, prepareAttempts } from './prepared-payments.ts';
import { verifyPaid } from './verify-paid.ts';

/** Another one than those that filling makes. */
const TENANT = 'ten_01000000000000000000000001';
const PER_SECOND_MAX = 6_000;
/** As many as a gateway has unless it is told otherwise. */
const CONNECTIONS_MAX = 20;

/** Runs the benchmark the flags describe and prints its figures. */
export function benchApplySignals(flags: readonly string[]): Promise<void> {
  return reportFailure(async () => {
    const options = readOptions(flags);
    const server = await openBenchServer(process.env.DATABASE_URL);
    try {
      if (options.explain) await explainStatements(server, options.rows, 'apply-signals');
      else await measureApplying(server, options);
    } finally {
      await server.close();
    }
  });
}

async function measureApplying(server: BenchServer, options: BenchOptions): Promise<void> {
  const own = await server.createDatabase('signals');
  const baselineDatabase = await server.createDatabase('baseline');
  const tool = await chooseBaseline(options.baseline);
  const database = openDatabase({
    url: own.url,
    connectionsMax: CONNECTIONS_MAX,
    applicationName: 'bench',
    settings: KEYED_PLANS,
  });
  try {
    await insertBenchTenants(database.query, systemClock, [TENANT]);
    const sample = newPayment(systemClock, TENANT);
    await insertPayments(database.query, [sample]);
    const rows = baselineRows(await readSample(own.pool, sample.payment.payment_id));
    const filling = await fillDatabases(server, [own, baselineDatabase], options.rows, TENANT);
    const bench = { server, baselineDatabase, subject: applying(database, own), tool, rows, filling };
    const comparison = await compare(bench, options, ['gateway', 'one statement']);
    printComparison(comparison, options, 'Every applied report is a paid payment with its capture and posting.');
  } finally {
    await database.close();
  }
}

function applying(database: Database, { pool }: BenchDatabase): Subject {
  const clock = systemClock;
  const readTenant = createReadTenant(database);
  const tenantClocks = createTenantClocks(database, clock);
  const applySignal = createApplySignal({ database, tenantClocks, readTenant, handOver: () => {} });
  let attempts: readonly OpenAttempt[] = [];
  return {
    pid: process.pid,
    driverPids: [],
    async prepare(window) {
      attempts = await prepareAttempts(database.query, clock, TENANT, paymentsNeeded(window, PER_SECOND_MAX));
    },
    async run({ clients, seconds }) {
      const latenciesMs: number[] = [];
      const paid: string[] = [];
      const waiting = attempts.values();
      const start = performance.now();
      const end = start + seconds * 1_000;
      await Promise.all(Array.from({ length: clients }, reportUntilEnd));
      const elapsedMs = performance.now() - start;
      return {
        elapsedMs,
        latenciesMs,
        async verify() {
          await verifyPaid(pool, paid);
          return null;
        },
      };

      async function reportUntilEnd(): Promise<void> {
        for (const { paymentId, attemptId } of waiting) {
          const begun = performance.now();
          if (begun >= end) return;
          const target = { tenantId: TENANT, paymentId };
          const { payment } = await applySignal(target, 'notification', capturedReport(attemptId));
          latenciesMs.push(performance.now() - begun);
          if (payment.status !== 'succeeded') throw new Error(`A reported payment is ${payment.status}`);
          paid.push(paymentId);
        }
      }
    },
  };
}
