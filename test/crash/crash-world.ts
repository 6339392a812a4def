import { tmpdir } from 'node:os';
import { readConfig } from '../../src/config.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { createLogger } from '../../src/platform/log.ts';
import { newSandboxCredentials } from '../../src/providers/sandbox/sandbox-credentials.ts';
import { type Merchant, merchantAt } from '../../src/providers/sandbox/server/merchant-fixture.ts';
import { type SandboxServer, startSandboxServer } from '../../src/providers/sandbox/server/start-sandbox-server.ts';
import { openGateway } from '../../src/roles/gateway.ts';
import { type CreatedTenant, createTenant } from '../../src/tenants/create-tenant.ts';
import { tenantSettings } from '../../src/tenants/settings.ts';
import { call, until } from '../support/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type SupervisedGateway, superviseGateway } from '../support/gateway-supervisor.ts';
import { NO_RATE_LIMITS } from '../support/rate-limits.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';

/** A tenant, and what it is to the sandbox, so that a test can ask the sandbox behind the gateway's back. */
export interface Shop {
  readonly tenant: CreatedTenant;
  readonly merchant: Merchant;
}

/** Gateways that may die at any moment, over a database, a sandbox and a tenant's server that do not. */
export interface CrashWorld {
  readonly database: TestDatabase;
  readonly sandbox: SandboxServer;
  readonly sink: WebhookSink;
  readonly gateways: readonly SupervisedGateway[];
  openShop(): Promise<Shop>;
  /** Keeps every worker from asking the shop's provider account: notifications are then the only net. */
  stopPolling(shop: Shop): Promise<void>;
  passOutage(): Promise<void>;
  /** Waits until nothing of the shop is open, waiting or undelivered. @throws Error naming what is left */
  settle(shop: Shop): Promise<void>;
  close(): Promise<void>;
}

/** No process comes back sooner, so every lease of a dead one (120 s at most) has run out by then. */
const OUTAGE_MS = 121_000;
const SETTLE_LIMIT_MS = 20_000;

/** Starts `count` gateways with all roles over one database. */
export async function startCrashWorld(count: 1 | 2): Promise<CrashWorld> {
  let aheadMs = 0;
  const clock: Clock = { now: () => Temporal.Instant.fromEpochMilliseconds(Date.now() + aheadMs) };
  const log = createLogger({ level: 'silent' });
  const [database, sink, sandbox] = await Promise.all([
    createTestDatabase(),
    startWebhookSink(),
    startSandboxServer({ host: '127.0.0.1', port: 0, dataFile: ':memory:', clock, log }),
  ]);
  const environment = {
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATE_URL: database.url,
    TOLLGATE_SANDBOX_URL: sandbox.url,
    TOLLGATE_DATA_DIR: tmpdir(),
    TOLLGATE_MASTER_KEY: newMasterKeyText(),
    TOLLGATE_ALLOW_PRIVATE_TARGETS: 'true',
    TOLLGATE_DATABASE_CONNECTIONS: '10',
    ...NO_RATE_LIMITS,
  };
  const office = await openGateway({
    config: readConfig(environment),
    databaseUrl: database.runtimeUrl,
    sandboxUrl: sandbox.url,
    clock,
    log,
  });
  const gateways: SupervisedGateway[] = [];
  const moveClock = async (): Promise<void> => {
    aheadMs += OUTAGE_MS;
    await Promise.all(gateways.map((gateway) => gateway.moveClock()));
  };
  const supervised = { environment, aheadMs: () => aheadMs, onDeath: () => endLeases(database), onReturn: moveClock };
  for (let i = 0; i < count; i++) gateways.push(await superviseGateway(supervised));
  return {
    database,
    sandbox,
    sink,
    gateways,
    async openShop() {
      const credentials = newSandboxCredentials();
      const tenant = await createTenant(
        { ...office.tenants, newSandboxCredentials: () => credentials },
        {
          name: 'Crash Shop',
          appName: credentials.merchantCode.replace('_', '-'),
          currency: 'EUR',
          settings: tenantSettings.parse({}),
        },
      );
      await limit(gateways, tenant.apiKeys.test);
      return { tenant, merchant: merchantAt(sandbox.url, clock, credentials.secretKey, credentials.merchantCode) };
    },
    stopPolling: ({ tenant }) => holdSyncLane(database, tenant.tenant.tenantId),
    async passOutage() {
      await endLeases(database);
      await moveClock();
    },
    settle: ({ tenant }) => settle(database, sandbox, tenant.tenant.tenantId),
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await Promise.all([office.close(), sandbox.close(), sink.close()]);
      await database.drop();
    },
  };
}

/** A limit that has room for everything, so that whatever dies it must have counted right; each gateway knows of it. */
async function limit(gateways: readonly SupervisedGateway[], key: string): Promise<void> {
  const path = '/api/v1/limit-baskets';
  const [first, ...others] = gateways;
  // A gateway may just be coming back.
  const ask = (gateway: SupervisedGateway | undefined, at: string, options: Parameters<typeof call>[1]) =>
    until(async () => {
      const answer = await call(`${gateway?.url}${at}`, { key, ...options }).catch(() => null);
      return answer !== null && answer.status < 300 && answer;
    });
  const body = { itemTypes: ['*'], per: 'merchant', monthlyMax: 999_999_999 };
  const { id } = (await ask(first, path, { idempotencyKey: 'limit', body })).body;
  for (const other of others) await ask(other, `${path}/${id}`, { method: 'PATCH', body: { name: 'Everything' } });
}

const HELD_BY_TEST = 'held by the test';

/**
 * The database's clock cannot be moved, so its time passes here; for living holders too, who may just be slow. One lane
 * at a time: a statement over all of them would wait for their holders crosswise.
 */
async function endLeases(database: TestDatabase): Promise<void> {
  const leased = await database.run<{ kind: string; lane_id: string }>(
    'select kind, lane_id from lanes where leased_until is not null and lease <> $1',
    [HELD_BY_TEST],
  );
  for (const { kind, lane_id } of leased) {
    await database.run(
      `update lanes set leased_until = '-infinity' where kind = $1 and lane_id = $2 and leased_until is not null`,
      [kind, lane_id],
    );
  }
}

async function holdSyncLane(database: TestDatabase, tenantId: string): Promise<void> {
  await database.run(
    `insert into lanes (kind, lane_id, tenant_id, leased_until, lease)
     select 'sync', provider_account_id, tenant_id, 'infinity', $2 from provider_accounts where tenant_id = $1`,
    [tenantId, HELD_BY_TEST],
  );
}

/** What still has to happen, by name. Nothing in it may be anything but zero once a tenant's work has come to rest. */
const LEFT = `
  select
    (select count(*) from outbox where tenant_id = $1)::int as outbox,
    (select count(*) from deliveries where tenant_id = $1 and status = 'pending')::int as deliveries,
    (select count(*) from inbound_events where tenant_id = $1 and state = 'pending')::int as notifications,
    (select count(*) from payments where tenant_id = $1 and status = 'processing')::int as payments,
    (select count(*) from attempts where tenant_id = $1 and state = 'authorized'
      and release_requested_at is not null)::int as releases,
    (select count(*) from captures where tenant_id = $1 and status = 'pending')::int as captures,
    (select count(*) from refunds where tenant_id = $1 and status = 'pending')::int as refunds,
    (select count(*) from reversals where tenant_id = $1 and status = 'pending')::int as reversals`;

async function settle(database: TestDatabase, sandbox: SandboxServer, tenantId: string): Promise<void> {
  let left: Record<string, number> = {};
  const isAtRest = async (): Promise<boolean> => {
    await sandbox.tick();
    [left = {}] = await database.run<Record<string, number>>(LEFT, [tenantId]);
    return Object.values(left).every((count) => count === 0);
  };
  await until(isAtRest, SETTLE_LIMIT_MS).catch(() => {
    throw new Error(`It does not come to rest: ${JSON.stringify(left)}`);
  });
}
