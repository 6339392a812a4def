import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createAuthenticateCaller } from '../access/authenticate-caller.ts';
import type { Config } from '../config.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { Problem } from '../kernel/problem.ts';
import { createKeyCheck } from '../keys/check-keys.ts';
import { MasterKeyUnavailable } from '../keys/master-key.ts';
import { sqlState } from '../platform/database.ts';
import { startLocalPostgres } from '../platform/embedded-postgres/start-local-postgres.ts';
import { createHttpServer, type HttpServer } from '../platform/http/create-http-server.ts';
import { createInternalServer } from '../platform/http/create-internal-server.ts';
import { createLogger, type Logger } from '../platform/log.ts';
import { schemaIsCurrent } from '../platform/migrate.ts';
import { type DatabaseAddresses, prepareDatabase } from '../platform/prepare-database.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { startTracing } from '../platform/tracing.ts';
import { startSandbox } from '../providers/registry.ts';
import { beat } from '../system/beat.ts';
import { admitPeople, serveAdmin } from './admin.ts';
import { serveApi } from './api.ts';
import { serveCheckout } from './checkout.ts';
import { serveDocs } from './docs.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { serveHooks } from './hooks.ts';
import { createHostRule } from './host-rule.ts';
import { measureQueues } from './measure.ts';
import { servePanel } from './panel.ts';
import { servePartnerApi } from './partner.ts';
import { limitTokenGuesses } from './rate-limits.ts';
import { serveAsk } from './serve-ask.ts';
import { startWorker } from './worker.ts';

/** A running installation, or the part of one that this process plays. */
export interface Tollgate {
  readonly gateway: Gateway;
  readonly config: Config;
  readonly database: DatabaseAddresses;
  readonly internalUrl: string;
  readonly sandboxUrl: string;
  /** Stops in order: no new requests, running ones finished, workers, sandbox, database. Data stays. */
  stop(): Promise<void>;
}

interface StartOptions {
  readonly config: Config;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Checks every answer against its declaration; for tests. */
  readonly checkAnswers?: boolean;
}

/** Where a sandbox would be if this process ran one: nothing listens on the discard port, so calls are refused. */
const NO_SANDBOX = 'http://127.0.0.1:9';

/**
 * Starts the roles of the configuration in this process: PostgreSQL (unless an address is given), migrations, sandbox,
 * servers, worker. What was started is stopped again where a later step fails.
 */
export async function startTollgate(options: StartOptions): Promise<Tollgate> {
  const { config, ports } = await withPorts(options.config);
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLogger({ level: config.logLevel });
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) {
      await step().catch((error: unknown) => log.error({ error }, 'A part did not stop cleanly'));
    }
  };
  try {
    if (config.otelEndpoint !== null) {
      const tracing = startTracing({ endpoint: config.otelEndpoint, serviceName: 'tollgate' });
      stops.push(() => tracing.stop());
    }
    const database = await openAddresses(config, log, stops);
    await prepareDatabase(database, log);
    const sandboxUrl = await openSandboxUrl(config, clock, log, stops);
    const gateway = await openGateway({ config, databaseUrl: database.url, sandboxUrl, clock, log });
    stops.push(() => gateway.close());
    const life = beat({ ...gateway.payments, log }, config.roles);
    stops.push(() => life.stop());
    if (config.roles.includes('worker')) {
      measureQueues(gateway);
      const worker = startWorker(gateway);
      stops.push(() => worker.stop());
    }
    const checks = readyChecks(gateway, database.url);
    const internal = createInternalServer({ log, clock, metrics: gateway.metrics, readyChecks: checks });
    serveAsk(internal, gateway);
    await ports.release();
    const internalUrl = await internal.listen({ host: config.internalHost, port: config.internalPort });
    gateway.ownPorts.add(Number(new URL(internalUrl).port));
    stops.push(() => internal.close());
    const server = publicServer(gateway, checks, options.checkAnswers ?? false);
    await server.listen({ host: config.host, port: config.port });
    stops.push(() => server.close());
    return { gateway, config, database, internalUrl, sandboxUrl, stop };
  } catch (error) {
    await stop();
    await ports.release();
    throw error;
  }
}

async function openAddresses(config: Config, log: Logger, stops: (() => Promise<void>)[]): Promise<DatabaseAddresses> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, ownerUrl: config.databaseMigrateUrl };
  const postgres = await startLocalPostgres({ dataDir: join(config.dataDir, 'postgres'), log });
  stops.push(() => postgres.stop());
  return { url: postgres.runtimeUrl, ownerUrl: postgres.url };
}

async function openSandboxUrl(
  config: Config,
  clock: Clock,
  log: Logger,
  stops: (() => Promise<void>)[],
): Promise<string> {
  if (config.sandboxUrl !== null) return config.sandboxUrl;
  if (config.sandboxPort === 0) return NO_SANDBOX;
  const sandbox = await startSandbox({
    host: config.host,
    port: config.sandboxPort,
    dataFile: join(config.dataDir, 'sandbox.sqlite'),
    // Browsers reach the bank's page where they reach ours.
    publicUrl: `http://${new URL(config.urls.checkout).hostname}:${config.sandboxPort}`,
    mayNotify: (url) => url.origin === new URL(config.urls.hooks).origin,
    clock,
    log,
  });
  stops.push(() => sandbox.close());
  return sandbox.url;
}

function publicServer(gateway: Gateway, checks: ReturnType<typeof readyChecks>, checkAnswers: boolean): HttpServer {
  const { config, log, clock, metrics, rateLimits, audit, tokens, payments } = gateway;
  const programs = createAuthenticateCaller(payments.database.query, tokens, clock, rateLimits.credentials);
  const hasPanel = config.roles.includes('admin');
  const server = createHttpServer({
    log,
    clock,
    metrics,
    authenticate: hasPanel ? admitPeople(programs, gateway) : programs,
    rates: rateLimits.requests,
    acts: audit,
    trustProxy: config.trustProxy,
    requireHttps: 'except-loopback',
    readyChecks: checks,
    checkAnswers,
    onAnswered: (request) => gateway.requestRecorder.record(request),
    translateError,
  });
  const hostRule = createHostRule(config, gateway.domains.hosts.find);
  server.fastify.addHook('onRequest', hostRule);
  limitTokenGuesses(server.fastify, rateLimits.checkoutTokens);
  if (hasPanel || config.roles.includes('api')) serveApi(server, gateway);
  if (hasPanel) serveAdmin(server, gateway);
  if (config.roles.includes('api')) {
    servePartnerApi(server, gateway);
    serveDocs(server, config.urls.api);
  }
  if (config.roles.includes('checkout')) serveCheckout(server, gateway);
  if (config.roles.includes('hooks')) serveHooks(server, gateway);
  if (config.roles.includes('admin')) servePanel(server);
  return server;
}

function readyChecks({ payments, keys }: Gateway, databaseUrl: string) {
  return {
    keys: createKeyCheck({ db: payments.database.query, ...keys }),
    database: async () => {
      const { query } = payments.database;
      await forInstallation('lanes', () => query.selectFrom('lanes').select('lane_id').limit(1).execute());
    },
    schema: async () => {
      if (!(await schemaIsCurrent(databaseUrl))) throw new Error('The schema is not the one of this program');
    },
  };
}

/** Classes 08, 53, 57 and lock time-outs: the database is away or overloaded, and the request may be sent again. */
const DATABASE_AWAY = /^(08|53|57)|^55P03$/;
const CONNECTION_LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);

function translateError(error: unknown): Problem | undefined {
  const code = sqlState(error) ?? (error as { code?: unknown } | null)?.code;
  // A master key elsewhere does not answer, or a process has not been told of it yet.
  if (error instanceof MasterKeyUnavailable)
    return new Problem('unavailable', undefined, { retryAfterSeconds: 5, cause: error });
  const away =
    (typeof code === 'string' && (DATABASE_AWAY.test(code) || CONNECTION_LOST.has(code))) ||
    (error instanceof Error && /^(Connection terminated|timeout exceeded|Query read timeout)/.test(error.message));
  return away ? new Problem('unavailable', undefined, { retryAfterSeconds: 1, cause: error }) : undefined;
}

/**
 * Port 0 means any free one; the addresses that others are told follow it. Free ports are held until ours are opened
 * there: a busy machine gives them to somebody else within seconds.
 */
async function withPorts(config: Config): Promise<{ readonly config: Config; readonly ports: HeldPorts }> {
  const ports = new HeldPorts();
  const port = config.port === 0 ? await ports.take(config.host) : config.port;
  const internalPort = config.internalPort === 0 ? await ports.take(config.internalHost) : config.internalPort;
  const own = (url: string) => url.replace(/:0$/, `:${port}`);
  const { api, checkout, hooks, admin } = config.urls;
  const urls = { api: own(api), checkout: own(checkout), hooks: own(hooks), admin: own(admin) };
  return { config: { ...config, port, internalPort, urls }, ports };
}

/** Ports that nobody else gets. */
class HeldPorts {
  readonly #holders: Server[] = [];

  async take(host: string): Promise<number> {
    const holder = createServer();
    this.#holders.push(holder);
    holder.listen({ host, port: 0 });
    await once(holder, 'listening');
    const address = holder.address();
    if (address === null || typeof address === 'string') throw new Error('No free port was found');
    return address.port;
  }

  async release(): Promise<void> {
    await Promise.all(this.#holders.splice(0).map((holder) => once(holder.close(), 'close')));
  }
}
