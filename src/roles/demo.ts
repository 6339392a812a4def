import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createApiKey, createOperatorKey } from '../access/api-key.ts';
import { Problem } from '../kernel/problem.ts';
import { createTenant } from '../tenants/create-tenant.ts';
import { tenantSettings } from '../tenants/settings.ts';
import type { Gateway } from './gateway.ts';

const demoCredentials = z.strictObject({
  tenant: z.strictObject({
    id: z.string(),
    appName: z.string(),
    appSecret: z.string(),
    apiKey: z.string(),
    webhookSecret: z.string(),
  }),
  operator: z.strictObject({ apiKey: z.string() }),
});
/** The demo tenant's and operator's secrets, kept so that a second start prints them again. */
export type DemoCredentials = z.output<typeof demoCredentials>;

/**
 * The demo tenant and an operator's key: those of the start before where the database still has them, else new ones.
 * The file is for this machine's user only.
 */
export async function ensureDemo(gateway: Gateway): Promise<DemoCredentials> {
  const file = join(gateway.config.dataDir, 'demo.json');
  const kept = await readKept(file);
  if (kept !== null && (await isKnown(gateway, kept.tenant.id))) return kept;
  const created = await createDemo(gateway);
  const half = `${file}.${process.pid}`;
  await writeFile(half, `${JSON.stringify(created, null, 2)}\n`, { mode: 0o600 });
  await chmod(half, 0o600);
  await rename(half, file);
  return created;
}

async function readKept(file: string): Promise<DemoCredentials | null> {
  try {
    return demoCredentials.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

/** The demo tenant's key in test mode, for commands beside a demonstration; null where none was made here. */
export async function readDemoApiKey(dataDir: string): Promise<string | null> {
  return (await readKept(join(dataDir, 'demo.json')))?.tenant.apiKey ?? null;
}

async function isKnown({ tenants }: Gateway, tenantId: string): Promise<boolean> {
  return tenants.readTenant(tenantId).then(
    () => true,
    () => false,
  );
}

async function createDemo({ tenants, clock, payments }: Gateway): Promise<DemoCredentials> {
  const db = payments.database.query;
  const input = {
    name: 'Slow Morning',
    appName: 'demo-shop',
    currency: 'EUR',
    settings: tenantSettings.parse({ branding: { primaryColor: '#a8451f' } }),
  };
  const created = await createTenant(tenants, input).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'app_name_taken') throw error;
    // The file with the secrets is gone, the tenant they were for is not.
    return createTenant(tenants, { ...input, appName: `demo-shop-${clock.now().epochMilliseconds.toString(36)}` });
  });
  const { appName } = created.tenant;
  const { tenantId } = created.tenant;
  const shopKey = { tenantId, mode: 'test', name: 'Demo shop', scopes: ['*'] } as const;
  return {
    tenant: {
      id: tenantId,
      appName,
      appSecret: created.appSecret,
      apiKey: await createApiKey(db, clock, shopKey),
      webhookSecret: created.webhookSecrets.test,
    },
    operator: { apiKey: await createOperatorKey(db, clock, 'Demo operator') },
  };
}
