import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOperatorKey } from '../../src/access/api-key.ts';
import { readConfig } from '../../src/config.ts';
import { type Clock, ManualClock, systemClock } from '../../src/kernel/clock.ts';
import { newMasterKeyText } from '../../src/keys/master-key.ts';
import { createLogger } from '../../src/platform/log.ts';
import type { SandboxServer } from '../../src/providers/sandbox/server/start-sandbox-server.ts';
import { startSandboxServer } from '../../src/providers/sandbox/server/start-sandbox-server.ts';
import { startTollgate, type Tollgate } from '../../src/roles/all.ts';
import { type CreatedTenant, createTenant, type NewTenant } from '../../src/tenants/create-tenant.ts';
import { tenantSettings } from '../../src/tenants/settings.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { NO_RATE_LIMITS } from './rate-limits.ts';

/** A whole installation with a database, a sandbox and a tenant of its own. */
export interface Installation {
  readonly tollgate: Tollgate;
  readonly apiUrl: string;
  readonly database: TestDatabase;
  readonly sandbox: SandboxServer;
  readonly tenant: CreatedTenant;
  readonly operatorKey: string;
  /** What it logged, as lines of JSON. */
  readonly logLines: readonly string[];
  createTenant(input?: Partial<NewTenant>): Promise<CreatedTenant>;
  close(): Promise<void>;
}

interface InstallationOptions {
  readonly clock?: Clock;
  readonly environment?: Readonly<Record<string, string>>;
}

let tenantCount = 0;

/** Starts everything on loopback, on free ports, against real PostgreSQL and the real sandbox. */
export async function startInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const clock = options.clock ?? systemClock;
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'tollgate-data-'));
  const logLines: string[] = [];
  const log = createLogger({ level: 'info', stream: { write: (line) => void logLines.push(line) } });
  const sandbox = await startSandboxServer({ host: '127.0.0.1', port: 0, dataFile: ':memory:', clock, log });
  const config = readConfig({
    DATABASE_URL: database.runtimeUrl,
    DATABASE_MIGRATE_URL: database.url,
    PORT: '0',
    TOLLGATE_INTERNAL_PORT: '0',
    TOLLGATE_SANDBOX_URL: sandbox.url,
    TOLLGATE_DATA_DIR: dataDir,
    TOLLGATE_MASTER_KEY: newMasterKeyText(),
    TOLLGATE_ALLOW_PRIVATE_TARGETS: 'true',
    TOLLGATE_DATABASE_CONNECTIONS: '10',
    ...NO_RATE_LIMITS,
    ...options.environment,
  });
  const tollgate = await startTollgate({ config, clock, log, checkAnswers: true });
  const { gateway } = tollgate;
  if (clock instanceof ManualClock) clock.onMove(() => gateway.wakeup.notifyAll());
  const newTenant = (input: Partial<NewTenant> = {}) =>
    createTenant(gateway.tenants, {
      name: 'Test Shop',
      appName: `test-shop-${tenantCount++}`,
      currency: 'EUR',
      settings: tenantSettings.parse({}),
      ...input,
    });
  return {
    tollgate,
    apiUrl: tollgate.config.urls.api,
    database,
    sandbox,
    tenant: await newTenant(),
    operatorKey: await createOperatorKey(gateway.payments.database.query, clock, 'Test operator'),
    logLines,
    createTenant: newTenant,
    async close() {
      await tollgate.stop();
      await sandbox.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
