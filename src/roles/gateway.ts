import type { AccessTokens } from '../access/access-token.ts';
import type { PeopleContext } from '../access/people-context.ts';
import { createAdmission } from '../acknowledgments/admit-payments.ts';
import type { FiringContext } from '../acknowledgments/fire-deadline.ts';
import { refuseGivenBack } from '../acknowledgments/guard-resends.ts';
import { type AuditRecorder, createAuditRecorder } from '../audit/record-acts.ts';
import { brandColorsOf } from '../checkout/contrast.ts';
import type { Config } from '../config.ts';
import type { DomainContext } from '../domains/claim-domain.ts';
import { createCheckoutUrlOf, createHostDirectory } from '../domains/find-host.ts';
import { RelayInbox } from '../events/relay-inbox.ts';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { KeysContext } from '../keys/rotate-keys.ts';
import { createLimitKeeper } from '../limits/keep-limits.ts';
import type { SendMailsContext } from '../mail/send-mails.ts';
import type { DeliveryHook } from '../notifications/delivery-hooks.ts';
import type { KeptSince } from '../notifications/event-expired.ts';
import type { NotificationContext } from '../notifications/routes.ts';
import { type ApplySignal, createApplySignal } from '../payments/apply-signal.ts';
import { withCodePictures } from '../payments/code-picture.ts';
import { countOpenWork } from '../payments/count-open-work.ts';
import { createEmailDigester } from '../payments/email-digest.ts';
import { type Database, KEYED_PLANS, openDatabase } from '../platform/database.ts';
import type { Logger } from '../platform/log.ts';
import { createMetrics, type Metrics } from '../platform/metrics.ts';
import type { OutboundHttp } from '../platform/outbound-http.ts';
import { createTxtResolver } from '../platform/txt-records.ts';
import { Wakeup } from '../platform/wakeup.ts';
import { createCheckProduct } from '../products/find-product.ts';
import { createCallRecorder } from '../provider-accounts/record-calls.ts';
import { createProviderRegistry, newSandboxAccount } from '../providers/registry.ts';
import { createRequestRecorder, type RequestRecorder } from '../request-log/record-requests.ts';
import { createKeptSince } from '../retention/kept-since.ts';
import { createCircuitKeeper } from '../routing/keep-circuits.ts';
import type { SystemContext } from '../system/check-installation.ts';
import { createReadTenant } from '../tenants/read-tenant.ts';
import type { TenantRoutesContext } from '../tenants/routes.ts';
import type { TestClockContext } from '../test-clocks/move-test-clock.ts';
import { createTenantClocks } from '../test-clocks/tenant-clock.ts';
import { openPeople } from './admin.ts';
import { openKeys } from './open-keys.ts';
import { openMail } from './open-mail.ts';
import { openSystem } from './open-system.ts';
import { openWaysOut, type WaysOut } from './open-ways-out.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';

/** Everything the roles of one process share. */
export interface Gateway {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where this installation serves nobody but its operator; who listens there adds the port it was given. */
  readonly ownPorts: Set<number>;
  readonly metrics: Metrics;
  readonly rateLimits: RateLimits;
  /** Keeps the record of who did what. */
  readonly audit: AuditRecorder;
  readonly wakeup: Wakeup;
  readonly relayInbox: RelayInbox;
  readonly requestRecorder: RequestRecorder;
  readonly system: SystemContext;
  readonly backgroundDatabase: Database;
  readonly tokens: AccessTokens;
  readonly keys: KeysContext;
  /** Who may use the panel, and how they get in. */
  readonly people: PeopleContext;
  /** What payments work with, and the alarms of deadlines. */
  readonly payments: FiringContext;
  readonly notifications: NotificationContext;
  readonly testClocks: TestClockContext;
  readonly tenants: TenantRoutesContext;
  readonly mail: SendMailsContext;
  /** What is done around the sending of notifications, in this order. */
  readonly deliveryHooks: readonly DeliveryHook[];
  readonly domains: DomainContext;
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
    scopes: 'demanded',
    settings: KEYED_PLANS,
  });
  // Keys are read on connections of their own: transactions that seal would otherwise hold every connection of the
  // pool while each waits for one more.
  const keyDatabase = openDatabase({
    url: databaseUrl,
    connectionsMax: KEY_CONNECTIONS_MAX,
    applicationName: 'tollgate keys',
    onIdleError: (error) => log.warn({ error }, 'A database connection was lost'),
    scopes: 'demanded',
  });
  const backgroundDatabase = openDatabase({
    url: databaseUrl,
    connectionsMax: BACKGROUND_CONNECTIONS_MAX,
    applicationName: 'tollgate background',
    onIdleError: (error) => log.warn({ error }, 'A database connection was lost'),
    scopes: 'demanded',
    settings: BACKGROUND_SETTINGS,
  });
  const databases = { database, keyDatabase, backgroundDatabase };
  const ownPorts = ownPortsOf(config, databaseUrl);
  const ways = openWaysOut(config, ownPorts);
  try {
    return await buildGateway(options, databases, { ownPorts, ways });
  } catch (error) {
    // Idle connections would keep a process for seconds that has already said why it cannot start.
    await Promise.all([closeAll(databases), ways.close()]);
    throw error;
  }
}

/** What is noted beside the work, the measures of this process, and what keeps payments away. */
function openRecords(context: Pick<SendMailsContext, 'database' | 'sealer' | 'clock'> & { readonly log: Logger }) {
  const metrics = createMetrics();
  const help = 'Circuits of provider accounts that this process has opened or closed';
  const changes = metrics.counter('tollgate_provider_circuit_changes_total', help, ['to']);
  return {
    metrics,
    callRecorder: createCallRecorder(context),
    circuits: createCircuitKeeper({ ...context, changes }),
    admission: createAdmission(context.database),
    limits: createLimitKeeper(context),
    emailDigests: createEmailDigester(context),
  };
}

/** Whom notifications wake, and what is never sent again. */
function notifying(wakeup: Wakeup, keptSince: KeptSince) {
  return {
    keptSince,
    wakeDelivery: () => wakeup.notify('delivery'),
    wakeReplay: () => wakeup.notify('replay'),
    resendGuard: refuseGivenBack,
  };
}

/** Whose work comes due by a clock that was moved. */
function wakeTimed(wakeup: Wakeup): void {
  for (const kind of ['expiry', 'sync', 'delivery', 'ack', 'replay'] as const) wakeup.notify(kind);
}

const POSTGRES_PORT = 5432;

/** Where nothing that a tenant names may lead, even where private addresses are allowed. */
function ownPortsOf(config: Config, databaseUrl: string): Set<number> {
  const database = URL.parse(databaseUrl);
  return new Set([config.internalPort, Number(database?.port) || POSTGRES_PORT]);
}

function domainContext(
  { dnsServers, urls }: Config,
  context: Pick<DomainContext, 'database' | 'sealer' | 'clock'>,
): DomainContext {
  const ownHosts = new Set(Object.values(urls).map((url) => new URL(url).hostname));
  const hosts = createHostDirectory(context.database);
  return { ...context, ownHosts, hosts, resolveTxt: createTxtResolver(dnsServers) };
}

/** What tenants are made of and how they look. */
function tenantContext(
  { urls, retention }: Config,
  context: Pick<TenantRoutesContext, 'database' | 'sealer' | 'clock' | 'readTenant'>,
): TenantRoutesContext {
  return {
    ...context,
    countOpenWork,
    newSandboxCredentials: newSandboxAccount,
    colorsOf: brandColorsOf,
    checkoutUrl: urls.checkout,
    retentionDaysMax: retention.daysMax,
  };
}

async function buildGateway(
  { config, databaseUrl, sandboxUrl, clock, log }: GatewayOptions,
  databases: Databases,
  { ownPorts, ways }: { readonly ownPorts: Set<number>; readonly ways: WaysOut },
): Promise<Gateway> {
  const { database, backgroundDatabase } = databases;
  const wakeup = new Wakeup();
  const { keys, tokens } = await openKeys({ config, ...databases, clock, http: ways.privateHttp });
  const { sealer } = keys;
  const { publicHttp, privateHttp, outboundHttp, targetPolicy } = ways;
  const readTenant = createReadTenant(database);
  const tenantClocks = createTenantClocks(database, clock);
  const { metrics, ...records } = openRecords({ database, sealer, clock, log });
  const audit = createAuditRecorder({ database, clock, log });
  const rateLimits = createRateLimits(config, metrics);
  const { raiseAlarm, ...mailing } = openMail(config, { database, sealer, clock, log }, metrics);
  const requestRecorder = createRequestRecorder({ database: backgroundDatabase, clock, log, metrics });
  const relayInbox = new RelayInbox(() => wakeup.notify('relay'));
  const handOver: RelayInbox['handOver'] = (rows, events) => relayInbox.handOver(rows, events);
  return {
    config,
    clock,
    log,
    ...{ ownPorts, metrics, audit, rateLimits },
    people: await openPeople({ config, clock, database, sealer, rateLimits }),
    wakeup,
    ...{ relayInbox, requestRecorder, system: openSystem(config, { database, databaseUrl, clock, http: privateHttp }) },
    backgroundDatabase,
    tokens,
    keys,
    payments: {
      database,
      sealer,
      clock,
      registry: createProviderRegistry({
        ...{ sandboxUrl, publicHttp, sandboxHttp: privateHttp, testModeHttp: outboundHttp('test') },
      }),
      ...records,
      raiseAlarm,
      tenantClocks,
      readTenant,
      checkProduct: createCheckProduct(database),
      checkoutUrl: config.urls.checkout,
      checkoutUrlOf: createCheckoutUrlOf(database, config.urls.checkout),
      hooksUrl: config.urls.hooks,
      targetPolicy,
      applySignal: openApplySignal({ database, tenantClocks, readTenant, handOver }, config.urls.checkout),
      handOver,
    },
    notifications: {
      ...{ database, sealer, clock, tenantClocks, targetPolicy, readTenant },
      ...notifying(wakeup, createKeptSince(readTenant, clock, config.retention)),
      egressAddresses: config.egressAddresses,
    },
    testClocks: { database, sealer, clock, tenantClocks, wakeWorkers: () => wakeTimed(wakeup) },
    tenants: tenantContext(config, { database, sealer, clock, readTenant }),
    ...mailing,
    domains: domainContext(config, { database, sealer, clock }),
    deliveryHttp: ways.deliveryHttp,
    async close() {
      await ways.close();
      await Promise.all([
        ...[audit.close(), requestRecorder.close()],
        ...[records.callRecorder.settled(), records.circuits.settled()],
      ]);
      await closeAll(databases);
    },
  };
}

function openApplySignal(context: Parameters<typeof createApplySignal>[0], checkoutUrl: string): ApplySignal {
  return withCodePictures(createApplySignal(context), checkoutUrl);
}
