/**
 * How fast notifications of providers are taken: verified, stored and acknowledged over HTTP, beside a program that
 * writes the same rows one transaction each, in turns. Then, at half the rate that was reached, how long it takes from
 * the acknowledgement until what a notification says is applied.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { request } from 'undici';
import { systemClock } from '../src/kernel/clock.ts';
import { openDatabase } from '../src/platform/database.ts';
import { chooseBaseline } from './baseline.ts';
import { compare, printComparison, reportFailure } from './compare.ts';
import { renderProfile } from './cpu-profile.ts';
import { type BenchDatabase, type BenchServer, openBenchServer } from './database-server.ts';
import { explainStatements } from './explain.ts';
import { fillDatabases } from './filling.ts';
import { type GatewayProcess, startGateway } from './gateway-process.ts';
import { ingestedRows } from './ingested-rows.ts';
import { type LoadProcess, runLoad, startLoad } from './load-process.ts';
import type { Subject } from './measure.ts';
import { type NotifiedAccount, notificationOf } from './notification.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { type OpenAttempt, paymentsNeeded, prepareAttempts } from './prepared-payments.ts';
import { spreadOf } from './statistics.ts';
import { verifyPaid } from './verify-paid.ts';
import { waitForRelay } from './verify-payments.ts';

const PER_SECOND_MAX = 6_000;
const PACED_SECONDS = 10;
const PACED_CLIENTS = 64;
const APPLY_LIMIT_MS = 120_000;

/** Runs the benchmark the flags describe and prints its figures. */
export function benchIngestNotifications(flags: readonly string[]): Promise<void> {
  return reportFailure(async () => {
    const options = readOptions(flags);
    const server = await openBenchServer(process.env.DATABASE_URL);
    try {
      if (options.explain) await explainStatements(server, options.rows, 'ingest-notifications');
      else await measureIngesting(server, options);
    } finally {
      await server.close();
    }
  });
}

async function measureIngesting(server: BenchServer, options: BenchOptions): Promise<void> {
  const database = await server.createDatabase('gateway');
  const baselineDatabase = await server.createDatabase('baseline');
  const tool = await chooseBaseline(options.baseline);
  const { profile } = options;
  // The account is added by the API, and there is nothing to measure without the door.
  const roles = [...new Set([...options.roles.split(','), 'api', 'hooks'])].join(',');
  const gateway = await startGateway({ databaseUrl: database.url, roles, profile });
  const load = startLoad();
  try {
    const account = await addAccount(gateway);
    const parts = { gateway, load, database, account, applies: roles.includes('worker') };
    const rows = await sampleOf(parts);
    const filling = await fillDatabases(server, [database, baselineDatabase], options.rows, gateway.tenantId);
    const bench = { server, baselineDatabase, subject: ingesting(parts), tool, rows, filling };
    const comparison = await compare(bench, { ...options, roles }, ['gateway', 'one statement']);
    const best = comparison.rounds.flat().filter(({ contender }) => contender === 'gateway');
    const lag = parts.applies ? await measureLag(parts, Math.max(...best.map(({ perSecond }) => perSecond)) / 2) : null;
    await load.stop();
    const profileFile = await gateway.stop();
    const checked = `Every 200 is one stored notification${parts.applies ? ' and one paid payment' : ''}; no request failed.`;
    printComparison(comparison, { ...options, roles }, checked);
    if (lag !== null) console.log(options.json ? JSON.stringify({ lag }) : `\n${describeLag(lag)}`);
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
  readonly database: BenchDatabase;
  readonly account: NotifiedAccount;
  /** Whether the process has a worker, which applies what was stored. */
  readonly applies: boolean;
}

async function addAccount({ apiUrl, apiKey }: GatewayProcess): Promise<NotifiedAccount> {
  const credentials = { merchantCode: 'bench', secretKey: randomBytes(24).toString('hex') };
  const { statusCode, body } = await request(`${apiUrl}/api/v1/provider-accounts`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'idempotency-key': randomUUID(),
      'content-type': 'application/json',
    },
    body: JSON.stringify({ provider: 'sandbox', credentials, priority: 1 }),
  });
  const answer = (await body.json()) as { readonly id?: string };
  if (statusCode !== 201 || answer.id === undefined) throw new Error(`The account was answered with ${statusCode}`);
  return { ...credentials, providerAccountId: answer.id };
}

/** Sends one notification outside all windows and makes of its rows what the baseline writes. */
async function sampleOf(parts: Parts): ReturnType<typeof ingestedRows> {
  const [attempt] = await prepare(parts, 1);
  if (attempt === undefined) throw new Error('There is no attempt to notify of');
  const { path, body, headers } = notificationOf(parts.account, attempt.attemptId);
  const { statusCode } = await request(`${parts.gateway.hooksUrl}${path}`, {
    method: 'POST',
    headers: [...headers],
    body,
  });
  if (statusCode !== 200) throw new Error(`The sample was answered with ${statusCode}`);
  return ingestedRows(parts.database.pool);
}

async function prepare({ gateway, database, account }: Parts, count: number): Promise<readonly OpenAttempt[]> {
  const opened = openDatabase({ url: database.url, connectionsMax: 1, applicationName: 'bench' });
  const { providerAccountId } = account;
  const attempts = await prepareAttempts(opened.query, systemClock, gateway.tenantId, count, { providerAccountId });
  await opened.close();
  return attempts;
}

function ingesting(parts: Parts): Subject {
  const { gateway, load, account, database } = parts;
  let attempts: readonly OpenAttempt[] = [];
  return {
    pid: gateway.pid,
    driverPids: [load.pid],
    async prepare(window) {
      attempts = await prepare(parts, paymentsNeeded(window, PER_SECOND_MAX));
      if (parts.applies) await waitForRelay(database.pool);
    },
    async run({ clients, seconds }) {
      const work = { kind: 'notify', account, attempts } as const;
      const done = await runLoad(load, { apiUrl: gateway.hooksUrl, apiKey: gateway.apiKey, clients, seconds, work });
      const told = new Set(done.answered.map(([attemptId]) => attemptId));
      return {
        ...done,
        async verify() {
          await verifyStored(database.pool, account, told.size);
          if (!parts.applies) return null;
          const begun = performance.now();
          await untilApplied(database.pool);
          await verifyPaid(
            database.pool,
            done.answered.map(([, , paymentId]) => paymentId),
          );
          return performance.now() - begun;
        },
      };
    },
  };
}

const verified = new WeakMap<pg.Pool, number>();

/** Every notification of a window is stored once, as accepted. @throws Error with the counts where anything differs */
async function verifyStored(pool: pg.Pool, { providerAccountId }: NotifiedAccount, told: number): Promise<void> {
  const { rows } = await pool.query<{ all: number; accepted: number; facts: number }>(
    `select count(*)::int as all, count(*) filter (where verdict = 'accepted')::int as accepted,
       (select count(*)::int from provider_facts where provider_account_id = $1) as facts
     from inbound_events where provider_account_id = $1`,
    [providerAccountId],
  );
  // One came before all windows.
  const before = verified.get(pool) ?? 1;
  const expected = before + told;
  verified.set(pool, expected);
  const [found] = rows;
  if (found === undefined || Object.values(found).some((count) => count !== expected)) {
    throw new Error(`${expected} notifications were acknowledged; the database has ${JSON.stringify(found)}`);
  }
}

async function untilApplied(pool: pg.Pool): Promise<void> {
  const begun = performance.now();
  for (;;) {
    const { rows } = await pool.query<{ waiting: boolean }>(
      `select exists (select from inbound_events where state = 'pending') or exists (select from outbox) as waiting`,
    );
    if (rows[0]?.waiting !== true) return;
    if (performance.now() - begun > APPLY_LIMIT_MS) throw new Error('What was stored is not applied');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Lag {
  readonly perSecond: number;
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly acknowledgedP50Ms: number;
}

/** From the moment a notification has come until what it says is applied, while they come at an even rate. */
async function measureLag(parts: Parts, perSecond: number): Promise<Lag> {
  const { gateway, load, account, database } = parts;
  const attempts = await prepare(parts, Math.ceil(perSecond * PACED_SECONDS));
  await waitForRelay(database.pool);
  const done = await runLoad(load, {
    ...{ apiUrl: gateway.hooksUrl, apiKey: gateway.apiKey, clients: PACED_CLIENTS, seconds: PACED_SECONDS, perSecond },
    work: { kind: 'notify', account, attempts },
  });
  await untilApplied(database.pool);
  const { rows } = await database.pool.query<{ p50: number; p99: number; max: number; count: number }>(
    `select count(*)::int as count, percentile_cont(0.5) within group (order by lag) as p50,
       percentile_cont(0.99) within group (order by lag) as p99, max(lag)::float as max
     from (
       select extract(epoch from processed_at - received_at)::float * 1000 as lag
       from inbound_events join attempts a using (tenant_id, payment_id) where a.attempt_id = any($1::text[])
     ) applied`,
    [done.answered.map(([attemptId]) => attemptId)],
  );
  const [found] = rows;
  if (found === undefined || found.count !== done.answered.length)
    throw new Error('Not every notification was applied');
  return {
    perSecond: done.answered.length / (done.elapsedMs / 1_000),
    count: found.count,
    p50Ms: found.p50,
    p99Ms: found.p99,
    maxMs: found.max,
    acknowledgedP50Ms: spreadOf(done.latenciesMs).median,
  };
}

function describeLag({ perSecond, count, p50Ms, p99Ms, maxMs, acknowledgedP50Ms }: Lag): string {
  return [
    `At ${perSecond.toFixed(0)} notifications a second (half the best rate), ${count} of them, acknowledged after`,
    `${acknowledgedP50Ms.toFixed(1)} ms (p50): received to applied p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, most ${maxMs.toFixed(0)} ms`,
  ].join(' ');
}
