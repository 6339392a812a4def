import { createAdmission } from '../src/acknowledgments/admit-payments.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { localMasterKey, newMasterKeyText } from '../src/keys/master-key.ts';
import { masterKeysFrom } from '../src/keys/master-keys.ts';
import { createSealer } from '../src/keys/sealer.ts';
import { createLimitKeeper } from '../src/limits/keep-limits.ts';
import { insertEndpoint } from '../src/notifications/store.ts';
import { createApplySignal } from '../src/payments/apply-signal.ts';
import type { PaymentContext } from '../src/payments/context.ts';
import { createEmailDigester } from '../src/payments/email-digest.ts';
import { type Database, openDatabase } from '../src/platform/database.ts';
import { createLogger } from '../src/platform/log.ts';
import { createOutboundHttp } from '../src/platform/outbound-http.ts';
import { createCheckProduct } from '../src/products/find-product.ts';
import { createCallRecorder } from '../src/provider-accounts/record-calls.ts';
import { createProviderRegistry, newSandboxAccount } from '../src/providers/registry.ts';
import { createCircuitKeeper } from '../src/routing/keep-circuits.ts';
import { createTenant } from '../src/tenants/create-tenant.ts';
import { createReadTenant } from '../src/tenants/read-tenant.ts';
import { tenantSettings } from '../src/tenants/settings.ts';
import { createTenantClocks } from '../src/test-clocks/tenant-clock.ts';
import { benchEndpoint } from './bench-tenant.ts';
import type { BenchServer } from './database-server.ts';
import { type Explained, openExplainingDatabase } from './explaining-database.ts';
import { type Filling, fillDatabases } from './filling.ts';

/** What the verbs of payments work with, over a filled database that explains each of their statements. */
export interface ExplainedGateway {
  readonly context: PaymentContext;
  /** The same database without explanations, for what must be there before. */
  readonly plain: Database;
  /** Has a tenth of all payments, an account at the sandbox and an endpoint. */
  readonly tenantId: string;
  readonly filling: Filling | null;
  close(): Promise<void>;
}

interface GatewayOptions {
  readonly sandboxUrl: string;
  readonly rows: number;
}

/** Fills a database of the server and builds the gateway's parts over it. */
export async function openExplainedGateway(
  server: BenchServer,
  { sandboxUrl, rows }: GatewayOptions,
  onStatement: (explained: Explained) => void,
): Promise<ExplainedGateway> {
  const clock = systemClock;
  const bench = await server.createDatabase('explain');
  const plain = openDatabase({ url: bench.url, connectionsMax: 2, applicationName: 'bench' });
  const sealer = createSealer(plain.query, masterKeysFrom(localMasterKey(newMasterKeyText())), clock);
  const tenants = { database: plain, sealer, clock, newSandboxCredentials: newSandboxAccount, retentionDaysMax: 400 };
  const input = { name: 'Bench', appName: 'bench', currency: 'EUR', settings: tenantSettings.parse({}) };
  const { tenantId } = (await createTenant(tenants, input)).tenant;
  const filling = await fillDatabases(server, [bench], rows, tenantId);
  await insertEndpoint(plain.query, benchEndpoint(tenantId, clock.now()));
  const database = openExplainingDatabase(bench.url, onStatement);
  const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'bench' });
  const log = createLogger({ level: 'error' });
  const callRecorder = createCallRecorder({ database, clock, log });
  const circuits = createCircuitKeeper({ database, clock, log, changes: { add: () => {} } });
  const tenantClocks = createTenantClocks(database, clock);
  const readTenant = createReadTenant(database);
  const context: PaymentContext = {
    database,
    sealer,
    clock,
    tenantClocks,
    registry: createProviderRegistry({ sandboxUrl, sandboxHttp: http, publicHttp: http }),
    callRecorder,
    circuits,
    readTenant,
    checkProduct: createCheckProduct(database),
    admission: createAdmission(database),
    limits: createLimitKeeper({ database, sealer }),
    emailDigests: createEmailDigester({ database: plain, sealer, clock }),
    applySignal: createApplySignal({ database, tenantClocks, readTenant, handOver: () => {} }),
    checkoutUrl: 'https://pay.example',
    checkoutUrlOf: async () => 'https://pay.example',
    hooksUrl: 'https://hooks.example',
    targetPolicy: () => ({ allowPrivateTargets: false }),
    handOver: () => {},
  };
  return {
    context,
    plain,
    tenantId,
    filling,
    async close() {
      await callRecorder.settled();
      await http.close();
      await Promise.all([database.close(), plain.close()]);
    },
  };
}
