import { join } from 'node:path';
import { startShop } from '../../examples/shop/server.ts';
import { createSetupLink } from '../../src/access/setup-link.ts';
import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/platform/log.ts';
import { startTollgate, type Tollgate } from '../../src/roles/all.ts';
import { forgetDatabase, noteDatabase } from '../../src/roles/borrow-gateway.ts';
import { type DemoCredentials, ensureDemo } from '../../src/roles/demo.ts';
import { type OpenSimulator, openSimulators } from '../../src/roles/demo-simulators.ts';

interface Shop {
  readonly url: string;
  close(): Promise<void>;
}

/** `tollgate start`: everything this process is to be, until SIGINT or SIGTERM. */
export async function runStart({ json = false }: { readonly json?: boolean }): Promise<void> {
  const config = readConfig();
  // Standard output is for the person or program that started us; the log goes beside it.
  const log = createLogger({ level: config.logLevel, stream: process.stderr });
  const tollgate = await startTollgate({ config, log });
  if (config.databaseUrl === null) await noteDatabase(config, tollgate.database);
  const demo = config.demo ? await ensureDemo(tollgate.gateway) : null;
  const shop = demo === null || config.shopPort === 0 ? null : await openShop(tollgate, demo, config.shopPort);
  const simulators = demo === null ? null : await openSimulators(tollgate.gateway, demo.tenant.id);
  const open = simulators?.open ?? [];
  const started = { tollgate, demo, shop, simulators: open, setupUrl: await findSetupUrl(tollgate) };
  console.log(json ? readyLine(started) : welcome(started));
  const stop = once(async (): Promise<void> => {
    await shop?.close();
    await simulators?.close();
    await tollgate.stop();
    if (config.databaseUrl === null) await forgetDatabase(config);
  });
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
}

/** A second Ctrl-C does not hurry: stopping is bounded by itself. */
function once(work: () => Promise<void>): () => void {
  let begun = false;
  return () => {
    if (begun) return;
    begun = true;
    void work().finally(() => process.exit(0));
  };
}

async function openShop({ config }: Tollgate, demo: DemoCredentials, port: number): Promise<Shop> {
  return startShop({
    port,
    host: config.host,
    apiUrl: config.urls.api,
    apiKey: demo.tenant.apiKey,
    webhookSecret: demo.tenant.webhookSecret,
    dataFile: join(config.dataDir, 'shop.sqlite'),
    log: (line) => console.error(line),
  });
}

/** What there is to say once everything runs. */
interface Started {
  readonly tollgate: Tollgate;
  readonly demo: DemoCredentials | null;
  readonly shop: Shop | null;
  readonly simulators: readonly OpenSimulator[];
  /** Where the first owner makes an account; null: there is one, or the panel is served elsewhere. */
  readonly setupUrl: string | null;
}

async function findSetupUrl({ config, gateway }: Tollgate): Promise<string | null> {
  if (!config.roles.includes('admin')) return null;
  return createSetupLink(gateway.payments.database.query, gateway.clock, gateway.people.panel);
}

function readyLine({ tollgate, demo, shop, simulators, setupUrl }: Started): string {
  const { config, internalUrl, gateway } = tollgate;
  const { api, checkout, hooks } = config.urls;
  return JSON.stringify({
    ready: true,
    apiUrl: api,
    checkoutUrl: checkout,
    hooksUrl: hooks,
    adminUrl: gateway.people.panel.url,
    docsUrl: `${api}/docs`,
    shopUrl: shop?.url ?? null,
    internalUrl,
    simulators,
    tenant: demo?.tenant ?? null,
    operator: { setupUrl, apiKey: demo?.operator.apiKey ?? null },
  });
}

function welcome({ tollgate, demo, shop, simulators, setupUrl }: Started): string {
  const { config, internalUrl, gateway } = tollgate;
  const { api } = config.urls;
  const lines = ['', '  Tollgate is ready.', ''];
  if (shop !== null)
    lines.push(`  Buy something   ${shop.url}`, '                  (pay at the sandbox bank: no real money)', '');
  if (setupUrl !== null) {
    lines.push('  Make the first account (good for 30 minutes, once):', `  →  ${setupUrl}`, '');
  }
  lines.push(
    `  Panel           ${gateway.people.panel.url}`,
    `  API             ${api}/api/v1`,
    `  Reference       ${api}/docs`,
    `  Metrics         ${internalUrl}/metrics`,
  );
  if (demo !== null) {
    lines.push('', `  Tenant          ${demo.tenant.id} (${demo.tenant.appName})`);
    lines.push(`  Test API key    ${demo.tenant.apiKey}`, `  App secret      ${demo.tenant.appSecret}`);
    lines.push(`  Webhook secret  ${demo.tenant.webhookSecret}`, `  Operator key    ${demo.operator.apiKey}`);
  }
  if (simulators.length > 0) lines.push('', ...simulatorLines(simulators));
  lines.push('', config.databaseUrl === null ? '  Embedded PostgreSQL: for trying out and small installations.' : '');
  lines.push('  Stop with Ctrl-C; data is kept.', '');
  return lines.join('\n');
}

/** Where the payer's page of each is; what stands in braces comes with the payment's next action. */
const PAYER_PAGES: Readonly<Record<OpenSimulator['provider'], string>> = {
  stripe: '/c/pay/{session}',
  bluesnap: '/hosted-fields/{clientSecret}',
  scantopay: '/pay/{code}',
  partner: '/pay/{providerRef}',
};

function simulatorLines(simulators: readonly OpenSimulator[]): readonly string[] {
  const lines = simulators.flatMap(({ provider, providerAccountId, url }) => [
    `  ${provider.padEnd(15)} ${providerAccountId}`,
    `                  ${url}${PAYER_PAGES[provider]}`,
  ]);
  return ['  Simulated providers: POST /payments {"providerAccountId": …}, then pay on the page', ...lines];
}
