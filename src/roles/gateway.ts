import { type AccessTokens, createAccessTokens } from '../access/access-token.ts';
import type { Config } from '../config.ts';
import { RelayInbox } from '../events/relay-inbox.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { checkMasterKey, loadMasterKey } from '../keys/load-master-key.ts';
import { createSealer, SYSTEM } from '../keys/sealer.ts';
import type { NotificationContext } from '../notifications/routes.ts';
import { createApplySignal } from '../payments/apply-signal.ts';
import type { PaymentContext } from '../payments/context.ts';
import { type Database, KEYED_PLANS, openDatabase } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import { createMetrics, type Metrics } from '../platform/metrics.ts';
import { createOutboundHttp, type OutboundHttp } from '../platform/outbound-http.ts';
import { Wakeup } from '../platform/wakeup.ts';
import { createCallRecorder } from '../provider-accounts/record-calls.ts';
import { createProviderRegistry, newSandboxAccount } from '../providers/registry.ts';
import { createCircuitKeeper } from '../routing/keep-circuits.ts';
import { createReadTenant } from '../tenants/read-tenant.ts';
import type { TenantRoutesContext } from '../tenants/routes.ts';
import type { TestClockContext } from '../test-clocks/move-test-clock.ts';
import { createTenantClocks } from '../test-clocks/tenant-clock.ts';

/** Everything the roles of one process share. */
export interface Gateway {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where this installation serves nobody but its operator; who listens there adds the port it was given. */
  readonly ownPorts: Set<number>;
  readonly metrics: Metrics;
  readonly wakeup: Wakeup;
  readonly relayInbox: RelayInbox;
  readonly backgroundDatabase: Database;
  readonly tokens: AccessTokens;
  readonly payments: PaymentContext;
  readonly notifications: NotificationContext;
  readonly testClocks: TestClockContext;
  readonly tenants: TenantRoutesContext;
  /** The way out for deliveries of a mode. */
  readonly deliveryHttp: (mode: Mode) => OutboundHttp;
  close(): Promise<void>;
}

interface GatewayOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly sandboxUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Databases {
  readonly database: Database;
  readonly keyDatabase: Database;
  readonly backgroundDatabase: Database;
}

async function closeAll(databases: Databases): Promise<void> {
  await Promise.all(Object.values(databases).map((one: Database) => one.close()));
}

/** One cycle after the other, and one shard beside another where other processes left something. */
const BACKGROUND_CONNECTIONS_MAX = 2;
/**
 * Commits do not wait for the disk: what they would lose with a crash of the server still stands in the outbox, and a later
 * commit that does wait brings them there as well.
 */
const BACKGROUND_SETTINGS = { ...KEYED_PLANS, synchronous_commit: 'off' };
/** Data keys are cached, so that few are read at once. */
const KEY_CONNECTIONS_MAX = 2;
/** Many tenants' receivers may be paths of one platform, and one that does not answer must not hold all of them up. */
const TOLD_CONNECTIONS_PER_ORIGIN_MAX = 256;
const USER_AGENT = 'Tollgate/0.1 (+webhooks)';

/**
 * Opens the database and builds what the roles stand on. The schema must be current.
 * @throws MasterKeyRefused where the database was sealed under another key
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, databaseUrl, log } = options;
  const database = openDatabase({
    url: databaseUrl,
    connectionsMax: config.databaseConnectionsMax,
    applicationName: `tollgate ${config.roles.join(',')}`,
    onIdleError: (error) => log.warn({ error }, 'A database connection was lost'),
    settings: KEYED_PLANS,
  });
  // Keys are read on connections of their own: transactions that seal would otherwise hold every connection of the
  // pool while each waits for one more.
  const keyDatabase = openDatabase({
    url: databaseUrl,
    connectionsMax: KEY_CONNECTIONS_MAX,
    applicationName: 'tollgate keys',
    onIdleError: (error) => log.warn({ error }, 'A database connection was lost'),
  });
  const backgroundDatabase = openDatabase({
    url: databaseUrl,
    connectionsMax: BACKGROUND_CONNECTIONS_MAX,
    applicationName: 'tollgate background',
    onIdleError: (error) => log.warn({ error }, 'A database connection was lost'),
    settings: BACKGROUND_SETTINGS,
  });
  const databases = { database, keyDatabase, backgroundDatabase };
  try {
    return await buildGateway(options, databases);
  } catch (error) {
    // Idle connections would keep a process for seconds that has already said why it cannot start.
    await closeAll(databases);
    throw error;
  }
}

/** What is noted of calls to providers beside the work, and the measures of this process. */
function openRecords(context: { readonly database: Database; readonly clock: Clock; readonly log: Logger }) {
  const metrics = createMetrics();
  const help = 'Circuits of provider accounts that this process has opened or closed';
  const changes = metrics.counter('tollgate_provider_circuit_changes_total', help, ['to']);
  return { metrics, callRecorder: createCallRecorder(context), circuits: createCircuitKeeper({ ...context, changes }) };
}

const POSTGRES_PORT = 5432;

function ownPortsOf(config: Config, databaseUrl: string): Set<number> {
  const database = URL.parse(databaseUrl);
  return new Set([config.internalPort, Number(database?.port) || POSTGRES_PORT]);
}

/**
 * The ways to providers, and those to who is told: on connections of their own, since receivers that do not answer hold
 * theirs for as long as they can.
 */
function openWaysOut(config: Config, databaseUrl: string) {
  const ownPorts = ownPortsOf(config, databaseUrl);
  const told = { userAgent: USER_AGENT, maxConnectionsPerOrigin: TOLD_CONNECTIONS_PER_ORIGIN_MAX, ownPorts };
  return {
    ownPorts,
    publicHttp: createOutboundHttp({ allowPrivateTargets: false, userAgent: USER_AGENT }),
    privateHttp: createOutboundHttp({ allowPrivateTargets: true, userAgent: USER_AGENT }),
    publicTold: createOutboundHttp({ ...told, allowPrivateTargets: false }),
    privateTold: createOutboundHttp({ ...told, allowPrivateTargets: true }),
  };
}

async function buildGateway(
  { config, databaseUrl, sandboxUrl, clock, log }: GatewayOptions,
  databases: Databases,
): Promise<Gateway> {
  const { database, keyDatabase, backgroundDatabase } = databases;
  const masterKey = await loadMasterKey(config.masterKey, config.dataDir);
  await checkMasterKey(database.query, masterKey);
  const sealer = createSealer(keyDatabase.query, masterKey, clock);
  await sealer.createDataKey(database.query, SYSTEM);
  const wakeup = new Wakeup();
  const { ownPorts, ...ways } = openWaysOut(config, databaseUrl);
  const { publicHttp, privateHttp } = ways;
  const readTenant = createReadTenant(database);
  const tenantClocks = createTenantClocks(database, clock);
  const { metrics, ...records } = openRecords({ database, clock, log });
  const privateAllowed = (mode: Mode) => config.allowPrivateTargets && mode === 'test';
  const testModeHttp = privateAllowed('test') ? privateHttp : publicHttp;
  const relayInbox = new RelayInbox(() => wakeup.notify('relay'));
  const handOver: RelayInbox['handOver'] = (rows, events) => relayInbox.handOver(rows, events);
  const targetPolicy = (mode: Mode) => ({ allowPrivateTargets: privateAllowed(mode), ownPorts });
  return {
    config,
    clock,
    log,
    ownPorts,
    metrics,
    wakeup,
    relayInbox,
    backgroundDatabase,
    tokens: await createAccessTokens(database.query, sealer, clock),
    payments: {
      database,
      sealer,
      clock,
      registry: createProviderRegistry({ sandboxUrl, sandboxHttp: privateHttp, publicHttp, testModeHttp }),
      ...records,
      tenantClocks,
      readTenant,
      checkoutUrl: config.urls.checkout,
      hooksUrl: config.urls.hooks,
      targetPolicy,
      applySignal: createApplySignal({ database, tenantClocks, readTenant, handOver }),
      handOver,
    },
    notifications: {
      database,
      sealer,
      clock,
      tenantClocks,
      targetPolicy,
      wakeDelivery: () => wakeup.notify('delivery'),
    },
    testClocks: {
      database,
      sealer,
      clock,
      tenantClocks,
      wakeWorkers: () => {
        for (const kind of ['expiry', 'sync', 'delivery'] as const) wakeup.notify(kind);
      },
    },
    tenants: { database, sealer, clock, readTenant, newSandboxCredentials: newSandboxAccount },
    deliveryHttp: (mode) => (privateAllowed(mode) ? ways.privateTold : ways.publicTold),
    async close() {
      await Promise.all(Object.values(ways).map((http) => http.close()));
      await Promise.all([records.callRecorder.settled(), records.circuits.settled()]);
      await closeAll(databases);
    },
  };
}
